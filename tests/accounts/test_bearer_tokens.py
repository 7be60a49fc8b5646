"""Access tokens: client credentials only, kept hashed, refused when expired, revoked or unknown."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from oauth2_provider.models import AccessToken

from ipshare.accounts import clients
from ipshare.share import authorizations
from ipshare.store.models.sharing import Client
from share.histories import a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


def everything_in_the_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(t)::text FROM oauth2_provider_accesstoken t")
        tokens = [row for (row,) in cursor.fetchall()]
        cursor.execute("SELECT to_jsonb(c)::text FROM store_client c")
        tokens += [row for (row,) in cursor.fetchall()]
        cursor.execute("SELECT to_jsonb(s)::text FROM store_clientsecret s")
        return tokens + [row for (row,) in cursor.fetchall()]


def test_neither_secret_nor_token_can_be_read_out_of_the_database():
    reader = a_reader()
    kept = "".join(everything_in_the_database())
    assert len(reader.secret) >= 43  # 256 bits
    assert reader.secret not in kept
    assert reader.token not in kept


@pytest.mark.parametrize(
    "body",
    [
        {"grant_type": "password", "username": "a", "password": "b"},
        {"grant_type": "authorization_code", "code": "x"},
        {"grant_type": "refresh_token", "refresh_token": "x"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"},
        {"grant_type": "implicit"},
        {},
    ],
)
def test_no_other_grant_works(body):
    reader = a_reader()
    body |= {"client_id": reader.client_id, "client_secret": reader.secret}
    answer = reader.browser.post("/oauth/token", body)
    assert answer.status_code == 400
    assert answer.json()["error"] in {"unsupported_grant_type", "invalid_request"}
    assert AccessToken.objects.count() == 1  # the reader's own


@pytest.mark.parametrize(
    "address",
    [
        "authorize/",
        "introspect/",
        "revoke_token/",
        "applications/",
        "device-authorization/",
        "register/",
    ],
)
def test_no_other_endpoint_of_the_toolkit_is_there(address):
    assert a_reader().get(f"/oauth/{address}").status_code == 404


def test_a_wrong_secret_gets_nothing():
    reader = a_reader()
    for client_id, secret in ((reader.client_id, "wrong"), ("nobody", reader.secret), ("\0", "\0")):
        basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        answer = reader.browser.post(
            "/oauth/token",
            {"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {basic}"},
        )
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer["WWW-Authenticate"] == 'Basic realm="ipshare"'  # RFC 6749 5.2


def test_the_secret_may_be_in_the_body():
    reader = a_reader()
    answer = reader.browser.post(
        "/oauth/token",
        {
            "grant_type": "client_credentials",
            "client_id": reader.client_id,
            "client_secret": reader.secret,
        },
    )
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert set(answer.json()) == {"access_token", "expires_in", "token_type", "scope"}


@pytest.mark.parametrize(
    ("kind", "body", "headers"),
    [
        ("multipart/form-data", "x", {}),
        ("application/x-www-form-urlencoded; charset=utf-16", "grant_type=x", {}),
        ("application/x-www-form-urlencoded", "x=1&" * 2000, {}),
        ("application/x-www-form-urlencoded", "x=" + "y" * 3_000_000, {}),
        ("application/x-www-form-urlencoded", "a=%00", {}),
        ("application/x-www-form-urlencoded", "", {"Transfer-Encoding": "chunked"}),
    ],
    ids=["no boundary", "another encoding", "many", "long", "NUL", "of no length"],
)
def test_a_body_that_cannot_be_read_is_an_invalid_request(kind, body, headers):
    browser = a_reader().browser
    answer = browser.post("/oauth/token", body.encode(), content_type=kind, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert answer.json()["error"] == "invalid_request"
    assert answer.json()["error_description"]


def test_the_token_endpoint_is_for_post():
    answer = a_reader().get("/oauth/token")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic eDp5", "Token x"])
def test_without_a_token_one_is_asked_for(header):
    headers = {} if header is None else {"Authorization": header}
    answer = a_reader().browser.get("/api/v1/changes", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token-missing")
    assert answer["WWW-Authenticate"] == 'Bearer realm="ipshare"'


def refused(reader):
    answer = reader.get("/api/v1/whoami")
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]
    return (answer.status_code, answer.json()["code"]) == (401, "token-not-valid")


def test_a_token_that_has_expired_or_was_revoked_or_never_was_is_refused():
    reader = a_reader()
    assert reader.get("/api/v1/whoami").status_code == 200
    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert refused(reader)
    reader.sign_in()
    clients.revoke_tokens(Client.objects.get(client_id=reader.client_id))
    assert refused(reader)
    reader.token = "never-was-\u00e9"
    assert refused(reader)


def test_the_stored_hash_is_not_a_token():
    reader = a_reader()
    reader.token = AccessToken.objects.get().token_checksum
    assert refused(reader)


def test_a_token_for_another_audience_is_refused():
    reader = a_reader()
    AccessToken.objects.update(resource=["https://elsewhere.example/"])
    assert refused(reader)


def test_a_rotated_secret_ends_the_old_one_and_its_tokens(at):
    reader = a_reader()
    old, reader.secret = (
        reader.secret,
        authorizations.rotate_secret(reader.authorization, by="officer", at=at),
    )
    assert refused(reader)
    reader.sign_in()
    assert reader.get("/api/v1/whoami").status_code == 200
    reader.secret = old
    with pytest.raises(AssertionError, match="invalid_client"):
        reader.sign_in()


def test_the_last_use_of_a_client_is_noted():
    reader = a_reader()
    assert Client.objects.get().last_used_at is None
    reader.get("/api/v1/whoami")
    assert Client.objects.get().last_used_at is not None
