"""private_key_jwt: who signed it, for whom, until when, and once."""

from __future__ import annotations

import base64
import json
import time
from datetime import timedelta

import jwt
import pytest
from django.conf import settings
from django.utils import timezone

from accounts.signers import EC, ED, KEYS, RSA, TYPE, ask, assertion, claims, pem_of
from ipshare.accounts import client_keys, clients
from ipshare.accounts.clients import CredentialRefusedError
from ipshare.store.models.credentials import ClientKey, TokenSource, UsedAssertion
from ipshare.store.models.sharing import Client
from share.histories import a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


def let_sign(reader, key=ED, **more):
    """Register a key of a reader's client."""
    client = Client.objects.get(client_id=reader.client_id)
    return client_keys.add(client, pem_of(key), "machine", by="officer", at=timezone.now(), **more)


@pytest.fixture
def reader():
    """XB's machine at XA, with one Ed25519 key."""
    made = a_reader()
    let_sign(made)
    return made


def error(answer):
    return (answer.status_code, answer.json()["error"])


@pytest.mark.parametrize("algorithm", KEYS)
def test_each_algorithm_signs_in_and_the_token_reads(algorithm):
    reader = a_reader()
    let_sign(reader, KEYS[algorithm])
    answer = ask(reader.browser, assertion(reader.client_id, KEYS[algorithm], algorithm))
    assert answer.status_code == 200, answer.content
    assert answer["Cache-Control"] == "no-store"
    reader.token = answer.json()["access_token"]
    assert reader.get("/api/v1/whoami").json()["clientId"] == reader.client_id
    assert TokenSource.objects.exclude(key=None).get().key.thumbprint
    assert ClientKey.objects.get().last_used_at is not None


@pytest.mark.parametrize("aud", ["", "/", "/oauth/token", ["/oauth/token"]])
def test_the_audience_is_the_hub_or_its_token_endpoint(reader, aud):
    hub = settings.PUBLIC_URL
    aud = [hub + one for one in aud] if isinstance(aud, list) else hub + aud
    assert ask(reader.browser, assertion(reader.client_id, aud=aud)).status_code == 200


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"aud": "https://elsewhere.example/oauth/token"}, "aud must be"),
        ({"aud": []}, "aud must be"),
        ({"aud": [f"{settings.PUBLIC_URL}/oauth/token", "https://elsewhere.example"]}, "aud must"),
        (lambda now: {"exp": now - 60}, "has expired"),
        (lambda now: {"exp": now + 3600}, "at most 10 minutes"),
        ({"exp": 1e300}, "at most 10 minutes"),
        (lambda now: {"nbf": now + 300}, "in the future"),
        (lambda now: {"iat": now + 300}, "in the future"),
        ({"iss": "somebody-else"}, "iss and sub"),
        ({"jti": "a\0b"}, "NUL"),
    ],
)
def test_what_was_signed_but_must_not_be_taken_is_said(reader, changes, said):
    if callable(changes):  # by the clock of the test, not of the moment it was collected
        changes = changes(int(time.time()))
    answer = ask(reader.browser, assertion(reader.client_id, **changes))
    assert error(answer) == (401, "invalid_client")
    assert said in answer.json()["error_description"]
    assert not UsedAssertion.objects.exists()


UNREADABLE = [
    {name: value}
    for name, values in {
        "sub": (None, "nobody", "\0", "\ud800", 7),
        "aud": (None, 7),
        "exp": (None, "soon"),
        "jti": (None, "", "j" * 256, 7),
    }.items()
    for value in values
]


@pytest.mark.parametrize("changes", UNREADABLE)
def test_what_is_no_assertion_of_anybody_is_refused_without_a_word(reader, changes):
    signed = jwt.PyJWS().encode(
        json.dumps(claims(reader.client_id, **changes)).encode(), ED, algorithm="EdDSA"
    )
    answer = ask(reader.browser, signed)
    assert error(answer) == (401, "invalid_client")
    assert "error_description" not in answer.json()


def test_an_assertion_works_once(reader):
    signed = assertion(reader.client_id)
    assert ask(reader.browser, signed).status_code == 200
    again = ask(reader.browser, signed)
    assert error(again) == (401, "invalid_client")
    assert "used already" in again.json()["error_description"]
    same = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))["jti"]
    assert ask(reader.browser, assertion(reader.client_id, jti=same)).status_code == 401


def test_two_clients_may_use_one_jti(reader):
    other = a_reader(name="XC")
    let_sign(other)
    for one in (reader, other):
        assert ask(one.browser, assertion(one.client_id, jti="1")).status_code == 200


def test_a_jti_is_kept_until_the_assertion_expires(reader):
    ask(reader.browser, assertion(reader.client_id, jti="1"))
    ask(reader.browser, assertion(reader.client_id, jti="2"))
    assert UsedAssertion.objects.count() == 2
    UsedAssertion.objects.filter(jti="1").update(expires_at=timezone.now() - timedelta(seconds=1))
    ask(reader.browser, assertion(reader.client_id, jti="3"))
    assert set(UsedAssertion.objects.values_list("jti", flat=True)) == {"2", "3"}


def test_the_key_of_another_client_opens_nothing(reader):
    other = a_reader(name="XC")
    let_sign(other, EC)
    assert error(ask(reader.browser, assertion(reader.client_id, EC, "ES256")))[0] == 401
    assert error(ask(reader.browser, assertion(other.client_id)))[0] == 401
    assert ask(reader.browser, assertion(other.client_id, EC, "ES256")).status_code == 200
    foreign = assertion(reader.client_id)
    assert error(ask(reader.browser, foreign, client_id=other.client_id))[0] == 401


def test_a_revoked_or_expired_key_opens_nothing_and_its_tokens_end_at_once(reader):
    reader.token = ask(reader.browser, assertion(reader.client_id)).json()["access_token"]
    assert reader.get("/api/v1/whoami").status_code == 200
    key = ClientKey.objects.get()
    assert clients.revoke_key(key, by="officer", at=timezone.now()) == 1
    assert clients.revoke_key(key, by="officer", at=timezone.now()) == 0
    assert reader.get("/api/v1/whoami").status_code == 401
    assert error(ask(reader.browser, assertion(reader.client_id)))[0] == 401
    reader.sign_in()  # the secret is another way in, and goes on
    late = timezone.now() - timedelta(seconds=1)
    let_sign(reader, EC, expires_at=late)
    assert error(ask(reader.browser, assertion(reader.client_id, EC, "ES256")))[0] == 401


def unsigned(client_id):
    return jwt.encode(claims(client_id), None, algorithm="none")


def by_hmac(client_id):
    """The old confusion: the public key's text as the key of an HMAC."""
    text = base64.urlsafe_b64encode(json.dumps(claims(client_id)).encode()).rstrip(b"=")
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
    import hashlib
    import hmac

    mac = hmac.new(pem_of(ED).encode(), head + b"." + text, hashlib.sha256).digest()
    return (head + b"." + text + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


def own_key_in_the_header(client_id):
    jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC.public_key()))
    return assertion(client_id, EC, "ES256", headers={"jwk": jwk, "kid": "x"})


def deep(client_id):
    payload = base64.urlsafe_b64encode(b"[" * 5000).decode()
    return f"{payload[:3000]}.{payload[:3000]}.x"


def critical(client_id):
    return assertion(client_id, headers={"crit": ["b64"], "b64": False})


FORGED = (
    unsigned,
    by_hmac,
    own_key_in_the_header,
    deep,
    critical,
    lambda _: "",
    lambda _: "a.b",
    lambda _: "a.b.c",
    lambda _: "é.é.é",
    lambda _: "x" * 9000,
    lambda client_id: assertion(client_id)[:-4] + "AAAA",
    lambda client_id: assertion(client_id) + ".x",
    lambda client_id: assertion(client_id, RSA, "RS256"),
    lambda client_id: assertion(client_id, RSA, "RS512"),
)


@pytest.mark.parametrize("make", FORGED)
def test_what_no_key_of_the_client_has_signed_gets_nothing(reader, make):
    answer = ask(reader.browser, make(reader.client_id))
    assert error(answer) == (401, "invalid_client")
    assert "error_description" not in answer.json()


def test_one_way_to_prove_who_is_asking_and_no_more(reader):
    basic = base64.b64encode(f"{reader.client_id}:{reader.secret}".encode()).decode()
    signed = assertion(reader.client_id)
    assert error(ask(reader.browser, signed, client_secret=reader.secret))[0] == 400
    body = {"grant_type": "client_credentials", "client_assertion_type": TYPE}
    answer = reader.browser.post(
        "/oauth/token",
        body | {"client_assertion": signed},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert error(answer) == (400, "invalid_request")
    assert error(ask(reader.browser, signed, client_assertion_type="saml"))[0] == 400
    twice = f"grant_type=client_credentials&client_assertion={signed}&client_assertion={signed}"
    form = "application/x-www-form-urlencoded"
    answer = reader.browser.post("/oauth/token", twice, content_type=form)
    assert error(answer) == (400, "invalid_request")
    assert error(ask(reader.browser, "a\0b"))[0] == 400
    assert ask(reader.browser, signed, client_id=reader.client_id).status_code == 200


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello", "cannot be read"),
        ("{", "no JSON"),
        ('{"a":' * 3000, "no JSON"),
        ("{}", "the hub takes RSA"),
        ('{"kty":"oct","k":"AAAA"}', "the hub takes RSA"),
        ('{"kty":["RSA"]}', "the hub takes RSA"),
        ('{"kty":"OKP","crv":"X25519","x":"AAAA"}', "JWK cannot be read"),
        ('{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}', "JWK cannot be read"),
        ('{"kty":"RSA","alg":"RS512","n":"AQAB","e":"AQAB"}', "the hub takes RSA"),
        ('{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}', "not meant for signing"),
        ('{"kty":"RSA","n":7,"e":null}', "JWK cannot be read"),
        ('{"kty":"OKP","crv":"Ed25519","x":"AAAA","d":"AAAA"}', "private key"),
        ('{"keys":[]}', "set of keys"),
        ("-----BEGIN PRIVATE KEY-----", "private key"),
        ("-----BEGIN CERTIFICATE-----", "certificate"),
        ("x" * 20_000, "too long"),
        ("\0", "cannot be read"),
    ],
)
def test_what_is_no_public_key_is_refused_with_a_remedy(text, said):
    with pytest.raises(CredentialRefusedError, match=said):
        client_keys.read(text)


def test_weak_and_foreign_kinds_of_keys_are_refused():
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    short = rsa.generate_private_key(65537, 1024)  # noqa: S505 (that is the case)
    for weak in (short, ec.generate_private_key(ec.SECP384R1())):
        with pytest.raises(CredentialRefusedError, match="the hub takes RSA of 2048"):
            client_keys.read(pem_of(weak))


def test_pem_and_jwk_are_the_same_key():
    for key, algorithm in ((RSA, "RSA"), (EC, "EC"), (ED, "OKP")):
        maker = getattr(jwt.algorithms, f"{algorithm}Algorithm")
        jwk = maker.to_jwk(key.public_key(), as_dict=True) | {"use": "sig", "kid": "mine"}
        assert client_keys.read(json.dumps(jwk)) == client_keys.read(pem_of(key))


def test_a_client_has_at_most_five_keys_and_each_once(reader):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    with pytest.raises(CredentialRefusedError, match="has this key already"):
        let_sign(reader)
    for _ in range(4):
        let_sign(reader, Ed25519PrivateKey.generate())
    with pytest.raises(CredentialRefusedError, match="revoke one first"):
        let_sign(reader, EC)
    clients.revoke_key(ClientKey.objects.order_by("pk").first(), by="officer", at=timezone.now())
    let_sign(reader, EC)
    clients.revoke_key(ClientKey.objects.last(), by="officer", at=timezone.now())
    with pytest.raises(CredentialRefusedError, match="was revoked on"):
        let_sign(reader, EC)
