"""One shard of an XML member read into records: parse, detect the format, validate, convert.

Trouble with the office's data is a Finding among the records. A Finding of the file (empty ``record``) says that the
shard, or what it names, was not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lxml import etree

from ipshare.domain import plural
from ipshare.domain.finding import Finding
from ipshare.domain.record import Record
from ipshare.parse import canonical, detect, findings, schema, xml
from ipshare.parse.cut import OnePass, Shard, Span, records_of
from ipshare.parse.detect import Format, Found
from ipshare.parse.limits import DEFAULT, Limits
from ipshare.parse.schema import Defects, SchemaFor
from ipshare.parse.st66 import convert as st66


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """A record whose bytes are those of an earlier submission; it was not parsed."""

    digest: bytes
    line: int


Item = Record | Finding | Same | OnePass


def read(
    shard: Shard,
    *,
    office: str,
    schema_for: SchemaFor | None = None,
    skip: AbstractSet[bytes] = frozenset(),
    limits: Limits = DEFAULT,
) -> Iterator[Item]:
    """The records of a shard and the findings about its form.

    Records whose bytes have a digest in ``skip`` are left out before parsing, as ``Same``. ``schema_for`` gives the
    schema of a version; without it nothing is validated. ``OnePass`` is the only item of a shard that does not parse
    on its own: its whole member must be read again through ``one_pass.shards``.
    """
    spans = records_of(shard)
    same = [span.digest in skip for span in spans]
    data = _without(shard.data, spans, same) if any(same) else shard.data
    root = xml.parse(data, file=shard.file, line=shard.line)
    if isinstance(root, Finding):
        yield root if shard.whole or shard.proven else OnePass(file=shard.file)
        return
    found = detect.records(root)
    if any(same) and len(found) != len(spans):
        yield from read(shard, office=office, schema_for=schema_for, limits=limits)
        return
    if not found and (spans or (shard.whole and not detect.is_known(root))):
        yield findings.unknown_root(
            shard.file, detect.shown(root), shard.line - 1 + detect.line_of(root)
        )
        return
    yield from _outside(root, found, shard)
    kept, holders = spans, detect.around(found)
    versions = {one.version for one in found}
    if any(same):
        yield from _same(shard, spans, skip)
        found, kept = _left(found, same), [span for span in spans if span.digest not in skip]
    sources = [span.digest for span in kept] if len(kept) == len(found) else [b""] * len(found)
    converted = st66.convert(found) if any(one.format is Format.ST66 for one in found) else None
    found = converted.records if converted else found
    holders |= detect.around(found)
    defects = Defects(most=limits.findings)
    large = schema.beyond(root, limits) if len(shard.data) > 2 * limits.shard else ""
    if schema_for and large:
        yield findings.not_validated(shard.file, shard.line, large)
    elif schema_for:
        _validate(found, versions, schema_for, defects, whole=root)
    if converted:
        converted.add_residue()
    # What is wrong with an element that holds records may come of what was left out, or of where the file was cut.
    in_doubt = set() if shard.whole and not any(same) else holders
    yield from _around(defects, in_doubt, shard)
    yield from _convert(found, sources, defects, shard, office)


def _without(data: bytes, spans: Sequence[Span], same: Sequence[bool]) -> bytes:
    """The data with an empty element for each record to skip; newlines stay, so that lines keep their numbers."""
    parts, at = [], 0
    for span, skipped in zip(spans, same, strict=True):
        if skipped:
            name = data[span.start : span.end].split(None, 1)[0].strip(b"</>").split(b">", 1)[0]
            newlines = b"\n" * data.count(b"\n", span.start, span.end)
            parts += [data[at : span.start], b"<", name, b"/>", newlines]
            at = span.end
    return b"".join([*parts, data[at:]])


def _left(found: list[Found], same: Sequence[bool]) -> list[Found]:
    """The records to read; the empty elements that stood for the others leave the tree."""
    left = []
    for one, skipped in zip(found, same, strict=True):
        parent = one.element.getparent()
        if not skipped:
            left.append(one)
        elif parent is not None:
            parent.remove(one.element)
    return left


def _same(shard: Shard, spans: Sequence[Span], skip: AbstractSet[bytes]) -> Iterator[Same]:
    line, at = shard.line, 0
    for span in spans:
        line += shard.data.count(b"\n", at, span.start)
        at = span.start
        if span.digest in skip:
            yield Same(digest=span.digest, line=line)


def _outside(root: etree._Element, found: list[Found], shard: Shard) -> Iterator[Finding]:
    """One finding for each kind of element that belongs to no record."""
    seen = set()
    for element in detect.unread(root, found):
        name = detect.local(element)
        if name not in seen:
            seen.add(name)
            yield findings.outside(shard.file, shard.line - 1 + detect.line_of(element), name)


def _validate(
    found: list[Found],
    versions: set[str],
    schema_for: SchemaFor,
    defects: Defects,
    *,
    whole: etree._Element,
) -> None:
    """Add the schema errors of whole documents of one version, or of each record where its wrapper has no schema."""
    records = {one.element for one in found}
    roots = dict.fromkeys(one.element.getroottree().getroot() for one in found) or {whole: None}
    for root in roots:
        within = [one for one in found if one.element.getroottree().getroot() is root]
        validator = (
            schema_for(next(iter(versions)), detect.local(root)) if len(versions) == 1 else None
        )
        if validator:
            of_root = Defects(most=defects.most)
            of_root.find(root, validator, records)
            around = [defect for defect in of_root.told if defect.record is None]
            defects.add(Defects(most=defects.most, told=around) if around else of_root)
            if not around:
                continue
            # Behind what it does not expect libxml2 looks at nothing of the same parent any more.
        for one in within:
            alone = validator or schema_for(one.version, detect.local(one.element))
            if alone:
                defects.find(one.element, alone, records)


def _around(
    defects: Defects, in_doubt: AbstractSet[etree._Element], shard: Shard
) -> Iterator[Finding]:
    for defect in defects.told:
        if defect.record is None and defect.element not in in_doubt:
            yield _finding(defect, "", shard)


def _convert(
    found: list[Found], sources: list[bytes], defects: Defects, shard: Shard, office: str
) -> Iterator[Record | Finding]:
    of_record: dict[etree._Element | None, list[schema.Defect]] = {}
    for defect in defects.told:
        of_record.setdefault(defect.record, []).append(defect)
    for one, source in zip(found, sources, strict=True):
        line = shard.line - 1 + detect.line_of(one.element)
        record = canonical.convert(
            one.element,
            right=one.right,
            office=office,
            file=shard.file,
            line=line,
            source=source or b"",
        )
        for defect in of_record.get(one.element, []):
            yield _finding(defect, record.number, shard)
        yield record
    if defects.more:
        rest = plural.counted(defects.more, "more schema error")
        message = f"{rest} in this part of the file"
        yield findings.schema(
            record="", path="", value="", message=message, place=(shard.file, shard.line)
        )


def _finding(defect: schema.Defect, record: str, shard: Shard) -> Finding:
    return findings.schema(
        record=record,
        path=defect.path,
        value=defect.value,
        message=defect.message,
        place=(shard.file, shard.line - 1 + defect.line),
    )
