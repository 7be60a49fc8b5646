"""What the content model does not know, put back where it stood (for the office that sent it)."""

from __future__ import annotations

from lxml import etree

from ipshare.domain.office import Right
from ipshare.standards import st96


def put_back(text: str, entries: list[list[str]], right: Right) -> etree._Element:
    """The document with its residue; entries of elements that are not there are left out.

    Entries come in document order, so every place counts siblings that are back already. Attributes
    and stray text follow once all elements stand.
    """
    document = etree.fromstring(text)
    later = []
    for path, xml, place in entries:
        last = path.rpartition("/")[2]
        if last.startswith("@") or last == "text()":
            later.append((last, xml, place))
            continue
        above, _, position = place.rpartition("/")
        parent = _find(document, above, right)
        if parent is not None:
            parent.insert(int(position), etree.fromstring(xml))
    for last, xml, place in later:
        if last == "text()":
            _put_text(document, xml, place, right)
        else:
            _put_attribute(document, xml, place, right)
    return document


def record_of(document: etree._Element, right: Right) -> etree._Element:
    """The record element of a rendered document."""
    if right is not Right.TRADEMARK:
        return document
    found = document.find(f".//{st96.model().clark('tmk:Trademark')}")
    return document if found is None else found


def as_text(document: etree._Element) -> str:
    """The document as a string."""
    return etree.tostring(document, encoding="unicode")


def _find(document: etree._Element, place: str, right: Right) -> etree._Element | None:
    steps = [step for step in place.split("/") if step]
    node = document if steps[:1] == ["^"] else record_of(document, right)
    for step in steps:
        if step == "^":
            continue
        if int(step) >= len(node):
            return None
        node = node[int(step)]
        if not isinstance(node.tag, str):
            return None  # a comment of what was put back: the place was counted among groups that are not here
    return node


def _put_text(document: etree._Element, text: str, place: str, right: Right) -> None:
    above, _, after = place.rpartition("/")
    owner = _find(document, above, right)
    if owner is None or int(after) > len(owner):
        return
    if after == "0":
        owner.text = (owner.text or "") + text
    else:
        sibling = owner[int(after) - 1]
        sibling.tail = (sibling.tail or "") + text


def _put_attribute(document: etree._Element, xml: str, place: str, right: Right) -> None:
    owner = _find(document, place, right)
    carrier = etree.fromstring(xml)
    if owner is not None:
        for name, value in carrier.items():
            owner.set(name, value)
