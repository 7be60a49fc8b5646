"""What is in the code stands in the documents, and what the documents name is there."""

from __future__ import annotations

import argparse
import ast
import re
from pathlib import Path

import pytest

from ipshare.ops import commands
from ipshare.store.audit import EVENTS

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
SOURCES = sorted((ROOT / "src").rglob("*.py"))


def settings_read():
    """Every variable that the code reads, by its calls: env.text("NAME"), environ["NAME"], .get("NAME")."""
    found = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if re.fullmatch(r"IPSHARE_[A-Z_]+|DATABASE_URL", node.value):
                    found.add(node.value)
            elif isinstance(node, ast.keyword) and (node.arg or "").startswith("IPSHARE_"):
                found.add(node.arg)
    return found


def test_every_setting_is_documented_and_every_documented_setting_is_read():
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`(IPSHARE_[A-Z_]+|DATABASE_URL)`", page))
    assert settings_read() == documented


def test_every_audit_event_is_documented():
    page = (ROOT / "docs" / "audit-events.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z.-]+)` \|", page, re.MULTILINE)) == set(EVENTS)


def test_only_events_of_the_catalogue_are_written():
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = node.func.value
            if node.func.attr == "write" and isinstance(owner, ast.Name) and owner.id == "audit":
                name = node.args[0]
                if isinstance(name, ast.Constant):
                    assert name.value in EVENTS, f"{source}: {name.value}"


def every_command():
    def walk(parser, words):
        groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
        for group in groups:
            for name, sub in group.choices.items():
                yield from walk(sub, (*words, name))
        if not groups:
            yield " ".join(words)

    return set(walk(commands.parser(), ()))


def test_every_command_is_documented():
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## ipshare (.+)$", page, re.MULTILINE)) == every_command()


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_a_page_names_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    known = {words.split()[0] for words in every_command()}
    for line in re.findall(r"(?:`|^(?:\.venv/bin/)?)ipshare ([a-z]+)", text, re.MULTILINE):
        assert line in known, f"{name} names ipshare {line}"


def links(name):
    """The pages, folders and files that a page leads to, each with the anchor in it."""
    text = re.sub(
        r"^```.*?^```",
        "",
        (ROOT / name).read_text(encoding="utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            yield ((ROOT / name).parent / target).resolve() if target else ROOT / name, anchor


def anchors(page):
    """What can stand behind the # of a link to the page: its headings, as they are shown on the web."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_page_leads_somewhere(name):
    for target, anchor in links(name):
        assert target.exists(), f"{name} links to {target}"
        assert not anchor or anchor in anchors(target), f"{name} links to #{anchor} of {target}"


def test_every_page_and_picture_can_be_reached_from_the_readme():
    reached, next_ones = set(), {ROOT / "README.md"}
    while next_ones:
        reached |= next_ones
        pages = [page for page in next_ones if page.suffix == ".md"]
        led_to = {
            target for page in pages for target, _ in links(page.relative_to(ROOT).as_posix())
        }
        next_ones = led_to - reached
    kept = [page for page in (ROOT / "docs").rglob("*") if page.suffix in {".md", ".png"}]
    # the folder of decisions is its own index
    unreached = {page for page in kept if not {page, page.parent} & reached}
    assert not unreached


@pytest.mark.parametrize("name", NAMES)
def test_every_module_and_function_that_a_page_names_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    named = r"`([a-z][\w/]*/\w+\.(?:py|json|tsv))(?:: (\w+)\(\))?`"
    for file, function in re.findall(named, text):
        if file.startswith("var/"):
            continue
        found = [place for place in (ROOT / file, ROOT / "src/ipshare" / file) if place.exists()]
        assert found, f"{name} names {file}"
        assert not function or f"def {function}(" in found[0].read_text(), f"{name}: {function}()"


def test_every_decision_has_a_number_of_its_own():
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]
    for page in pages:
        assert page.read_text(encoding="utf-8").startswith(f"# {page.name[:4]}"), page


@pytest.mark.parametrize("name", NAMES)
def test_no_page_is_endless(name):
    if "made by scripts" not in (text := (ROOT / name).read_text(encoding="utf-8"))[:600]:
        assert len(text.splitlines()) <= 500


def test_every_make_target_that_a_page_names_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(), re.MULTILINE):
            assert target in targets, f"{page} names make {target}"
