"""Law: what is withheld cannot be found, nor seen in any page, cursor, error or time; see DOMAIN §4, paths 6 to 8."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ipshare.domain.authorization import Filter
from ipshare.domain.facets import Facets
from ipshare.domain.group import SHAREABLE
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import blocks
from ipshare.share.search import index, parameters
from ipshare.store import changes, visible
from laws.conftest import HISTORIES
from share.findable import SEARCHED, findable
from share.histories import AT, a_reader, allow, publish, withdrawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]

NUMBERS = "123"
SINCE = Filter(filed_from=date(2015, 1, 1))
INSIDE, OUTSIDE = Facets(filed=date(2016, 1, 1)), Facets(filed=date(2001, 1, 1))
MAY_BE_HIDDEN = tuple(group for group in SEARCHED if group is not G.IDENTITY)
VALUES = {
    G.TEXT: ("apple pie", "phở กาแฟ"),
    G.GOODS: ("9", "25"),
    G.CLASSIFICATION: ("9", "42"),
    G.PUBLICATION: ("2020-01-05", "2021-07-01"),
    G.STAKEHOLDERS: ("Kim Sok", "Apple Trading"),
    G.STATUS: ("Registered", "Expired"),
}
IDENTITIES = (
    {"applicationDate": "2019-05-06"},
    {
        "applicationDate": "2020-01-05",
        "registrationNumber": "R/7",
        "registrationDate": "2021-07-01",
    },
)

# Every parameter that any view has, and one that none has, with values that are there and that are not.
PROBES = {
    "number": ("1", "9", ""),
    "numberPrefix": ("", "1", "x"),
    **{
        f"{name}{end}": ("2020-01-05", "2021-07-01", "1999-12-31", "soon")
        for name in ("filed", "registered", "published")
        for end in ("From", "To")
    },
    "registrationNumber": ("R-7", "8"),
    "words": ("apple", "APP*", "pho", "phở", "กาแ", "pie apple", "'|!", "a " * 99),
    "applicant": ("kim", "ap*", "sok kim", "nobody"),
    "niceClass": ("9", "42", "25", "46"),
    "status": ("registered", "EXPIRED", "ended"),
    "ipc": ("A61K",),
    "locarno": ("09",),
    "colour": ("red",),
}
BY_ONE = [{name: value} for name, values in PROBES.items() for value in values]
BY_TWO = [
    {one: PROBES[one][0], other: PROBES[other][0]}
    for one, other in product(PROBES, PROBES)
    if one < other
]

values = st.fixed_dictionaries({}, optional={g: st.integers(0, 1) for g in MAY_BE_HIDDEN})
submissions = st.tuples(
    st.just("submit"),
    st.dictionaries(
        st.sampled_from(NUMBERS),
        st.none() | st.tuples(st.integers(0, 1), values, values, values),  # seen, hidden in each
        min_size=1,
    ),
    st.booleans(),
)
# In one of the two registries only: what is withheld changes; the index follows; a record outside comes and goes.
asides = st.tuples(st.just("aside"), st.integers(0, 1), st.sampled_from(NUMBERS), values)
follows = st.tuples(st.just("index"), st.integers(0, 1))
outsiders = st.tuples(st.just("outside"), st.integers(0, 1), st.sampled_from([None, 0, 1, "block"]))
kept_back = st.tuples(st.just("keep back"), st.integers(0, 1), st.sampled_from(NUMBERS), values)
steps = submissions | asides | follows | outsiders | kept_back
probed = st.lists(st.sampled_from(BY_ONE + BY_TWO), max_size=12)

ALL_OF_ONE = {group: place for place, group in zip((0, 1, 0, 1, 0, 1), MAY_BE_HIDDEN, strict=True)}
LONG = [
    ("submit", {n: (int(n) % 2, ALL_OF_ONE, {}, ALL_OF_ONE) for n in NUMBERS}, False),
    ("index", 0),
    ("aside", 0, "2", {group: 1 - place for group, place in ALL_OF_ONE.items()}),
    ("outside", 1, 0),
    ("submit", {"1": (0, {}, ALL_OF_ONE, {}), "3": None}, False),
    ("keep back", 1, "2", ALL_OF_ONE),
    ("outside", 1, "block"),
    ("index", 0),
    ("index", 1),
    ("aside", 0, "1", {group: 1 - place for group, place in ALL_OF_ONE.items()}),
]


@pytest.mark.apart
def test_what_is_withheld_cannot_be_found(monkeypatch):
    reader = _reader(monkeypatch)

    @settings(
        max_examples=max(HISTORIES // 5, 3),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(
        history=st.lists(steps, min_size=1, max_size=6),
        hidden=st.sets(st.sampled_from(MAY_BE_HIDDEN), min_size=1),
        probes=probed,
    )
    @example(history=LONG, hidden=set(MAY_BE_HIDDEN), probes=BY_ONE + BY_TWO)
    @example(history=LONG, hidden={G.GOODS, G.STATUS}, probes=BY_ONE)
    def law(history, hidden, probes):
        _check(reader, history, hidden, probes)

    law()


def _all(view):
    return replace(view, groups=SHAREABLE)


def _find_in_withheld_columns(monkeypatch):
    names, read = parameters.names, parameters.read
    monkeypatch.setattr(parameters, "names", lambda view, right: names(_all(view), right))
    monkeypatch.setattr(
        parameters, "read", lambda view, right, given: read(_all(view), right, given)
    )
    monkeypatch.setattr(index, "make_ready", _brought_up)


def _brought_up(view, _right, _wanted):
    index.bring_up(view.office)


def _find_classes_in_withheld_goods(monkeypatch):
    read = parameters.read
    monkeypatch.setattr(
        parameters, "read", lambda view, right, given: read(_all(view), right, given)
    )
    monkeypatch.setattr(index, "make_ready", _brought_up)


def _tell_the_time_of_any_change(monkeypatch):
    newest = changes.newest_at
    monkeypatch.setattr(
        changes, "newest_at", lambda view, right, number: newest(_all(view), right, number)
    )


def _tell_how_far_the_index_has_come(monkeypatch):
    def make_ready(view, _right, _wanted):
        with connection.cursor() as cursor:
            cursor.execute("SELECT position FROM search_upto WHERE office = %s", [view.office])
            if cursor.fetchone() != (changes.last_position(view.office),):
                raise index.BehindError(view.office)

    monkeypatch.setattr(index, "make_ready", make_ready)


def _find_records_outside_of_the_view(monkeypatch):
    monkeypatch.setattr(visible, "inside", lambda _view, of, *_prefix: f"{of}.live")


@pytest.mark.apart
@pytest.mark.parametrize(
    ("plant", "hidden"),
    [
        pytest.param(_find_in_withheld_columns, set(MAY_BE_HIDDEN), id="leak-06-withheld-columns"),
        pytest.param(_find_classes_in_withheld_goods, {G.GOODS}, id="leak-06-withheld-goods"),
        pytest.param(_find_records_outside_of_the_view, {G.GOODS}, id="leak-07-records-outside"),
        pytest.param(_tell_how_far_the_index_has_come, {G.GOODS}, id="leak-08-reach-of-the-index"),
        pytest.param(_tell_the_time_of_any_change, {G.STAKEHOLDERS}, id="leak-01-last-modified"),
    ],
)
def test_a_planted_leak_breaks_the_law(monkeypatch, plant, hidden):
    reader = _reader(monkeypatch)
    _check(reader, LONG, hidden, BY_ONE)
    plant(monkeypatch)
    with pytest.raises(AssertionError, match="differ"):
        _check(reader, LONG, hidden, BY_ONE)


def _reader(monkeypatch):
    monkeypatch.setattr(
        "ipshare.accounts.call.now", lambda: AT
    )  # RateLimit tells the seconds of it
    reader = a_reader(rights={Right.TRADEMARK})
    reader.get("/api/v1/whoami")  # notes the client's last use
    return reader


def _check(reader, history, hidden, probes):
    first, second = (_answers(reader, history, hidden, probes, registry) for registry in (0, 1))
    for (address, one), (_, other) in zip(first, second, strict=True):
        assert one == other, f"the answers to {address} differ"


def _answers(reader, history, hidden, probes, registry):
    """What the client sees of one of the two registries at the end of a history."""
    held = {}
    with transaction.atomic():
        allow(reader.authorization, rights={Right.TRADEMARK}, excluded=hidden, filter=SINCE, at=AT)
        if registry:  # positions are others from the start
            _publish(90, [findable("25", text="apple pie")], facets={"25": OUTSIDE})
        for place, step in enumerate(history, 1):
            match step:
                case ("submit", sent, full):
                    _submit(place, sent, hidden, registry=registry, full=full, held=held)
                case ("aside", which, number, values) if which == registry and number in held:
                    _publish(place, [_record(number, *held[number], values, hidden)])
                case ("keep back", which, number, values) if which == registry and number in held:
                    record = _record(number, *held[number], values, hidden)
                    _publish(place, [record], withheld={number: hidden})
                case ("index", which) if which == registry:
                    index.bring_up("XA")
                case ("outside", which, "block") if which == registry:
                    blocks.block(
                        "XA", Right.TRADEMARK, "25", authorization=None, reason="a court order",
                        until=None, by="officer", at=AT,
                    )  # fmt: skip
                    blocks.apply("XA", at=AT)
                case ("outside", which, place_of_values) if which == registry:
                    record = withdrawn("25")
                    if place_of_values is not None:
                        values = dict.fromkeys(MAY_BE_HIDDEN, place_of_values)
                        record = _record("25", place_of_values, {}, values, set(MAY_BE_HIDDEN))
                    _publish(place, [record], facets={"25": OUTSIDE})
        answers = [*_look(reader, probes)]
        transaction.set_rollback(True)
    return answers


def _submit(place, sent, hidden, *, registry, full, held):
    records = []
    for number, content in sent.items():
        if content is None:
            records.append(withdrawn(number))
            held.pop(number, None)
            continue
        identity, seen, *withheld = content
        held[number] = identity, seen
        records.append(_record(number, identity, seen, withheld[registry], hidden))
    _publish(place, records, full=full)
    if full:
        for number in held.keys() - sent.keys():
            del held[number]


def _record(number, identity, seen, withheld, hidden):
    """A record whose hidden groups have one set of values, and the others another."""
    chosen = {
        group.value: VALUES[group][content[group]]
        for group in MAY_BE_HIDDEN
        for content in [withheld if group in hidden else seen]
        if group in content
    }
    return findable(number, identity=IDENTITIES[identity], **chosen)


def _publish(place, records, *, facets=None, **more):
    wanted = {record.number: INSIDE for record in records} | (facets or {})
    publish(place, records, facets=wanted, at=AT + timedelta(minutes=place), **more)


def _look(reader, probes):
    """Every search, each page of it, every record, and the same again as XML."""
    collection = "/api/v1/trademarks"
    for number in NUMBERS:
        yield _answer(reader, f"{collection}/XA/{number}")
    yield _answer(reader, f"{collection}/XA/25")
    for probe in probes:
        yield _answer(reader, f"{collection}?{urlencode(probe)}")
    yield _answer(reader, f"{collection}?words=apple", Accept="application/xml")
    for start in (collection, f"{collection}/XA?words=apple", f"{collection}?niceClass=9"):
        following = f"{start}{'&' if '?' in start else '?'}limit=1"
        while following:
            address, answer = _answer(reader, following)
            yield address, answer
            link = dict(answer[1]).get("Link", "")
            following = link.partition("<")[2].partition(">")[0]


def _answer(reader, address, **headers):
    answer = reader.get(address, **headers)
    return address, (answer.status_code, sorted(answer.items()), answer.getvalue())
