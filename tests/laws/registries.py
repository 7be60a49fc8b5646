"""Histories of two registries that differ only in what a third party may not see, and the playing of one of them.

Everything that an office does may happen in both registries, with other content where it is withheld; what is
withheld altogether (groups, records outside of the filter, designs) changes in one of the two only.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from ipshare.domain.authorization import Channel, Filter
from ipshare.domain.digest import digest
from ipshare.domain.facets import Facets
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.ops.sample import pictures
from ipshare.share import blocks, items, proof
from ipshare.share.search import index
from laws.leaks import a_file
from share.findable import findable
from share.histories import AT, allow, publish, withdrawn

RIGHTS = (Right.TRADEMARK, Right.PATENT)  # designs are never shared
NUMBERS = "123"
BEYOND = "25"
"""A record that the filter never lets out."""
GONE = {"withdrawn": "4", "filtered": "41", "blocked": "42"}
"""Records that were within the filter, and had left it before any of their right was let out, each in its way."""
SINCE = Filter(filed_from=date(2015, 1, 1))
INSIDE = (
    Facets(filed=date(2016, 1, 1)),
    Facets(filed=date(2017, 1, 1), has_errors=True),
)
"""Of its facets, only that a record passes the filter may be seen: they are others in either registry."""
OUTSIDE = Facets(filed=date(2001, 1, 1))
IDENTITIES = (
    {"applicationDate": "2019-05-06"},
    {
        "applicationDate": "2020-01-05",
        "registrationNumber": "R/7",
        "registrationDate": "2021-07-01",
    },
)
VALUES = {
    G.TEXT: ("apple pie", "phở กาแฟ"),
    G.GOODS: ("9", "25"),
    G.CLASSIFICATION: ("9", "42"),
    G.MEDIA: (1, 2),
    G.PUBLICATION: ("2020-01-05", "2021-07-01"),
    G.STAKEHOLDERS: ("Kim Sok", "Apple Trading"),
    G.STATUS: ("Registered", "Expired"),
    G.EXAMINATION: ("refused", "allowed"),
}
MAY_BE_HIDDEN = tuple(VALUES)
ALWAYS_HIDDEN = (G.UNCLASSIFIED, G.REMARKS)  # goes to nobody from whom anything is withheld
CONTENT = VALUES | dict.fromkeys(ALWAYS_HIDDEN, ("one", "other"))
CHANNELS = frozenset(Channel)

contents = st.dictionaries(st.sampled_from(tuple(CONTENT)), st.integers(0, 1), max_size=6)
kept_back = st.sets(st.sampled_from(tuple(CONTENT)), max_size=2)
# Its identity, what is seen of it; in either registry: what is hidden, and what a finding keeps back.
one_record = st.tuples(
    st.integers(0, 1),
    contents,
    st.tuples(contents, contents),
    st.just((set(), set())) | st.tuples(kept_back, kept_back),
)
submissions = st.tuples(
    st.just("submit"),
    st.sampled_from(RIGHTS),
    st.dictionaries(st.sampled_from(NUMBERS), st.none() | one_record, min_size=1),
    st.booleans(),  # Full_Extraction
)
# In one of the two registries only: what is withheld changes, a record beyond the view comes and goes, and what the
# hub keeps ready (items of the feed, the index of searches, leaves of proofs) follows.
registries = st.integers(0, 1)
asides = st.tuples(
    st.just("aside"), registries, st.sampled_from(tuple(Right)), st.sampled_from(NUMBERS), contents
)
outsiders = st.tuples(
    st.just("outside"),
    registries,
    st.sampled_from(RIGHTS),
    st.sampled_from([None, 0, 1, "block", "old block"]),
)
goners = st.tuples(
    st.just("gone"), registries, st.sampled_from(RIGHTS), st.sampled_from(tuple(GONE))
)
ready = st.tuples(st.sampled_from(["items", "index", "proofs"]), registries)
saves = st.tuples(
    st.just("save"), st.sets(st.sampled_from(RIGHTS)), st.sets(st.sampled_from(MAY_BE_HIDDEN), max_size=2)
)  # fmt: skip
looks = st.just(("look",))
first = st.tuples(
    st.just("submit"),
    st.just(Right.TRADEMARK),
    st.fixed_dictionaries(dict.fromkeys(NUMBERS, one_record)),
    st.just(value=False),
)
histories = st.builds(
    lambda begun, more: [begun, *more],
    first,
    st.lists(
        submissions | asides | outsiders | goners | ready | saves | looks, min_size=1, max_size=6
    ),
)
withheld = st.sets(st.sampled_from(MAY_BE_HIDDEN), min_size=1)

FULL = {group: place % 2 for place, group in enumerate(CONTENT)}
OTHER = {group: 1 - place for group, place in FULL.items()}
NOTHING = (set(), set())
BUSY = [
    ("submit", Right.TRADEMARK, {n: (int(n) % 2, FULL, ({}, FULL), NOTHING) for n in NUMBERS}, False),
    ("submit", Right.PATENT, {"1": (0, FULL, (FULL, OTHER), NOTHING)}, False),
    ("index", 0),
    ("aside", 0, Right.TRADEMARK, "2", OTHER),
    ("aside", 0, Right.DESIGN, "2", FULL),
    ("outside", 1, Right.TRADEMARK, 0),
    ("save", {Right.TRADEMARK}, {G.TEXT}),
    ("gone", 0, Right.PATENT, "withdrawn"),
    ("gone", 1, Right.PATENT, "filtered"),
    ("gone", 0, Right.PATENT, "blocked"),
    ("submit", Right.TRADEMARK, {"1": (0, {}, (FULL, {}), NOTHING), "3": None}, False),
    ("submit", Right.TRADEMARK, {"2": (1, FULL, (FULL, OTHER), (set(), set(CONTENT)))}, False),
    ("save", set(RIGHTS), set()),
    ("outside", 1, Right.TRADEMARK, "block"),
    ("outside", 1, Right.TRADEMARK, "old block"),
    ("items", 0),
    ("index", 1),
    ("proofs", 1),
    ("aside", 1, Right.TRADEMARK, "1", OTHER),
]  # fmt: skip
"""Something of everything."""
LONG = [step for one in BUSY for step in (one, ("look",))]


@dataclass
class Registry:
    """One of the two, while a history is played: what the third party sees of its records, and how time goes by."""

    which: int
    hidden: frozenset[G]
    files: tuple[dict, dict]
    time: int = 0
    held: dict = field(default_factory=dict)
    rights: frozenset[Right] = frozenset()

    def begin(self, reader):
        """Under the first conditions; positions and submissions have other numbers in either registry.

        In one of them records had left by then.
        """
        if self.which:
            self._gone(Right.TRADEMARK, *GONE)
        self.save(reader, RIGHTS)
        if self.which:
            self._outside(Right.TRADEMARK, 1)
            self._publish(Right.DESIGN, [self._record(Right.DESIGN, "1", 0, {}, FULL)])

    def play(self, reader, step):
        """Let one step happen."""
        self.time += 1
        match step:
            case ("submit", right, sent, full):
                self._submit(right, sent, full=full)
            case ("aside", which, right, number, content) if which == self.which:
                self._aside(right, number, content)
            case ("outside", which, right, "block") if which == self.which:
                _block(right, BEYOND)
            case ("outside", which, right, "old block") if which == self.which:
                _block(right, GONE["withdrawn"])
            case ("outside", which, right, place) if which == self.which:
                self._outside(right, place)
            case ("gone", which, right, way) if which == self.which and right not in self.rights:
                self._gone(right, way)
            case ("save", rights, excluded):
                self.save(reader, rights, excluded)
            case ("items", which) if which == self.which:
                items.make_ready("XA")
            case ("index", which) if which == self.which:
                index.bring_up("XA")
            case ("proofs", which) if which == self.which:
                proof.make_ready("XA")

    def save(self, reader, rights, excluded=frozenset()):
        """The office saves conditions, under which the hidden groups stay hidden."""
        self.rights = frozenset(rights)
        allow(
            reader.authorization, rights=rights, excluded={*self.hidden, *excluded}, filter=SINCE,
            channels=CHANNELS,
        )  # fmt: skip

    def _submit(self, right, sent, *, full):
        records, kept = [], {}
        for number, given in sent.items():
            if given is None:
                records.append(withdrawn(number, right=right))
                self.held.pop((right, number), None)
                continue
            identity, seen, unseen, kept_of = given
            self.held[right, number] = identity, seen
            records.append(self._record(right, number, identity, seen, unseen[self.which]))
            kept[number] = kept_of[self.which] & self.hidden
        self._publish(right, records, full=full, withheld=kept)
        if full:
            for key in [key for key in self.held if key[0] is right and key[1] not in sent]:
                del self.held[key]

    def _aside(self, right, number, content):
        """A submission that changes what is withheld, and nothing else."""
        identity, seen = self.held.get((right, number), (0, {}))
        if (right, number) in self.held or right is Right.DESIGN:
            self._publish(right, [self._record(right, number, identity, seen, content)])

    def _outside(self, right, place):
        record = withdrawn(BEYOND, right=right)
        if place is not None:
            content = dict.fromkeys(CONTENT, place)
            record = self._record(right, BEYOND, place, content, content)
        self._publish(right, [record], facets={BEYOND: OUTSIDE})

    def _gone(self, right, *ways):
        """Records that come together, and leave the filter together, each in its way."""
        content = dict.fromkeys(CONTENT, 0)
        came = {way: self._record(right, GONE[way], 0, content, content) for way in ways}
        self._publish(right, list(came.values()))
        left = []
        if "withdrawn" in came:
            left.append(withdrawn(GONE["withdrawn"], right=right))
        if "filtered" in came:
            left.append(came["filtered"])
        if left:
            self._publish(right, left, facets={GONE["filtered"]: OUTSIDE})
        if "blocked" in came:
            _block(right, GONE["blocked"])

    def _record(self, right, number, identity, seen, unseen):
        """A record: of hidden groups ``unseen``, of all others what is ``seen`` in both registries."""
        chosen = {
            group: CONTENT[group][content[group]]
            for group in CONTENT
            for content in [unseen if group in self.hidden else seen]
            if group in content
        }
        named = {group.value: value for group, value in chosen.items()}
        images = (f"{number}.jpg",) if G.MEDIA in chosen else ()
        return replace(
            findable(number, identity=IDENTITIES[identity], **named), right=right, images=images
        )

    def _publish(self, right, records, *, facets=None, **more):
        """As both registries do, or one of them alone: submissions have other numbers, hours are the same."""
        publish(
            1000 * self.which + self.time,
            records,
            right=right,
            facets=dict.fromkeys([one.number for one in records], INSIDE[self.which]) | (facets or {}),
            images=[self.files[self.which][name] for one in records for name in one.images],
            at=AT + timedelta(minutes=self.time),
            **more,
        )  # fmt: skip


def _block(right, number):
    blocks.block(
        "XA", right, number, authorization=None, reason="a court order", until=None, by="officer", at=AT
    )  # fmt: skip
    blocks.apply("XA", at=AT)


def files():
    """The pictures of either registry by name: they draw the same, in one of them an author is written beside it."""
    author = b"\xff\xfe\x00\x0cKosal Pich"
    kept = {}, {}
    for number in (*NUMBERS, BEYOND, *GONE.values()):
        name, plain = f"{number}.jpg", pictures.jpeg(number, 1, 1)
        for which, content in enumerate((plain, plain[:2] + author + plain[2:])):
            held = a_file(f"{which}-{name}", content, "JPEG")
            kept[which][name] = replace(held, name=name, digest=digest(content))
    return kept
