"""The element group of every path of the content model, from data/element_groups.tsv.

A row names a right (``*``: any), a path below the record element (``**``: any elements between) and a
group. An element belongs to the row that ends at it, else to the group of the element around it; of
several rows the one with most names wins. The last column says how far a row reaches: ``whole`` closes
the element, so that ``**`` does not match inside unless the row names the element itself; ``only`` is
for the element alone, what is in it starts as ``unclassified``. So does all that no row reaches.

Names and days inside of an examination belong to ``remarks``, whatever row ends at them: whoever saw the names
without the examination would see that there is one.

Patents: paths are those of PatentPublication; in any other root they start with the root's name, so
that ``BibliographicData/PriorityClaimBag`` is one row for both documents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.standards import st96

ANY = "**"
APPLICATION = "TrademarkApplication"
"""The path step, and the element, of what stands beside a trademark in its application."""

_WITHIN_EXAMINATION = frozenset(
    {ElementGroup.STAKEHOLDERS, ElementGroup.STATUS, ElementGroup.EVENTS}
)
Progress = tuple[int, int]  # a row, and how many of its steps are behind us


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the classification."""

    right: Right | None
    steps: tuple[str, ...]
    group: ElementGroup
    reach: str

    @property
    def weight(self) -> tuple[int, bool]:
        """Which row wins: most names, then the one that starts at the record."""
        return sum(step != ANY for step in self.steps), self.steps[0] != ANY


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where the rows stand at one element."""

    group: ElementGroup
    inside: ElementGroup
    whole: bool
    active: frozenset[Progress]


@dataclass(slots=True, eq=False)
class Place:
    """An element of the content model at a path, as far as its groups are concerned."""

    element: st96.ElementType
    group: ElementGroup
    right: Right
    _stand: _Stand = field(repr=False)
    _children: tuple[tuple[st96.Child, Place], ...] | None = field(default=None, repr=False)
    _groups: frozenset[ElementGroup] | None = field(default=None, repr=False)

    @property
    def children(self) -> tuple[tuple[st96.Child, Place], ...]:
        """The places of the elements inside, in schema order; none inside mixed content."""
        if self._children is None:
            self._children = (
                ()
                if self.element.kind == "mixed"
                else tuple(
                    (
                        child,
                        _place(self.right, child.name, _step(self.right, self._stand, child.name)),
                    )
                    for child in self.element.children
                )
            )
        return self._children

    @property
    def groups(self) -> frozenset[ElementGroup]:
        """Every group that an element of this subtree can belong to."""
        if self._groups is None:
            seen, waiting = {self}, [self]
            while waiting:
                for _, place in waiting.pop().children:
                    if place not in seen:
                        seen.add(place)
                        waiting.append(place)
            self._groups = frozenset(place.group for place in seen)
        return self._groups

    @property
    def uniform(self) -> bool:
        """Whether the whole subtree belongs to one group."""
        return len(self.groups) == 1

    def child(self, local: str) -> Place | None:
        """The place of the element with this local name inside."""
        return next((place for _, place in self.children if place.element.local == local), None)


@cache
def rows() -> tuple[Row, ...]:
    """The classification, read once."""
    text = (resources.files("ipshare.standards") / "data" / "element_groups.tsv").read_text("utf-8")
    found = []
    for line in text.splitlines()[1:]:
        right, path, group, reach = line.split("\t")
        found.append(
            Row(
                None if right == "*" else Right(right),
                tuple(path.split("/")),
                ElementGroup(group),
                reach,
            )
        )
    return tuple(found)


@cache
def record(right: Right, root: str = "") -> Place:
    """The place of the record element; ``root`` names a patent root other than PatentPublication."""
    name = root or st96.RECORD_ELEMENT[right]
    stand = _start(right)
    if name != st96.RECORD_ELEMENT[right]:
        stand = _step(right, stand, name)
    # The attributes of the record element are its identity, whatever its children are.
    return Place(st96.model().element(name), ElementGroup.IDENTITY, right, stand)


@cache
def application() -> Place:
    """The place of what stands beside a trademark in its TrademarkApplication."""
    name = "tmk:TrademarkApplication"
    return _place(Right.TRADEMARK, name, _step(Right.TRADEMARK, _start(Right.TRADEMARK), name))


def place_of(right: Right, path: str, *, root: str = "") -> Place | None:
    """The place of a path below the record element, or None where the model has no such path.

    Without ``root``, a patent's path may be that of any patent root, its name in front or not.
    """
    steps = [
        step.partition("[")[0] for step in path.split("/") if step and not step.startswith("@")
    ]
    if right is Right.TRADEMARK and steps[:1] == [APPLICATION]:
        if steps[1:3] == ["TrademarkBag", "Trademark"]:
            return _descend(record(right), steps[3:])
        return _descend(application(), steps[1:])
    found = _descend(record(right, root), steps)
    if found is not None or right is not Right.PATENT or root:
        return found
    for other in st96.PATENT_ROOTS[1:]:
        below = steps[1:] if steps[:1] == [other.partition(":")[2]] else steps
        found = _descend(record(right, other), below)
        if found is not None:
            return found
    return None


def group_of(right: Right, path: str, *, root: str = "") -> ElementGroup:
    """The group of the element (or attribute) at a path below the record element."""
    place = place_of(right, path, root=root)
    return ElementGroup.UNCLASSIFIED if place is None else place.group


def _start(right: Right) -> _Stand:
    """Where the rows stand at the record element."""
    active = frozenset((i, 0) for i, row in enumerate(rows()) if row.right in (None, right))
    unknown = ElementGroup.UNCLASSIFIED
    return _Stand(unknown, unknown, whole=False, active=active)


def _descend(place: Place, steps: list[str]) -> Place | None:
    found: Place | None = place
    for step in steps:
        if found is None:
            return None
        found = found.child(step)
    return found


@cache
def _place(right: Right, name: str, stand: _Stand) -> Place:
    """One place per element and stand: recursion in the model ends here."""
    return Place(st96.model().element(name), stand.group, right, stand)


@cache
def _step(right: Right, stand: _Stand, name: str) -> _Stand:
    """Where the rows stand one element deeper."""
    local = name.partition(":")[2]
    known = rows()
    going: set[Progress] = set()
    passing: set[Progress] = set()  # rows whose ** goes on over this element
    ended: list[Row] = []
    for index, done in stand.active:
        steps, at = known[index].steps, done
        if steps[at] == ANY:
            if at == 0 and stand.whole:
                continue
            passing.add((index, done))
            at += 1
        if steps[at] == local:
            if at + 1 == len(steps):
                ended.append(known[index])
            else:
                going.add((index, at + 1))
    if not ended:
        return _Stand(stand.inside, stand.inside, stand.whole, frozenset(going | passing))
    row = max(ended, key=lambda candidate: candidate.weight)
    group = _within(stand.inside, row.group)
    whole = row.reach == "whole"
    if not whole:
        going |= passing
    if stand.whole and not whole:
        # An open row inside a closed element: rows that may start anywhere start again.
        going |= _anywhere(right)
    inside = ElementGroup.UNCLASSIFIED if row.reach == "only" else group
    return _Stand(group, inside, whole, frozenset(going))


def _within(around: ElementGroup, group: ElementGroup) -> ElementGroup:
    """The group of an element that a row calls ``group``, where what is around it belongs to another."""
    examined = around is ElementGroup.EXAMINATION and group in _WITHIN_EXAMINATION
    if examined or (around is ElementGroup.REMARKS and group is not ElementGroup.UNCLASSIFIED):
        return ElementGroup.REMARKS
    return group


def _anywhere(right: Right) -> set[Progress]:
    return {
        (index, 0)
        for index, row in enumerate(rows())
        if row.right in (None, right) and row.steps[0] == ANY
    }
