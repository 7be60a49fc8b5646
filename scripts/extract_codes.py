"""Extracts the lists of offices, countries and languages from an official ST.96 XSD set.

Usage: python scripts/extract_codes.py DIRECTORY [VERSION]

Writes st3.tsv, countries.tsv and languages.tsv into src/ipshare/standards/data. What the standard lacks
(ISO 639-2 fil and tet, which offices of the region send) is added here and marked as ours.
"""

from __future__ import annotations

import sys
from pathlib import Path

from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}"
DATA = Path(__file__).parents[1] / "src" / "ipshare" / "standards" / "data"
LISTS = {
    "st3.tsv": {"current": "WIPOST3CodeType", "former": "WIPOFormerST3CodeType"},
    "countries.tsv": {"current": "ISOCountryCodeType", "former": "ISOFormerCountryCodeType"},
    "languages.tsv": {"current": "ISOLanguageCodeType", "former": "ISOFormerLanguageCodeType"},
}
OURS = {"languages.tsv": [("fil", "ours", "Filipino"), ("tet", "ours", "Tetum")]}


def codes(root: etree._Element, name: str) -> list[tuple[str, str]]:
    """The codes of a simple type with their meanings."""
    found = []
    for code in root.iterfind(f"{XSD}simpleType[@name='{name}']//{XSD}enumeration"):
        meaning = code.findtext(f"{XSD}annotation/{XSD}documentation") or ""
        found.append((str(code.get("value")), " ".join(meaning.split())))
    return found


def main() -> None:
    """Write the three lists."""
    version = sys.argv[2] if len(sys.argv) > 2 else "V6_0"  # noqa: PLR2004
    root = etree.parse(Path(sys.argv[1]) / f"Common_{version}.xsd").getroot()
    for file, kinds in LISTS.items():
        rows = [(c, kind, text) for kind, name in kinds.items() for c, text in codes(root, name)]
        rows += OURS.get(file, [])
        lines = ["code\tkind\tname", *("\t".join(row) for row in rows)]
        (DATA / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{file}: {len(rows)} codes")


if __name__ == "__main__":
    main()
