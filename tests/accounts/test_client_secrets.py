"""Secrets of clients: two may live side by side, each ends by itself with what it got."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oauth2_provider.models import AccessToken

from ipshare.accounts import clients
from ipshare.accounts.clients import CredentialRefusedError
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.credentials import ClientSecret, TokenSource
from ipshare.store.models.sharing import Client
from share.histories import a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


@pytest.fixture
def reader():
    """XB's machine at XA, with its first secret and a token."""
    return a_reader()


def another(reader, **more):
    client = Client.objects.get(client_id=reader.client_id)
    return clients.add_secret(client, by="officer", at=timezone.now(), **more)


def signed_in(reader, secret):
    """Whether a secret gets a token, which is kept."""
    body = {"grant_type": "client_credentials", "client_id": reader.client_id}
    answer = reader.browser.post("/oauth/token", body | {"client_secret": secret})
    if answer.status_code != 200:
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
        return False
    reader.token = answer.json()["access_token"]
    return True


def reads(reader):
    return reader.get("/api/v1/whoami").status_code == 200


def test_a_client_id_is_never_taken_for_an_option_of_a_command(reader):
    assert re.fullmatch("[0-9a-f]{32}", reader.client_id)


def test_a_new_secret_does_not_end_the_old_one(reader):
    made, text = another(reader)
    assert made.number == 2
    assert signed_in(reader, text)
    assert signed_in(reader, reader.secret)
    assert all(ClientSecret.objects.values_list("last_used_at", flat=True))


def test_a_third_live_secret_is_refused_with_what_to_do(reader):
    another(reader)
    with pytest.raises(CredentialRefusedError, match="secrets 1 and 2 are live"):
        another(reader)
    _, text = another(reader, end_others=True)
    assert not signed_in(reader, reader.secret)
    assert signed_in(reader, text)
    another(reader)
    assert ClientSecret.objects.count() == 4


def test_an_expired_secret_makes_room_and_opens_nothing(reader):
    now = timezone.now()
    _, text = another(reader, expires_at=now + timedelta(minutes=5))
    assert signed_in(reader, text)
    assert AccessToken.objects.latest("pk").expires <= now + timedelta(minutes=5)
    ClientSecret.objects.filter(number=2).update(expires_at=now)
    assert not signed_in(reader, text)
    another(reader)


def test_a_token_says_how_long_its_secret_lasts(reader):
    _, text = another(reader, expires_at=timezone.now() + timedelta(minutes=5))
    body = {"grant_type": "client_credentials", "client_id": reader.client_id}
    answer = reader.browser.post("/oauth/token", body | {"client_secret": text})
    assert 280 <= answer.json()["expires_in"] <= 300


def test_revoking_a_secret_ends_its_tokens_and_no_others(reader):
    _, text = another(reader)
    first = reader.token
    assert signed_in(reader, text)
    secret = ClientSecret.objects.get(number=2)
    assert clients.revoke_secret(secret, by="officer", at=timezone.now()) == 1
    assert clients.revoke_secret(secret, by="officer", at=timezone.now()) == 0
    assert not reads(reader)
    assert not signed_in(reader, text)
    reader.token = first
    assert reads(reader)


def test_a_token_that_was_issued_while_its_secret_was_revoked_is_no_good(reader):
    """The revocation saw no token yet: the token's source tells."""
    ClientSecret.objects.update(revoked_at=timezone.now())
    assert AccessToken.objects.exists()
    assert not reads(reader)


def test_a_token_without_a_source_is_no_good(reader):
    TokenSource.objects.all().delete()
    assert not reads(reader)


def test_the_secret_of_another_client_opens_nothing(reader):
    other = a_reader(name="XC")
    assert not signed_in(reader, other.secret)
    assert not signed_in(other, reader.secret)


@pytest.mark.parametrize("text", ["", "\0", "é", "x" * 10_000, "None", "-"])
def test_what_is_no_secret_opens_nothing(reader, text):
    body = {"grant_type": "client_credentials", "client_id": reader.client_id}
    answer = reader.browser.post("/oauth/token", body | {"client_secret": text})
    assert answer.status_code in {400, 401}
    basic = base64.b64encode(f"{reader.client_id}:{text}".encode()).decode()
    for header in (f"Basic {basic}", f"basic {basic}", "Basic ===", "Bearer x", "Basic /w=="):
        answer = reader.browser.post(
            "/oauth/token",
            {"grant_type": "client_credentials"},
            headers={"Authorization": header},
        )
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_the_column_of_the_toolkit_is_no_second_way_in(reader):
    client = Client.objects.get(client_id=reader.client_id)
    assert client.client_secret == ""
    ClientSecret.objects.all().delete()
    for kept in ("", "plain", make_password("plain")):
        Client.objects.update(client_secret=kept)
        assert not signed_in(reader, "plain")
        assert not signed_in(reader, "")


def test_the_hash_is_not_a_secret(reader):
    assert not signed_in(reader, ClientSecret.objects.get().hashed)


def test_a_secret_in_the_address_is_refused(reader):
    address = f"/oauth/token?client_id={reader.client_id}&client_secret={reader.secret}"
    answer = reader.browser.post(address, {"grant_type": "client_credentials"})
    assert answer.status_code == 400


def test_an_unknown_client_costs_as_much_as_a_known_one(reader, monkeypatch):
    compared = []
    once = clients._is
    monkeypatch.setattr(clients, "_is", lambda *both: compared.append(1) or once(*both))
    spent = []
    for client_id in (reader.client_id, "nobody"):
        compared.clear()
        with CaptureQueriesContext(connection) as asked:
            assert clients.secret_of(client_id, "wrong", at=timezone.now()) is None
        spent.append((len(asked), len(compared)))
    assert spent == [(1, 2), (1, 2)]


def test_a_secret_from_before_works_on_and_is_kept_as_the_others_from_its_first_use(reader):
    ClientSecret.objects.update(hashed=make_password(reader.secret))
    assert signed_in(reader, reader.secret)
    assert "$" not in ClientSecret.objects.get().hashed
    assert signed_in(reader, reader.secret)
    assert not signed_in(reader, reader.secret + "x")


def test_the_migration_moves_the_secrets_that_there_are(reader):
    ClientSecret.objects.all().delete()
    Client.objects.update(client_secret=make_password(reader.secret), hash_client_secret=True)
    import_module("ipshare.store.migrations.0013_credentials").move_secrets(apps, None)
    assert Client.objects.get().client_secret == ""
    assert signed_in(reader, reader.secret)


def test_what_is_done_with_secrets_stands_in_the_audit_list_of_the_office(reader):
    another(reader)
    clients.revoke_secret(ClientSecret.objects.get(number=1), by="officer", at=timezone.now())
    another(reader, end_others=True)
    found = AuditEvent.objects.filter(event__startswith="client.").order_by("pk")
    assert [(one.event, one.office_id, one.subject) for one in found] == [
        ("client.secret-issued", "XA", "XB"),
        ("client.secret-issued", "XA", "XB"),
        ("client.secret-revoked", "XA", "XB"),
        ("client.secret-issued", "XA", "XB"),
    ]
    assert [one.detail.get("number") for one in found] == [1, 2, 1, 3]
    assert (found[2].detail["tokens"], found[3].detail["ended"]) == (1, [2])
