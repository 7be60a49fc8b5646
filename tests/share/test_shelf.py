"""The shelf of a third party, on the tables: what is rendered when, and what its listings tell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from ipshare.accounts import sftp
from ipshare.domain.authorization import Channel, Filter
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Kind, Right
from ipshare.domain.shelf import ShelfRefusedError
from ipshare.share import blocks, shelf_packages
from ipshare.share.bulk import exports
from ipshare.share.shelf import Shelf
from ipshare.store import objects
from ipshare.store.models.disclosures import Disclosure
from ipshare.store.models.exports import Export
from line import drain
from share.histories import AT, a_reader, a_record, allow, publish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]
MARKS = {Right.TRADEMARK}


@pytest.fixture(autouse=True)
def store(tmp_path, settings, monkeypatch):
    """An object store of the test's own; the clock stands at the day of the test."""
    settings.OBJECTS_URL = str(tmp_path / "objects")
    settings.DATA = tmp_path
    monkeypatch.setattr("ipshare.share.bulk.tasks.timezone.now", lambda: AT)


@pytest.fixture
def reader():
    """XB, which gets XA's marks without examination, and has an SFTP account."""
    made = a_reader(rights=MARKS, excluded={G.EXAMINATION})
    made.account = sftp.open_account(None, third_party=made.authorization.third_party, at=AT)
    return made


def shelf(reader):
    return Shelf(reader.account, None, "203.0.113.7")


def files(reader, at=AT, kind=Kind.FULL_EXTRACTION):
    return shelf(reader).files("XA", Right.TRADEMARK, kind, at)


def render(at=AT):
    shelf_packages.fill(at=at)
    drain()


def test_a_package_a_day_and_yesterday_s_until_midnight(reader):
    publish(1, [a_record("1", text="t")])
    render()
    render(AT + timedelta(hours=3))
    [first] = files(reader)
    assert first.name == "XA_TM_20261123T040000Z_1.zip"
    assert (first.modified_at, first.right, first.received) == (AT, Right.TRADEMARK, False)
    tomorrow = AT + timedelta(days=1)
    shelf_packages.fill(at=tomorrow)
    assert files(reader, tomorrow) == [first]
    drain()
    both = files(reader, tomorrow)
    assert [one.name for one in both] == [first.name, "XA_TM_20261124T040000Z_1.zip"]
    assert files(reader, AT + timedelta(hours=44)) == both[1:]


def test_nothing_tells_of_what_is_withheld(reader):
    seen = []
    for number, examination in enumerate(("x", "a much longer opinion of the examiner", None), 1):
        more = {} if examination is None else {"examination": examination}
        publish(number, [a_record("1", text="t", **more), a_record("2", text="u")])
        render()
        seen.append([(one, objects.get(one.object)) for one in files(reader)])
        Export.objects.all().delete()
    bare = [
        [(one.name, one.size, one.modified_at, content) for one, content in some] for some in seen
    ]
    assert bare[0] == bare[1] == bare[2] != []


def test_only_shelves_that_are_in_use_are_filled():
    other = a_reader(name="XC", rights=MARKS, excluded={G.EXAMINATION})
    render()
    assert not Export.objects.exists()
    account = sftp.open_account(None, third_party=other.authorization.third_party, at=AT)
    allow(other.authorization, rights=MARKS)
    render()
    assert not Export.objects.exists()  # nothing is left out: as received
    without = frozenset(Channel) - {Channel.SFTP}
    allow(other.authorization, rights=MARKS, excluded={G.TEXT}, channels=without)
    render()
    assert not Export.objects.exists()
    allow(other.authorization, rights=MARKS, excluded={G.TEXT})
    sftp.close_account(account, AT)
    render()
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    "conditions",
    [
        {"excluded": {G.TEXT}},
        {"filter": Filter(published_only=True)},
        {"images": False},
        {"documents": False},
    ],
)
def test_whatever_leaves_something_out_takes_the_received_files_away(reader, conditions):
    allow(reader.authorization, rights=MARKS, **conditions)
    shelf_packages.fill(at=AT)
    [export] = Export.objects.all()
    assert (export.rights, export.client, export.form) == (["trademark"], None, "st96")


def test_a_package_ends_with_its_conditions_and_with_a_block_of_what_is_in_it(reader):
    publish(1, [a_record("1", text="t"), a_record("2", text="u")])
    render()
    [file] = files(reader)
    here = shelf(reader)
    assert here.holds(file, AT)
    blocks.block(
        "XA", Right.TRADEMARK, "9", authorization=None, reason="r", until=None, by="o", at=AT
    )
    assert here.holds(file, AT)  # of what is not in the view nothing is seen
    blocks.block(
        "XA", Right.TRADEMARK, "1", authorization=None, reason="r", until=None, by="o", at=AT
    )
    assert not here.holds(file, AT)
    assert files(reader) == []
    with pytest.raises(ShelfRefusedError, match="has ended or changed"):
        here.leave(file, file.size, AT, goes_on=False)
    render(AT + timedelta(minutes=1))
    [again] = files(reader)
    here.leave(again, again.size, AT, goes_on=False)
    assert Disclosure.objects.get().numbers == ["2"]
    allow(reader.authorization, rights=MARKS, excluded={G.TEXT})
    assert not here.holds(again, AT)


def test_a_piece_of_a_package_that_the_ledger_has_is_a_piece_of_a_file(reader):
    publish(1, [a_record("1", text="t")])
    render()
    [file] = files(reader)
    here = shelf(reader)
    here.leave(file, file.size - 5, AT, goes_on=True)  # nothing of it has left before
    here.leave(file, 5, AT, goes_on=True)
    rows = Disclosure.objects.order_by("pk")
    assert [(row.numbers, row.files, row.records) for row in rows] == [
        (["1"], [], 1),
        ([], [file.name], 0),
    ]


def test_a_package_that_could_not_be_made_is_not_asked_for_again_on_its_day(reader):
    shelf_packages.fill(at=AT)
    Export.objects.update(state="failed")
    shelf_packages.fill(at=AT + timedelta(hours=1))
    assert Export.objects.count() == 1
    shelf_packages.fill(at=AT + timedelta(days=1))
    assert Export.objects.count() == 2


def test_a_shelf_s_export_is_not_the_client_s(reader):
    publish(1, [a_record("1", text="t")])
    render()
    assert reader.get("/api/v1/exports").json() == {"exports": []}
    [made] = Export.objects.all()
    assert reader.get(f"/api/v1/exports/XA/{made.pk}").status_code == 404
    Export.objects.update(expires_at=F("asked_at"))
    exports.sweep_all(at=AT)
    assert files(reader) == []
