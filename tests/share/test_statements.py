"""Statements of revocation: what was taken back, signed so that anybody can tell."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import jwt
import pytest
from django.conf import settings
from django.db import connection, transaction
from oauth2_provider.models import AccessToken

from intake.sftp_clients import wait_for
from ipshare.domain.authorization import Conditions, Filter, Route
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.http import signing
from ipshare.http.signing import NotSignedError
from ipshare.share import authorizations, blocks, organisations, statements
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.credentials import RevocationStatement
from ipshare.store.models.sharing import Authorization
from share.histories import ALL, AT, a_reader, a_record, allow, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


@pytest.fixture
def reader():
    """XB's machine, which receives everything of XA and has read once."""
    made = a_reader()
    made.get("/api/v1/whoami")
    return made


def end(reader):
    authorizations.end(reader.authorization, by="officer", reason="over", at=AT)
    return RevocationStatement.objects.latest("pk")


def test_an_end_yields_a_statement_that_the_published_key_verifies(reader):
    made = end(reader)
    keys = reader.browser.get("/.well-known/jwks.json")
    assert (keys.status_code, keys["Content-Type"]) == (200, "application/jwk-set+json")
    [public] = keys.json()["keys"]
    assert set(public) == {"kty", "crv", "x", "kid", "use", "alg"}  # nothing private
    # Not our own code: a library that knows nothing of us.
    header = jwt.get_unverified_header(made.signed)
    assert (header["alg"], header["typ"], header["kid"]) == (
        "EdDSA",
        "ipshare-revocation+jws",
        public["kid"],
    )
    said = json.loads(jwt.PyJWS().decode(made.signed, jwt.PyJWK(public).key, ["EdDSA"]))
    assert said == signing.verify(made.signed, keys.json(), kind=signing.REVOCATION)
    last = said["delivered"].pop()
    assert (last["client"], last["clientId"]) == ("authorization", reader.client_id)
    assert last["lastUse"].endswith("Z")
    assert said == {
        "iss": settings.PUBLIC_URL,
        "iat": int(AT.timestamp()),
        "kind": "ended",
        "office": "XA",
        "thirdParty": "XB",
        "authorization": reader.authorization.pk,
        "version": 2,
        "instant": "2026-11-23T04:00:00.000Z",
        "taken": ["right: trademark", "right: patent", "right: design"],
        "before": {
            "rights": ["trademark", "patent", "design"],
            "groups": [group.value for group in G if group != G.UNCLASSIFIED],
        },
        "after": {"rights": [], "groups": []},
        "delivered": [],
        "tokensEnded": 1,
    }


def test_an_end_ends_the_tokens_of_its_client(reader):
    end(reader)
    assert not AccessToken.objects.exists()
    assert reader.get("/api/v1/whoami").status_code == 401
    reader.sign_in()
    assert reader.get("/api/v1/whoami").json()["rights"] == []


def test_narrowing_yields_a_statement_and_widening_none(reader):
    allow(reader.authorization, rights={Right.TRADEMARK}, excluded={G.GOODS})
    said = statements.content_of(RevocationStatement.objects.get())
    assert (said["kind"], said["version"], said["tokensEnded"]) == ("narrowed", 2, 0)
    assert said["taken"] == [
        "right: patent",
        "right: design",
        "element group: goods",
        "element group: remarks",
    ]
    assert "goods" not in said["after"]["groups"]
    allow(reader.authorization)
    allow(reader.authorization)
    assert RevocationStatement.objects.count() == 1
    assert reader.get("/api/v1/whoami").status_code == 200


def test_an_authorization_that_never_shared_anything_has_nothing_to_state(cast):
    one, _, _ = authorizations.add_third_party("XA", "XC", "", by="officer", at=AT)
    authorizations.end(one, by="officer", reason="over", at=AT)
    assert not RevocationStatement.objects.exists()


def test_what_is_withheld_from_everybody_is_stated_for_each_that_loses_it(reader):
    a_reader(name="XC", excluded={G.GOODS})
    authorizations.save_base("XA", frozenset({G.GOODS}), by="officer", reason="r", at=AT)
    said = statements.content_of(RevocationStatement.objects.get())
    assert (said["thirdParty"], said["taken"]) == (
        "XB",
        ["element group: goods", "element group: remarks"],
    )
    allow(reader.authorization, excluded={G.GOODS})
    assert RevocationStatement.objects.count() == 1  # it had lost them already


@pytest.mark.parametrize(
    ("narrower", "taken"),
    [
        ({"images": False}, ["images"]),
        ({"channels": frozenset()}, [f"channel: {c}" for c in ("api", "bulk", "push", "sftp")]),
        ({"networks": ("192.0.2.0/24",)}, ["networks"]),
        ({"filter": Filter(published_only=True)}, ["filter: published_only"]),
        ({"filter": Filter(filed_from=AT.date())}, ["filter: filed_from"]),
        ({"filter": Filter(registered_to=AT.date())}, ["filter: registered_to"]),
        ({"filter": Filter(route=Route.NATIONAL)}, ["filter: route"]),
    ],
)
def test_every_condition_can_be_narrowed(reader, narrower, taken):
    def save(**changes):
        conditions = Conditions(rights=ALL, **changes)
        authorizations.save(reader.authorization, conditions, by="officer", reason="r", at=AT)

    save(**narrower)
    assert statements.content_of(RevocationStatement.objects.get())["taken"] == taken
    save()
    assert RevocationStatement.objects.count() == 1


def test_the_client_over_offices_is_among_those_that_had_received(reader):
    client, _ = organisations.add_client("XB", by="operator", at=AT)
    organisations.decide(reader.authorization, allowed=True, by="officer", at=AT)
    found = statements.content_of(end(reader))["delivered"]
    assert [(one["client"], one["clientId"]) for one in found] == [
        ("authorization", reader.client_id),
        ("organisation", client.client_id),
    ]
    assert found[1]["lastUse"] is None


def test_the_statement_is_told_to_the_office(reader):
    made = end(reader)
    told = AuditEvent.objects.get(event="authorization.revocation-stated")
    assert (told.office_id, told.actor, told.detail) == (
        "XA",
        "officer",
        {"version": 2, "statement": made.pk},
    )


def forged(signed, **changes):
    head, body, mark = signed.split(".")
    content = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    altered = base64.urlsafe_b64encode(json.dumps(content | changes).encode()).rstrip(b"=")
    return f"{head}.{altered.decode()}.{mark}"


def test_what_was_altered_or_signed_by_another_or_for_something_else_proves_nothing(reader):
    signed = end(reader).signed
    keys = {"keys": [signing.public_key()]}
    other = {"keys": [signing.public_key() | {"kid": "other"}]}
    for text, known in (
        (forged(signed, version=1), keys),
        (signed[:-6] + "AAAAAA", keys),
        (signed, other),
        (signed, {"keys": []}),
        (signed, {}),
        (signing.sign({"version": 2}, kind="something-else"), keys),
        ("", keys),
        ("a.b.c", keys),
        (jwt.encode({"version": 2}, None, algorithm="none", headers={"kid": "x"}), keys),
    ):
        with pytest.raises(NotSignedError):
            signing.verify(text, known, kind=signing.REVOCATION)


def block(reader, number, *, only=False):
    return blocks.block(
        "XA", Right.TRADEMARK, number, authorization=reader.authorization if only else None,
        reason="a court order", until=None, by="officer", at=AT,
    )  # fmt: skip


def test_a_block_is_stated_to_whom_the_record_was_let_out_and_to_nobody_else(reader):
    publish(1, [a_record("1"), a_record("2")])
    other = a_reader(name="XC", rights={Right.PATENT})
    block(reader, "1")
    [made] = RevocationStatement.objects.all()
    said = statements.content_of(made)
    assert (made.authorization, made.kind, said["kind"]) == (
        reader.authorization,
        "blocked",
        "blocked",
    )
    assert said["taken"] == ["record: trademark 1"]
    assert said["before"] == said["after"]
    assert said["tokensEnded"] == 0
    assert "court" not in json.dumps(said)
    block(reader, "1")  # the same block again
    block(reader, "1", only=True)  # it is kept from it already
    block(reader, "9", only=True)  # it was never there
    assert RevocationStatement.objects.count() == 1
    assert not other.authorization.statements.exists()


def test_an_end_that_comes_by_itself_is_stated_once_with_its_instant(reader):
    over = AT + timedelta(hours=5)
    allow(reader.authorization, excluded={G.GOODS}, ends_at=over)
    narrowed = RevocationStatement.objects.count()
    assert authorizations.state_ends(at=over - timedelta(seconds=1)) == 0
    assert authorizations.state_ends(at=over + timedelta(minutes=1)) == 1
    assert authorizations.state_ends(at=over + timedelta(minutes=2)) == 0
    assert RevocationStatement.objects.count() == narrowed + 1
    made = RevocationStatement.objects.latest("pk")
    said = statements.content_of(made)
    assert (made.kind, made.version, made.made_at) == ("ended", 2, over + timedelta(minutes=1))
    assert said["instant"] == "2026-11-23T09:00:00.000Z"
    assert said["taken"] == ["right: trademark", "right: patent", "right: design"]
    assert "goods" not in said["before"]["groups"]
    assert said["after"] == {"rights": [], "groups": []}


@pytest.mark.django_db(transaction=True)
def test_an_end_that_two_jobs_notice_in_the_same_instant_is_stated_once(reader):
    over = AT + timedelta(hours=5)
    allow(reader.authorization, ends_at=over)
    waiting = """SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'"""

    def notice(_):
        try:
            return authorizations.state_ends(at=over)
        finally:
            connection.close()

    def both_wait():
        with connection.cursor() as cursor:
            # what it shows is kept for a transaction
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            return cursor.fetchone()[0] >= 2

    with ThreadPoolExecutor(2) as jobs:
        with transaction.atomic():
            Authorization.objects.select_for_update().get(pk=reader.authorization.pk)
            noticed = [jobs.submit(notice, one) for one in range(2)]
            wait_for(lambda: both_wait() or any(one.done() for one in noticed))
        assert [one.result() for one in noticed] == [1, 1]
    assert RevocationStatement.objects.filter(kind="ended").count() == 1


def test_what_was_ended_by_hand_or_goes_on_is_not_stated_again(reader):
    over = AT + timedelta(hours=5)
    allow(reader.authorization, ends_at=over)
    allow(reader.authorization, ends_at=over + timedelta(days=1))
    assert authorizations.state_ends(at=over) == 0
    end(reader)
    assert authorizations.state_ends(at=over + timedelta(days=2)) == 0
