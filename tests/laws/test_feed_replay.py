"""Law: the store that a third party builds from the feed equals the projection, after any history."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ipshare.domain.authorization import EVERY_RECORD, Filter
from ipshare.domain.facets import NO_FACETS, Facets
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import authorizations, blocks, items
from laws.conftest import HISTORIES, PARTS
from share.histories import AT, a_reader, a_record, allow, publish, withdrawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]

RIGHTS = (Right.TRADEMARK, Right.PATENT)
GROUPS = (G.TEXT, G.GOODS, G.EXAMINATION, G.REMARKS)
WITHDRAWN = None

values = st.dictionaries(st.sampled_from(GROUPS), st.integers(0, 2))
facets = st.builds(
    Facets,
    filed=st.sampled_from([None, date(2010, 1, 1), date(2020, 1, 1)]),
    has_errors=st.booleans(),
)
submissions = st.tuples(
    st.just("submit"),
    st.sampled_from(RIGHTS),
    st.dictionaries(st.sampled_from("12345"), st.none() | values, min_size=1),
    st.booleans(),  # Full_Extraction
    st.dictionaries(st.sampled_from("12345"), st.sets(st.sampled_from((*GROUPS, G.IDENTITY)))),
    st.dictionaries(st.sampled_from("12345"), facets),
)
filters = st.sampled_from(
    [
        EVERY_RECORD,
        Filter(filed_from=date(2015, 1, 1)),
        Filter(filed_to=date(2015, 1, 1), without_errors=True),
        Filter(without_errors=True),
    ]
)
conditions = st.tuples(st.sets(st.sampled_from(RIGHTS)), st.sets(st.sampled_from(GROUPS)), filters)
blocking = st.tuples(
    st.sampled_from(["block", "lift"]),
    st.sampled_from(RIGHTS),
    st.sampled_from("12345"),
    st.booleans(),  # from this third party alone
)
decisions = st.builds(lambda c: ("save", *c), conditions) | st.just(("end",)) | blocking
pulls = st.tuples(st.sampled_from(["pull", "pull", "lose"]), st.integers(1, 4))
# A round: something is published, or decided, or both; then the third party reads a little, or all.
rounds = st.tuples(
    st.lists(submissions, max_size=2),
    st.lists(decisions, max_size=2),
    st.lists(pulls, max_size=3),
    st.sampled_from([[], [("apply",)], [("ready",)]]),
    st.sampled_from([[], [("sync", 1)], [("sync", 3)]]),
)
histories = st.lists(rounds, min_size=2, max_size=5).map(
    lambda found: [step for parts in found for part in parts for step in part]
)
FILLED = [
    ("submit", Right.TRADEMARK, {n: {G.TEXT: 1, G.GOODS: 1} for n in "1234"}, False, {}),
    ("submit", Right.PATENT, {"1": {G.TEXT: 1, G.EXAMINATION: 1}, "2": {}}, False, {}),
]
CUT_SHORT = [
    ("save", {Right.TRADEMARK}, {G.GOODS}),
    ("sync", 500),
    ("save", set(RIGHTS), set()),
    ("pull", 3),
    ("submit", Right.TRADEMARK, {"1": {G.TEXT: 2}, "3": WITHDRAWN}, False, {}),
    ("save", {Right.PATENT}, {G.TEXT}),
    ("pull", 1),
    ("end",),
    ("pull", 1),
    ("save", set(RIGHTS), {G.EXAMINATION}),
    ("pull", 1),
]
# Narrowed after a change that the reader had not come to yet: under fewer groups that record has no newer change.
NARROWED = [
    ("save", {Right.TRADEMARK}, set()),
    ("submit", Right.TRADEMARK, {"1": {}}, False, {}),
    ("pull", 1),
    ("save", {Right.TRADEMARK}, {G.GOODS, G.TEXT}),
    ("sync", 2),
]


class Registry:
    """What the registry must hold, worked out without a database."""

    def __init__(self):
        self.records = {}
        self.facets = {}
        self.blocked = set()
        self.submission = 0

    def submit(self, right, sent, *, full, withheld, facets=None):
        """Publish, and do the same to the model."""
        self.submission += 1
        records = [
            withdrawn(number, right=right)
            if content is WITHDRAWN
            else a_record(number, right=right, **{g.value: v for g, v in content.items()})
            for number, content in sent.items()
        ]
        publish(self.submission, records, right=right, full=full, withheld=withheld, facets=facets)
        for number, content in sent.items():
            key, kept = (right.value, number), withheld.get(number, set())
            if G.IDENTITY in kept:
                continue
            if content is WITHDRAWN:
                self.records.pop(key, None)
                continue
            held = self.records.get(key, {})
            new = {g.value: v for g, v in content.items() if g not in kept}
            new |= {g.value: held[g.value] for g in kept if g.value in held}
            self.records[key] = {"identity": number, **new}
            self.facets[key] = (facets or {}).get(number, NO_FACETS)
        if full:
            for key in [k for k in self.records if k[0] == right.value and k[1] not in sent]:
                del self.records[key]

    def passes(self, key, wanted):
        """Whether a filter lets a record out."""
        facets = self.facets[key]
        filed = facets.filed or date(2999 if wanted.filed_to else 1, 1, 1)
        return (
            (wanted.filed_from or filed) <= filed <= (wanted.filed_to or filed)
            and not (wanted.without_errors and facets.has_errors)
            and key not in self.blocked
        )

    def projection(self, rights, excluded, wanted=EVERY_RECORD):
        """What someone with these conditions must hold."""
        shown = [right.value for right in rights]
        withheld = {*excluded, G.REMARKS} if excluded else excluded
        return {
            key: {name: value for name, value in content.items() if name not in withheld}
            for key, content in self.records.items()
            if key[0] in shown and self.passes(key, wanted)
        }


@pytest.mark.apart
@pytest.mark.parametrize("part", range(PARTS))
def test_a_store_built_from_the_feed_equals_the_projection(part):
    reader = a_reader(rights=())

    @settings(
        max_examples=-(-HISTORIES // (4 * PARTS)),  # all laws have to fit into CI
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(begin=conditions, history=histories)
    def law(begin, history):
        reader.cursor, reader.records = None, {}
        with transaction.atomic():
            _replay(reader, [*FILLED, ("save", *begin), *history, ("sync", 2)])
            transaction.set_rollback(True)

    for known in () if part else (CUT_SHORT, NARROWED):
        law = example(begin=(set(), set()), history=known)(law)
    law()


def _replay(reader, history):  # noqa: PLR0912 (a step a case)
    registry = Registry()
    held = (set(), set())
    for step in history:
        match step:
            case ("submit", right, sent, full, withheld, *facets):
                registry.submit(right, sent, full=full, withheld=withheld, facets=dict(*facets))
            case ("save", rights, excluded, *wanted):
                held = (rights, excluded, *wanted)
                wanted = wanted[0] if wanted else EVERY_RECORD
                allow(reader.authorization, rights=rights, excluded=excluded, filter=wanted)
            case ("block", right, number, own):
                blocks.block(
                    "XA", right, number, authorization=reader.authorization if own else None,
                    reason="a court order", until=None, by="officer", at=AT,
                )  # fmt: skip
                registry.blocked.add((right.value, number))
            case ("lift", right, number, _):
                for block in blocks.in_force("XA"):
                    if (block.right, block.number) == (right.value, number):
                        blocks.lift(block, by="officer", at=AT)
                registry.blocked.discard((right.value, number))
            case ("apply",):
                blocks.apply("XA", at=AT)
            case ("end",):
                held = (set(), set())
                authorizations.end(reader.authorization, by="officer", reason="test", at=AT)
            case ("ready",):
                items.make_ready("XA")
            case ("pull", limit):
                reader.pull(limit=limit)
            case ("lose", limit):
                reader.page(limit=limit)  # the answer was lost on its way
            case ("sync", limit):
                blocks.apply("XA", at=AT)
                reader.pull_all(limit=limit)
                assert reader.records == registry.projection(*held)
