"""``ipshare check``: what it is asked, and with which status it ends."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from ipshare.domain.office import Kind, Right
from ipshare.ingest import offline, offline_report
from ipshare.standards import schemas, st3

CLEAN, ERRORS, COULD_NOT_RUN = 0, 1, 2
FORMATS = ("text", "json", "csv")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ipshare check",
        description="Check a package, an XML file or a folder of them as the hub would; nothing is sent or kept.",
        epilog="Exit status: 0 no errors (warnings and notes may be), 1 errors found, 2 could not run.",
    )
    parser.add_argument(
        "path", type=Path, help="a .zip, .xml or .xml.gz, or a folder that holds them"
    )
    parser.add_argument(
        "--office", required=True, help="ST.3 code of the sending office, for example KH"
    )
    parser.add_argument("--right", required=True, choices=[right.value for right in Right])
    parser.add_argument(
        "--kind",
        default=Kind.FULL_EXTRACTION.value,
        choices=[kind.value for kind in Kind],
        help="the folder that it would be put into (default: %(default)s)",
    )
    parser.add_argument(
        "--today", type=date.fromisoformat, help="the date of checking, YYYY-MM-DD (default: today)"
    )
    parser.add_argument("--format", default="text", choices=FORMATS, help="default: %(default)s")
    parser.add_argument(
        "--schemas",
        type=Path,
        default=Path(os.environ.get("IPSHARE_DATA", "var/hub")) / "schemas",
        help="where XSD sets were installed (default: %(default)s); a version without a set is not validated",
    )
    return parser


def main(argv: list[str] | None = None) -> int:
    """The command; what it cannot do is said on standard error."""
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else COULD_NOT_RUN
    office = arguments.office.upper()
    if not st3.is_office(office):
        return _refuse(f"no office has the ST.3 code {arguments.office!r}; give one such as KH")
    if not arguments.path.exists():
        return _refuse(f"there is no file or folder {arguments.path}")
    items = offline.check_path(
        arguments.path,
        office=office,
        right=Right(arguments.right),
        kind=Kind(arguments.kind),
        today=arguments.today or datetime.now(UTC).date(),
        schemas_dir=arguments.schemas,
    )
    try:
        errors = offline_report.write(
            arguments.format,
            items,
            sys.stdout,
        )
    except BrokenPipeError:
        raise  # the reader of our output has seen enough; the entry point ends quietly
    except (OSError, schemas.SchemaSetError) as trouble:
        return _refuse(str(trouble))
    return ERRORS if errors else CLEAN


def _refuse(words: str) -> int:
    sys.stderr.write(f"ipshare check: {words}\n")
    return COULD_NOT_RUN
