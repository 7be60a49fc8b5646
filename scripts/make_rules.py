"""Writes the hub's catalogue of rules from the domain's: ``make_rules.py ../shared/design/rules.json``."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).parents[1] / "src/ipshare/check/rules.json"
FIELDS = (
    "id",
    "rights",
    "dimension",
    "severity",
    "effect",
    "path",
    "inid",
    "message",
    "correction",
    "condition",
)

# What the hub adds: about itself, which no office can cause or mend, and about packages.
OWN = [
    {
        "id": "HUB-001",
        "rights": ["trademark", "patent", "design"],
        "dimension": "integrity",
        "severity": "error",
        "effect": "flag",
        "path": "",
        "inid": "",
        "message": "Our checker failed on record {no} in rule {x}: the record is not checked completely.",
        "correction": "Nothing to do for the office: the hub operator mends the rule and checks again.",
        "condition": "A rule of the hub raised an exception. The record never counts as valid.",
    },
    {
        "id": "PKG-019",
        "rights": ["trademark", "patent", "design"],
        "dimension": "integrity",
        "severity": "error",
        "effect": "refuse submission",
        "path": "PKG",
        "inid": "",
        "message": "The package holds no record that the hub reads; what it found instead: {x}.",
        "correction": "Export the register as ST.96 or ST.66; send the XML as it is, gzipped, or in a zip.",
        "condition": "A package without a record, a list of withdrawn numbers, a picture, or an empty transaction of a"
        " format that is read.",
    },
]

# What a finding of one record says, where the domain's words are those of a sum over records or do not say why.
WORDED = {
    "NUM-009": {
        "message": "{no} appears {n} times with different data. What differs: {g}.",
    },
    "PKG-002": {"correction": "Make the archive again and send it."},
    "PKG-010": {"message": "This record is a {x}, the package is declared as {y}."},
    "PKG-014": {
        "correction": "Make the archive again with an ordinary zip program: relative paths, no links, each entry with a"
        " name of its own.",
    },
    "PKG-017": {
        "message": "Extraction time {t} is impossible: {why}.",
        "correction": "Check the date in the file name; else server clock and time zone (UTC offset +07/+08).",
    },
    "TMK-021": {
        "message": "A mark of type {x} has no Vienna code.",
        "correction": "Classify the figure by Vienna, or send the code if it is on file.",
    },
    "TXT-005": {
        "message": "This text is UTF-8 that was read as another encoding ({encoding}).",
        "correction": "Send the proposed text; set database connection and file encoding of the export to UTF-8.",
    },
}

# What is counted, as several and as one: {n} texts contain -> {n|text contains|texts contain}.
COUNTED = {
    "addresses empty": "address empty", "applications": "application", "bytes": "byte", "cases": "case",
    "characters were": "character was", "characters": "character", "claims": "claim", "classes": "class",
    "days": "day", "delivered records are": "delivered record is", "designs": "design",
    "documents": "document", "drawings": "drawing", "events have": "event has",
    "exact duplicates": "exact duplicate", "files": "file",
    "foreign-language marks have": "foreign-language mark has", "grants have": "grant has",
    "images are": "image is", "images belong": "image belongs", "images": "image", "months": "month",
    "names have": "name has", "non-Latin marks have": "non-Latin mark has",
    "numbers of your authority file are": "number of your authority file is", "numbers": "number",
    "placeholder values": "placeholder value", "private-use characters": "private-use character",
    "published applications": "published application", "published records have": "published record has",
    "recent records are": "recent record is", "records are": "record is", "records break": "record breaks",
    "records fewer": "record fewer", "records were": "record was", "records": "record",
    "texts contain": "text contains", "texts end": "text ends", "texts have": "text has", "times": "time",
    "translations equal": "translation equals", "updates concern": "update concerns", "views": "view",
    "years": "year",
}  # fmt: skip
_COUNT = re.compile(
    rf"\{{(n|m|a|b|t|len)\}} ({'|'.join(sorted(COUNTED, key=len, reverse=True))})\b"
)


def worded(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule in the hub's words: what it counts as one and as several."""
    rule = rule | WORDED.get(rule["id"], {})
    message = _COUNT.sub(
        lambda found: f"{{{found[1]}|{COUNTED[found[2]]}|{found[2]}}}", rule["message"]
    )
    return {name: rule[name] for name in FIELDS} | {"message": message}


def main(source: str) -> None:
    """Keep our fields of the domain's rules and add our own, sorted by id."""
    rules = [*json.loads(Path(source).read_text(encoding="utf-8")), *OWN]
    kept = sorted(map(worded, rules), key=lambda rule: rule["id"])
    ids = [rule["id"] for rule in kept]
    if len(ids) != len(set(ids)):
        sys.exit("a rule id occurs twice in the source")
    CATALOGUE.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(kept)} rules written to {CATALOGUE.name}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except TypeError:
        sys.exit("usage: python scripts/make_rules.py ../shared/design/rules.json")
