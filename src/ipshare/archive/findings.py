"""The findings about a package as a file: PKG-002, PKG-003, PKG-004, PKG-007, PKG-008, PKG-014 and PKG-019."""

from __future__ import annotations

from collections.abc import Sequence

from ipshare.domain import plural
from ipshare.domain.finding import Effect, Finding, Severity

AGAIN = "Make the archive again and send it."
PLAIN = "Make the archive again with an ordinary zip program."
RELATIVE = "Make the archive again with relative paths and plain names."
OWN_NAME = "Give each entry a name of its own."
EXPORT = "Export the register as ST.96 or ST.66; send the XML as it is, gzipped, or in a zip."
MOST_NAMED = 5
"""Files that a finding names one by one."""


def unreadable(file: str, reason: str, *, value: str = "", remedy: str = AGAIN) -> Finding:
    """PKG-002: the package cannot be opened to its end, or is no package at all."""
    message = f"The package cannot be opened ({reason}). Nothing was loaded. {remedy}"
    return _finding("PKG-002", Effect.REFUSE, file, value or file, message)


def unsafe(file: str, entry: str, reason: str, *, remedy: str = PLAIN) -> Finding:
    """PKG-014: an entry that is dangerous, or that two programs would read differently."""
    message = f"Unsafe archive entry {entry}: {reason}. Nothing was loaded. {remedy}"
    return _finding("PKG-014", Effect.REFUSE, file, entry, message)


def no_record(file: str, found: Sequence[str]) -> Finding:
    """PKG-019: nothing in the package is a record that the hub reads; ``found`` says what is there instead."""
    some = ", ".join(found[:MOST_NAMED])
    rest = len(found) - MOST_NAMED
    more = f" and {plural.counted(rest, 'other file')}" if rest > 0 else ""
    message = (
        f"The package holds no record that the hub reads; what it found instead: {some}{more}."
        f" Nothing was loaded. {EXPORT}"
    )
    return _finding("PKG-019", Effect.REFUSE, file, some + more, message)


def not_as_announced(file: str, missing: int, unannounced: int, example: str) -> Finding:
    """PKG-003: the manifest and the package do not name the same files."""
    message = (
        f"{plural.counted(missing, 'file')} announced but not found; {plural.counted(unannounced, 'file')} found"
        f" but not announced (first: {example}). "
        "Regenerate the manifest after the last file is written."
    )
    return _finding("PKG-003", Effect.WITHHOLD, file, example, message)


def altered(file: str, entry: str, reason: str) -> Finding:
    """PKG-004: a file is not the one that the manifest describes."""
    message = f"File {entry} was altered or cut in transfer: {reason}. Upload the file again."
    return _finding("PKG-004", Effect.WITHHOLD, file, entry, message)


def miscounted(file: str, entry: str, announced: int, found: int) -> Finding:
    """PKG-008: the manifest announces another number of records."""
    where = f"{entry} contains" if entry else "package contains"
    said = plural.counted(announced, "record")
    message = f"Manifest says {said}, {where} {found}. Check whether the extraction stopped early."
    return _finding("PKG-008", Effect.WITHHOLD, file, entry or file, message)


def unread(file: str, entry: str) -> Finding:
    """PKG-007: a file of a kind that the hub does not read."""
    message = (
        f"File {entry} is of no format that the hub reads; it was kept, not loaded. "
        "Send records as .xml, images as JPEG, PNG, GIF, TIFF or SVG, withdrawn numbers as withdrawn.txt."
    )
    return _finding("PKG-007", Effect.FLAG, file, entry, message)


def manifest_unread(file: str, reason: str) -> Finding:
    """PKG-003: the manifest itself cannot be read."""
    message = f"The manifest {file} cannot be read ({reason}). Write it as docs/formats.md describes, or leave it out."
    return _finding("PKG-003", Effect.WITHHOLD, file, file, message)


def _finding(rule: str, effect: Effect, file: str, value: str, message: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.WARNING if effect is Effect.FLAG else Severity.ERROR,
        effect=effect,
        record="",
        path="PKG manifest" if rule in {"PKG-003", "PKG-004", "PKG-008"} else "PKG",
        value=value[:200],
        proposed="",
        message=message,
        file=file,
        line=0,
    )
