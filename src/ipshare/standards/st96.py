"""The ST.96 content model: elements, order, cardinality, datatypes and code lists of one version."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from ipshare.domain.office import Right

VERSION = "V6_0"
"""The version whose content model is shipped; namespaces are the same for all versions since 1.0."""

UNBOUNDED = -1
RECORD_ELEMENT = {
    Right.TRADEMARK: "tmk:Trademark",
    Right.DESIGN: "dgn:DesignApplication",
    Right.PATENT: "pat:PatentPublication",
}
PATENT_ROOTS = (
    "pat:PatentPublication",
    "pat:BibliographicData",
    "pat:PatentLegalStatusData",
    "pat:ApplicationBody",
    "pat:SearchReport",
    "pat:ExaminationReport",
    "pat:SPCBibliographicData",
)
_ACRONYM = re.compile(r"[A-Z][A-Z0-9]*(?=[A-Z][a-z]|$)|[A-Z]")


def json_name(local: str) -> str:
    """The ST.97 name of an element: lowerCamelCase, a leading acronym in lower case."""
    match = _ACRONYM.match(local)
    return local if match is None else match[0].lower() + local[match.end() :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Datatype:
    """A simple type: its XSD bases, its codes and its patterns, unions resolved."""

    name: str
    bases: tuple[str, ...]
    codes: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    max_length: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether any text is valid, for example because a union admits xsd:string."""
        return not {"xsd:string", "xsd:token", "xsd:normalizedString"}.isdisjoint(self.bases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """An element inside another one: where, how often, and in which choice (0: in none)."""

    name: str
    key: str
    position: int
    least: int
    most: int
    choice: int

    @property
    def repeats(self) -> bool:
        """Whether it is an array in ST.97."""
        return self.most != 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementType:
    """What an element may hold. ``kind`` tells text, mixed content (kept as inner XML) and elements."""

    name: str
    clark: str
    local: str
    key: str
    kind: Literal["text", "mixed", "elements"]
    children: tuple[Child, ...]
    attributes: tuple[str, ...]
    required: frozenset[str]
    datatype: Datatype | None
    personal: bool
    by_key: Mapping[str, Child] = field(compare=False, repr=False)


class Model:
    """The content model of one version; elements have the same type wherever they stand."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.version: str = data["version"]
        self.namespaces: Mapping[str, str] = MappingProxyType(data["namespaces"])
        self.prefixes = {uri: prefix for prefix, uri in self.namespaces.items()}
        self.roots: tuple[str, ...] = tuple(data["roots"])
        self._data = data
        self._personal = frozenset(data["personal"])
        self._elements: dict[str, ElementType] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._data["elements"]

    def names(self) -> Iterator[str]:
        """The prefixed names of all elements."""
        return iter(self._data["elements"])

    def clark(self, name: str) -> str:
        """The Clark name of a prefixed name."""
        prefix, _, local = name.partition(":")
        return f"{{{self.namespaces[prefix]}}}{local}"

    def element(self, name: str) -> ElementType:
        """The type of the element with this prefixed name."""
        known = self._elements.get(name)
        if known is None:
            known = self._elements[name] = self._read(name)
        return known

    def datatype(self, name: str) -> Datatype:
        """The simple type of this name, for example ``com:ISOLanguageCodeType``."""
        if name.startswith("xsd:"):
            return Datatype(name=name, bases=(name,))
        facts = self._data["simple"][name]
        most = facts.get("maxLength")
        return Datatype(
            name=name,
            bases=tuple(facts["bases"]),
            codes=tuple(facts["codes"]),
            patterns=tuple(facts["patterns"]),
            max_length=None if most is None else int(most),
        )

    def attribute(self, name: str) -> Datatype:
        """The simple type of an attribute, for example ``com:languageCode``."""
        return self.datatype(self._data["attributes"][name])

    def codes(self, simple_type: str) -> tuple[str, ...]:
        """The code list of a simple type, for example ``tmk:MarkFeatureCategoryType``."""
        return self.datatype(simple_type).codes

    def _read(self, name: str) -> ElementType:
        """Make the typed form of one element."""
        type_name = self._data["elements"][name]
        shape = self._data["types"].get(
            type_name, {"children": [], "attributes": [], "mixed": True}
        )
        local = name.partition(":")[2]
        children = tuple(
            Child(
                name=child,
                key=json_name(child.partition(":")[2]),
                position=position,
                least=least,
                most=most,
                choice=choice,
            )
            for position, (child, least, most, choice) in enumerate(shape["children"])
        )
        text = shape.get("text")
        return ElementType(
            name=name,
            clark=self.clark(name),
            local=local,
            key=json_name(local),
            kind="mixed" if shape.get("mixed") else "elements" if text is None else "text",
            children=children,
            attributes=tuple(attribute for attribute, _ in shape["attributes"]),
            required=frozenset(attribute for attribute, use in shape["attributes"] if use),
            datatype=None if text is None else self.datatype(text),
            personal=name in self._personal,
            by_key={child.key: child for child in children},
        )


@cache
def model() -> Model:
    """The shipped content model, read once per process."""
    file = resources.files("ipshare.standards") / "data" / f"st96_{VERSION.lower()}.json.gz"
    return Model(msgspec.json.decode(gzip.decompress(file.read_bytes())))
