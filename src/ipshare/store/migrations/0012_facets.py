"""What filters, blocks and shared lists need: facets, joints, and changes that say what came and went."""

from __future__ import annotations

from django.db import migrations, models

_GROUPS = ("identity", "text", "goods", "classification", "media", "publication", "relations", "stakeholders",
           "status", "events", "examination", "unclassified")  # fmt: skip
# Every two groups but unclassified, in the order of their bits in a mask of pairs.
_PAIRS = [
    1 << one | 1 << other
    for one in range(len(_GROUPS) - 1)
    for other in range(one + 1, len(_GROUPS) - 1)
]

CREATE = f"""
CREATE TYPE facets AS (
    filed date,
    registered date,
    is_published boolean,
    is_registered boolean,
    is_international boolean,
    has_errors boolean,
    is_blocked boolean,
    blocked_for bigint[]
);

ALTER TABLE record
    {"".join(f"DROP COLUMN p_{group}, " for group in _GROUPS)}
    ADD COLUMN facets facets NOT NULL DEFAULT ROW (NULL, NULL, false, false, false, false, false, '{{}}')::facets,
    ADD COLUMN joints bytea NOT NULL DEFAULT '',
    ADD COLUMN stale integer NOT NULL DEFAULT 0;

CREATE INDEX record_with_errors ON record (office, "right") WHERE live AND (facets).has_errors;

-- The facets of what is held are not known: records are read again when they are sent again.
UPDATE record SET rules = '';

ALTER TABLE change
    ADD COLUMN joints bigint NOT NULL DEFAULT 0,
    ADD COLUMN was_live boolean,
    ADD COLUMN live boolean,
    ADD COLUMN before facets,
    ADD COLUMN after facets,
    ALTER COLUMN submission_id DROP NOT NULL;
ANALYZE change (office, position, "right", number);
ANALYZE record (office, "right", number);
UPDATE change c SET live = CASE WHEN n.last THEN r.live ELSE c.groups <> {(1 << len(_GROUPS)) - 1} END
FROM (
    SELECT office, position, lead(position) OVER record IS NULL AS last
    FROM change WINDOW record AS (PARTITION BY office, "right", number ORDER BY position)
) n, record r
WHERE n.office = c.office AND n.position = c.position
  AND r.office = c.office AND r."right" = c."right" AND r.number = c.number;
UPDATE change c SET was_live = coalesce(n.was_live, false)
FROM (
    SELECT office, position, lag(live) OVER record AS was_live
    FROM change WINDOW record AS (PARTITION BY office, "right", number ORDER BY position)
) n
WHERE n.office = c.office AND n.position = c.position;
UPDATE change SET after = ROW (NULL, NULL, false, false, false, false, false, '{{}}')::facets WHERE live;
UPDATE change SET before = ROW (NULL, NULL, false, false, false, false, false, '{{}}')::facets WHERE was_live AND NOT live;
ALTER TABLE change ALTER COLUMN was_live SET NOT NULL, ALTER COLUMN live SET NOT NULL;

-- joints: entries of nine bytes, a pair of groups and a digest of how their items stand to each other (parse.joints).
-- The pairs of which two joints say different things, as a mask.
CREATE FUNCTION joints_changed(one bytea, other bytea) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN one = other THEN 0 ELSE (
        SELECT coalesce(bit_or(1::bigint << pair), 0) FROM (
            SELECT pair FROM (
                SELECT get_byte(one, n * 9) AS pair, substr(one, n * 9 + 2, 8) AS digest
                FROM generate_series(0, length(one) / 9 - 1) n
                UNION ALL
                SELECT get_byte(other, n * 9), substr(other, n * 9 + 2, 8)
                FROM generate_series(0, length(other) / 9 - 1) n
            ) entries GROUP BY pair, digest HAVING count(*) = 1
        ) single
    ) END
$$;
-- The joints of a record of which some groups are stale: how their items stand to others is not known.
CREATE FUNCTION joints_mark(joints bytea, stale integer) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
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
-- The pairs of groups that someone sees whose groups these are.
CREATE FUNCTION pairs_of(mask integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(bit_or(1::bigint << (place - 1)::integer), 0)
    FROM unnest(ARRAY{_PAIRS}) WITH ORDINALITY AS p (groups, place) WHERE p.groups & mask = p.groups
$$;

CREATE OR REPLACE FUNCTION rendition_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM rendition x USING fresh f
    WHERE x.office = f.office AND x."right" = f."right" AND x.number = f.number
      AND (x.mask & f.groups <> 0 OR CASE WHEN f.joints <> 0 THEN pairs_of(x.mask) & f.joints <> 0 ELSE false END);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """Adds facets and joints to records and changes; a change says whether its record came or went."""

    dependencies = [("store", "0011_conditions")]
    operations = [
        migrations.RunSQL(CREATE),
        # Bytes may come again, after others: an office goes back to an earlier package.
        migrations.RemoveConstraint("submission", "submission_once"),
        migrations.AddIndex(
            "submission",
            models.Index(fields=["office", "sha256"], name="submission_by_bytes"),
        ),
        migrations.AddField(
            "authorizationversion", "position", models.PositiveBigIntegerField(default=0)
        ),
        migrations.AddField(
            "baserestriction", "position", models.PositiveBigIntegerField(default=0)
        ),
        migrations.AddField(
            "recordblock", "applied_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddIndex(
            "recordblock",
            models.Index(
                condition=models.Q(("applied_at", None)),
                fields=["office"],
                name="block_not_applied",
            ),
        ),
    ]
