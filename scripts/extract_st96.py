"""Extracts the ST.96 content model from an official XSD set into src/ipshare/standards/data.

Usage: python scripts/extract_st96.py DIRECTORY [VERSION]

DIRECTORY holds the flattened set of one version with the schemas of whole namespaces, for example
Common_V6_0.xsd, Trademark_V6_0.xsd, Design_V6_0.xsd and Patent_V6_0.xsd.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}"
FILES = ("Common", "Trademark", "Design", "Patent")
ROOTS = (
    "tmk:TrademarkTransaction",
    "tmk:TrademarkApplication",
    "dgn:DesignTransaction",
    "dgn:DesignApplication",
    "dgn:DesignApplicationBag",
    "pat:PatentPublication",
    "pat:BibliographicData",
    "pat:PatentLegalStatusData",
    "pat:ApplicationBody",
    "pat:SearchReport",
    "pat:ExaminationReport",
    "pat:SPCBibliographicData",
)
OPAQUE = ("mathml:", "tbl:")
DATA = Path(__file__).parents[1] / "src" / "ipshare" / "standards" / "data"
UNBOUNDED = -1

Node = Any  # an lxml element of an XSD


class Dictionary:
    """The declarations of all namespaces by prefixed name."""

    def __init__(self, directory: Path, version: str) -> None:
        self.elements: dict[str, Node] = {}
        self.types: dict[str, Node] = {}
        self.attributes: dict[str, Node] = {}
        self.namespaces: dict[str, str] = {}
        whole = [directory / f"{name}_{version}.xsd" for name in FILES]
        # The schemas of whole namespaces lack the transactions: those stand in the sets by root.
        roots = [directory / f"{root.partition(':')[2]}_{version}.xsd" for root in ROOTS]
        commons = [path.with_stem(f"{path.stem}_Common") for path in roots]
        for path in whole + [p for p in roots + commons if p.exists()]:
            self.load(etree.parse(path).getroot())

    def load(self, root: Node) -> None:
        """Add the declarations of one schema; the first of a name stands."""
        target = root.get("targetNamespace")
        prefix = next(p for p, u in root.nsmap.items() if u == target)
        self.namespaces |= {p: u for p, u in root.nsmap.items() if p and p != "xsd"}
        for node in root.iterchildren(
            *(XSD + k for k in ("element", "complexType", "simpleType", "attribute"))
        ):
            kind = etree.QName(node).localname
            table = {"element": self.elements, "attribute": self.attributes}.get(kind, self.types)
            table.setdefault(f"{prefix}:{node.get('name')}", node)


class Model:
    """The types that the roots reach, in the shape of the data file."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self.elements: dict[str, str] = {}
        self.types: dict[str, dict[str, Any]] = {}
        self.simple: dict[str, dict[str, Any]] = {}
        self.attributes: dict[str, str] = {}
        self.personal: set[str] = set()

    def reach(self, name: str) -> None:
        """Add an element and everything below it."""
        waiting = [name]
        while waiting:
            element = waiting.pop()
            if element in self.elements:
                continue
            if element.startswith(OPAQUE):
                self.elements[element] = "#opaque"
                continue
            node = self.dictionary.elements[element]
            self.elements[element] = node.get("type")
            if "PII" in (note.text or "" for note in node.iter(XSD + "appinfo")):
                self.personal.add(element)
            waiting.extend(child[0] for child in self.of_type(node.get("type"))["children"])

    def of_type(self, name: str) -> dict[str, Any]:
        """The type of this name, added when it is new."""
        if name in self.types:
            return self.types[name]
        node = self.dictionary.types.get(name)
        shape: dict[str, Any] = {"children": [], "attributes": []}
        self.types[name] = shape
        if node is None or node.tag == XSD + "simpleType":
            shape["text"] = self.of_simple(name)
            return shape
        self.fill(shape, node)
        merged: dict[str, list[Any]] = {}
        for child, low, high, choice in shape["children"]:
            if child in merged:
                merged[child][1:] = [min(low, merged[child][1]), UNBOUNDED, choice]
            else:
                merged[child] = [child, low, high, choice]
        shape["children"] = list(merged.values())
        return shape

    def fill(self, shape: dict[str, Any], node: Node) -> None:
        """Add what a complexType node, or the extension in it, declares."""
        if node.get("mixed") == "true":
            shape["mixed"] = True
        for part in node.iterchildren("{*}*"):
            kind = etree.QName(part).localname
            if kind in ("simpleContent", "complexContent"):
                if part.get("mixed") == "true":
                    shape["mixed"] = True
                self.extend(shape, part.find(XSD + "extension"), simple=kind == "simpleContent")
            elif kind in ("sequence", "choice"):
                self.particles(shape, part, low=1, high=1, choice=0)
            elif kind == "attribute":
                reference = part.get("ref")
                if reference is None or ":" not in reference:
                    continue
                shape["attributes"].append([reference, int(part.get("use") == "required")])
                attribute = self.dictionary.attributes[reference]
                self.attributes[reference] = self.of_simple(attribute.get("type"))
                if "PII" in (note.text or "" for note in attribute.iter(XSD + "appinfo")):
                    self.personal.add("@" + reference)

    def extend(self, shape: dict[str, Any], extension: Node, *, simple: bool) -> None:
        """Resolve an extension: first the base, then what is added."""
        base = extension.get("base")
        if base.startswith("tbl:"):
            shape["mixed"] = True  # OASIS tables stay as sent
        elif (
            simple
            and base in self.dictionary.types
            and self.dictionary.types[base].tag != XSD + "simpleType"
        ):
            self.fill(shape, self.dictionary.types[base])
        elif simple:
            shape["text"] = self.of_simple(base)
        else:
            self.fill(shape, self.dictionary.types[base])
        self.fill(shape, extension)

    def particles(
        self, shape: dict[str, Any], node: Node, *, low: int, high: int, choice: int
    ) -> None:
        """Flatten a sequence or choice into children in schema order."""
        own_low, own_high = bounds(node)
        high = UNBOUNDED if UNBOUNDED in (high, own_high) else high * own_high
        low *= own_low
        if node.tag == XSD + "choice":
            choice = shape["choices"] = shape.get("choices", 0) + 1
            low = 0
        for part in node.iterchildren(XSD + "element", XSD + "sequence", XSD + "choice"):
            if part.tag != XSD + "element":
                self.particles(shape, part, low=low, high=high, choice=choice)
                continue
            least, most = bounds(part)
            most = UNBOUNDED if UNBOUNDED in (high, most) else high * most
            shape["children"].append([part.get("ref"), low * least, most, choice])

    def of_simple(self, name: str) -> str:
        """The name of a simple type, its facets added when it is new."""
        if name.startswith("xsd:") or name in self.simple:
            return name
        facts: dict[str, Any] = {"bases": [], "codes": [], "patterns": []}
        self.simple[name] = facts
        self.facets(facts, self.dictionary.types[name])
        return name

    def facets(self, facts: dict[str, Any], node: Node) -> None:
        """Collect bases, codes and patterns of a simple type, unions resolved."""
        restriction, union = node.find(XSD + "restriction"), node.find(XSD + "union")
        if union is not None:
            for member in (union.get("memberTypes") or "").split():
                self.take(facts, member)
            for member in union.iterchildren(XSD + "simpleType"):
                self.facets(facts, member)
        elif restriction is not None:
            codes = [e.get("value") for e in restriction.iterchildren(XSD + "enumeration")]
            patterns = [e.get("value") for e in restriction.iterchildren(XSD + "pattern")]
            facts["codes"] += [code for code in codes if code not in facts["codes"]]
            facts["patterns"] += patterns
            for facet in ("length", "maxLength", "minInclusive", "maxInclusive"):
                for limit in restriction.iterchildren(XSD + facet):
                    facts[facet] = limit.get("value")
            if not codes and not patterns:
                self.take(facts, restriction.get("base"))

    def take(self, facts: dict[str, Any], name: str) -> None:
        """Add a base or a member of a union."""
        if name.startswith("xsd:"):
            facts["bases"] += [name] if name not in facts["bases"] else []
        else:
            self.facets(facts, self.dictionary.types[name])


def bounds(node: Node) -> tuple[int, int]:
    """How often a particle may occur."""
    most = node.get("maxOccurs", "1")
    return int(node.get("minOccurs", "1")), UNBOUNDED if most == "unbounded" else int(most)


def write(directory: Path, version: str, into: Path) -> Path:
    """Write the data file of one version."""
    dictionary = Dictionary(directory, version)
    model = Model(dictionary)
    for root in ROOTS:
        model.reach(root)
    data = {
        "version": version,
        "namespaces": dictionary.namespaces,
        "roots": ROOTS,
        "elements": dict(sorted(model.elements.items())),
        "attributes": dict(sorted(model.attributes.items())),
        "types": dict(sorted(model.types.items())),
        "simple": dict(sorted(model.simple.items())),
        "personal": sorted(model.personal),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    target = into / f"st96_{version.lower()}.json.gz"
    target.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    return target


def main() -> None:
    """Write the data file."""
    version = sys.argv[2] if len(sys.argv) > 2 else "V6_0"  # noqa: PLR2004
    target = write(Path(sys.argv[1]), version, DATA)
    print(f"{target.name}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
