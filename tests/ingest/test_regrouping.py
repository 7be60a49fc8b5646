"""After an upgrade that groups elements otherwise nothing of old groups leaves, and every record is dealt out again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from ipshare.accounts import sftp
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Kind, Right
from ipshare.ingest import regrouping
from ipshare.parse import canonical
from ipshare.share import deliveries, preparing, push, shelf_packages
from ipshare.share.shelf import Shelf
from ipshare.standards import groups
from ipshare.store.dealing import Held
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.deliveries import Delivery
from ipshare.store.models.exports import Export
from ipshare.watch import versions
from line import drain, send
from push import peers
from push.conftest import http
from render import st96trees
from share.exporting import ask, look
from share.histories import AT, a_reader, a_record, allow, publish
from xmlbuilders import a_mark, transaction

TELLS = "Distinctive through use by KEANG LY"
CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def grouped_otherwise(tmp_path, settings, cast, at):
    """A register from before the remarks: what they say stands in the text, which goes out to XB."""
    settings.OBJECTS_URL = str(tmp_path / "objects")
    text = f"<tmk:TradeDistinctivenessText>{TELLS}</tmk:TradeDistinctivenessText>"
    marks = a_mark("XA/1/19", more=text), a_mark("XA/2/19")
    send(tmp_path / "a.xml", transaction(*marks), at=at)
    reader = a_reader(excluded={G.STAKEHOLDERS})
    held = documents("XA/1/19")
    assert TELLS in held["remarks"]
    older = held["text"][:-1] + "," + held["remarks"][1:]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE record SET text = %s, d_text = 'old', remarks = NULL, d_remarks = '' WHERE number = 'XA/1/19'",
            [older],
        )
    return reader


@pytest.fixture
def web():
    with peers.endpoint() as server:
        yield server


def upgrade(right=None):
    """The hub is another version than the one that dealt the registers out, or that of one right."""
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE register_grouping SET grouping = \'older\' WHERE coalesce(%(right)s, "right") = "right"',
            {"right": right},
        )
    if right is not None:
        return
    Export.objects.update(grouping="older")
    Delivery.objects.update(edition="1.1.0.on.older")


def regroup():
    """The minute's job, and what it queues."""
    regrouping.queue_others()
    drain()


def whole_record(number):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(r)::text FROM record r WHERE number = %s", [number])
        return json.loads(cursor.fetchone()[0])


def documents(number):
    held = whole_record(number)
    return {group.value: json.dumps(held[group.value]) for group in G}


ADDRESSES = (
    "/api/v1/changes",
    "/api/v1/trademarks/XA/XA%2F1%2F19",
    "/api/v1/trademarks",
    "/api/v1/trademarks/XA",
    "/api/v1/proof?office=XA&right=trademark&after=x",
    "/api/v1/images/XA/trademark/1.png",
)


@pytest.mark.django_db(transaction=True)
def test_nothing_of_old_groups_leaves_by_the_api(grouped_otherwise):
    reader = grouped_otherwise
    upgrade()
    for address in ADDRESSES:
        answer = reader.get(address)
        assert (answer.status_code, answer.json()["code"]) == (503, "register-closed"), address
        assert answer["Retry-After"] == "60"
    assert "XA trademark" in dict(versions.of_the_hub()).values()
    regroup()
    assert "XA trademark" not in dict(versions.of_the_hub()).values()
    record = reader.get("/api/v1/trademarks/XA/XA%2F1%2F19")
    assert record.status_code == 200
    assert TELLS.encode() not in record.content
    assert TELLS in documents("XA/1/19")["remarks"]
    assert TELLS not in documents("XA/1/19")["text"]


@pytest.mark.django_db(transaction=True)
def test_what_needs_the_closed_register_waits_and_all_else_is_served(
    grouped_otherwise, tmp_path, settings
):
    settings.DATA = tmp_path
    reader = grouped_otherwise
    publish(900, [a_record("P/1", right=Right.PATENT, text="t")], right=Right.PATENT)
    whole = ask(reader, rights=["patent"])
    upgrade(Right.TRADEMARK)
    for address, status in {
        "/api/v1/patents/XA/P%2F1": 200,
        "/api/v1/patents/XA/none": 404,
        "/api/v1/patents/XA?words=t": 200,
        "/api/v1/patents": 200,
        "/api/v1/images/XA/patent/1.png": 404,
        "/api/v1/policy": 200,
        "/api/v1/exports": 200,
        "/api/v1/trademarks/XA/none": 503,
        **dict.fromkeys(ADDRESSES, 503),
    }.items():
        assert reader.get(address).status_code == status, address
    drain()
    assert look(reader, whole["Location"])["state"] == "finished"
    assert ask(reader, "st96", rights=["patent"]).status_code == 202
    assert ask(reader, rights=["trademark"]).status_code == 503
    assert ask(reader, rights=["trademark", "patent"]).status_code == 503
    assert ask(reader).status_code == 503
    regroup()
    assert ask(reader).status_code == 202


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("rights", "changes"),
    [
        pytest.param((), {}, id="nothing saved"),
        pytest.param({Right.DESIGN}, {}, id="another right"),
        pytest.param({Right.TRADEMARK}, {"ends_at": AT - timedelta(days=1)}, id="ended"),
        pytest.param({Right.TRADEMARK}, {"starts_at": AT + timedelta(days=999)}, id="not begun"),
        pytest.param({Right.TRADEMARK}, {"networks": ("10.9.9.0/24",)}, id="not from here"),
    ],
)
def test_nobody_is_told_of_a_closed_register_that_is_not_theirs(grouped_otherwise, rights, changes):
    """Nor how large it is, by how long it stays closed."""
    other = a_reader(name="XC", rights=rights)
    if changes:
        allow(other.authorization, rights=rights, **changes)
    other.sign_in()
    addresses = (*ADDRESSES, "/api/v1/designs", "/api/v1/designs/XA", "/api/v1/policy")
    before = [other.get(address).status_code for address in addresses]
    assert set(before) <= {200, 400, 403, 404}
    upgrade()
    assert [other.get(address).status_code for address in addresses] == before


@pytest.mark.django_db(transaction=True)
def test_what_an_authorization_lost_is_erased_while_its_register_is_closed(grouped_otherwise):
    reader = grouped_otherwise
    reader.pull_all()
    assert reader.records
    allow(reader.authorization, rights={Right.DESIGN})
    reader.sign_in()
    upgrade()
    reader.pull_all()
    assert not reader.records


@pytest.mark.django_db(transaction=True)
def test_a_third_party_is_told_to_drop_what_it_got_before(grouped_otherwise):
    reader = grouped_otherwise
    reader.pull_all()
    assert TELLS in json.dumps(list(reader.records.values()))
    before = reader.cursor
    upgrade()
    regroup()
    page = json.loads(reader.get(f"/api/v1/changes?after={before}").getvalue())
    assert [item["number"] for item in page["items"]] == ["XA/1/19"], "the other did not change"
    assert TELLS not in json.dumps(page)
    [event] = AuditEvent.objects.filter(event="register.regrouped")
    assert (event.office_id, event.subject, event.detail) == ("XA", "trademark", {"changed": 1})


@pytest.mark.django_db(transaction=True)
def test_finished_exports_of_old_groups_are_gone(grouped_otherwise):
    reader = grouped_otherwise
    address = ask(reader)["Location"]
    drain()
    part = look(reader, address)["manifest"]["parts"][0]["href"]
    upgrade()
    assert reader.get(part).status_code == 404
    regroup()
    assert reader.get(part).status_code == 404
    assert json.loads(reader.get("/api/v1/exports").content) == {"exports": []}


@pytest.mark.django_db(transaction=True)
def test_packages_of_old_groups_are_not_on_the_shelf(grouped_otherwise, monkeypatch):
    reader = grouped_otherwise
    account = sftp.open_account(None, third_party=reader.authorization.third_party, at=AT)
    monkeypatch.setattr("ipshare.share.bulk.tasks.timezone.now", lambda: AT)

    def files():
        shelf = Shelf(account, None, "203.0.113.7")
        return shelf.files("XA", Right.TRADEMARK, Kind.FULL_EXTRACTION, AT)

    shelf_packages.fill(at=AT)
    drain()
    assert len(files()) == 1
    upgrade()
    assert files() == []
    shelf_packages.fill(at=AT + timedelta(minutes=1))
    asked = Export.objects.exclude(grouping="older").get()
    assert asked.rights == ["patent", "design"], "none of a register that is closed"
    regroup()
    assert files() == []


@pytest.mark.django_db(transaction=True)
def test_a_delivery_of_old_groups_is_not_sent(grouped_otherwise, web, settings, monkeypatch):
    settings.PUSH_NETWORKS = ("127.0.0.0/8",)
    monkeypatch.setattr(push, "LOOK_EVERY", 0.05)
    destination, _ = http(grouped_otherwise.authorization, web)
    made = preparing.make(destination, at=AT)
    assert made.state == "ready"
    upgrade()
    deliveries.deliver(destination.pk, clock=lambda: AT)
    assert web.got == []
    destination.refresh_from_db()
    assert destination.due_at > AT
    regroup()
    deliveries.deliver(destination.pk, clock=lambda: AT + timedelta(hours=1))
    assert web.got
    assert all(TELLS.encode() not in body for _, _, body in web.got)


@pytest.mark.django_db(transaction=True)
def test_a_push_erases_what_was_lost_while_its_register_is_closed(grouped_otherwise, web, settings):
    settings.PUSH_NETWORKS = ("127.0.0.0/8",)
    destination, _ = http(grouped_otherwise.authorization, web)
    deliveries.deliver(destination.pk, clock=lambda: AT)
    assert destination.deliveries.get().puts == ["XA/1/19", "XA/2/19"]
    allow(grouped_otherwise.authorization, rights={Right.DESIGN})
    upgrade()
    deliveries.deliver(destination.pk, clock=lambda: AT)
    later = destination.deliveries.get(number=2)
    assert (later.puts, later.erasures, later.state) == ([], 1, "delivered")


@pytest.mark.django_db(transaction=True)
def test_a_group_that_a_finding_kept_from_an_older_submission_stays(tmp_path, cast, at):
    send(tmp_path / "a.xml", transaction(a_mark("XA/1/19")), at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE record SET stale = %(goods)s, joints = joints_mark(joints, %(goods)s)",
            {"goods": G.GOODS.bit},
        )
    before = whole_record("XA/1/19")
    assert "Computers" in json.dumps(before["goods"])
    upgrade()
    regroup()
    after = whole_record("XA/1/19")
    assert {name for name in before if before[name] != after[name]} <= {"facts"}
    [event] = AuditEvent.objects.filter(event="register.regrouped")
    assert event.detail == {"changed": 0}


@pytest.mark.django_db(transaction=True)
def test_of_what_a_finding_kept_goes_what_is_of_another_group_today(tmp_path, cast, at):
    """How its items stand to those of other groups is not known, so it cannot be dealt out with them."""
    send(tmp_path / "a.xml", transaction(a_mark("XA/1/19")), at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE record SET stale = %s, goods = replace(goods::text, '{\"~\"', %s)::json",
            [G.GOODS.bit, '{"applicationDate":"2019-01-01","~"'],
        )
    upgrade()
    regroup()
    after = whole_record("XA/1/19")
    assert (after["goods"], after["stale"]) == (None, 0)
    assert "Sokha Trading" in json.dumps(after["stakeholders"])


@pytest.mark.django_db(transaction=True)
def test_a_first_register_is_open_at_once(tmp_path, cast, at):
    send(tmp_path / "a.xml", transaction(a_mark("XA/1/19")), at=at)
    assert a_reader().get("/api/v1/trademarks/XA/XA%2F1%2F19").status_code == 200


@pytest.mark.parametrize("odd", [(), st96trees.ODD], ids=["as the schema says", "with defects"])
@pytest.mark.parametrize("right", list(Right))
def test_what_is_grouped_as_today_stays_as_it_is(right, odd):
    @CALM
    @given(st.integers(0, 2**64))
    @example(0)
    @example(1114)
    def law(seed):
        element = st96trees.grow(st96trees.seeded(seed), groups.record(right), odd=odd)
        assert_stays(right, element, sound=not odd)

    law()


@pytest.mark.skipif(
    not st96trees.DATA.is_dir(), reason="the shared data is not beside the repository"
)
@pytest.mark.parametrize("folder", ["trademarks", "designs", "patents"])
def test_records_of_offices_stay_as_they_are(folder):
    for path in sorted((st96trees.DATA / "st96" / folder).glob("*.xml"))[:40]:
        for right, element in st96trees.records(etree.parse(path)):
            assert_stays(right, element)


def assert_stays(right, element, *, sound=True):
    """Each group that a finding might keep stays too, where what the schema does not know cannot blur it."""
    record = canonical.convert(element, right=right, office="XA", file="f.xml", line=1)
    held = Held(number="1", stale=0, joints=record.joints, documents=record.documents)
    again = regrouping._dealt_out("XA", right, held)
    assert again is None, (again.documents, record.documents)
    for group, document in record.documents.items():
        if b'"#' in document and group is not G.IDENTITY:
            again = regrouping._dealt_out("XA", right, replace(held, stale=group.bit))
            if again.stale or sound:
                assert (again.stale, again.documents[group]) == (group.bit, document), group
