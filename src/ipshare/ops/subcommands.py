"""How a command is added to the command line: its name, its help, and the function that does the work."""

from __future__ import annotations

import argparse
from typing import Any

Subparsers = Any  # argparse names this type only privately


def add(commands: Subparsers, name: str, run: str, words: str, more: str = "") -> Any:
    """A command with its help; ``run`` names its function, ``more`` follows the first sentence of the help."""
    added = commands.add_parser(
        name,
        help=words,
        description=f"{words[0].upper()}{words[1:]}. {more}".strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    added.set_defaults(run=run, setup="database")
    return added


def group(commands: Subparsers, name: str, words: str) -> Subparsers:
    """A command that has commands below it."""
    group = commands.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
    return group.add_subparsers(dest="action", metavar="ACTION", required=True)
