"""The registry's tables, column by column: the only place that writes their names.

``record`` has per element group g: ``g`` (JSON text of the group) and ``d_g`` (its digest, empty when the
record has no such group); ``held`` is the mask of those that are there. A view withholds a group by not selecting
its columns. ``stage_record`` is what the shards of a submission leave for the merge: there a digest of NULL means
*withheld*: the group keeps what the registry holds, and its bit is set in ``stale``.

``facets`` is what filters and blocks look at. A row of ``change`` says what the record was (``was_live``,
``before``; NULL where it is ``after``) and what it became, so that for any view it can be told at any time
which of its changes were visible, and whether the record came or went.
"""

from __future__ import annotations

from ipshare.domain.group import ElementGroup

GROUPS = tuple(group.value for group in ElementGroup)
DOCUMENTS = ", ".join(GROUPS)
DIGESTS = ", ".join(f"d_{group}" for group in GROUPS)
ALL_BITS = (1 << len(GROUPS)) - 1
FACETS_BIT = 1 << len(GROUPS)
JOINTS_BIT = 2 << len(GROUPS)
"""In the groups of a change: its facets are others; items of shared lists stand otherwise (``joints`` says which)."""
CONTENT_BITS = ALL_BITS | JOINTS_BIT


def _lines(template: str, separator: str = ",\n") -> str:
    return separator.join(
        template.format(g=group, bit=1 << place) for place, group in enumerate(GROUPS)
    )


FACETS_STAGED = (
    "filed",
    "registered",
    "is_published",
    "is_registered",
    "is_international",
    "has_errors",
)

# The mask of the groups in which a staged record (s) differs from the one held (r), if any.
DIFFERS = _lines(
    "(CASE WHEN s.d_{g} IS DISTINCT FROM coalesce(r.d_{g}, '') AND s.d_{g} IS NOT NULL THEN {bit} ELSE 0 END)",
    "\n + ",
)
# The mask of the groups that a staged record withholds.
WITHHELD = _lines("(CASE WHEN s.d_{g} IS NULL THEN {bit} ELSE 0 END)", "\n + ")
# The mask of the groups that a staged record withholds and whose held parts stand in lists shared with others. Few
# records withhold any: held documents are looked up for these alone; a join that has them all is as large as they are.
_LOOSE = _lines(
    "(CASE WHEN s.d_{g} IS NULL AND strpos(o.{g}::text, '\"#') > 0 THEN {bit} ELSE 0 END)", "\n + "
)
STALE = f"""CASE WHEN num_nulls({", ".join(f"s.d_{group}" for group in GROUPS)}) > 0 THEN (
    SELECT {_LOOSE} FROM record o WHERE o.office = r.office AND o."right" = r."right" AND o.number = r.number
) ELSE 0 END"""
UPDATE = ",\n".join(
    [
        _lines("{g} = CASE WHEN s.d_{g} IS NULL THEN r.{g} ELSE s.{g} END"),
        _lines("d_{g} = coalesce(s.d_{g}, r.d_{g})"),
        "facets = d.after, joints = joints_mark(s.joints, d.stale), stale = d.stale",
    ]
)
INSERT_DOCUMENTS = _lines("s.{g}")
INSERT_DIGESTS = _lines("coalesce(s.d_{g}, '')")
# The facets that a staged record gives (x: the blocks of its number, r: the record held, if any; f: its findings).
FACETS = """ROW (s.filed, s.registered, coalesce(s.is_published, (r.facets).is_published, false), s.is_registered,
    s.is_international, s.has_errors OR coalesce(f.has_errors, false), coalesce(x.from_all, false),
    coalesce(x.from_some, '{}'))::facets"""
# The blocks in force, by number.
BLOCKS = """
    SELECT number, bool_or(authorization_id IS NULL) AS from_all,
           array_agg(authorization_id ORDER BY authorization_id)
             FILTER (WHERE authorization_id IS NOT NULL) AS from_some
    FROM store_recordblock
    WHERE office_id = %(office)s AND "right" = %(right)s AND lifted_at IS NULL GROUP BY number
"""
# A record whose bytes were skipped, filled from what the registry holds: of what its findings (k) withhold nothing, as
# where it is read anew. Whether it has errors its findings tell.
FILL = ",\n".join(
    [
        _lines("{g} = CASE WHEN coalesce(k.withholds, 0) & {bit} = 0 THEN r.{g} END"),
        _lines("d_{g} = CASE WHEN coalesce(k.withholds, 0) & {bit} = 0 THEN r.d_{g} END"),
        "joints = r.joints",
        "lacks = r.lacks",
        *(f"{name} = (r.facets).{name}" for name in FACETS_STAGED if name != "has_errors"),
        "has_errors = false",
    ]
)
# How many variants of each group the rows of one number have.
VARIANTS = _lines("count(DISTINCT coalesce(d_{g}, '\\x00'::bytea)) AS v_{g}")
VARYING = _lines("(CASE WHEN v_{g} > 1 THEN {bit} ELSE 0 END)", "\n + ")
SETTLE = ",\n".join(
    [
        _lines("{g} = CASE WHEN x.v_{g} > 1 THEN NULL ELSE s.{g} END"),
        _lines("d_{g} = CASE WHEN x.v_{g} > 1 THEN NULL ELSE s.d_{g} END"),
    ]
)
CLEAR = ",\n".join([_lines("{g} = NULL"), _lines("d_{g} = ''"), "joints = '', stale = 0"])
# Records dealt out to their groups again (store.groupings); s is a row of them, r the record.
CREATE_DEALT_OUT = f"""
CREATE TEMPORARY TABLE dealt_out (
    number text NOT NULL,
    stale integer NOT NULL,
    joints bytea NOT NULL,
    facts bytea NOT NULL,
{_lines("    {g} json")},
{_lines("    d_{g} bytea NOT NULL")}
)
"""
DEAL_OUT = ",\n".join([_lines("{g} = s.{g}"), _lines("d_{g} = s.d_{g}")])


STAGED = (
    "shard",
    "place",
    "number",
    "operation",
    "source",
    "recheck_on",
    "images",
    "facts",
    "joints",
    *FACETS_STAGED,
    "lacks",
)
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


def with_errors(facets: str, has_errors: str) -> str:
    """Facets of a record whose bytes are as they were: what is wrong with it beside them may be another thing."""
    return f"""ROW (({facets}).filed, ({facets}).registered, ({facets}).is_published, ({facets}).is_registered,
        ({facets}).is_international, {has_errors}, ({facets}).is_blocked, ({facets}).blocked_for)::facets"""


def create_stage(submission: int) -> str:
    """DDL of a submission's own stage: unlogged, so a crash of PostgreSQL empties it (the merge counts first).

    Documents are kept as they are: the embedded PostgreSQL has only pglz, slower than the disk.
    """
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
    joints bytea NOT NULL DEFAULT '',
    filed date,
    registered date,
    is_published boolean,
    is_registered boolean,
    is_international boolean,
    has_errors boolean,
    lacks smallint,
{_lines("    {g} json STORAGE EXTERNAL")},
{_lines("    d_{g} bytea")}
) WITH (toast_tuple_target = 8160, autovacuum_enabled = false);
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
