"""Writes src/ipshare/standards/data/number_forms.json from the table of number forms.

Usage: python scripts/make_numbers.py NUMBER_FORMS_JSON

Each form's examples must match its pattern. What is from memory stays marked: ``unconfirmed``.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src/ipshare/standards/data/number_forms.json"
NOT_APPLICATIONS = ("registration no.", "grant no.")


def main() -> None:
    """Write the data file, one form a line."""
    forms = []
    for row in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
        wrong = [text for text in row["examples"] if not re.fullmatch(row["pattern"], text)]
        if wrong:
            sys.exit(f"{row['office']} {row['form']}: {wrong} do not match {row['pattern']}")
        forms.append(
            {
                "office": row["office"],
                "right": None if row["right"] == "ALL" else row["right"],
                "form": row["form"],
                "pattern": row["pattern"],
                "examples": row["examples"],
                "series": row["scope"],
                "source": row["source"],
                "unconfirmed": bool(re.search(r"\bM\b|made up", row["source"])),
                "registration": row["form"] in NOT_APPLICATIONS,
                "check_letter": "check letter" in row["scope"],
            }
        )
    lines = ",\n".join(json.dumps(form, ensure_ascii=False) for form in forms)
    TARGET.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(
        f"{len(forms)} number forms, {sum(bool(form['unconfirmed']) for form in forms)} unconfirmed"
    )


if __name__ == "__main__":
    main()
