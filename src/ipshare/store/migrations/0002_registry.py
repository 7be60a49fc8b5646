"""The registry's tables; their columns follow the element groups."""

from __future__ import annotations

from django.db import migrations

_GROUPS = ("identity", "text", "goods", "classification", "media", "publication", "relations", "stakeholders",
           "status", "events", "examination", "unclassified")  # fmt: skip


def _lines(template: str, separator: str = ",\n") -> str:
    return separator.join(template.format(g=group) for group in _GROUPS)


def _external(table: str) -> str:
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


class Migration(migrations.Migration):
    """Creates record, change, image and the counters of positions."""

    dependencies = [("store", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
