"""One set-based merge per submission: the delta becomes the registry, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from ipshare.store import columns, groupings


def alone(office: str, right: str) -> None:
    """Write the register of an office and right alone, to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"publish {office} {right}"]
        )


def publish(
    submission: int, *, office: str, right: str, rules: str, at: datetime
) -> tuple[int, int] | None:
    """Write the ``delta`` into the registry: records, images, changes at the office's next positions.

    The first and the last of these positions are the answer; None where nothing changed.
    """
    names: dict[str, Any] = {
        "office": office,
        "right": right,
        "submission": submission,
        "rules": rules,
        "at": at,
    }
    groupings.begin(office, right)
    count = give_positions(names)
    _write_records(submission, names)
    _keep_images(submission, names)
    return (names["base"] + 1, names["base"] + count) if count else None


def give_positions(names: dict[str, Any]) -> int:
    """Write the changes of ``delta`` at the office's next positions, and give each its position there.

    The office's row stays locked, so commit order is their order. How many there are is the answer; ``names`` has
    office, right, submission and at.
    """
    office = names["office"]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO office_position (office) VALUES (%s) ON CONFLICT DO NOTHING", [office]
        )
        cursor.execute(
            "SELECT position FROM office_position WHERE office = %s FOR UPDATE", [office]
        )
        names["base"] = cursor.fetchone()[0]
        cursor.execute(
            """
            UPDATE delta d SET position = %(base)s + n.place
            FROM (SELECT number, row_number() OVER (ORDER BY number) AS place FROM delta WHERE groups <> 0) n
            WHERE n.number = d.number
            """,
            names,
        )
        cursor.execute("ANALYZE delta")
        cursor.execute(
            """
            INSERT INTO change (office, position, "right", number, groups, joints, was_live, live, before, after,
                                submission_id, published_at)
            SELECT %(office)s, position, %(right)s, number, groups, joints, was_live, NOT withdraw, before, after,
                   %(submission)s, %(at)s
            FROM delta WHERE groups <> 0 ORDER BY position
            """,
            names,
        )
        count: int = cursor.rowcount
        cursor.execute(
            "UPDATE office_position SET position = position + %s WHERE office = %s",
            [count, office],
        )
        return count


def _write_records(submission: int, names: dict[str, Any]) -> None:
    """Bring the records of the delta to what is staged: changed, repainted, withdrawn, new."""
    stage = f"stage_record_{submission}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE record r SET
              live = true,
              position = CASE WHEN d.groups <> 0 THEN d.position ELSE r.position END,
              submission_id = CASE WHEN d.groups <> 0 THEN %(submission)s ELSE r.submission_id END,
              source = s.source, checked_by = %(submission)s, recheck_on = s.recheck_on, rules = %(rules)s,
              images = CASE WHEN s.d_media IS NULL THEN r.images ELSE s.images END,
              facts = s.facts, lacks = s.lacks,
              {columns.UPDATE}
            FROM {stage} s JOIN delta d ON d.number = s.number
            WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number = s.number
              AND d.operation = 'put' AND NOT d.unknown
            """,
            names,
        )
        cursor.execute(
            """
            UPDATE record r SET position = d.position, submission_id = %(submission)s, facets = d.after
            FROM delta d
            WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number = d.number
              AND d.operation IN ('same', 'repainted') AND d.groups <> 0
            """,
            names,
        )
        cursor.execute(
            f"""
            UPDATE record r SET live = false, position = d.position, submission_id = %(submission)s,
              source = '', images = '{{}}', facts = '', {columns.CLEAR}
            FROM delta d
            WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number = d.number
              AND d.withdraw AND d.groups <> 0
            """,
            names,
        )
        cursor.execute(
            f"""
            INSERT INTO record (office, "right", number, live, position, submission_id, source, checked_by,
                                recheck_on, rules, images, facts, lacks, facets, joints,
                                {columns.DOCUMENTS}, {columns.DIGESTS})
            SELECT %(office)s, %(right)s, s.number, true, d.position, %(submission)s, s.source, %(submission)s,
                   s.recheck_on, %(rules)s, s.images, s.facts, s.lacks, d.after, s.joints,
                   {columns.INSERT_DOCUMENTS}, {columns.INSERT_DIGESTS}
            FROM {stage} s JOIN delta d ON d.number = s.number
            WHERE d.operation = 'put' AND d.unknown
            """,
            names,
        )


def _keep_images(submission: int, names: dict[str, Any]) -> None:
    columns_of_image = ", ".join(columns.IMAGE)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO image (office, "right", submission_id, {columns_of_image})
            SELECT DISTINCT ON (name) %(office)s, %(right)s, %(submission)s, {columns_of_image}
            FROM stage_image_{submission}
            ON CONFLICT (office, "right", name) DO UPDATE SET
              ({columns_of_image}, submission_id) = ROW (
                {", ".join(f"excluded.{name}" for name in columns.IMAGE)}, excluded.submission_id)
            WHERE image.digest <> excluded.digest
            """,
            names,
        )


def settle() -> None:
    """Tell the planner of a registry that has grown by much; outside any transaction, where nobody waits for it."""
    with connection.cursor() as cursor:
        cursor.execute('ANALYZE record (office, "right", number, live, source, rules)')
