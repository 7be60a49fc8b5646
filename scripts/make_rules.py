"""Writes the hub's catalogue of rules from the domain's: ``make_rules.py ../shared/design/rules.json``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

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

# What the hub says about itself: no office can cause or mend it.
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
]


def main(source: str) -> None:
    """Keep our fields of the domain's rules and add our own, sorted by id."""
    rules = [*json.loads(Path(source).read_text(encoding="utf-8")), *OWN]
    kept = sorted(
        ({name: rule[name] for name in FIELDS} for rule in rules), key=lambda rule: rule["id"]
    )
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
