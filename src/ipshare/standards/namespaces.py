"""ST.96 namespaces and prefixes, drafts before version 1.0 included, and mixed content as a string."""

from __future__ import annotations

import copy
import re
from functools import cache

from lxml import etree

from ipshare.standards import st96

_DRAFT = re.compile(
    r"http://www\.wipo\.int/standards/XMLSchema/(Common|Trademark|Design|Patent)/\d+"
)
_PREFIX = {"Common": "com", "Trademark": "tmk", "Design": "dgn", "Patent": "pat"}


@cache
def prefixed(tag: str) -> str:
    """The canonical prefixed name of a Clark name; unknown namespaces have the prefix ``?``."""
    uri, _, local = tag[1:].rpartition("}") if tag[:1] == "{" else ("", "", tag)
    return f"{st96.model().prefixes.get(uri, '?')}:{local}"


def released(element: etree._Element) -> tuple[etree._Element, dict[str, str]]:
    """The element in the namespaces since version 1.0, and the draft namespaces it came in by prefix."""
    match = _DRAFT.match(element.tag[1:])
    if match is None:
        return element, {}
    drafts: dict[str, str] = {}
    renamed = copy.deepcopy(element)
    for node in renamed.iter(etree.Element):
        node.tag = _release(node.tag, drafts)
        for name in [str(name) for name in node.attrib]:
            new = _release(name, drafts)
            if new != name:
                node.set(new, node.attrib.pop(name))
    return renamed, drafts


def drafted(element: etree._Element, drafts: dict[str, str]) -> None:
    """Put an element back into the draft namespaces it came in."""
    back = {st96.model().namespaces[prefix]: uri for prefix, uri in drafts.items()}
    for node in element.iter(etree.Element):
        for name in [str(name) for name in node.attrib]:
            new = _moved(name, back)
            if new != name:
                node.set(new, node.attrib.pop(name))
        node.tag = _moved(node.tag, back)


def _moved(name: str, back: dict[str, str]) -> str:
    uri, brace, local = name[1:].rpartition("}")
    return f"{{{back[uri]}}}{local}" if brace and uri in back else name


def _release(name: str, drafts: dict[str, str]) -> str:
    uri, brace, local = name[1:].rpartition("}")
    match = _DRAFT.fullmatch(uri) if brace else None
    if match is None:
        return name
    prefix = _PREFIX[match[1]]
    if drafts.setdefault(prefix, uri) != uri:
        return name
    return f"{{{st96.model().namespaces[prefix]}}}{local}"


def escaped(text: str) -> str:
    """Text as it stands in XML; a carriage return survives only as a reference."""
    if "&" in text or "<" in text or ">" in text or "\r" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return text.replace("\r", "&#13;")
    return text


def quoted(text: str) -> str:
    """An attribute's value with its quotes."""
    text = escaped(text).replace('"', "&quot;")
    return '"' + text.replace("\n", "&#10;").replace("\t", "&#9;") + '"'


def inner_xml(element: etree._Element) -> str:
    """The content of an element as XML: canonical prefixes undeclared, others declared where used."""
    if not len(element):
        return escaped(element.text or "")
    parts: list[str] = [escaped(element.text or "")]
    for child in element:
        _write(child, parts)
    return "".join(parts)


def _write(node: etree._Element, parts: list[str]) -> None:
    """Append one node of mixed content and its tail; comments are left out."""
    tag = node.tag
    if isinstance(tag, str):
        declared: list[str] = []
        name = _name(tag, declared)
        attributes = "".join(
            f" {_name(key, declared)}={quoted(value)}" for key, value in _strings(node)
        )
        parts.append(f"<{name}{''.join(declared)}{attributes}>{escaped(node.text or '')}")
        for child in node:
            _write(child, parts)
        parts.append(f"</{name}>")
    elif isinstance(node, etree._ProcessingInstruction):  # noqa: SLF001
        parts.append(f"<?{node.target} {node.text}?>" if node.text else f"<?{node.target}?>")
    if node.tail:
        parts.append(escaped(node.tail))


def _strings(node: etree._Element) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in node.items()]


def _name(clark: str, declared: list[str]) -> str:
    """The prefixed form of a name; a namespace that is not of ST.96 is declared on the spot."""
    uri, brace, local = clark[1:].rpartition("}")
    if not brace:
        return clark
    known = st96.model().prefixes.get(uri)
    if known is not None:
        return f"{known}:{local}"
    if uri == "http://www.w3.org/XML/1998/namespace":
        return f"xml:{local}"
    prefix = f"n{len(declared)}"
    declared.append(f" xmlns:{prefix}={quoted(uri)}")
    return f"{prefix}:{local}"
