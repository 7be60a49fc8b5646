"""The sums of the ledger by day are brought up: the part of store.disclosed that writes, in a job."""

from __future__ import annotations

from django.db import OperationalError, connection, transaction

# Nobody writes while this lock is held, so an entry with a number up to the highest is there or never comes.
_LOCK = "LOCK TABLE store_disclosure IN SHARE MODE"
_WAIT = "SET LOCAL lock_timeout = '250ms'"
_SUM = """
INSERT INTO store_disclosureday AS held ("office_id", "authorization_id", "day", "version", "base", "channel", "right",
    "client", "groups", "since", "at", "entries", "records", "told", "pictures", "size", "first_position",
    "last_position", "entry")
SELECT office_id, authorization_id, day, version, base, channel, "right", client, bit_or(groups), min(at), max(at),
       count(*), sum(records), coalesce(sum(cardinality(numbers)) FILTER (WHERE groups = 0), 0),
       count(*) FILTER (WHERE records = 0 AND groups > 0), sum(size), min(first_position), max(last_position), max(id)
FROM store_disclosure
WHERE id > %(upto)s AND id <= %(bound)s
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
ON CONFLICT (authorization_id, day, version, base, channel, "right", client) DO UPDATE SET
    groups = held.groups | excluded.groups,
    since = least(held.since, excluded.since),
    at = greatest(held.at, excluded.at),
    entries = held.entries + excluded.entries,
    records = held.records + excluded.records,
    told = held.told + excluded.told,
    pictures = held.pictures + excluded.pictures,
    size = held.size + excluded.size,
    first_position = least(held.first_position, excluded.first_position),
    last_position = greatest(held.last_position, excluded.last_position),
    entry = excluded.entry
"""


def sum_up(*, most: int) -> int:
    """Sum up the next entries of the ledger, ``most`` of them at once; how many there were.

    0 also where somebody writes so long just now that others would have to wait for us: the next call does it.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_WAIT)
            cursor.execute(_LOCK)
            cursor.execute("SELECT coalesce(max(id), 0) FROM store_disclosure")
            [newest] = cursor.fetchone()
    except OperationalError:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE store_disclosureday IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SELECT coalesce(max(entry), 0) FROM store_disclosureday")
        [upto] = cursor.fetchone()
        cursor.execute(
            "SELECT max(id), count(*) FROM (SELECT id FROM store_disclosure WHERE id > %s AND id <= %s"
            " ORDER BY id LIMIT %s) AS next",
            [upto, newest, most],
        )
        bound, count = cursor.fetchone()
        if count:
            cursor.execute(_SUM, {"upto": upto, "bound": bound})
    return int(count)
