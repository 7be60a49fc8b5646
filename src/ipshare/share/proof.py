"""The proof of what a view shows of a right: one digest over all of it, and the way to where a copy differs.

A proof belongs to a cursor: it is given only while a reader with this cursor is in step with the feed, so what
the reader holds and what is proved are the same state, however the register moves.
"""

from __future__ import annotations

from dataclasses import dataclass

from ipshare.domain import proof
from ipshare.domain.authorization import View
from ipshare.domain.group import groups_in
from ipshare.domain.office import Right
from ipshare.http.problem import Problem
from ipshare.render import st97
from ipshare.share import blocks, feed, items, queue
from ipshare.share.place import State
from ipshare.store import proofs, within
from ipshare.store.proofs import Leaf, Missing

AT_ONCE = 2000
"""So many leaves are made while a request waits; for more of them it is told to come again."""
_BATCH = 1000
_WAIT = 60


@dataclass(frozen=True, slots=True)
class Proof:
    """What a view shows of a right: how many records, and the digests of the 256 branches."""

    count: int
    branches: list[bytes]

    @property
    def root(self) -> bytes:
        """The digest of all."""
        return proof.root(self.branches)


def whole(view: View, right: Right, state: State) -> Proof:
    """The proof of a right for a reader in this state; the problem ``not-in-step`` where that has moved on."""
    found = _tree(view, right)
    _see_in_step(view, state)
    held = {place // proof.BRANCHES for place in found}
    branches = [
        proof.branch([found.get(place, _NOTHING)[1] for place in _places(branch)])
        if branch in held
        else _EMPTY_BRANCH
        for branch in range(proof.BRANCHES)
    ]
    return Proof(sum(count for count, _ in found.values()), branches)


def twigs(view: View, right: Right, state: State, branch: int) -> list[bytes]:
    """The digests of the 256 twigs of a branch."""
    hanging: dict[int, list[bytes]] = {}
    places = _places(branch)
    for leaf in proofs.leaves(view, right, first=places.start, upto=places.stop):
        hanging.setdefault(leaf.twig, []).append(leaf.digest)
    _see_in_step(view, state)
    return [proof.twig(hanging.get(place, ())) for place in places]


def leaves(view: View, right: Right, state: State, branch: int, twig: int) -> list[Leaf]:
    """The records of a twig with their digests, in the order of the digests."""
    place = branch * proof.BRANCHES + twig
    found = proofs.leaves(view, right, first=place, upto=place + 1)
    _see_in_step(view, state)
    return found


def make_ready(office: str) -> None:
    """Make the leaves of every right ready for every set of groups that the office shares at present."""
    masks = items.masks_in_use(office)
    proofs.forget_others(office, masks)
    for mask in masks:
        view = View(
            office=office,
            authorization=0,
            version=0,
            rights=frozenset(Right),
            groups=groups_in(mask),
        )
        for right in Right:
            proofs.pass_on(view, right)
            after = ""
            while found := proofs.missing(view, right, after=after, limit=_BATCH):
                _make(view, right, found)
                after = found[-1].row.number


_NOTHING = (0, proof.EMPTY_TWIG)
_EMPTY_BRANCH = proof.branch([proof.EMPTY_TWIG] * proof.BRANCHES)


def _places(branch: int) -> range:
    return range(branch * proof.BRANCHES, (branch + 1) * proof.BRANCHES)


def _tree(view: View, right: Right) -> dict[int, tuple[int, bytes]]:
    """Twigs with count and digest; some leaves that are missing are made, for many the job is asked."""
    found, missing = proofs.tree(view, right)
    while missing:
        if missing > AT_ONCE:
            queue.make_proofs_ready(view.office)
            raise Problem(
                "proof-not-ready",
                "it is being made; ask again after the seconds of Retry-After",
                {"Retry-After": str(_WAIT)},
            )
        _make(view, right, proofs.missing(view, right, after="", limit=AT_ONCE))
        found, missing = proofs.tree(view, right)
    return found


def _make(view: View, right: Right, found: list[Missing]) -> None:
    made = []
    for one in found:
        number = one.row.number
        digest = proof.leaf(number, st97.merge(one.row.documents, one.row.loose))
        made.append((one, Leaf(proof.place(number), number, digest)))
    proofs.keep(view, right, made)


def _see_in_step(view: View, state: State) -> None:
    """That the next page of a reader would be empty: asked after the digests were read, so they are of its state."""
    page = feed.page(view, state, limit=1, holds=lambda: True)
    try:
        next(page)
    except StopIteration as end:
        _, more = end.value
        leaving = (within.count(view, Right(right), [n]) for right, n in blocks.pending(view))
        if not more and not any(leaving):
            return
    page.close()
    raise Problem("not-in-step", "read /api/v1/changes to its end, then ask with its last cursor")
