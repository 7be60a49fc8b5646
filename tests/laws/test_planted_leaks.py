"""A leak of each of the 26 kinds is planted into the hub: the test of its path must fail, or it guards nothing."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection, transaction

from ipshare.domain import authorization
from ipshare.domain.group import SHAREABLE
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.http import cursor
from ipshare.http.problem import Problem
from ipshare.parse import canonical, shapes
from ipshare.render import st97
from ipshare.share import api, blocks, images, single
from ipshare.share.bulk import making
from ipshare.share.search import index, parameters
from ipshare.standards import groups
from ipshare.store import changes, queries, records, renditions, visible
from laws import test_leak_paths

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast", "still", "_forgotten")]
Plant = Callable[[pytest.MonkeyPatch], None]


def _forget_places():
    """Everything that is worked out of the classification once."""
    for known in (groups.record, groups.application, groups._place, groups._step):
        known.cache_clear()
    shapes._SHAPES.clear()
    shapes._RECORDS.clear()


@pytest.fixture
def _forgotten():
    yield
    _forget_places()


def _whole(view):
    return replace(view, groups=SHAREABLE)


def _moved(group: G, *ends: str) -> Plant:
    """The rows of the classification that end so belong to another group."""

    def plant(monkeypatch):
        rows = groups.rows()
        moved = [row for row in rows if row.steps[-1] in ends]
        assert moved, "trouble: no such row"
        changed = tuple(replace(row, group=group) if row in moved else row for row in rows)
        monkeypatch.setattr(groups, "rows", lambda: changed)
        _forget_places()

    return plant


def _added(group: G, path: str) -> Plant:
    """A row more in the classification of trademarks."""

    def plant(monkeypatch):
        row = groups.Row(Right.TRADEMARK, tuple(path.split("/")), group, "")
        changed = (*groups.rows(), row)
        monkeypatch.setattr(groups, "rows", lambda: changed)
        _forget_places()

    return plant


def _told_in_the_identity(group: G) -> Plant:
    """Each record says how many elements it has of a group."""

    def plant(monkeypatch):
        convert = canonical.convert

        def telling(*given, **more):
            record = convert(*given, **more)
            held = json.loads(record.documents.get(group, b"{}"))
            identity = json.loads(record.documents[G.IDENTITY])
            told = {"markSeriesTotalQuantity": str(len(held.keys() - {"~"})), **identity}
            written = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
            return replace(record, documents={**record.documents, G.IDENTITY: written})

        monkeypatch.setattr(canonical, "convert", telling)

    return plant


def _etag_over_every_group(monkeypatch):
    unblocked = single.unblocked

    def over_all(view, right, number, **how):
        found, whole = (
            unblocked(view, right, number, **how),
            records.read(_whole(view), right, number),
        )
        return found and single.Single(replace(found.stored, state=whole.state))

    monkeypatch.setattr(single, "unblocked", over_all)


def _last_modified_by_any_change(monkeypatch):
    newest = changes.newest_at
    monkeypatch.setattr(changes, "newest_at", lambda view, *which: newest(_whole(view), *which))


def _every_change_is_told(monkeypatch):
    change = visible.change

    def unmasked(view, of, prefix=""):
        return change(view, of, prefix).replace(f"{of}.groups & %({prefix}mask)s", f"{of}.groups")

    monkeypatch.setattr(visible, "change", unmasked)


def _search_by_withheld(monkeypatch):
    names, read = parameters.names, parameters.read
    monkeypatch.setattr(parameters, "names", lambda view, right: names(_whole(view), right))
    monkeypatch.setattr(parameters, "read", lambda view, *more: read(_whole(view), *more))
    monkeypatch.setattr(index, "make_ready", lambda view, *_: index.bring_up(view.office))


def _order_by_the_events(monkeypatch):
    read = queries.read

    def ordered(file, name):
        by_number = "ORDER BY {number}"
        text = read(file, name)
        return (
            text.replace(by_number, "ORDER BY r.events::text, {number}")
            if file == "search"
            else text
        )

    monkeypatch.setattr(queries, "read", ordered)


def _positions_in_cursors(monkeypatch):
    def place_of(_view, right, number, position):
        return changes.Place(right=right, number=number, count=position)

    monkeypatch.setattr(changes, "place_of", place_of)
    monkeypatch.setattr(changes, "position_of", lambda _view, place: place.count if place else 0)


def _counts_of_the_register(monkeypatch):
    keep = making._keep

    def counted(export, made, part):
        keep(export, made, part)
        with connection.cursor() as rows:
            rows.execute("SELECT count(*) FROM record WHERE live")
            made.parts[-1]["records"] = rows.fetchone()[0]

    monkeypatch.setattr(making, "_keep", counted)


def _every_document(monkeypatch):
    monkeypatch.setattr(images, "shown", lambda _view, held, _name: images.Shown.whole(held))


def _pictures_as_received(monkeypatch):
    shown = images.shown
    monkeypatch.setattr(images, "shown", lambda view, *more: shown(_whole(view), *more))


def _remarks_with_any_group(monkeypatch):
    def remarks_too(excluded):
        return SHAREABLE.difference(excluded)

    monkeypatch.setattr(authorization, "shown", remarks_too)


def _names_with_the_examination_left_out(monkeypatch):
    monkeypatch.setattr(groups, "_within", lambda _around, group: group)
    _forget_places()


def _files_without_their_group(monkeypatch):
    picture = records.picture
    monkeypatch.setattr(
        records, "picture", lambda view, *one, **more: picture(_whole(view), *one, **more)
    )


def _holes_in_lists(monkeypatch):
    compact = st97._compact

    def holed(value):
        if isinstance(value, dict) and st97._numbered(value):
            last = max(int(name[1:]) for name in value)
            return [holed(value.get(f"#{place}", {})) for place in range(last + 1)]
        if isinstance(value, dict):
            return {name: holed(one) for name, one in value.items()}
        return compact(value)

    monkeypatch.setattr(st97, "_compact", holed)


def _errors_that_say_why(monkeypatch):
    read = single.read

    def telling(view, right, number):
        if (right.value, number) in blocks.pending(view):
            raise Problem("not-found", f"the office has blocked {number}")
        return read(view, right, number)

    monkeypatch.setattr(single, "read", telling)


def _ended_records_left_out(monkeypatch):
    inside = visible.inside

    def going_on(view, of, prefix=""):
        ended = f"strpos(coalesce({of}.status::text, ''), 'Expired') > 0"
        return f"({inside(view, of, prefix)} AND NOT {ended})"

    monkeypatch.setattr(visible, "inside", going_on)


def _whole_records_kept_ready(monkeypatch):
    monkeypatch.setattr(renditions, "groups_in", lambda _mask: SHAREABLE)


def _cursors_of_nobody(monkeypatch):
    seal, unseal = cursor.seal, cursor.unseal
    monkeypatch.setattr(cursor, "seal", lambda content, **_: seal(content, owner=""))
    monkeypatch.setattr(cursor, "unseal", lambda text, **_: unseal(text, owner=""))


def _awake_for_any_change(monkeypatch):
    anything, asked = api._anything, []

    def awake(request, client):
        asked.append(request)  # the first time is before it waits, later ones follow a change
        return len(asked) > 1 or anything(request, client)

    monkeypatch.setattr(api, "_anything", awake)


def _longer_for_more(monkeypatch):
    read = single.read

    def slower(view, right, number):
        found = records.read(_whole(view), right, number)
        for _ in range(sum(map(len, found.documents)) // 1000 if found else 0):
            records.read(view, right, number)
        return read(view, right, number)

    monkeypatch.setattr(single, "read", slower)


PLANTS = {
    "01-etag-over-every-group": _etag_over_every_group,
    "01-last-modified-by-any-change": _last_modified_by_any_change,
    "02-every-change-is-told": _every_change_is_told,
    "03-a-count-of-the-events": _told_in_the_identity(G.EVENTS),
    "04-sections-with-publications": _moved(G.PUBLICATION, "PublicationSectionCategory"),
    "05-time-to-oppose-with-publications": _moved(
        G.PUBLICATION, "OppositionPeriodStartDate", "OppositionPeriodEndDate"
    ),
    "06-search-by-withheld": _search_by_withheld,
    "07-order-by-the-events": _order_by_the_events,
    "07-positions-in-cursors": _positions_in_cursors,
    "08-counts-of-the-register": _counts_of_the_register,
    "09-party-codes-with-the-identity": _added(
        G.IDENTITY, "ApplicantBag/Applicant/PartyIdentifier"
    ),
    "10-remarks-with-the-text": _moved(G.TEXT, "CommentText"),
    "11-assignments-with-the-relations": _moved(G.RELATIONS, "AssignmentBag", "RecordTransfer"),
    "12-references-with-the-identity": _moved(G.IDENTITY, "ApplicantFileReference"),
    "13-holders-with-their-priorities": _moved(G.RELATIONS, "PriorityHolderName"),
    "14-citations-as-text": _moved(G.EXAMINATION, "NPLCitationText"),
    "10-free-text-while-names-are-withheld": _remarks_with_any_group,
    "14-names-without-the-examination": _names_with_the_examination_left_out,
    "15-letters-with-the-text": _moved(G.TEXT, "TrademarkDocumentBag"),
    "16-every-document": _every_document,
    "17-files-without-their-group": _files_without_their_group,
    "17-pictures-as-received": _pictures_as_received,
    "18-holes-in-lists": _holes_in_lists,
    "19-transliterations-with-the-text": _added(
        G.TEXT, "ApplicantBag/Applicant/Contact/Name/PersonName/TransliterationName"
    ),
    "20-completeness-of-records": _told_in_the_identity(G.STAKEHOLDERS),
    "21-errors-that-say-why": _errors_that_say_why,
    "22-ended-records-left-out": _ended_records_left_out,
    "23-status-of-parents-with-relations": _moved(G.RELATIONS, "ParentDocumentStatusCode"),
    "24-whole-records-kept-ready": _whole_records_kept_ready,
    "25-cursors-of-nobody": _cursors_of_nobody,
    "26-awake-for-any-change": _awake_for_any_change,
    "26-longer-for-more": _longer_for_more,
}


def test_there_is_a_plant_of_each_kind():
    assert sorted({name[:2] for name in PLANTS}) == [f"{number:02}" for number in range(1, 27)]


@pytest.mark.apart
@pytest.mark.parametrize("name", PLANTS)
def test_the_test_of_a_path_finds_a_planted_leak(monkeypatch, name):
    _run(monkeypatch, name[:2])
    with monkeypatch.context() as planted:
        PLANTS[name](planted)
        with pytest.raises(AssertionError, match=r"^leak: "):
            _run(monkeypatch, name[:2])
    _forget_places()


def _run(monkeypatch, number):
    """The tests of one path but those of known leaks, in a transaction that leaves nothing behind."""
    found = [
        test
        for name, test in inspect.getmembers(test_leak_paths, inspect.isfunction)
        if name.startswith(f"test_leak_{number}_") and not getattr(test, "pytestmark", ())
    ]
    assert found, "trouble: no test"
    for test in found:
        with transaction.atomic(), monkeypatch.context() as patched:
            test(**({"monkeypatch": patched} if inspect.signature(test).parameters else {}))
            transaction.set_rollback(True)
