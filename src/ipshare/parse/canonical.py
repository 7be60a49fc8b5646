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

import re
from typing import Any, Final

import msgspec
from lxml import etree

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.domain.record import Operation, Record, Residue, Tree
from ipshare.parse import residue
from ipshare.standards import groups, namespaces, st96

Parts = dict[ElementGroup, Any]

_TEXT: Final = 0
_MIXED: Final = 1
_ELEMENTS: Final = 2
_OWN_ATTRIBUTES = {
    # How the office sent the record is no part of it, and would show that something withheld changed.
    f"{{{st96.model().namespaces['com']}}}operationCategory": "@operationCategory",
    "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation": "@xsi:schemaLocation",
    "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation": "@xsi:noNamespaceSchemaLocation",
}
_OWN_KEYS = frozenset(_OWN_ATTRIBUTES.values())
_FILE_NAMES = re.compile(r"<com:FileName>([^<]+)</com:FileName>")


class _Shape:
    """How to read the element at one place: precompiled, keyed by Clark names."""

    __slots__ = ("_table", "attributes", "group", "kind", "place", "skipped", "uniform")

    def __init__(self, place: groups.Place, own: dict[str, str] | None = None) -> None:
        element = place.element
        self.place = place
        self.group = place.group
        self.uniform = place.uniform
        self.kind = {"text": _TEXT, "mixed": _MIXED, "elements": _ELEMENTS}[element.kind]
        clark = st96.model().clark
        self.attributes = {clark(name): "@" + name.partition(":")[2] for name in element.attributes}
        self.attributes |= own or {}
        self.skipped = ""
        self._table: dict[str, tuple[str, int, bool, _Shape]] | None = None

    @property
    def table(self) -> dict[str, tuple[str, int, bool, _Shape]]:
        """Clark name → key, position in the schema, whether it repeats, shape."""
        if self._table is None:
            self._table = {
                place.element.clark: (child.key, child.position, child.repeats, _shape(place))
                for child, place in self.place.children
            }
        return self._table

    def other(self, tag: str) -> tuple[str, tuple[str, int, bool, _Shape]] | None:
        """The child of the same local name in another ST.96 namespace, and the prefix it was sent in."""
        uri, _, local = tag[1:].rpartition("}")
        prefix = st96.model().prefixes.get(uri)
        place = self.place.child(local)
        return (
            None if prefix is None or place is None else (prefix, self.table[place.element.clark])
        )


_SHAPES: dict[groups.Place, _Shape] = {}


def _shape(place: groups.Place) -> _Shape:
    known = _SHAPES.get(place)
    if known is None:
        known = _SHAPES[place] = _Shape(place)
    return known


def _record_shape(right: Right, root: str) -> _Shape:
    place = groups.record(right, root)
    known = _SHAPES.get(place)
    if known is None:
        known = _SHAPES[place] = _Shape(place, _OWN_ATTRIBUTES)
    return known


def convert(
    element: etree._Element,
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
    root = namespaces.prefixed(element.tag) if right is Right.PATENT else ""
    if root == st96.RECORD_ELEMENT[Right.PATENT]:
        root = ""
    if root:
        start["#root"] = root.partition(":")[2]
    found = residue.Residues(element)
    shape = _record_shape(right, root)
    value, parts = _split(element, shape, found)
    tree: Tree = value if isinstance(value, dict) else {}
    documents = _documents(parts, start, shape)
    if right is Right.TRADEMARK:
        _add_application(element, tree, documents, found)
    if found.entries:
        documents.setdefault(ElementGroup.UNCLASSIFIED, [{}, {}])[0]["#residue"] = found.entries
        tree["#residue"] = found.entries
    tree |= start
    return Record(
        right=right,
        number=_number(tree, right),
        operation=Operation.WITHDRAW
        if tree.get("@operationCategory") == "Delete"
        else Operation.PUT,
        office=office,
        tree=tree,
        documents={
            group: _encode(*documents[group]) for group in ElementGroup if group in documents
        },
        file=file,
        line=line,
        residue=tuple(Residue(path=path, xml=xml, line=line) for (path, xml, _), line in found),
        images=_images(documents, right),
        source=source,
    )


def _plain(element: etree._Element, shape: _Shape, found: residue.Residues) -> Any:
    """The value of an element whose whole subtree belongs to one group."""
    value: Tree = {}
    attributes = element.items()
    if attributes:
        _attributes(element, attributes, shape, value, found)
    text = element.text
    if text and not text.isspace():
        found.stray(element, 0, text)
    table, last, ordered, prefixes = shape.table, -1, True, None
    keys: list[str] = []
    for child in element:
        tail = child.tail
        if tail and not tail.isspace():
            found.stray_after(child, tail)
        entry = table.get(child.tag)
        if entry is None or prefixes is not None:
            entry, prefixes = _other(child, entry, shape, value, prefixes, found)
            if entry is None:
                continue
        key, position, repeats, inner = entry
        if not repeats and key in value:
            found.element(child)
            continue
        keys.append(key)
        if position < last:
            ordered = False
        last = position
        kind = inner.kind
        if kind == _ELEMENTS:
            item = _plain(child, inner, found)
        elif kind == _TEXT and not len(child) and not child.keys():
            item = child.text or ""
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


def _split(element: etree._Element, shape: _Shape, found: residue.Residues) -> tuple[Any, Parts]:  # noqa: C901, PLR0912, PLR0915
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
    table, last, ordered, prefixes = shape.table, -1, True, None
    keys: list[tuple[str, tuple[ElementGroup, ...]]] = []
    for child in element:
        tail = child.tail
        if tail and not tail.isspace():
            found.stray_after(child, tail)
        entry = table.get(child.tag)
        if entry is None or prefixes is not None:
            entry, prefixes = _other(child, entry, shape, value, prefixes, found)
            if entry is None:
                continue
        key, position, repeats, inner = entry
        if not repeats and key in value:
            found.element(child)
            continue
        if position < last:
            ordered = False
        last = position
        if not inner.uniform:
            item, shares = _split(child, inner, found)
            place = len(value.get(key, ()))
            for group, share in shares.items():
                part = parts.get(group)
                if part is None:
                    part = parts[group] = {}
                if not repeats:
                    part[key] = share
                elif key in part:
                    part[key][f"#{place}"] = share
                else:
                    part[key] = {f"#{place}": share}
            if not repeats:
                value[key] = item
            elif place:
                value[key].append(item)
            else:
                value[key] = [item]
            keys.append((key, tuple(shares)))
            continue
        kind = inner.kind
        if kind == _ELEMENTS:
            item = _plain(child, inner, found)
        elif kind == _TEXT and not len(child) and not child.keys():
            item = child.text or ""
        else:
            item = _leaf(child, inner, found)
        group = inner.group
        keys.append((key, (group,)))
        part = parts.get(group)
        if part is None:
            part = parts[group] = {}
        if not repeats:
            part[key] = value[key] = item
        elif key in value:
            value[key].append(item)
        else:
            part[key] = value[key] = [item]
    if not ordered:
        _order(value, parts, keys)
    if prefixes:
        value["#prefix"] = prefixes
        for key, owners in keys:
            if key in prefixes:
                for group in owners:
                    parts[group].setdefault("#prefix", {})[key] = prefixes[key]
    if not value:
        return "", {shape.group: ""}
    return value, parts


def _order(value: Tree, parts: Parts, keys: list[tuple[str, tuple[ElementGroup, ...]]]) -> None:
    """Keep an order that is not that of the schema; each group learns of its own children only."""
    value["#order"] = [key for key, _ in keys]
    for place, (key, owners) in enumerate(keys):
        for group in owners:
            parts[group].setdefault("#order", {})[f"#{place}"] = key


def _other(
    child: etree._Element,
    entry: tuple[str, int, bool, _Shape] | None,
    shape: _Shape,
    value: Tree,
    prefixes: dict[str, str] | None,
    found: residue.Residues,
) -> tuple[tuple[str, int, bool, _Shape] | None, dict[str, str] | None]:
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


def _leaf(element: etree._Element, shape: _Shape, found: residue.Residues) -> Any:
    """The value of an element with text or mixed content."""
    value: Tree = {}
    _attributes(element, element.items(), shape, value, found)
    if shape.kind == _MIXED:
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
    element: etree._Element,
    attributes: list[tuple[str, str]],
    shape: _Shape,
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


def _documents(parts: Parts, start: Tree, shape: _Shape) -> dict[ElementGroup, list[Tree]]:
    """Per group the plain members and the shared ones, in this order."""
    shared = {child.key for child, place in shape.place.children if not place.uniform}
    shared |= {"#order", "#prefix"}
    documents: dict[ElementGroup, list[Tree]] = {}
    if start:
        documents[ElementGroup.IDENTITY] = [dict(start), {}]
    for group, part in parts.items():
        if not part:
            continue
        both = documents.setdefault(group, [{}, {}])
        for key, value in part.items():
            both[key in shared][key] = value
    _own_attributes(documents, 0)
    return documents


def _own_attributes(documents: dict[ElementGroup, list[Tree]], which: int) -> None:
    """Move what only says how the record was sent into ``unclassified``."""
    identity = documents.get(ElementGroup.IDENTITY)
    if identity is None:
        return
    for key in _OWN_KEYS & identity[which].keys():
        documents.setdefault(ElementGroup.UNCLASSIFIED, [{}, {}])[which][key] = identity[which].pop(
            key
        )
    if not any(identity):
        del documents[ElementGroup.IDENTITY]


def _add_application(
    element: etree._Element,
    tree: Tree,
    documents: dict[ElementGroup, list[Tree]],
    found: residue.Residues,
) -> None:
    """Add what stands beside the trademark in its application."""
    bag = element.getparent()
    application = None if bag is None else bag.getparent()
    if application is None or namespaces.prefixed(application.tag) != "tmk:TrademarkApplication":
        return
    value, parts = _split(application, _application_shape(), found.beside(application))
    if not value:
        return
    tree["trademarkApplication"] = value
    own = {key: value[key] for key in _OWN_KEYS & value.keys()} if isinstance(value, dict) else {}
    for group, part in parts.items():
        kept = (
            {k: v for k, v in part.items() if k not in own}
            if own and isinstance(part, dict)
            else part
        )
        if kept:
            documents.setdefault(group, [{}, {}])[1]["trademarkApplication"] = kept
    if own:
        shared = documents.setdefault(ElementGroup.UNCLASSIFIED, [{}, {}])[1]
        shared["trademarkApplication"] = {**shared.get("trademarkApplication", {}), **own}


def _application_shape() -> _Shape:
    place = groups.application()
    known = _SHAPES.get(place)
    if known is None:
        known = _SHAPES[place] = _Shape(place, _OWN_ATTRIBUTES)
        known.skipped = st96.model().clark("tmk:TrademarkBag")
        del known.table[known.skipped]
    return known


def _encode(plain: Tree, shared: Tree) -> bytes:
    """The bytes of one document: the shared members come last, under ``~``."""
    if shared:
        plain["~"] = shared
    return msgspec.json.encode(plain)


def _number(tree: Tree, right: Right) -> str:
    """The application number as the office wrote it, or what stands for it, or nothing."""
    if right is not Right.PATENT:
        return _number_in(tree)
    data = tree.get("bibliographicData", tree)
    if isinstance(data, dict) and "patentLegalStatus" in data:
        data = data["patentLegalStatus"][0]
    if not isinstance(data, dict):
        return ""
    number = _number_in(data.get("applicationIdentification"))
    if number:
        return number
    published = data.get("patentPublicationIdentification")
    if isinstance(published, list):
        published = published[0]
    return _text(published.get("publicationNumber", "")) if isinstance(published, dict) else ""


def _number_in(holder: Any) -> str:
    if not isinstance(holder, dict):
        return ""
    numbers = holder.get("applicationNumber", ())
    for number in numbers if isinstance(numbers, list) else (numbers,):
        if isinstance(number, dict):
            text = number.get("applicationNumberText") or number.get("st13ApplicationNumber") or ""
            if text:
                return _text(text)
    return ""


def _text(value: Any) -> str:
    return str(value.get("$", "") if isinstance(value, dict) else value).strip()


def _images(documents: dict[ElementGroup, list[Tree]], right: Right) -> tuple[str, ...]:
    """The names of the files that the record shows, in their order, each once."""
    names: dict[str, None] = {}
    for group in (
        (ElementGroup.MEDIA, ElementGroup.TEXT) if right is Right.PATENT else (ElementGroup.MEDIA,)
    ):
        for members in documents.get(group, ()):
            _file_names(members, names)
    return tuple(names)


def _file_names(value: Any, names: dict[str, None]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "fileName":
                names[_text(item)] = None
            else:
                _file_names(item, names)
    elif isinstance(value, list):
        for item in value:
            _file_names(item, names)
    elif "<com:FileName>" in value:
        names.update(dict.fromkeys(_FILE_NAMES.findall(value)))
