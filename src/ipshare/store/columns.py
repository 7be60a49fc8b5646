"""The registry's tables, column by column: the only place that writes their names.

``record`` has per element group g: ``g`` (JSON text of the group), ``d_g`` (its digest, empty when the
record has no such group) and ``p_g`` (the position of its last change, 0 when it never had one). A view
withholds a group by not selecting its columns. ``stage_record`` is what the shards of a submission leave
for the merge: there a digest of NULL means *withheld*: the group keeps what the registry holds.
"""

from __future__ import annotations

from ipshare.domain.group import ElementGroup

GROUPS = tuple(group.value for group in ElementGroup)
DOCUMENTS = ", ".join(GROUPS)
DIGESTS = ", ".join(f"d_{group}" for group in GROUPS)
POSITIONS = ", ".join(f"p_{group}" for group in GROUPS)
ALL_BITS = (1 << len(GROUPS)) - 1


def _lines(template: str, separator: str = ",\n") -> str:
    return separator.join(
        template.format(g=group, bit=1 << place) for place, group in enumerate(GROUPS)
    )


def _external(table: str) -> str:
    """Documents are kept as they are: the embedded PostgreSQL has only pglz, slower than the disk."""
    return _lines(f"ALTER TABLE {table} ALTER COLUMN {{g}} SET STORAGE EXTERNAL;", "\n")


CREATE = f"""
CREATE TABLE office_position (
    office char(2) PRIMARY KEY,
    position bigint NOT NULL DEFAULT 0
);

CREATE TABLE record (
    office char(2) NOT NULL,
    "right" text NOT NULL,
    number text NOT NULL,
    live boolean NOT NULL,
    position bigint NOT NULL,
    submission_id bigint NOT NULL,
    source bytea NOT NULL,
    checked_by bigint NOT NULL,
    recheck_on date,
    rules text NOT NULL,
    images text[] NOT NULL DEFAULT '{{}}',
    facts bytea NOT NULL DEFAULT '',
{_lines("    {g} json")},
{_lines("    d_{g} bytea NOT NULL DEFAULT ''")},
{_lines("    p_{g} bigint NOT NULL DEFAULT 0")},
    CONSTRAINT record_is_named_once_per_office_and_right PRIMARY KEY (office, "right", number)
) WITH (toast_tuple_target = 8160, fillfactor = 100);
{_external("record")}
CREATE INDEX record_by_source ON record (office, "right", source);
CREATE INDEX record_by_image ON record USING gin (images);

CREATE TABLE change (
    office char(2) NOT NULL,
    position bigint NOT NULL,
    "right" text NOT NULL,
    number text NOT NULL,
    groups integer NOT NULL,
    submission_id bigint NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT change_has_its_own_position PRIMARY KEY (office, position)
);

CREATE TABLE image (
    office char(2) NOT NULL,
    "right" text NOT NULL,
    name text NOT NULL,
    object text NOT NULL,
    place bigint NOT NULL,
    stored_size bigint NOT NULL,
    size bigint NOT NULL,
    method smallint NOT NULL,
    digest bytea NOT NULL,
    format text NOT NULL,
    width integer,
    height integer,
    submission_id bigint NOT NULL,
    CONSTRAINT image_is_named_once_per_office_and_right PRIMARY KEY (office, "right", name)
);
"""


DROP = "DROP TABLE image, change, record, office_position;"

# The mask of the groups in which a staged record (s) differs from the one held (r), if any.
DIFFERS = _lines(
    "(CASE WHEN s.d_{g} IS DISTINCT FROM coalesce(r.d_{g}, '') AND s.d_{g} IS NOT NULL THEN {bit} ELSE 0 END)",
    "\n + ",
)
# The mask of the groups that a staged record withholds.
WITHHELD = _lines("(CASE WHEN s.d_{g} IS NULL THEN {bit} ELSE 0 END)", "\n + ")
UPDATE = ",\n".join(
    [
        _lines("{g} = CASE WHEN s.d_{g} IS NULL THEN r.{g} ELSE s.{g} END"),
        _lines("d_{g} = coalesce(s.d_{g}, r.d_{g})"),
        _lines("p_{g} = CASE WHEN d.groups & {bit} <> 0 THEN d.position ELSE r.p_{g} END"),
    ]
)
INSERT_DOCUMENTS = _lines("s.{g}")
INSERT_DIGESTS = _lines("coalesce(s.d_{g}, '')")
INSERT_POSITIONS = _lines("CASE WHEN d.groups & {bit} <> 0 THEN d.position ELSE 0 END")
# The change of a record of which only the picture's bytes are new.
POSITIONS_OF_IMAGES = f"p_{ElementGroup.MEDIA.value} = d.position"
# A record whose bytes were skipped, filled from what the registry holds.
FILL = ",\n".join([_lines("{g} = r.{g}"), _lines("d_{g} = r.d_{g}")])
# How many variants of each group the rows of one number have.
VARIANTS = _lines("count(DISTINCT coalesce(d_{g}, '\\x00'::bytea)) AS v_{g}")
VARYING = _lines("(CASE WHEN v_{g} > 1 THEN {bit} ELSE 0 END)", "\n + ")
SETTLE = ",\n".join(
    [
        _lines("{g} = CASE WHEN x.v_{g} > 1 THEN NULL ELSE s.{g} END"),
        _lines("d_{g} = CASE WHEN x.v_{g} > 1 THEN NULL ELSE s.d_{g} END"),
    ]
)
CLEAR = ",\n".join([_lines("{g} = NULL"), _lines("d_{g} = ''"), _lines("p_{g} = d.position")])


STAGED = ("shard", "place", "number", "operation", "source", "recheck_on", "images", "facts")
STAGE_COPY = ", ".join([*STAGED, *GROUPS, *(f"d_{group}" for group in GROUPS)])
IMAGE = (
    "name",
    "object",
    "place",
    "stored_size",
    "size",
    "method",
    "digest",
    "format",
    "width",
    "height",
)


def create_stage(submission: int) -> str:
    """DDL of a submission's own stage: unlogged, so a crash of PostgreSQL empties it (the merge counts first)."""
    return f"""
CREATE UNLOGGED TABLE IF NOT EXISTS stage_record_{submission} (
    shard integer NOT NULL,
    place integer NOT NULL,
    number text NOT NULL,
    operation text NOT NULL,
    source bytea NOT NULL,
    recheck_on date,
    images text[] NOT NULL DEFAULT '{{}}',
    facts bytea NOT NULL DEFAULT '',
{_lines("    {g} json")},
{_lines("    d_{g} bytea")}
) WITH (toast_tuple_target = 8160, autovacuum_enabled = false);
{_external(f"stage_record_{submission}")}
CREATE UNLOGGED TABLE IF NOT EXISTS stage_image_{submission} (
    name text NOT NULL,
    object text NOT NULL,
    place bigint NOT NULL,
    stored_size bigint NOT NULL,
    size bigint NOT NULL,
    method smallint NOT NULL,
    digest bytea NOT NULL,
    format text NOT NULL,
    width integer,
    height integer
) WITH (autovacuum_enabled = false);
"""


def drop_stage(submission: int) -> str:
    """DDL that removes a submission's stage."""
    return f"DROP TABLE IF EXISTS stage_record_{submission}, stage_image_{submission}"


def newest(groups: tuple[str, ...]) -> str:
    """SQL for the position of the last change that someone who sees these groups can see."""
    return "greatest(" + ", ".join(f"r.p_{group}" for group in groups) + ")"
