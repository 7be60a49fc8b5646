"""The findings about an XML file as a file: PKG-005, PKG-006, PKG-007, PKG-015 and PKG-018."""

from __future__ import annotations

from functools import partial

from ipshare.domain.finding import Effect, Finding, Severity

ACCEPTED = (
    "ST.96 (TrademarkApplication, DesignApplication, PatentPublication or BibliographicData, or a bag or transaction "
    "of these) or ST.66 V1.1 (Transaction)"
)

_ERROR = partial(
    Finding, severity=Severity.ERROR, effect=Effect.WITHHOLD, record="", path="file", proposed=""
)
_WARNING = partial(Finding, severity=Severity.WARNING, effect=Effect.FLAG, record="", proposed="")


def malformed(file: str, line: int, reason: str, *, around: str = "") -> Finding:
    """PKG-005: not well-formed XML, or beyond the limits of what is read."""
    message = (
        f"File {file}, line {line}: not well-formed ({reason}). "
        "Correct the export (usually an unescaped & or < or a control character)."
    )
    return _ERROR(rule="PKG-005", value=around[:200], message=message, file=file, line=line)


def oversized(file: str, line: int, what: str, limit: int) -> Finding:
    """PKG-005: something is larger than anything the standard needs."""
    message = (
        f"File {file}, line {line}: {what} is larger than {limit >> 20} MiB and was not read. "
        "Correct the export; send images and long documents as files beside the XML."
    )
    return _ERROR(rule="PKG-005", value=what, message=message, file=file, line=line)


def unknown_root(file: str, root: str, line: int) -> Finding:
    """PKG-006: a root element that no reader takes."""
    message = f"File {file}: element {root} holds no record that the hub reads. Send {ACCEPTED}."
    return _ERROR(
        rule="PKG-006", path="root", value=root[:200], message=message, file=file, line=line
    )


def misencoded(file: str, line: int, declared: str, actual: str, *, around: str = "") -> Finding:
    """PKG-015: the bytes are not the UTF-8 that they should be."""
    message = f"File {file} is declared {declared} but contains {actual} bytes. Export as UTF-8 and declare UTF-8."
    return _ERROR(
        rule="PKG-015", value=(around or actual)[:200], message=message, file=file, line=line
    )


def doctype(file: str, line: int, declaration: str) -> Finding:
    """PKG-018: a document type declaration."""
    message = f"External entities are not allowed: file {file} holds a DOCTYPE. Remove the DOCTYPE."
    return _ERROR(rule="PKG-018", value=declaration[:200], message=message, file=file, line=line)


def outside(file: str, line: int, element: str) -> Finding:
    """PKG-007: content that stands beside the records and belongs to none."""
    message = (
        f"Element {element} stands outside any record and was not loaded. "
        "Send it inside the record that it belongs to."
    )
    return _WARNING(
        rule="PKG-007", path=element, value=element[:200], message=message, file=file, line=line
    )


def schema(*, record: str, path: str, value: str, message: str, place: tuple[str, int]) -> Finding:
    """PKG-006: an element breaks the schema that its record declares. It never withholds (decision 0004)."""
    file, line = place
    return Finding(
        rule="PKG-006",
        severity=Severity.ERROR,
        effect=Effect.FLAG,
        record=record,
        path=path,
        value=value[:200],
        proposed="",
        message=f'The schema rule "{message}" is broken. Correct the mapping in the export; do not change the schema.',
        file=file,
        line=line,
    )


def not_validated(file: str, line: int, why: str) -> Finding:
    """PKG-006: part of a file is too large to be held against its schema."""
    message = f"From line {line} on, {why}: this part was read, but not checked against its schema."
    return _WARNING(rule="PKG-006", path="file", value="", message=message, file=file, line=line)
