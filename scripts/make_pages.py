"""Writes the generated pages docs/audit-events.md and docs/commands.md; with --check only compares them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
MADE = "<!-- made by scripts/make_pages.py; edit the source, not this page -->\n"


def audit_events() -> str:
    """The catalogue of audit events."""
    os.environ.setdefault("IPSHARE_DATA", "var/check")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ipshare.config.settings")
    import django  # noqa: PLC0415

    django.setup()
    from ipshare.store.audit import EVENTS  # noqa: PLC0415

    rows = [f"| `{name}` | {when} |" for name, when in sorted(EVENTS.items())]
    head = [
        "# Audit events",
        "",
        MADE,
        "What is done, and by whom, is written in the same transaction as the deed: office, actor, subject,",
        "time, and the details that the event names. An office sees its own events, a hub operator all.",
        "",
        "| event | written when |",
        "|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def command_pages() -> str:
    """Every command with its arguments."""
    from ipshare.ops import commands  # noqa: PLC0415

    parts = [
        "# Commands",
        "",
        MADE,
        "One entry point: `ipshare COMMAND`, or `python -m ipshare COMMAND`. Before the command may stand:",
        "",
    ]
    for option in commands.parser()._actions[1:]:  # noqa: SLF001 (the first is --help)
        if option.option_strings:
            value = f" {option.metavar}" if option.metavar else ""
            parts.append(f"- `{option.option_strings[0]}{value}`: {option.help}")
    for words, parser, summary in _leaves(commands.parser(), (), ""):
        parts += ["", f"## ipshare {' '.join(words)}", ""]
        if words[0] in commands.PASSED_ON:
            said = f"{summary[0].upper()}{summary[1:]}. `ipshare {words[0]} --help` tells more."
            parts.append(said)
        else:
            parts += [parser.description or "", *_arguments(parser)]
    return "\n".join(parts) + "\n"


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    for place, action in enumerate(parser._actions[1:]):  # noqa: SLF001 (the first is --help)
        name = ", ".join(action.option_strings) or str(action.metavar or action.dest)
        value = action.metavar or action.dest.upper().replace("_", "-")
        if action.choices:
            value = "|".join(action.choices)
        takes = f" {value}" if action.option_strings and action.nargs != 0 else ""
        needed = " (required)" if action.option_strings and action.required else ""
        told = f"{needed}: {action.help % {}}" if action.help else needed
        yield from [""] if place == 0 else []
        yield f"- `{name}{takes}`{told}"


def _leaves(
    parser: argparse.ArgumentParser, words: tuple[str, ...], summary: str
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser, str]]:
    groups: list[Any] = [a for a in parser._actions if isinstance(a.choices, dict)]  # noqa: SLF001
    for group in groups:
        told = {choice.dest: choice.help for choice in group._choices_actions}  # noqa: SLF001
        for name, sub in group.choices.items():
            yield from _leaves(sub, (*words, name), told.get(name) or "")
    if not groups:
        yield words, parser, summary


def main() -> int:
    """Write the pages, or say which differs."""
    compare = "--check" in sys.argv[1:]
    pages = {"audit-events.md": audit_events(), "commands.md": command_pages()}
    differing = 0
    for name, content in pages.items():
        page = DOCS / name
        if not compare:
            page.write_text(content, encoding="utf-8")
        elif not page.exists() or page.read_text(encoding="utf-8") != content:
            print(f"docs/{name} is not up to date: run scripts/make_pages.py")
            differing = 1
    return differing


if __name__ == "__main__":
    sys.exit(main())
