"""Remarks: a group of its own for what may tell of any other, with its column, its bit and its joint."""

from __future__ import annotations

from django.db import migrations, models

_GROUPS = ("identity", "text", "goods", "classification", "media", "publication", "relations", "stakeholders",
           "status", "events", "examination", "unclassified", "remarks")  # fmt: skip
_UNCLASSIFIED, _REMARKS = 1 << 11, 1 << 12
_BEFORE, _ALL = (1 << 12) - 1, (1 << 13) - 1
# Every two groups but these two, in the order of their bits in a mask of pairs; then the remarks with all the others.
_PAIRS = [
    *(1 << one | 1 << other for one in range(11) for other in range(one + 1, 11)),
    _ALL & ~_UNCLASSIFIED,
]

CREATE = f"""
ALTER TABLE record ADD COLUMN remarks json, ADD COLUMN d_remarks bytea NOT NULL DEFAULT '';
ALTER TABLE record ALTER COLUMN remarks SET STORAGE EXTERNAL;


-- The bits after those of the groups, facets and joints, move by one.
UPDATE change SET groups = groups & {_BEFORE} | (groups & ~{_BEFORE}) << 1 WHERE groups > {_BEFORE};
UPDATE store_disclosure SET groups = {_ALL} WHERE groups = {_BEFORE};

CREATE OR REPLACE FUNCTION joints_mark(joints bytea, stale integer) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN stale = 0 THEN joints ELSE (
        SELECT coalesce(string_agg(entry, ''::bytea ORDER BY entry), '') FROM (
            SELECT substr(joints, n * 9 + 1, 9) AS entry FROM generate_series(0, length(joints) / 9 - 1) n
            WHERE (ARRAY{_PAIRS})[get_byte(joints, n * 9) + 1] & stale = 0
            UNION ALL
            SELECT set_byte('\\x000000000000000000'::bytea, 0, (place - 1)::integer)
            FROM unnest(ARRAY{_PAIRS}) WITH ORDINALITY AS p (groups, place) WHERE p.groups & stale <> 0
        ) entries
    ) END
$$;
CREATE OR REPLACE FUNCTION pairs_of(mask integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(bit_or(1::bigint << (place - 1)::integer), 0)
    FROM unnest(ARRAY{_PAIRS}) WITH ORDINALITY AS p (groups, place) WHERE p.groups & mask = p.groups
$$;
-- What was made ready for views of all groups lacks the new one.
TRUNCATE rendition, rendition_upto, proof_leaf;
"""


class Migration(migrations.Migration):
    """Adds the group ``remarks`` to the registry."""

    dependencies = [("store", "0041_people_more")]
    operations = [
        migrations.RunSQL(CREATE),
        migrations.RemoveIndex("disclosure", "disclosure_as_received"),
        migrations.AddIndex(
            "disclosure",
            models.Index(
                condition=models.Q(("groups", _ALL)),
                fields=["office", "right"],
                name="disclosure_as_received",
            ),
        ),
    ]
