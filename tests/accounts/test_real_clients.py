"""Clients that know nothing of us, against a server that runs: curl and Authlib."""

from __future__ import annotations

import json
import shutil
import subprocess
import time

import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from cryptography.hazmat.primitives import serialization
from django.conf import settings as hub
from django.db import connections
from django.utils import timezone
from joserfc.jwk import ECKey

from accounts.signers import EC, pem_of
from ipshare.accounts import client_keys, clients
from ipshare.store.models.credentials import ClientKey, ClientSecret
from ipshare.store.models.sharing import Client
from share.histories import a_reader, a_record, publish

hub.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]


@pytest.fixture
def reader(live_server, settings, monkeypatch):
    """XB's machine at XA, with a secret and an EC key; one mark to read."""
    settings.PUBLIC_URL = live_server.url
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the server of the test has no TLS
    monkeypatch.setitem(connections.databases["default"], "CONN_MAX_AGE", 0)
    publish(1, [a_record("XA/1", text="t")])
    made = a_reader()
    client = Client.objects.get(client_id=made.client_id)
    client_keys.add(client, pem_of(EC), "machine", by="officer", at=timezone.now())
    return made


def curl(*words):
    found = shutil.which("curl")
    assert found is not None, "this test needs curl"
    done = subprocess.run(
        [found, "-sS", "-w", "\n%{http_code}", *words], capture_output=True, text=True, check=True
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


def test_curl_signs_in_with_a_secret_until_it_is_revoked(reader, live_server):
    ask = ("-u", f"{reader.client_id}:{reader.secret}", "-d", "grant_type=client_credentials")
    status, answer = curl(*ask, f"{live_server.url}/oauth/token")
    assert status == 200
    bearer = ("-H", f"Authorization: Bearer {answer['access_token']}")
    assert curl(*bearer, f"{live_server.url}/api/v1/changes?office=XA")[1]["items"]
    clients.revoke_secret(ClientSecret.objects.get(), by="officer", at=timezone.now())
    status, answer = curl(*bearer, f"{live_server.url}/api/v1/changes?office=XA")
    assert (status, answer["code"]) == (401, "token-not-valid")
    status, answer = curl(*ask, f"{live_server.url}/oauth/token")
    assert (status, answer) == (401, {"error": "invalid_client"})


def test_authlib_signs_in_with_a_key_until_it_is_revoked(reader, live_server):
    private = EC.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    session = OAuth2Session(
        reader.client_id,
        ECKey.import_key(private),
        token_endpoint_auth_method="private_key_jwt",
    )
    token_address = f"{live_server.url}/oauth/token"
    for _ in range(2):  # as docs/how-to/credentials.md has it
        claims = {"exp": int(time.time()) + 300}
        method = PrivateKeyJWT(token_address, claims=claims, alg="ES256")
        session.register_client_auth_method(method)
        session.fetch_token(token_address, grant_type="client_credentials")
    answer = session.get(f"{live_server.url}/api/v1/trademarks/XA/XA/1", timeout=30)
    assert (answer.status_code, answer.json()["text"]) == (200, "t")
    clients.revoke_key(ClientKey.objects.get(), by="officer", at=timezone.now())
    answer = session.get(f"{live_server.url}/api/v1/trademarks/XA/XA/1", timeout=30)
    assert answer.status_code == 401
