"""The generated files are those that their scripts would write today."""

from __future__ import annotations

import ast
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOMAIN = ROOT / "../shared/design/rules.json"


def test_the_page_of_rules_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/rules_page.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_says_of_each_rule_whether_it_runs() -> None:
    """The rules of which the hub writes findings are those that the page says run."""
    script = runpy.run_path(str(ROOT / "scripts/rules_page.py"))
    rules = script["registered"]()
    said = {
        one: script["runs"](entry, rules)
        for one, entry in script["CATALOGUE"].items()
        if one[:3] in {"PKG", "NUM", "IMG", "HUB"}
    }
    named = set()
    for module in (ROOT / "src/ipshare").rglob("*.py"):
        if "sample" not in module.parts:
            for node in ast.walk(ast.parse(module.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and re.fullmatch(
                    "(PKG|NUM|IMG|HUB)-[0-9]{3}", str(node.value)
                ):
                    named.add(node.value)
    assert {one for one, where in said.items() if where} == named


def test_the_catalogue_is_the_domains() -> None:
    if not DOMAIN.is_file():
        pytest.skip("the domain's list of rules (../shared/design/rules.json) is not here")
    script = runpy.run_path(str(ROOT / "scripts/make_rules.py"))
    wanted = {rule["id"]: script["worded"](rule) for rule in json.loads(DOMAIN.read_text("utf-8"))}
    ours = {
        rule["id"]: rule
        for rule in json.loads((ROOT / "src/ipshare/check/rules.json").read_text("utf-8"))
    }
    assert set(ours) - set(wanted) == {"HUB-001", "PKG-019"}
    for rule_id, rule in wanted.items():
        assert ours[rule_id] == rule
