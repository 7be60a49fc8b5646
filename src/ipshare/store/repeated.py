"""Numbers that come more than once in a submission: what differs between them is withheld."""

from __future__ import annotations

from django.db import connection

from ipshare.store import columns


def settle(submission: int, names: dict[str, str]) -> None:
    """NUM-009, NUM-010: of a number that comes more than once, groups that differ are withheld.

    What is withheld depends on each group alone, so that a third party cannot tell from one group's
    absence that another one differed. Rows are named by where they lie: by their numbers all of the stage would be
    read again, and hashed with its documents.
    """
    stage = f"stage_record_{submission}"
    repeated = f"SELECT number FROM {stage} GROUP BY number HAVING count(*) > 1"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({repeated})")
        if not cursor.fetchone()[0]:
            return  # as nearly always: a table costs more than to look twice
        cursor.execute(f"CREATE TEMPORARY TABLE repeated ON COMMIT DROP AS {repeated}")
        cursor.execute(
            f"""
            UPDATE {stage} s SET operation = 'put', images = r.images, facts = r.facts, {columns.FILL}
            FROM repeated t
            JOIN record r ON r.office = %(office)s AND r."right" = %(right)s AND r.number = t.number
            LEFT JOIN (
                SELECT record, bit_or(withholds) AS withholds FROM store_finding
                WHERE submission_id = %(submission)s AND shard IS NOT NULL AND withholds <> 0 GROUP BY record
            ) k ON k.record = t.number
            WHERE s.number = t.number AND s.operation = 'same'
            """,
            {**names, "submission": submission},
        )
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE settled ON COMMIT DROP AS
            SELECT s.number, count(*) AS times, array_agg(s.ctid ORDER BY s.shard, s.place) AS rows,
                   count(DISTINCT operation) AS operations,
                   {columns.VARIANTS}
            FROM {stage} s JOIN repeated t ON t.number = s.number GROUP BY s.number
            """
        )
        cursor.execute(
            f"""
            UPDATE {stage} s SET {columns.SETTLE},
              operation = CASE WHEN x.operations > 1 OR x.v_identity > 1 THEN 'withheld' ELSE s.operation END
            FROM settled x WHERE s.ctid = x.rows[1]
            """
        )
        cursor.execute(
            f"DELETE FROM {stage} s USING (SELECT unnest(rows[2:]) AS row FROM settled) x WHERE s.ctid = x.row"
        )


def numbers() -> list[tuple[str, int, int]]:
    """Numbers that came more than once in the submission compared: number, times, mask of groups that differ."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.settled') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return []
        cursor.execute(f"SELECT number, times, {columns.VARYING} FROM settled ORDER BY number")
        return list(cursor.fetchall())
