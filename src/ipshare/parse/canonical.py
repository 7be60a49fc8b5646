"""The canonical form: a record element of ST.96 becomes ST.97 values, one document per element group.

Read `convert` first. A place of the content model is either of one group, then its subtree is converted
as it stands (`_plain`), or mixed between groups, then the values are dealt out to the groups on the
way (`_split`). Which of both is known from the content model alone, so the shape of a group's document
never tells what other groups hold. Reserved keys, beside those of ST.97:

``~``                   the parts of a document that other groups have a share in (render.st97 joins them)
``#order``              the order of children where it is not that of the schema
``#prefix``             children sent in another ST.96 namespace than the schema's
``#namespaces``         the namespaces of a draft of ST.96, for the whole record
``#root``               the root of a patent document other than PatentPublication
``#residue``            what the content model does not know: path, XML, place
``trademarkApplication``  what stands beside the trademark in its TrademarkApplication
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any

import msgspec

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.domain.record import Operation, Record, Residue, Tree
from ipshare.parse import identify, joints, residue, shapes
from ipshare.parse.shapes import ELEMENTS, MIXED, SHARED, TEXT, Entry, Shape
from ipshare.standards import namespaces, st96

Element = Any
"""lxml's element: its stub says that a tag is a text, which that of a comment is not; compiled files believe it."""
Parts = dict[str, Any]  # by element group

_ENCODER = msgspec.json.Encoder()
_GROUPS = tuple((group.value, group) for group in ElementGroup)
_IDENTITY = ElementGroup.IDENTITY.value
_UNCLASSIFIED = ElementGroup.UNCLASSIFIED.value
_PUBLICATION = st96.model().clark(st96.RECORD_ELEMENT[Right.PATENT])


def convert(  # noqa: PLR0913 (the interface that all rooms share)
    element: Element,
    *,
    right: Right,
    office: str,
    file: str,
    line: int,
    source: bytes = b"",
) -> Record:
    """The record of a record element (tmk:Trademark, dgn:DesignApplication, a patent root)."""
    start: Tree = {}
    element, drafts = namespaces.released(element)
    if drafts:
        start["#namespaces"] = drafts
    root = ""
    if right is Right.PATENT and element.tag != _PUBLICATION:
        root = namespaces.prefixed(element.tag)
        start["#root"] = root.partition(":")[2]
    found = residue.Residues(element)
    shape = shapes.of_record(right, root)
    value, parts = _split(element, shape, found)
    tree: Tree = value if isinstance(value, dict) else {}
    documents = _documents(parts, start, shape)
    if right is Right.TRADEMARK:
        _add_application(element, tree, documents, found)
    if found.entries:
        _document(documents, _UNCLASSIFIED)[0]["#residue"] = found.entries
        tree["#residue"] = found.entries
    if start:
        tree |= start
    shown = [documents[group] for group in ("media", "text") if group in documents]
    return Record(
        right=right,
        number=identify.number_of(tree, right),
        operation=Operation.WITHDRAW
        if tree.get("@operationCategory") == "Delete"
        else Operation.PUT,
        office=office,
        tree=tree,
        images=identify.images_of(shown),
        documents={
            group: _encode(*documents[name]) for name, group in _GROUPS if name in documents
        },
        file=file,
        line=line,
        residue=tuple(Residue(path=path, xml=xml, line=line) for (path, xml, _), line in found),
        source=source,
        joints=joints.of({name: shared for name, (_, shared) in documents.items()})
        if found.uneven
        else b"",
    )


def _plain(  # noqa: C901, PLR0912 (the inner loop: a call per element would cost more than it explains)
    element: Element, shape: Shape, found: residue.Residues
) -> Any:
    """The value of an element whose whole subtree belongs to one group."""
    value: Tree = {}
    attributes = element.items()
    if attributes:
        _attributes(element, attributes, shape, value, found)
    text = element.text
    if text and not text.isspace():
        found.stray(element, 0, text)
    table = shape.table or shape.filled()
    last, ordered = -1, True
    prefixes: dict[str, str] | None = None
    item: Any
    keys: list[str] = []
    for child in list(element):  # a list is faster than stepping from child to child
        tail = child.tail
        if tail and not tail.isspace():
            found.stray_after(child, tail)
        entry = table.get(child.tag)
        if entry is None or prefixes is not None:
            entry, prefixes = _other(child, entry, shape, value, prefixes, found)
            if entry is None:
                continue
        key, position, repeats, kind, inner, _ = entry
        if not repeats and key in value:
            found.element(child)
            continue
        if position < last:
            ordered = False
        last = position
        keys.append(key)
        if kind == TEXT and not len(child) and not child.keys():
            item = child.text or ""
        elif kind == ELEMENTS:
            item = _plain(child, inner, found)
        else:
            item = _leaf(child, inner, found)
        if not repeats:
            value[key] = item
        elif key in value:
            value[key].append(item)
        else:
            value[key] = [item]
    if not ordered:
        value["#order"] = keys
    if prefixes:
        value["#prefix"] = prefixes
    return value or ""


def _split(element: Element, shape: Shape, found: residue.Residues) -> tuple[Any, Parts]:  # noqa: C901, PLR0912, PLR0915
    """The value of an element whose subtree belongs to several groups, and the part of each group."""
    value: Tree = {}
    parts: Parts = {}
    attributes = element.items()
    if attributes:
        _attributes(element, attributes, shape, value, found)
        if value:
            parts[shape.group] = dict(value)
    text = element.text
    if text and not text.isspace():
        found.stray(element, 0, text)
    table = shape.table or shape.filled()
    last, ordered = -1, True
    prefixes: dict[str, str] | None = None
    item: Any
    keys: list[tuple[str, tuple[str, ...]]] = []
    former: AbstractSet[str] = frozenset()
    for child in list(element):  # a list is faster than stepping from child to child
        tail = child.tail
        if tail and not tail.isspace():
            found.stray_after(child, tail)
        entry = table.get(child.tag)
        if entry is None or prefixes is not None:
            entry, prefixes = _other(child, entry, shape, value, prefixes, found)
            if entry is None:
                continue
        key, position, repeats, kind, inner, own = entry
        if not repeats and key in value:
            found.element(child)
            continue
        if position < last:
            ordered = False
        last = position
        if kind == SHARED:
            item, shares = _split(child, inner, found)
            place = len(value.get(key, ()))
            if place and repeats and shares.keys() != former:
                found.uneven = True
            former = shares.keys()
            _deal(shares, parts, key, place if repeats else None)
            if not repeats:
                value[key] = item
            elif place:
                value[key].append(item)
            else:
                value[key] = [item]
            keys.append((key, tuple(shares)))
            continue
        if kind == TEXT and not len(child) and not child.keys():
            item = child.text or ""
        elif kind == ELEMENTS:
            item = _plain(child, inner, found)
        else:
            item = _leaf(child, inner, found)
        keys.append(own)
        group = inner.group
        if group in parts:
            part = parts[group]
        else:
            part = parts[group] = {}
        if not repeats:
            part[key] = value[key] = item
        elif key in value:
            value[key].append(item)
        else:
            part[key] = value[key] = [item]
    if not ordered:
        found.uneven = True
        _order(value, parts, keys, {entry[0]: entry[1] for entry in table.values()})
    if prefixes:
        value["#prefix"] = prefixes
        _tell_prefixes(prefixes, parts, keys)
    if not value:
        return "", {shape.group: ""}
    return value, parts


def _deal(shares: Parts, parts: Parts, key: str, place: int | None) -> None:
    """Give each group its share of an element: at its place in a list, or (None) of an element that comes once."""
    for group, share in shares.items():
        part = parts.get(group)
        if part is None:
            part = parts[group] = {}
        if place is None:
            part[key] = share
        elif key in part:
            part[key][f"#{place}"] = share
        else:
            part[key] = {f"#{place}": share}


def _tell_prefixes(
    prefixes: dict[str, str], parts: Parts, keys: list[tuple[str, tuple[str, ...]]]
) -> None:
    """Let each group know the namespaces that its own children were sent in."""
    for key, owners in keys:
        if key in prefixes:
            for group in owners:
                parts[group].setdefault("#prefix", {})[key] = prefixes[key]


def _order(
    value: Tree,
    parts: Parts,
    keys: list[tuple[str, tuple[str, ...]]],
    positions: dict[str, int],
) -> None:
    """Keep an order that is not that of the schema.

    A group keeps the order of its own children, where that is not that of the schema. How children of several
    groups stand among each other is kept in ``unclassified``, or an order would tell of what is withheld.
    """
    value["#order"] = [key for key, _ in keys]
    own: dict[str, dict[str, str]] = {}
    for place, (key, owners) in enumerate(keys):
        for group in owners:
            own.setdefault(group, {})[f"#{place}"] = key
    for group, order in own.items():
        places = [positions[key] for key in order.values()]
        if places != sorted(places):
            parts[group]["#order"] = order
    whole = {f"#{place}": key for place, (key, _) in enumerate(keys)}
    parts.setdefault(_UNCLASSIFIED, {})["#order"] = whole


def _other(  # noqa: PLR0913, PLR0917 (the state of the loop it serves)
    child: Element,
    entry: Entry | None,
    shape: Shape,
    value: Tree,
    prefixes: dict[str, str] | None,
    found: residue.Residues,
) -> tuple[Entry | None, dict[str, str] | None]:
    """The entry of a child that the table does not know as it stands, or None when it is residue."""
    tag = child.tag
    if not isinstance(tag, str) or tag == shape.skipped:
        return None, prefixes  # a comment, a processing instruction, or the record itself
    if entry is not None:
        if prefixes and entry[0] in prefixes:
            found.element(child)  # the same name was sent in another namespace before
            return None, prefixes
        return entry, prefixes
    other = shape.other(tag)
    if other is None:
        found.element(child)
        return None, prefixes
    prefix, entry = other
    if entry[0] in value and (prefixes or {}).get(entry[0]) != prefix:
        found.element(child)
        return None, prefixes
    return entry, {**(prefixes or {}), entry[0]: prefix}


def _leaf(element: Element, shape: Shape, found: residue.Residues) -> Any:
    """The value of an element with text or mixed content."""
    value: Tree = {}
    _attributes(element, element.items(), shape, value, found)
    if shape.kind == MIXED:
        text = namespaces.inner_xml(element)
    else:
        text = element.text or ""
        for child in element:
            if isinstance(child.tag, str):
                found.element(child)
                if child.tail:
                    found.stray_after(child, child.tail)
            else:
                text += child.tail or ""
    if not value:
        return text
    if text:
        value["$"] = text
    return value


def _attributes(
    element: Element,
    attributes: Iterable[tuple[Any, Any]],
    shape: Shape,
    value: Tree,
    found: residue.Residues,
) -> None:
    """Add the attributes that the schema knows to the value; the others are residue."""
    for name, text in attributes:
        key = shape.attributes.get(name)
        if key is None:
            found.attribute(element, name, text)
        else:
            value[key] = text


def _documents(parts: Parts, start: Tree, shape: Shape) -> dict[str, list[Tree]]:
    """Per group the plain members and the shared ones, in this order."""
    shared = shape.shared
    documents: dict[str, list[Tree]] = {}
    if start:
        documents[_IDENTITY] = [dict(start), {}]
    for group, part in parts.items():
        if part:  # a record element without content has a part that is ""
            plain, common = _document(documents, group)
            for key, value in part.items():
                if key in shared:
                    common[key] = value
                else:
                    plain[key] = value
    identity = documents.get(_IDENTITY)
    if identity is not None:
        for key in [key for key in identity[0] if key in shapes.SENDING_KEYS]:
            _document(documents, _UNCLASSIFIED)[0][key] = identity[0].pop(key)
        if not any(identity):
            del documents[_IDENTITY]
    return documents


def _document(documents: dict[str, list[Tree]], group: str) -> list[Tree]:
    known = documents.get(group)
    if known is None:
        known = documents[group] = [{}, {}]
    return known


def _add_application(
    element: Element,
    tree: Tree,
    documents: dict[str, list[Tree]],
    found: residue.Residues,
) -> None:
    """Add what stands beside the trademark in its application."""
    bag = element.getparent()
    application = None if bag is None else bag.getparent()
    shape = shapes.of_application()
    if application is None or application.tag != shape.place.element.clark:
        return
    value, parts = _split(application, shape, found.beside(application))
    if not isinstance(value, dict):
        return
    tree["trademarkApplication"] = value
    sending = {key: value[key] for key in value if key in shapes.SENDING_KEYS}
    if sending:
        owner = parts[shape.group]
        for key in sending:
            del owner[key]
        parts[_UNCLASSIFIED] = {**parts.get(_UNCLASSIFIED, {}), **sending}
    for group, part in parts.items():
        if part:
            _document(documents, group)[1]["trademarkApplication"] = part


def _encode(plain: Tree, shared: Tree) -> bytes:
    """The bytes of one document: the shared members come last, under ``~``."""
    return _ENCODER.encode({**plain, "~": shared} if shared else plain)
