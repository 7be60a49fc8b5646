"""The mapping from ST.66 to ST.96 as data: paths, words for codes, and what ST.96 requires beyond ST.66."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from ipshare.standards import st96


@dataclass(slots=True)
class Node:
    """One ST.66 element or attribute: where it goes (steps below its block), and what is inside it."""

    targets: list[tuple[str, ...]] = field(default_factory=list)
    block: str = ""
    children: dict[str, Node] = field(default_factory=dict)
    conditional: dict[str, list[tuple[str, str, Node]]] = field(default_factory=dict)
    """Name -> (child that it must have, value that this must have or nothing, node): these go first."""

    def child(self, step: str) -> Node:
        """The node of a step, made if need be; ``Name[Child]`` or ``Name[Child=Value]`` is a condition."""
        if step not in self.children:
            node = self.children[step] = Node()
            name, bracket, condition = step.partition("[")
            if bracket:
                child, _, value = condition.removesuffix("]").partition("=")
                self.conditional.setdefault(name, []).append((f"{{*}}{child}", value, node))
        return self.children[step]


@dataclass(frozen=True, slots=True)
class Fill:
    """A child that ST.96 requires: a constant, or a copy of another child."""

    child: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """Everything in mapping.tsv. ``words`` is keyed by ST.96 name and the word without case and signs."""

    blocks: dict[str, Node]
    words: dict[tuple[str, str], str]
    fills: dict[str, list[Fill]]

    def code(self, name: str, text: str) -> str:
        """The ST.96 code of an office's word; a word that nobody knows stays as it was sent."""
        codes = _codes(name)
        if not codes or text in codes.values():
            return text
        word = plain(text)
        return codes.get(word) or self.words.get((name, word)) or text


@cache
def mapping() -> Mapping:
    """The mapping, read once per process."""
    blocks: dict[str, Node] = {}
    words: dict[tuple[str, str], str] = {}
    fills: dict[str, list[Fill]] = {}
    text = (resources.files("ipshare.parse.st66") / "mapping.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        kind, *cells = line.split("\t")
        if kind == "M":
            block, source, target = cells[:3]
            node = blocks.setdefault(block, Node())
            for step in source.split("/"):
                node = node.child(step)
            node.targets.append(tuple(target.split("/")))
            node.block = cells[3] if len(cells) > 3 else node.block  # noqa: PLR2004
        elif kind == "F":
            fills.setdefault(cells[0], []).append(Fill(*cells[1:]))
        elif kind == "V":
            words[cells[0], plain(cells[1])] = cells[2]
    return Mapping(blocks, words, fills)


@cache
def _codes(name: str) -> dict[str, str]:
    """The code list of an element or attribute by plain word; empty where any text is valid."""
    model = st96.model()
    datatype = model.attribute(name[1:]) if name.startswith("@") else model.element(name).datatype
    if datatype is None or datatype.is_open:
        return {}
    return {plain(code): code for code in datatype.codes}


def plain(word: str) -> str:
    """A word without case, spaces and signs."""
    return "".join(filter(str.isalnum, word.casefold()))
