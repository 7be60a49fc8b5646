"""Law: two registries that differ only in what a view withholds answer every request identically."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ipshare.domain import proof as digests
from ipshare.domain.authorization import Filter
from ipshare.domain.facets import Facets
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import blocks, items, place
from laws.conftest import HISTORIES, PARTS
from share.histories import AT, a_reader, a_record, allow, publish, withdrawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]

VISIBLE = (G.TEXT, G.GOODS)
HIDDEN = (G.EXAMINATION, G.STAKEHOLDERS, G.MEDIA, G.UNCLASSIFIED, G.REMARKS)
RIGHTS = (Right.TRADEMARK, Right.PATENT)  # designs are never shared
NUMBERS = "1234"
SINCE = Filter(filed_from=date(2015, 1, 1))
INSIDE = [Facets(filed=date(2016, 1, 1)), Facets(filed=date(2017, 1, 1), has_errors=True)]
OUTSIDE = Facets(filed=date(2001, 1, 1))

hidden = st.dictionaries(st.sampled_from(HIDDEN), st.integers(0, 1), max_size=3)
kept_back = st.sets(st.sampled_from(HIDDEN), max_size=2)
one_record = st.tuples(
    st.none() | st.dictionaries(st.sampled_from(VISIBLE), st.integers(0, 2)),
    st.tuples(hidden, hidden),  # in the first registry, and in the second
    st.tuples(kept_back, kept_back),
)
submissions = st.tuples(
    st.just("submit"),
    st.sampled_from(RIGHTS),
    st.dictionaries(st.sampled_from(NUMBERS), one_record, min_size=1),
    st.booleans(),
)
# What happens in one of the two registries only.
asides = st.tuples(
    st.just("aside"),
    st.integers(0, 1),
    st.sampled_from(tuple(Right)),
    st.sampled_from(NUMBERS),
    hidden,
)
# A record that the filter never lets out comes, changes, is blocked, and goes in one of the two registries only.
outsiders = st.tuples(
    st.just("outside"),
    st.integers(0, 1),
    st.sampled_from(RIGHTS),
    st.sampled_from([None, 1, 2, "block"]),
)
saves = st.tuples(
    st.just("save"), st.sets(st.sampled_from(RIGHTS)), st.sets(st.sampled_from(VISIBLE))
)
ready = st.tuples(st.just("ready"), st.integers(0, 1))
looks = st.just(("look",))  # at every route, in both registries; also at the end
steps = submissions | asides | outsiders | saves | ready | looks

LONG = [
    ("save", set(RIGHTS), set()),
    ("submit", Right.TRADEMARK, {n: ({G.TEXT: 1}, ({G.EXAMINATION: 0}, {}), (set(), set())) for n in NUMBERS}, False),
    ("aside", 0, Right.TRADEMARK, "2", {G.EXAMINATION: 1}),
    ("aside", 0, Right.DESIGN, "2", {G.EXAMINATION: 1}),
    ("submit", Right.TRADEMARK, {"3": (None, ({}, {}), (set(), set()))}, False),
    ("save", {Right.TRADEMARK}, {G.TEXT}),
    ("aside", 1, Right.TRADEMARK, "4", {G.MEDIA: 1}),
    ("save", set(RIGHTS), set()),
]  # fmt: skip
LONG = [step for one in LONG for step in (one, ("look",))]


@pytest.mark.apart
@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_withheld_cannot_be_observed(monkeypatch, part):
    monkeypatch.setattr(
        "ipshare.accounts.call.now", lambda: AT
    )  # RateLimit tells the seconds of it
    reader = a_reader(rights=RIGHTS, excluded=HIDDEN)
    allow(reader.authorization, rights=RIGHTS, excluded=HIDDEN, filter=SINCE)
    reader.get("/api/v1/whoami")  # notes the client's last use

    @settings(
        max_examples=-(-HISTORIES // PARTS),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(history=st.lists(steps, min_size=2, max_size=8))
    def law(history):
        first, second = (_answers(reader, history, registry) for registry in (0, 1))
        for one, other in zip(first, second, strict=True):
            assert one == other

    (law if part else example(history=LONG)(law))()


def _answers(reader, history, registry):
    """Everything that the client can see of one of the two registries, step by step."""
    answers, held = [], {}
    reader.cursor = None
    cursors = []
    with transaction.atomic():
        # Positions and submissions have other numbers in the two registries from the start.
        submission = 100 * registry
        if registry:
            publish(99, [a_record("0", right=Right.DESIGN, examination=1)], right=Right.DESIGN)
        for step in history:
            submission += 1
            match step:
                case ("submit", right, sent, full):
                    _submit(submission, right, sent, registry=registry, full=full, held=held)
                case ("aside", which, right, number, content) if which == registry:
                    _aside(submission, right, number, content, held=held)
                case ("ready", which) if which == registry:
                    items.make_ready("XA")
                case ("save", rights, excluded):
                    withheld = excluded | set(HIDDEN)
                    allow(reader.authorization, rights=rights, excluded=withheld, filter=SINCE)
                case ("outside", which, right, "block") if which == registry:
                    blocks.block(
                        "XA", right, "25", authorization=None, reason="a court order", until=None,
                        by="officer", at=AT,
                    )  # fmt: skip
                    blocks.apply("XA", at=AT)
                case ("outside", which, right, content) if which == registry:
                    sent = withdrawn("25", right=right)
                    if content is not None:
                        sent = a_record("25", right=right, text=content, media=content)
                    publish(submission, [sent], right=right, facets={"25": OUTSIDE})
                case ("look",):
                    answers += _look(reader, cursors)
        answers += _look(reader, cursors)
        transaction.set_rollback(True)
    return answers


def _submit(submission, right, sent, *, registry, full, held):
    records, withheld = [], {}
    for number, (visible, hidden_values, kept) in sent.items():
        if visible is None:
            records.append(withdrawn(number, right=right))
            held.pop((right, number), None)
            continue
        content = visible | hidden_values[registry]
        images = (f"{number}.jpg",) if G.MEDIA in content else ()
        named = {group.value: value for group, value in content.items()}
        records.append(a_record(number, right=right, images=images, **named))
        withheld[number] = kept[registry]
        held[right, number] = visible
    # of the facets, only the passing of the filter may be seen
    facets = dict.fromkeys(sent, INSIDE[registry])
    publish(submission, records, right=right, full=full, withheld=withheld, facets=facets)
    if full:
        for key in [key for key in held if key[0] is right and key[1] not in sent]:
            del held[key]


def _aside(submission, right, number, content, *, held):
    """A submission that changes what is withheld, and nothing else."""
    visible = held.get((right, number))
    if visible is None and right is not Right.DESIGN:
        return
    named = {group.value: value for group, value in ((visible or {}) | content).items()}
    facets = {number: INSIDE[submission % 2]}
    publish(submission, [a_record(number, right=right, **named)], right=right, facets=facets)


def _look(reader, cursors):
    """One look at every route; old cursors are tried again and again."""
    feed = "/api/v1/changes"
    addresses = [
        f"{feed}?limit=1",
        feed,
        *(f"{feed}?limit=2&after={cursor}" for cursor in [*cursors[-2:], *cursors[:1]]),
        *(f"/api/v1/{right.value}s/XA/{number}" for right in RIGHTS for number in NUMBERS[:2]),
        "/api/v1/designs/XA/1",
        "/api/v1/trademarks/XA/25",
        "/api/v1/images/XA/trademark/1.jpg",
        "/api/v1/whoami",
        f"{feed}?sort=status",
    ]
    seen = [_answer(reader, address) for address in addresses]
    seen.append(_answer(reader, feed, Accept="application/x-ndjson"))
    seen.append(_answer(reader, "/api/v1/trademarks/XA/1", Accept="application/xml"))
    seen += _proofs(reader, seen[1][2], cursors, turn=len(cursors))
    for _, _, body, _ in seen:
        cursors += [
            found.decode()
            for found in re.findall(rb'"next":"([^"]+)"', body)
            if found.decode() not in cursors
        ]
    return seen


def _proofs(reader, page, cursors, *, turn):
    """Proofs for a reader of the whole feed, and for one with an old cursor: of each a part, in turns."""
    cursor = re.search(rb'"next":"([^"]+)"', page)
    after = [*([cursor[1].decode()] if cursor else []), *cursors[:1]]
    places = ["", "/63", f"/{digests.place('1') // 256}/{digests.place('1') % 256}"]
    asked = [(one, right, place) for one in after for right in RIGHTS for place in places]
    return [
        _answer(reader, f"/api/v1/proof{place}?office=XA&right={right.value}&after={one}")
        for one, right, place in asked[turn % 3 :: 3]
    ]


def _answer(reader, address, **headers):
    answer = reader.get(address, **headers)
    body = answer.getvalue()
    client = reader.authorization.client
    owner = f"{client.pk} XA {reader.authorization.pk}"
    opened = [
        place.unseal(found.decode(), owner=owner)
        for found in re.findall(rb'"next":"([^"]+)"', body)
    ]
    return answer.status_code, sorted(answer.items()), body, opened
