"""Writes the hub's rules and number forms from the domain's lists.

``python scripts/make_rules.py ../shared/design`` reads ``rules.json`` and ``number_forms.json`` there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOM = Path(__file__).parents[1] / "src/ipshare/check"
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


INTERNATIONAL = ("Madrid", "Hague", "IR number")
OF_THE_RIGHT_GRANTED = ("registration no.", "grant no.")


def write_rules(source: Path) -> None:
    """Keep our fields of the domain's rules and add our own, sorted by id."""
    rules = [*json.loads((source / "rules.json").read_text(encoding="utf-8")), *OWN]
    kept = sorted(({name: rule[name] for name in FIELDS} for rule in rules), key=lambda rule: rule["id"])
    ids = [rule["id"] for rule in kept]
    if len(ids) != len(set(ids)):
        sys.exit("a rule id occurs twice in the source")
    write(ROOM / "rules.json", kept)


def write_number_forms(source: Path) -> None:
    """Keep each form of a number with its pattern, and what kind of number it is."""
    forms = json.loads((source / "number_forms.json").read_text(encoding="utf-8"))
    kept = [
        {
            "office": form["office"],
            "right": form["right"],
            "form": form["form"],
            "pattern": form["pattern"],
            "kind": kind_of(form),
            "series": form["scope"],
            "source": form["source"],
        }
        for form in forms
    ]
    write(ROOM / "number_forms.json", kept)


def kind_of(form: dict[str, str]) -> str:
    """Whether a number is of an application, of a grant, or of an international registration."""
    if form["form"] in OF_THE_RIGHT_GRANTED:
        return "registration"
    international = any(word in form["form"] or word in form["scope"] for word in INTERNATIONAL)
    return "international" if international else "application"


def write(path: Path, lines: list[dict[str, object]]) -> None:
    """One JSON array, one object a line group, stable from run to run."""
    path.write_text(json.dumps(lines, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(lines)} entries written to {path.name}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python scripts/make_rules.py ../shared/design")
    write_rules(Path(sys.argv[1]))
    write_number_forms(Path(sys.argv[1]))
