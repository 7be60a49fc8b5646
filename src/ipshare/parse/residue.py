"""What the content model does not know of a record: kept as XML, with the place it stood at.

Each entry is ``[path, xml, place]``. The path is for people. The place is for rendering: the positions
among element siblings from the record element down, ``0/3``; one that starts with ``^`` counts from the
TrademarkApplication around the trademark. A path ends in ``/text()`` for stray text (put after as many
children as the last number of its place says) and in ``/@name`` for an attribute (its XML is an empty
element that carries it, its place that of the owner).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from ipshare.standards import namespaces


class Residues:
    """Collects the residue of one record."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._beside: etree._Element | None = None
        self._siblings: dict[etree._Element, dict[etree._Element, tuple[int, int]]] = {}
        self.entries: list[list[str]] = []
        self.uneven = (
            False  # whether some list has items of which not every group has a part (parse.joints)
        )
        self._lines: list[int] = []

    def __iter__(self) -> Iterator[tuple[list[str], int]]:
        return zip(self.entries, self._lines, strict=True)

    def beside(self, application: etree._Element) -> Residues:
        """Collect from the application around the trademark from now on."""
        self._beside = application
        return self

    def element(self, element: etree._Element) -> None:
        """Keep an element that is not known, or stands once too often."""
        xml = etree.tostring(element, encoding="unicode", with_tail=False)
        self._add(element, self._path(element), xml, self._place(element))

    def attribute(self, owner: etree._Element, name: str, value: str) -> None:
        """Keep an attribute that is not known."""
        uri, brace, local = name[1:].rpartition("}")
        prefixes = {uri: prefix for prefix, uri in owner.nsmap.items() if prefix}
        declared = {prefixes.get(uri, "n"): uri} if brace else {}
        head, colon, _ = value.partition(":")
        if colon and head in owner.nsmap:  # a QName as value, for example of xsi:type
            declared[head] = owner.nsmap[head]
        spaces = "".join(
            f" xmlns:{prefix}={namespaces.quoted(uri)}"
            for prefix, uri in declared.items()
            if prefix != "xml"
        )
        own = f"{prefixes.get(uri, 'n')}:{local}" if brace else name
        if uri == "http://www.w3.org/XML/1998/namespace":
            spaces, own = "", f"xml:{local}"
        xml = f"<_{spaces} {own}={namespaces.quoted(value)}/>"
        self._add(owner, f"{self._path(owner)}/@{own}".lstrip("/"), xml, self._place(owner))

    def stray(self, owner: etree._Element, after: int, text: str) -> None:
        """Keep text that stands between elements where the schema knows elements only."""
        place = f"{self._place(owner)}/{after}".lstrip("/")
        self._add(owner, f"{self._path(owner)}/text()".lstrip("/"), text, place)

    def stray_after(self, sibling: etree._Element, text: str) -> None:
        """Keep stray text that follows a child."""
        parent = sibling.getparent()
        if parent is not None:
            node: etree._Element | None = sibling
            while node is not None and not isinstance(node.tag, str):
                node = node.getprevious()
            self.stray(parent, 0 if node is None else self._position(node)[0] + 1, text)

    def _add(self, element: etree._Element, path: str, xml: str, place: str) -> None:
        self.entries.append([path, xml, place])
        line = element.sourceline
        self._lines.append(line if isinstance(line, int) else 0)

    def _steps(self, element: etree._Element) -> list[etree._Element]:
        """The elements from below the record element (or the application) down to this one."""
        steps = []
        node: etree._Element | None = element
        while node is not None and node is not self._root and node is not self._beside:
            steps.append(node)
            node = node.getparent()
        return steps[::-1]

    def _path(self, element: etree._Element) -> str:
        names = ["TrademarkApplication"] if self._beside is not None else []
        for node in self._steps(element):
            local = etree.QName(node).localname
            _, nth = self._position(node)
            names.append(f"{local}[{nth}]" if nth else local)
        return "/".join(names)

    def _place(self, element: etree._Element) -> str:
        places = [str(self._position(node)[0]) for node in self._steps(element)]
        return "/".join((["^"] if self._beside is not None else []) + places)

    def _position(self, node: etree._Element) -> tuple[int, int]:
        """The position among all siblings, and, of several with the same name, which one it is."""
        parent = node.getparent()
        if parent is None:
            return 0, 0
        siblings = self._siblings.get(parent)
        if siblings is None:
            # Counted once per parent: a million unknown siblings must not take a million squared.
            children = [child for child in parent if isinstance(child.tag, str)]
            of_name = Counter(child.tag for child in children)
            seen: Counter[str] = Counter()
            siblings = self._siblings[parent] = {}
            for place, child in enumerate(children):
                seen[child.tag] += 1
                siblings[child] = (place, seen[child.tag] if of_name[child.tag] > 1 else 0)
        return siblings[node]
