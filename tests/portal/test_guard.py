"""Deny by default: every route for nobody, own office, other office, operator; and nothing tells what exists."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import get_resolver, path

from ipshare.accounts.permissions import Permission
from ipshare.domain.zone import zone_of
from ipshare.portal import guard, urls
from ipshare.store.models.accounts import Office
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.credentials import RevocationStatement
from ipshare.store.models.deliveries import Delivery, Destination
from ipshare.store.models.proposals import Proposal
from ipshare.store.models.sharing import RecordBlock
from ipshare.store.models.submissions import Submission
from portal import builders, registers

pytestmark = pytest.mark.django_db

PUBLIC = {
    "sign-in",
    "sign-in-passkey",
    "second-step",
    "sign-out",
    "forgotten",
    "reset",
    "invitation",
}
OF_ONESELF = {
    p.name
    for p in urls.urlpatterns
    if p.callback.permission in {Permission.SELF_MANAGE, Permission.PEOPLE_MANAGE}
}  # what is about the person alone has tests of its own, and what is about people: test_people.py
OF_NO_OFFICE = {
    "home", "history", "history-csv", "history-xlsx", "submissions", "submissions-csv", "find",
    "audit", "audit-csv", "audit-xlsx",
}  # fmt: skip
MOVED = {"submissions", "submissions-csv"}
HELD, JPO = "KH-000004", "JPO"
UNKNOWN = 999_999
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
POSTS = {
    "release", "reject", "add", "save", "end", "save-base", "block", "lift",
    "credentials-secret", "credentials-key", "credentials-revoke", "credentials-organisation",
    "credentials-sftp-key", "credentials-sftp-revoke",
    "destination-add", "destination-act", "upload-send", "upload-cancel", "upload-put-away",
    "key-add", "key-revoke", "password", "second-person", "proposal-decide",
    "save-rhythm", "again", "put-away", "sender-add", "sender-secret", "sender-key", "sender-revoke", "sender-end",
}  # fmt: skip
OF_OPERATORS = {"save-rhythm"}
TUS = {"upload-files", "upload-file"}  # a protocol of its own: tests/portal/test_tus.py
NOT_YET = {
    Permission.HUB_OPERATE,
}  # fmt: skip
OF_THE_OFFICE_ALONE = {
    "keys", "api-clients", "api-clients-csv", "api-clients-xlsx", "uploads", "upload-check",
    "senders", "sender",
}  # fmt: skip
"""What an operator does not look at either."""
WITHOUT_REASON = {"lift", "sender-end"}
HUB_POSTS = {
    "hub-office-doors": 422, "hub-job-retry": 302, "hub-job-cancel": 302, "hub-operator-invite": 422,
    "hub-operator-again": 404, "hub-operator-revoke": 404,
}  # fmt: skip


def routes():
    """Every route but the operators' own, which have tests of their own below."""
    return {name: pattern for name, pattern in all_routes().items() if not of_the_hub(name)}


def all_routes():
    return {pattern.name: pattern for pattern in urls.urlpatterns}


def of_the_hub(name):
    return name.startswith("hub-")


def address(name, *, code="kh", reference=HELD, number=None):
    kh = Office.objects.get(code="KH")
    if number is None:  # KIPO's authorization has ended, so that there is a statement of it
        party = "KIPO" if name.startswith("statement") else JPO
        number = kh.authorizations.get(third_party__name=party).pk
        if name.startswith("sender"):
            number = kh.clients.get(name=builders.MACHINE).pk
    proposal = number if number == UNKNOWN else Proposal.objects.get(office="KH").pk
    block = number if number == UNKNOWN else RecordBlock.objects.get(office="KH").pk
    values = {
        "code": code,
        "reference": reference,
        "number": number,
        "block": block,
        "proposal": proposal,
        "statement": RevocationStatement.objects.get(authorization__office=kh).pk,
        "name": "report.json",
        "upload": UUID(int=0),
        "right": "trademark",
        "kind": "withdrawn",
        "record": registers.NUMBER,
        "day": (builders.AT - timedelta(days=1)).astimezone(zone_of("KH").offset).date(),
        "channel": "api",
        "version": 1,
        "base": 0,
        "delivery": UNKNOWN if number == UNKNOWN else a_push(kh).pk,
        "file": registers.PAPER if name == "record-file" else registers.IMAGE,
    }
    route = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", all_routes()[name].pattern._route)
    return "/" + route.format(**values)


def a_push(office):
    """A delivery that WIPO's system took."""
    found = Delivery.objects.first()
    if found is not None:
        return found
    wipo = office.authorizations.get(third_party__name="WIPO")
    at = builders.AT
    place = Destination.objects.create(
        authorization=wipo, name="pub-hub", kind="sftp", secret="", created_at=at, created_by="x", due_at=at,
        address={
            "host": "sftp.wipo.example", "port": 22, "username": "kh", "folder": "in",
            "host_key": f"ssh-ed25519 {'A' * 68}", "public_key": f"ssh-ed25519 {'A' * 68} ipshare",
        },
    )  # fmt: skip
    return Delivery.objects.create(
        destination=place, number=1, right="trademark", name="KH_TM_000001", edition=f"{wipo.pk}.1.0.on", files=[],
        puts=["KH/1/24"], size=5_310, cursor="", complete=True, state="delivered", made_at=at, sent_at=at, ended_at=at,
        attempts=1,
    )  # fmt: skip


def ask(client, name, **about):
    return (client.post if name in {*POSTS, *HUB_POSTS} else client.get)(address(name, **about))


def content(response):
    """A page without the CSRF value, which is another one each time."""
    return TOKEN.sub(b"", response.content)


def test_the_portal_has_no_route_outside_the_guard():
    for pattern in urls.urlpatterns:
        assert hasattr(pattern.callback, "permission"), pattern
    assert {name for name, p in routes().items() if p.callback.permission is None} == PUBLIC
    portal = [r for r in get_resolver().url_patterns if getattr(r, "app_name", "") == "portal"]
    assert len(portal) == 1


def test_a_view_without_a_mark_cannot_be_routed():
    def view(request):
        raise NotImplementedError

    with pytest.raises(TypeError, match=r"says neither guard\.public nor guard\.needs"):
        guard.door("anywhere", view, "anywhere")
    assert path("anywhere", view)


def test_nobody_gets_no_further_than_the_door(office):
    for name in set(all_routes()) - PUBLIC - TUS:
        answer = ask(Client(), name)
        assert (name, answer.status_code) == (name, 302)
        assert answer["Location"].startswith("/sign-in"), name


def test_the_own_office_reaches_every_route(sokha):
    for name in set(routes()) - PUBLIC - TUS - POSTS - OF_ONESELF:
        assert (name, ask(sokha, name).status_code) == (name, 302 if name in MOVED else 200)
    for name in POSTS - WITHOUT_REASON:  # without a reason each of them is asked again
        assert (name, ask(sokha, name).status_code) == (name, 422)


def test_another_office_gets_the_answer_of_an_unknown_thing(anong):
    before = Submission.objects.get(office="KH", number=4).state
    for name in set(routes()) - PUBLIC - TUS - OF_NO_OFFICE - OF_ONESELF:
        theirs = ask(anong, name)
        unknown = ask(anong, name, code="zz", reference="ZZ-000004", number=UNKNOWN)
        assert (name, theirs.status_code, unknown.status_code) == (name, 404, 404)
        assert content(theirs) == content(unknown), name
    assert Submission.objects.get(office="KH", number=4).state == before
    for name in OF_NO_OFFICE:
        shown = TOKEN.sub(b"", ask(anong, name).getvalue())  # which may hold any two letters
        assert b"KH" not in shown.replace(b"KHTML", b""), name


def test_the_hub_s_own_pages_are_there_for_operators_alone(sokha, operator):
    hub = {name for name in all_routes() if of_the_hub(name)}
    unknown = sokha.get("/no-such-page")
    assert {p.callback.permission for n, p in all_routes().items() if of_the_hub(n)} == {
        Permission.HUB_OPERATE
    }
    for name in hub:
        theirs = ask(sokha, name)
        assert (name, theirs.status_code) == (name, 404)
        assert content(theirs) == content(unknown), name
    for name in hub:
        answer = ask(operator, name)
        assert (name, answer.status_code) == (name, HUB_POSTS.get(name, 200))
    assert b"/hub/" not in sokha.get("/").content


def test_a_thing_of_another_office_is_not_found_under_the_own_name(anong, office):
    theirs = Office.objects.get(code="KH").authorizations.get(third_party__name=JPO).pk
    assert anong.get(f"/data-exchange-authorizations/th?party={theirs}").status_code == 404
    for name in ("", "/versions"):
        assert anong.get(f"/data-exchange-authorizations/th/{theirs}{name}").status_code == 404
    block = RecordBlock.objects.get(office="KH").pk
    lift = f"/data-exchange-authorizations/th/blocks/{block}/lift"
    assert anong.post(lift).status_code == 404
    assert RecordBlock.objects.get(office="KH").lifted_at is None
    for name in ("save", "end"):
        assert anong.post(f"/data-exchange-authorizations/th/{theirs}/{name}").status_code == 404
    for query in ("office=KH", "words=KH-000003", f"party={theirs}", "words=JPO", "first="):
        page = anong.get(f"/history?{query}").content
        assert b"KH_" not in page, query
        assert b"/kh/" not in page, query


def test_an_operator_looks_but_does_not_decide(operator):
    for name in set(routes()) - PUBLIC - TUS - POSTS - OF_ONESELF - OF_THE_OFFICE_ALONE:
        assert (name, ask(operator, name).status_code) == (name, 302 if name in MOVED else 200)
    for name in (POSTS - OF_OPERATORS) | OF_THE_OFFICE_ALONE:
        answer = ask(operator, name)
        assert (name, answer.status_code) == (name, 403)
        assert b"Only people of the office itself" in answer.content
    assert (
        b"Show what changes"
        not in operator.get("/data-exchange-authorizations/kh/" + number()).content
    )
    assert b"Lift" not in operator.get("/data-exchange-authorizations/kh/blocks").content
    assert b"Release and withdraw" not in operator.get(f"/submissions/{HELD}").content


def number():
    return str(Office.objects.get(code="KH").authorizations.get(third_party__name=JPO).pk)


def test_every_post_needs_the_csrf_value(sokha):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = sokha.cookies
    for name in POSTS | {"sign-out"}:
        answer = strict.post(address(name), {"reason": "because it must be so", "name": "IPOS"})
        assert (name, answer.status_code) == (name, 403)
    assert Client(enforce_csrf_checks=True).post("/sign-in", {}).status_code == 403
    assert not AuditEvent.objects.filter(subject="IPOS").exists()


@pytest.mark.parametrize(
    "reference",
    [
        "KH-4",
        "KH-0000004",
        "kh-000004",
        "KH-000004 ",
        "KH-٠٠٠٠٠٤",
        "KH-999999999",
        "KH-9999999999999",
        "%00",
    ],
)
def test_only_the_exact_reference_names_a_submission(sokha, reference):
    assert sokha.get(f"/submissions/{reference}").status_code == 404


def test_a_method_that_a_view_does_not_have_is_refused(sokha):
    assert sokha.get(address("release")).status_code == 405
    assert sokha.post("/history").status_code == 405


def test_a_closed_account_is_out_at_once(sokha):
    assert sokha.get("/").status_code == 200
    guard.User.objects.filter(office="KH").update(active=False)
    assert sokha.get("/").status_code == 302


def test_permissions_of_the_portal_are_all_used():
    used = {p.callback.permission for p in urls.urlpatterns} - {None}
    portal = {p for p in Permission if p.startswith("portal:")}
    assert used >= portal - NOT_YET
