"""What the shards of a submission leave for the merge: rows by COPY into the submission's own stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection
from msgspec import Struct

from ipshare.domain.facets import NO_FACETS, Facets
from ipshare.domain.finding import Finding
from ipshare.domain.group import ElementGroup, mask
from ipshare.domain.record import Record
from ipshare.store import columns


class Staged(StrEnum):
    """What is to happen to a staged record."""

    PUT = "put"
    WITHDRAW = "withdraw"
    SAME = "same"  # the bytes are those of an earlier submission: nothing was parsed
    WITHHELD = "withheld"  # a defect of its identity: the registry keeps what it holds


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFile:
    """An image as it lies in a stored package: ``stored_size`` bytes from ``place`` of ``object``.

    ``method`` is the zip method (0 stored, 8 deflated); ``digest`` is of the image's own bytes; pixels
    are None where the format does not tell.
    """

    name: str
    object: str
    place: int
    stored_size: int
    size: int
    method: int
    digest: bytes
    format: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the registry holds under a source digest: whose number it is, who checked it, what that found.

    ``line`` is where the record began in the file that was checked; None where nothing was found.
    """

    number: str
    checked_by: int
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """A record whose bytes are those held, and the line where it begins now."""

    held: Held
    line: int


AT_ONCE = 2_000
"""Rows of a stage that are fetched at once."""
FINDING = "record, rule, severity, effect, withholds, path, value, proposed, message, file, line"
_BITS = [(group, group.bit) for group in ElementGroup]
_BOOLEANS = {True: b"t", False: b"f"}
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value: str) -> bytes:
    return value.translate(_ESCAPES).replace("\0", "\N{REPLACEMENT CHARACTER}").encode()


def _array(values: Iterable[str]) -> bytes:
    quoted = ('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return _text("{" + ",".join(quoted) + "}")


class Row(Struct, frozen=True, kw_only=True):
    """A checked record on its way to the stage.

    ``digests`` has one per group with content: of what someone who sees the group gets, so that a change of
    another group never shows as a change of this one. ``withheld`` is the mask of the groups kept back;
    ``source`` is the digest of the bytes received, in their context;
    ``facts`` is what the package as a whole is compared by; ``facets`` what filters look at; ``lacks`` the mask of
    the mandatory elements that it was sent without.
    """

    record: Record
    digests: Mapping[ElementGroup, bytes]
    withheld: int
    recheck_on: date | None
    source: bytes
    facts: bytes = b""
    facets: Facets = NO_FACETS
    lacks: int = 0


def record_row(row: Row, *, shard: int, place: int) -> bytes:
    """One line of COPY text for a checked record."""
    record, withheld = row.record, row.withheld
    operation = Staged(record.operation.value)
    if withheld & ElementGroup.IDENTITY.bit:
        operation = Staged.WITHHELD
    put = operation is Staged.PUT
    fields = [
        b"%d\t%d" % (shard, place),
        _text(record.number),
        operation.encode(),
        b"\\\\x" + row.source.hex().encode(),
        row.recheck_on.isoformat().encode() if row.recheck_on else b"\\N",
        _array(record.images),
        b"\\\\x" + row.facts.hex().encode(),
        b"\\\\x" + record.joints.hex().encode(),
        *_facets(row),
        b"%d" % row.lacks,
    ]
    documents, digests = [], []
    for group, bit in _BITS:
        document = record.documents.get(group) if put and not withheld & bit else None
        documents.append(document.replace(b"\\", b"\\\\") if document else b"\\N")
        if put and withheld & bit:
            digests.append(b"\\N")
        else:
            digests.append(b"\\\\x" + row.digests[group].hex().encode() if document else b"\\\\x")
    return b"\t".join([*fields, *documents, *digests]) + b"\n"


def _facets(row: Row) -> Iterator[bytes]:
    facets = row.facets
    yield facets.filed.isoformat().encode() if facets.filed else b"\\N"
    yield facets.registered.isoformat().encode() if facets.registered else b"\\N"
    kept_back = facets.is_published is None or row.withheld & ElementGroup.PUBLICATION.bit
    yield b"\\N" if kept_back else _BOOLEANS[bool(facets.is_published)]
    yield _BOOLEANS[facets.is_registered]
    yield _BOOLEANS[facets.is_international]
    yield _BOOLEANS[facets.has_errors]


def same_row(number: str, source: bytes, *, shard: int, place: int) -> bytes:
    """One line of COPY text for a record whose bytes are those already held."""
    blank = b"\t".join([b"\\N"] * (len(columns.FACETS_STAGED) + 1 + 2 * len(ElementGroup)))
    return b"%d\t%d\t%s\tsame\t\\\\x%s\t\\N\t{}\t\\\\x\t\\\\x\t%s\n" % (
        shard,
        place,
        _text(number),
        source.hex().encode(),
        blank,
    )


def finding_row(finding: Finding, *, submission: int, shard: int | None) -> bytes:
    """One line of COPY text for a finding."""
    texts = (
        finding.record,
        finding.rule,
        finding.severity.value,
        finding.effect.value,
        str(mask(finding.withholds)),
        finding.path,
        finding.value,
        finding.proposed,
        finding.message,
        finding.file,
        str(finding.line),
    )
    place = b"\\N" if shard is None else b"%d" % shard
    return b"%d\t%s\t" % (submission, place) + b"\t".join(map(_text, texts)) + b"\n"


def create(submission: int) -> None:
    """Make the stage of a submission, where it is not there yet."""
    with connection.cursor() as cursor:
        cursor.execute(columns.create_stage(submission))


def drop(submission: int) -> None:
    """Remove the stage of a submission."""
    with connection.cursor() as cursor:
        cursor.execute(columns.drop_stage(submission))


def drop_shards(submission: int, shards: list[int]) -> None:
    """Remove what the jobs of some shards left: their rows and their findings."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM stage_record_{submission} WHERE shard = ANY(%s)", [shards])
        cursor.execute(
            "DELETE FROM store_finding WHERE submission_id = %s AND shard = ANY(%s)",
            [submission, shards],
        )


def copy_records(submission: int, rows: Iterable[bytes]) -> None:
    """COPY rows of ``record_row`` and ``same_row`` into the stage."""
    _copy(f"COPY stage_record_{submission} ({columns.STAGE_COPY}) FROM STDIN", rows)


def copy_findings(rows: Iterable[bytes]) -> None:
    """COPY rows of ``finding_row``."""
    _copy(f"COPY store_finding (submission_id, shard, {FINDING}) FROM STDIN", rows)


def copy_images(submission: int, images: Iterable[ImageFile]) -> None:
    """COPY the images of a package into the stage."""
    names = ", ".join(columns.IMAGE)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY stage_image_{submission} ({names}) FROM STDIN") as copy,
    ):
        for image in images:
            copy.write_row([getattr(image, name) for name in columns.IMAGE])


def _copy(statement: str, rows: Iterable[bytes]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write(row)


def held_sources(
    office: str, right: str, sources: list[bytes], *, rules: str, today: date
) -> dict[bytes, Held]:
    """Which of these source digests the registry holds, checked by these rules and not due again.

    Left out are records whose findings cannot be told again: of numbers that came twice in their file, and those with
    schema findings alone, whose lines say nothing about where the record began.
    """
    statement = """
        SELECT r.source, r.number, r.checked_by, f.line FROM record r
        CROSS JOIN LATERAL (
            SELECT count(*) AS found, min(line) FILTER (WHERE rule <> 'PKG-006') AS line,
                   count(*) FILTER (WHERE rule IN ('NUM-009', 'NUM-010')) AS repeated
            FROM store_finding f
            WHERE f.submission_id = r.checked_by AND f.record = r.number
              AND (f.shard IS NOT NULL OR rule IN ('NUM-009', 'NUM-010'))
        ) f
        WHERE r.office = %s AND r."right" = %s AND r.source = ANY(%s) AND r.live AND r.rules = %s
          AND r.lacks IS NOT NULL
          AND (r.recheck_on IS NULL OR r.recheck_on > %s)
          AND f.repeated = 0 AND (f.found = 0 OR f.line IS NOT NULL)
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [office, right, sources, rules, today])
        return {
            bytes(source): Held(number=number, checked_by=checked_by, line=line)
            for source, number, checked_by, line in cursor.fetchall()
        }


def repeat_findings(
    unchanged: Iterable[Unchanged], *, submission: int, shard: int, file: str
) -> None:
    """Findings of unchanged records hold for this submission as they did for the one that checked them.

    They name the file of this submission, and the lines where the record now is.
    """
    by_submission: dict[int, list[tuple[str, int]]] = {}
    for one in unchanged:
        if one.held.line is not None:
            moved = (one.held.number, one.line - one.held.line)
            by_submission.setdefault(one.held.checked_by, []).append(moved)
    told = FINDING.replace("file, line", "%s, line + moved")
    with connection.cursor() as cursor:
        for earlier, moves in by_submission.items():
            cursor.execute(
                f"""
                INSERT INTO store_finding (submission_id, shard, {FINDING}) SELECT %s, %s, {told}
                FROM unnest(%s::text[], %s::integer[]) AS m (number, moved)
                JOIN store_finding f ON f.submission_id = %s AND f.record = m.number AND f.shard IS NOT NULL
                """,
                [submission, shard, file, *map(list, zip(*moves, strict=True)), earlier],
            )


_WITH_HELD = """
    FROM stage_record_{submission} s
    LEFT JOIN record r ON s.operation = 'same' AND r.office = %(office)s AND r."right" = %(right)s
                      AND r.number = s.number
"""


def analyze(submission: int) -> None:
    """Tell the planner what the stage holds: nobody else does, autovacuum passes it over.

    A small sample will do, of 3,000 rows, which are 3,000 pages; the caller holds a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL default_statistics_target = 10")
        cursor.execute(f"ANALYZE stage_record_{submission} (shard, place, number, operation)")
        cursor.execute(f"ANALYZE stage_image_{submission} (name, place)")
        cursor.execute("SET LOCAL default_statistics_target TO DEFAULT")


def facts(submission: int, *, office: str, right: str) -> Iterator[bytes]:
    """What each record of a submission is compared by within its package, unchanged ones included."""
    statement = "SELECT coalesce(r.facts, s.facts)" + _WITH_HELD.format(submission=submission)
    for (content,) in _rows(statement, {"office": office, "right": right}):
        if content:
            yield bytes(content)


def missing_images(submission: int, *, office: str, right: str) -> Iterator[tuple[str, str]]:
    """Number and file name of each picture that a record names and that neither came nor is held."""
    statement = f"""
        SELECT DISTINCT named.number, named.name FROM (
            SELECT s.number, unnest(coalesce(r.images, s.images)) AS name
            {_WITH_HELD.format(submission=submission)} WHERE s.operation IN ('put', 'same')) named
        WHERE NOT EXISTS (SELECT FROM stage_image_{submission} i WHERE i.name = named.name)
          AND NOT EXISTS (SELECT FROM image i WHERE i.office = %(office)s AND i."right" = %(right)s
                                                AND i.name = named.name)
        ORDER BY 1, 2
    """
    yield from _rows(statement, {"office": office, "right": right})


def unused_images(submission: int, most: int, *, office: str, right: str) -> tuple[list[str], int]:
    """The pictures of a package that no record of it, and none that is held, names: the first, and how many."""
    statement = f"""
        SELECT coalesce((array_agg(name ORDER BY name))[:%(most)s], '{{}}'), count(*) FROM (
            SELECT (array_agg(i.name ORDER BY length(i.name) DESC))[1] AS name FROM stage_image_{submission} i
            GROUP BY i.place
            HAVING NOT bool_or(
                i.name IN (SELECT unnest(coalesce(r.images, s.images)) {_WITH_HELD.format(submission=submission)})
                OR EXISTS (SELECT FROM record h WHERE h.office = %(office)s AND h."right" = %(right)s
                                                  AND h.images @> ARRAY[i.name]))) unused
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, {"office": office, "right": right, "most": most})
        names, count = cursor.fetchone()
        return names, count


def _rows(statement: str, names: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement, from a cursor on the server: never more than ``AT_ONCE`` are here."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, names)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows
