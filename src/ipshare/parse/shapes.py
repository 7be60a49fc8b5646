"""How to read the element at each place of the content model: precompiled, keyed by Clark names."""

from __future__ import annotations

from typing import Final

from ipshare.domain.office import Right
from ipshare.standards import groups, st96

TEXT: Final = 0
MIXED: Final = 1
ELEMENTS: Final = 2  # of one group
SHARED: Final = 3  # elements of several groups
_KINDS: Final = {"text": TEXT, "mixed": MIXED, "elements": ELEMENTS}
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"

# How the office sent the record is no part of it: an Update in the place of an Insert would show a
# third party that something withheld from it has changed. These go into ``unclassified``.
_SENDING = {
    st96.model().clark("com:operationCategory"): "@operationCategory",
    f"{_XSI}schemaLocation": "@xsi:schemaLocation",
    f"{_XSI}noNamespaceSchemaLocation": "@xsi:noNamespaceSchemaLocation",
}
SENDING_KEYS = frozenset(_SENDING.values())

# The key of a child, its position in the schema, whether it repeats, the kind of its content, its shape; and key and
# group once more, as they are noted for a child of one group.
Entry = tuple[str, int, bool, int, "Shape", tuple[str, tuple[str, ...]]]


class Shape:
    """One place, as the converter needs it. ``group`` is a plain string: enums are slow as keys."""

    __slots__ = ("attributes", "group", "kind", "place", "shared", "skipped", "table")

    def __init__(self, place: groups.Place) -> None:
        element = place.element
        kind = _KINDS[element.kind]
        clark = st96.model().clark
        self.place = place
        self.group = place.group.value
        self.kind = kind if kind != ELEMENTS or place.uniform else SHARED
        self.attributes = {clark(name): "@" + name.partition(":")[2] for name in element.attributes}
        self.shared: frozenset[str] = frozenset()  # the keys that several groups have a share in
        self.skipped = ""
        self.table: dict[str, Entry] | None = None

    def filled(self) -> dict[str, Entry]:
        """Fill the table when the first element is read here: the content model is recursive."""
        self.table = {}
        for child, place in self.place.children:
            inner = of(place)
            tag = place.element.clark
            own = (child.key, (inner.group,))
            self.table[tag] = (child.key, child.position, child.repeats, inner.kind, inner, own)
        shared = {key for key, _, _, kind, _, _ in self.table.values() if kind == SHARED}
        self.shared = frozenset(shared | {"#order", "#prefix"})
        return self.table

    def other(self, tag: str) -> tuple[str, Entry] | None:
        """The child of the same local name in another ST.96 namespace, and the prefix it came with."""
        uri, _, local = tag[1:].rpartition("}")
        prefix = st96.model().prefixes.get(uri)
        place = self.place.child(local)
        if prefix is None or place is None:
            return None
        return prefix, (self.table or self.filled())[place.element.clark]


_SHAPES: dict[groups.Place, Shape] = {}
_RECORDS: dict[tuple[str, str], Shape] = {}


def of(place: groups.Place) -> Shape:
    """The shape of a place, made once."""
    known = _SHAPES.get(place)
    if known is None:
        known = _SHAPES[place] = Shape(place)
    return known


def of_record(right: Right, root: str = "") -> Shape:
    """The shape of a record element."""
    key = (right.value, root)
    known = _RECORDS.get(key)
    if known is None:
        known = _RECORDS[key] = of(groups.record(right, root))
        known.attributes |= _SENDING
    return known


def of_application() -> Shape:
    """The shape of what stands beside a trademark in its TrademarkApplication."""
    key = (Right.TRADEMARK.value, groups.APPLICATION)
    known = _RECORDS.get(key)
    if known is None:
        known = _RECORDS[key] = Shape(groups.application())
        known.attributes |= _SENDING
        known.skipped = st96.model().clark("tmk:TrademarkBag")
        del known.filled()[known.skipped]
    return known
