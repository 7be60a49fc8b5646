"""What a submission does to the registry: its stage compared with what is held, in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from ipshare.domain.group import ElementGroup
from ipshare.store import columns, repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What publishing a submission does to the registry, in records.

    ``held`` is what the registry holds before; ``identities`` counts held records whose identity group
    changes; ``partly`` counts records that are put with at least one group withheld. ``placed`` are the
    distinct records of the submission; ``absent`` are withdrawn because it lacks them, ``repainted`` changed by
    a picture alone. So placed = inserted + (updated - repainted) + (withdrawn - absent) + unchanged + withheld.
    """

    held: int
    inserted: int
    updated: int
    withdrawn: int
    unchanged: int
    withheld: int
    partly: int
    identities: int
    absent: int
    placed: int
    repainted: int


def staged(submission: int, *, images: bool) -> tuple[int, bool]:
    """How many rows the stage holds, and, where asked, whether it has images (a crash of PostgreSQL empties it).

    -1 where there is no stage: an upgrade drops it.
    """
    with connection.cursor() as cursor:
        names = [f"stage_record_{submission}", f"stage_image_{submission}"]
        cursor.execute("SELECT num_nulls(to_regclass(%s), to_regclass(%s)) > 0", names)
        if cursor.fetchone()[0]:
            return -1, False
        cursor.execute(
            f"SELECT count(*), %s AND EXISTS (SELECT FROM stage_image_{submission})"
            f" FROM stage_record_{submission}",
            [images],
        )
        count, pictures = cursor.fetchone()
    return count, pictures


def compare(submission: int, *, office: str, right: str, full: bool) -> Comparison:
    """Work out the delta of a submission: the temporary table ``delta`` of this transaction.

    ``full`` means that records which are not staged are withdrawn.
    """
    names = {"office": office, "right": right}
    stage = f"stage_record_{submission}"
    with connection.cursor() as cursor:
        repeated.settle(submission, names)
        _compare_each(submission, names)
        if full:
            cursor.execute(
                f"""
                INSERT INTO delta
                SELECT r.number, false, true, true, {columns.ALL_BITS}, 0, 0, 0, r.facets, NULL, 'absent', 0
                FROM record r
                WHERE r.office = %(office)s AND r."right" = %(right)s AND r.live
                  AND NOT EXISTS (SELECT FROM {stage} s WHERE s.number = r.number)
                """,
                names,
            )
        _mark_changed_images(submission, names)
        cursor.execute(
            f"""
            SELECT (SELECT count(*) FROM record WHERE office = %(office)s AND "right" = %(right)s AND live),
                   count(*) FILTER (WHERE groups <> 0 AND NOT withdraw AND NOT was_live),
                   count(*) FILTER (WHERE groups & {columns.CONTENT_BITS} <> 0 AND NOT withdraw AND was_live),
                   count(*) FILTER (WHERE groups <> 0 AND withdraw),
                   count(*) FILTER (WHERE groups & {columns.CONTENT_BITS} = 0 AND operation <> 'withheld'),
                   count(*) FILTER (WHERE operation = 'withheld'),
                   count(*) FILTER (WHERE withheld <> 0),
                   count(*) FILTER (WHERE was_live AND NOT withdraw
                                    AND groups & {ElementGroup.IDENTITY.bit} <> 0),
                   count(*) FILTER (WHERE operation = 'absent'),
                   count(*) FILTER (WHERE operation NOT IN ('absent', 'repainted')),
                   count(*) FILTER (WHERE operation = 'repainted')
            FROM delta
            """,
            names,
        )
        counts = cursor.fetchone()
    fields = Comparison.__dataclass_fields__
    return Comparison(**dict(zip(fields, counts, strict=True)))


def _compare_each(submission: int, names: dict[str, str]) -> None:
    """What each staged record changes; ``before`` is NULL where the facets stay.

    What only the package as a whole shows to be wrong with a record is an open error of it like any other.
    """
    stage = f"stage_record_{submission}"
    same = columns.with_errors("r.facets", "coalesce(f.has_errors, false)")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE delta ON COMMIT DROP AS
            SELECT number, unknown, was_live, withdraw,
                   groups
                     + CASE WHEN was_live AND NOT withdraw AND before IS DISTINCT FROM after
                         THEN {columns.FACETS_BIT} ELSE 0 END
                     + CASE WHEN joints <> 0 THEN {columns.JOINTS_BIT} ELSE 0 END AS groups,
                   withheld, stale, joints,
                   CASE WHEN before IS DISTINCT FROM after THEN before END AS before, after,
                   operation, 0::bigint AS position
            FROM (
                SELECT p.*, CASE WHEN p.was_live AND p.operation = 'put'
                         THEN joints_changed(p.held_joints, joints_mark(p.staged_joints, p.stale)) ELSE 0 END AS joints
                FROM (
                    SELECT s.number, r.number IS NULL AS unknown, coalesce(r.live, false) AS was_live,
                           s.operation = 'withdraw' AS withdraw,
                           CASE s.operation
                             WHEN 'withdraw' THEN CASE WHEN r.live THEN {columns.ALL_BITS} ELSE 0 END
                             WHEN 'put' THEN {columns.DIFFERS}
                             ELSE 0
                           END AS groups,
                           CASE s.operation
                             WHEN 'put' THEN {columns.WITHHELD}
                             WHEN 'same' THEN coalesce(f.withholds, 0)
                             ELSE 0
                           END AS withheld,
                           CASE WHEN s.operation = 'put' AND r.live THEN {columns.STALE} ELSE 0 END AS stale,
                           CASE WHEN r.live THEN r.facets END AS before,
                           CASE
                             WHEN s.operation = 'put' THEN {columns.FACETS}
                             WHEN s.operation = 'withdraw' THEN NULL
                             WHEN s.operation = 'same' AND r.live THEN {same}
                             ELSE r.facets
                           END AS after,
                           r.joints AS held_joints, s.joints AS staged_joints, s.operation
                    FROM {stage} s
                    LEFT JOIN record r
                      ON r.office = %(office)s AND r."right" = %(right)s AND r.number = s.number
                    LEFT JOIN ({columns.BLOCKS}) x ON x.number = s.number
                    LEFT JOIN (
                        SELECT record, bit_or(withholds) FILTER (WHERE shard IS NOT NULL) AS withholds,
                               bool_or(severity = 'error') AS has_errors
                        FROM store_finding
                        WHERE submission_id = {submission} AND record <> '' AND (withholds <> 0 OR severity = 'error')
                        GROUP BY record
                    ) f ON f.record = s.number
                ) p
            ) q
            """,
            names,
        )


def _mark_changed_images(submission: int, names: dict[str, str]) -> None:
    """A record whose picture is another one, or came at last, has changed in its media.

    Those that are not in the submission themselves are *repainted*. Where no picture of one is missing any more, and
    that was all that was wrong with it (IMG-001), it has no open error.
    """
    bit = ElementGroup.MEDIA.bit
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT coalesce(array_agg(s.name), '{{}}') FROM stage_image_{submission} s
            LEFT JOIN image i ON i.office = %(office)s AND i."right" = %(right)s AND i.name = s.name
            WHERE i.digest IS DISTINCT FROM s.digest
            """,
            names,
        )
        changed = cursor.fetchone()[0]
        if not changed:
            return
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE touched ON COMMIT DROP AS
            SELECT number, facets, (facets).has_errors
              AND NOT EXISTS (
                SELECT FROM unnest(r.images) AS named (name)
                WHERE NOT EXISTS (SELECT FROM stage_image_{submission} s WHERE s.name = named.name)
                  AND NOT EXISTS (SELECT FROM image i WHERE i.office = r.office AND i."right" = r."right"
                                                        AND i.name = named.name))
              AND NOT EXISTS (
                SELECT FROM store_submission s
                WHERE s.office_id = r.office AND s."right" = r."right" AND s.state = 'published'
                  AND s.id >= r.checked_by AND EXISTS (
                    SELECT FROM store_finding f
                    WHERE f.submission_id = s.id AND f.record = r.number AND f.severity = 'error'
                      AND f.rule <> 'IMG-001' OFFSET 0)) AS mended
            FROM record r
            WHERE office = %(office)s AND "right" = %(right)s AND live AND images && %(changed)s
            """,
            {**names, "changed": changed},
        )
        cursor.execute(
            f"""
            UPDATE delta d SET groups = d.groups | {bit} FROM touched t
            WHERE t.number = d.number AND d.operation IN ('put', 'same')
            """
        )
        cursor.execute(
            f"""
            INSERT INTO delta
            SELECT t.number, false, true, false, {bit} + CASE WHEN mended THEN {columns.FACETS_BIT} ELSE 0 END,
                   0, 0, 0, CASE WHEN mended THEN t.facets END,
                   CASE WHEN mended THEN {columns.with_errors("t.facets", "false")} ELSE t.facets END, 'repainted', 0
            FROM touched t WHERE NOT EXISTS (SELECT FROM delta d WHERE d.number = t.number)
            """
        )


def sample(limit: int) -> dict[str, list[str]]:
    """Some numbers of each kind of change of the present ``delta``, for people to look at."""
    kinds = {
        "inserted": "groups <> 0 AND NOT withdraw AND NOT was_live",
        "updated": f"groups & {columns.CONTENT_BITS} <> 0 AND NOT withdraw AND was_live",
        "withdrawn": "groups <> 0 AND withdraw",
        "identities": f"was_live AND NOT withdraw AND groups & {ElementGroup.IDENTITY.bit} <> 0",
        "withheld": "operation = 'withheld' OR withheld <> 0",
    }
    with connection.cursor() as cursor:
        found = {}
        for kind, condition in kinds.items():
            cursor.execute(
                f"SELECT number FROM delta WHERE {condition} ORDER BY number LIMIT %s", [limit]
            )
            found[kind] = [number for (number,) in cursor.fetchall()]
    return found
