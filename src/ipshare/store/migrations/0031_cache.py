"""A cache that all processes of the hub share: codes that were used once, so that they cannot be used again."""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE UNLOGGED TABLE cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX cache_by_end ON cache (expires);
"""


class Migration(migrations.Migration):
    """Creates cache; of Django's DatabaseCache."""

    dependencies = [("store", "0023_register")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE cache;")]
