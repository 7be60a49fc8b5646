"""One record in ST.97 JSON → the same record as an ST.96 document."""

from __future__ import annotations

from typing import Any

import msgspec

from ipshare.domain.office import Right
from ipshare.render import residue
from ipshare.standards import namespaces, st96

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OWN = {"tmk:Trademark", "tmk:TrademarkApplication", "dgn:DesignApplication"}


def to_xml(right: Right, merged_json: bytes, *, version: str = "V6_0") -> bytes:
    """The ST.96 document of one merged record, in schema order and with the canonical prefixes.

    ``version`` fills com:st96Version where the schema requires it and the record does not say.
    """
    tree: dict[str, Any] = msgspec.json.decode(merged_json)
    drafts = tree.pop("#namespaces", None)
    left_over = tree.pop("#residue", None)
    root = tree.pop("#root", "")
    name = f"pat:{root}" if root else st96.RECORD_ELEMENT[right]
    parts: list[str] = []
    if right is Right.TRADEMARK:
        application = tree.pop("trademarkApplication", None) or {}
        inside: list[str] = []
        _write(inside, "tmk:Trademark", tree)
        _write(
            parts,
            "tmk:TrademarkApplication",
            _with_version(application, version),
            ("".join(inside),),
        )
    elif "com:st96Version" in st96.model().element(name).required:
        _write(parts, name, _with_version(tree, version))
    else:
        _write(parts, name, tree)
    text = _declare("".join(parts))
    if left_over or drafts:
        document = residue.put_back(text, left_over or [], right)
        if drafts:
            namespaces.drafted(residue.record_of(document, right), drafts)
        text = residue.as_text(document)
    return (_DECLARATION + text).encode()


def _with_version(value: dict[str, Any], version: str) -> dict[str, Any]:
    return value if "@st96Version" in value else {"@st96Version": version, **value}


def _declare(text: str) -> str:
    """Declare on the root element the prefixes that the document uses."""
    used = [
        f" xmlns:{prefix}={namespaces.quoted(uri)}"
        for prefix, uri in st96.model().namespaces.items()
        if f"{prefix}:" in text
    ]
    if "xsi:" in text:
        used.append(' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"')
    end = min(at for at in (text.find(" "), text.find(">"), text.find("/")) if at > 0)
    return text[:end] + "".join(used) + text[end:]


def _write(parts: list[str], name: str, value: Any, record: tuple[str, ...] = ()) -> None:
    """Append one element; ``record`` is the trademark that an application wraps."""
    element = st96.model().element(name)
    if isinstance(value, str):
        if not value:
            parts.append(f"<{name}/>")
            return
        content = value if element.kind == "mixed" else namespaces.escaped(value)
        parts.append(f"<{name}>{content}</{name}>")
        return
    attributes = "".join(
        f" {_attribute(element, key)}={namespaces.quoted(text)}"
        for key, text in value.items()
        if key[0] == "@"
    )
    parts.append(f"<{name}{attributes}>")
    if "$" in value:
        text = value["$"]
        parts.append(text if element.kind == "mixed" else namespaces.escaped(text))
    if record:
        value = {**value, "trademarkBag": {"trademark": list(record)}}
    _children(parts, element, value, record)
    parts.append(f"</{name}>")


def _children(
    parts: list[str], element: st96.ElementType, value: dict[str, Any], record: tuple[str, ...]
) -> None:
    """Append what stands in an element, in the order of the schema or as it was sent."""
    by_key = element.by_key
    prefixes: dict[str, str] = value.get("#prefix", {})
    for key, item in _in_order(element, value):
        child = by_key.get(key)
        if child is None:
            continue
        if record and key == "trademarkBag":
            parts.append(f"<tmk:TrademarkBag>{record[0]}</tmk:TrademarkBag>")
            continue
        if key in prefixes:
            own: list[str] = []
            _write(own, child.name, item)
            parts.append(
                _renamed(
                    "".join(own), child.name, f"{prefixes[key]}:{child.name.partition(':')[2]}"
                )
            )
        else:
            _write(parts, child.name, item)


def _renamed(text: str, name: str, other: str) -> str:
    """The element with another prefix on its own tags."""
    text = f"<{other}{text[len(name) + 1 :]}"
    end = f"</{name}>"
    return f"{text[: -len(end)]}</{other}>" if text.endswith(end) else text


def _in_order(element: st96.ElementType, value: dict[str, Any]) -> list[tuple[str, Any]]:
    """The children one by one."""
    by_key = element.by_key
    known = [key for key in value if key in by_key]
    known.sort(key=lambda key: by_key[key].position)
    if "#order" not in value:
        return [
            (key, item)
            for key in known
            for item in (value[key] if isinstance(value[key], list) else (value[key],))
        ]
    waiting = {
        key: list(value[key]) if isinstance(value[key], list) else [value[key]] for key in known
    }
    ordered = [(key, waiting[key].pop(0)) for key in value["#order"] if waiting.get(key)]
    return ordered + [(key, item) for key in known for item in waiting[key]]


def _attribute(element: st96.ElementType, key: str) -> str:
    """The prefixed name of an attribute."""
    local = key[1:]
    if local.startswith("xsi:"):
        return local
    for name in element.attributes:
        if name.partition(":")[2] == local:
            return name
    return f"com:{local}" if element.name in _OWN or element.attributes else local
