"""Law: two registries that differ only in what a view withholds are the same to whoever has that view.

Status, headers, bodies, page boundaries, order, counts, sizes and opened cursors, on every route, in every export,
delivery and preview, after any history: see DOMAIN §4.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ipshare.domain.group import SHAREABLE
from ipshare.domain.group import ElementGroup as G
from ipshare.share import editions, urls
from ipshare.share.search import index, parameters
from ipshare.store import changes, visible
from laws.conftest import HISTORIES, PARTS
from laws.looks import BY_ONE, BY_TWO, FORMS, Looker, Party
from laws.registries import (
    ALWAYS_HIDDEN,
    BUSY,
    LONG,
    MAY_BE_HIDDEN,
    Registry,
    files,
    histories,
    withheld,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast", "still")]
NOT_LOOKED_AT = {
    "token": "knows clients and their secrets, nothing of a register",
    "public-keys": "the hub's own key, the same for everybody",
    "openapi": "a file of the hub, the same for everybody",
}
"""Routes of the API that the law does not ask, and why not."""


@pytest.fixture
def party(still):
    """XB's client, shelf and destination, over conditions that each history sets."""
    still.EXPORT_PART_BYTES = 1000
    still.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Party.of()


@pytest.fixture
def drawn(still):
    """The pictures of either registry."""
    return files()


@pytest.mark.apart
@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_withheld_cannot_be_observed(party, drawn, part):
    @settings(
        max_examples=-(-HISTORIES // PARTS),
        deadline=None,
        phases=[
            Phase.explicit,
            Phase.reuse,
            Phase.generate,
        ],  # histories are short; to shrink one takes minutes
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(
        history=histories,
        hidden=withheld,
        probes=st.lists(st.sampled_from(BY_ONE + BY_TWO), max_size=8),
        form=st.sampled_from(FORMS),
    )
    def law(history, hidden, probes, form):
        _check(party, drawn, history, hidden, probes, form)

    law()


@pytest.mark.apart
@pytest.mark.parametrize(
    ("hidden", "probes", "form"),
    [
        ({*MAY_BE_HIDDEN}, BY_ONE + BY_TWO, "ndjson"),
        ({G.GOODS, G.STATUS}, BY_ONE, "parquet"),
        ({G.STAKEHOLDERS}, BY_ONE[::4], "st96"),
    ],
)
def test_nor_after_a_long_history(party, drawn, hidden, probes, form):
    _check(party, drawn, LONG, hidden, probes, form)


def test_every_route_of_the_api_is_looked_at(party, drawn):
    routes = {one.name for one in urls.urlpatterns}
    asked = set()
    history = [*BUSY, *[("look",)] * 3]
    _seen(party, drawn, history, {G.STAKEHOLDERS}, [], "parquet", 0, routes=asked)
    names = {name for name, _ in asked}
    assert sorted(routes - names) == sorted(NOT_LOOKED_AT)
    assert (
        "submissions" in names
    )  # of the routes of an office's own clients, which refuse all others alike
    assert {("exports", "POST"), ("export", "DELETE")} <= asked


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


def _tell_what_had_left_before(monkeypatch):
    monkeypatch.setattr(editions.Course, "positions", lambda _course, _since: {})


@pytest.mark.apart
@pytest.mark.parametrize(
    ("plant", "hidden"),
    [
        pytest.param(_find_in_withheld_columns, set(MAY_BE_HIDDEN), id="leak-06-withheld-columns"),
        pytest.param(_find_classes_in_withheld_goods, {G.GOODS}, id="leak-06-withheld-goods"),
        pytest.param(_find_records_outside_of_the_view, {G.GOODS}, id="leak-07-records-outside"),
        pytest.param(_tell_what_had_left_before, {G.GOODS}, id="leak-07-left-before"),
        pytest.param(_tell_how_far_the_index_has_come, {G.GOODS}, id="leak-08-reach-of-the-index"),
        pytest.param(_tell_the_time_of_any_change, {G.STAKEHOLDERS}, id="leak-01-last-modified"),
    ],
)
def test_a_planted_leak_breaks_the_law(monkeypatch, party, drawn, plant, hidden):
    plant(monkeypatch)
    with pytest.raises(AssertionError, match=r"^leak: "):
        _check(party, drawn, [*BUSY, ("index", 0)], hidden, BY_ONE)


def _check(party, drawn, history, hidden, probes, form=FORMS[0]):
    first, second = (_seen(party, drawn, history, hidden, probes, form, which) for which in (0, 1))
    for (address, one), (_, other) in zip(first, second, strict=False):
        assert one == other, f"leak: the answers to {address} differ"
    assert len(first) == len(second), "leak: one registry has more pages"


def _seen(party, drawn, history, hidden, probes, form, which, *, routes=None):
    """Everything that the third party sees of one of the two registries, step by step and at the end."""
    hidden = frozenset({*hidden, *ALWAYS_HIDDEN})
    registry = Registry(which, hidden, drawn)
    looker = Looker(party, hidden, probes, form, routes=routes)
    with transaction.atomic():
        registry.begin(party.reader)
        for step in history:
            if step == ("look",):
                looker.at_some()
            else:
                registry.play(party.reader, step)
        looker.at_all()
        transaction.set_rollback(True)
    return looker.seen
