"""ST.96 trees for law tests: random ones from the content model, and when two trees are the same."""

from __future__ import annotations

import random
from pathlib import Path

from lxml import etree

from ipshare.domain.office import Right
from ipshare.standards import groups, namespaces, st96

DATA = Path(__file__).parents[2] / "../shared/data"
TEXTS = (
    "a",
    "2024-01-31",
    " space around ",
    "quotes \" and ' & < > ]]>",
    "ไทย ລາວ မြန်မာ ខ្មែរ",
    "line\nbreak\ttab",
    "\\u0022 {}[],:~#",
    ',"~":{"a":1}',
    "#0",
)
ODD = ("unknown", "attribute", "stray", "comment", "order", "twice", "other namespace")


def same(element: etree._Element) -> str:
    """Canonical XML of an element without what has no meaning: comments, space between elements."""
    element = etree.fromstring(etree.tostring(element, with_tail=False))
    for node in list(element.iter(etree.Comment)):
        _take_out(node)
    for node in element.iter("*"):
        if len(node) and not any(_mixed(place) for place in (node, *node.iterancestors())):
            node.text = None if not node.text or node.text.isspace() else node.text
            for child in node:
                child.tail = None if not child.tail or child.tail.isspace() else child.tail
    return etree.canonicalize(etree.tostring(element).decode(), rewrite_prefixes=True)


def _take_out(node: etree._Element) -> None:
    parent, before, tail = node.getparent(), node.getprevious(), node.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    node.tail = None
    parent.remove(node)


def _mixed(element: etree._Element) -> bool:
    name = namespaces.prefixed(element.tag)
    return name in st96.model() and st96.model().element(name).kind == "mixed"


def seeded(seed: int) -> random.Random:
    """Chance that can be repeated."""
    return random.Random(seed)  # noqa: S311


def grow(
    chance: random.Random, place: groups.Place, *, odd: tuple[str, ...] = (), size: int = 60
) -> etree._Element:
    """A random element at a place; ``odd`` names the defects that may be worked in."""
    return _Tree(chance, odd, size).element(place, 0)


class _Tree:
    def __init__(self, chance: random.Random, odd: tuple[str, ...], size: int) -> None:
        self.chance, self.odd, self.left = chance, odd, size

    def element(self, place: groups.Place, depth: int) -> etree._Element:
        kind = place.element
        made = etree.Element(kind.clark, nsmap=dict(st96.model().namespaces))
        for name in kind.attributes:
            if name in kind.required or self.chance.random() < 0.2:
                made.set(st96.model().clark(name), self.chance.choice(TEXTS))
        if self._strikes("attribute"):
            made.set("{urn:xx}odd", "1")
        if kind.kind == "text":
            made.text = self.chance.choice(TEXTS) if self.chance.random() < 0.9 else None
        elif kind.kind == "mixed":
            self._mix(made)
        else:
            self._fill(made, place, depth)
        return made

    def _fill(self, made: etree._Element, place: groups.Place, depth: int) -> None:
        kids = [pair for pair in place.children if not pair[0].name.startswith(("mathml:", "tbl:"))]
        wanted = self.chance.sample(
            kids, min(len(kids), self.chance.randint(0, 5 if depth else 12))
        )
        wanted.sort(key=lambda pair: pair[0].position)
        for child, inside in wanted:
            for _ in range(self.chance.randint(1, 3) if child.repeats else 1):
                self.left -= 1
                if self.left < 0 or depth > 8:
                    break
                made.append(self.element(inside, depth + 1))
            if not child.repeats and self._strikes("twice"):
                made.append(self.element(inside, 9))
        if self._strikes("order"):
            nodes = list(made)
            self.chance.shuffle(nodes)
            made[:] = nodes
        if self._strikes("unknown"):
            odd = etree.Element("{urn:xx}odd", nsmap={"xx": "urn:xx"})
            odd.text = "x"
            made.insert(self.chance.randint(0, len(made)), odd)
        if self._strikes("comment"):
            made.insert(self.chance.randint(0, len(made)), etree.Comment("said"))
        if len(made) and self._strikes("other namespace"):
            node = self.chance.choice([n for n in made if isinstance(n.tag, str)] or [made])
            if node is not made:
                uri = st96.model().namespaces[self.chance.choice(("com", "tmk", "dgn", "pat"))]
                node.tag = f"{{{uri}}}{etree.QName(node).localname}"
        if len(made) and self._strikes("stray"):
            made[self.chance.randint(0, len(made) - 1)].tail = "stray & text"

    def _mix(self, made: etree._Element) -> None:
        made.text = self.chance.choice(TEXTS)
        for _ in range(self.chance.randint(0, 2)):
            inline = etree.SubElement(
                made, st96.model().clark(self.chance.choice(("com:B", "com:Sub")))
            )
            inline.text = self.chance.choice(TEXTS)
            inline.tail = self.chance.choice(TEXTS)

    def _strikes(self, defect: str) -> bool:
        return defect in self.odd and self.chance.random() < 0.1


def records(document: etree._ElementTree) -> list[tuple[Right, etree._Element]]:
    """The record elements of an ST.96 document of any version."""
    root = document.getroot()
    local = etree.QName(root).localname
    if local.startswith("Design"):
        return [(Right.DESIGN, node) for node in root.iter("{*}DesignApplication")]
    if local in {"TrademarkTransaction", "TrademarkApplication", "Transaction"}:
        return [(Right.TRADEMARK, node) for node in root.iter("{*}Trademark")]
    return [(Right.PATENT, root)]
