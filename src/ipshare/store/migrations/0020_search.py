"""The index of searches: per record and element group what it is found by, and how far the index reaches."""

from __future__ import annotations

from django.db import migrations

_GROUPS = ("identity", "text", "goods", "classification", "publication", "stakeholders", "status")

CREATE = f"""
CREATE UNLOGGED TABLE search (
    office char(2) NOT NULL,
    "right" text NOT NULL,
    number text NOT NULL,
    {"".join(f"{group} tsvector, d_{group} bytea NOT NULL, " for group in _GROUPS)}
    CONSTRAINT search_has_one_row_per_record PRIMARY KEY (office, "right", number)
);
CREATE INDEX search_by_entry ON search USING gin ({", ".join(_GROUPS)});

CREATE UNLOGGED TABLE search_upto (
    office char(2) NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT search_upto_is_kept_once PRIMARY KEY (office)
);
"""


class Migration(migrations.Migration):
    """Creates search, and how far it reaches in the changes of each office."""

    dependencies = [("store", "0018_proof")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE search_upto, search;")]
