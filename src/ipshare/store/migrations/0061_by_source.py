"""Records are found by the digest of their bytes alone: one comparison a step of the index, where it took three."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

BY_DIGEST = """
DROP INDEX record_by_source;
CREATE INDEX record_by_source ON record (source) WHERE live;
"""
BY_OFFICE = """
DROP INDEX record_by_source;
CREATE INDEX record_by_source ON record (office, "right", source);
"""


class Migration(migrations.Migration):
    """Of a record that was withdrawn no bytes are looked for."""

    dependencies: ClassVar = [("store", "0060_keys_of_offices")]
    operations: ClassVar = [migrations.RunSQL(BY_DIGEST, BY_OFFICE)]
