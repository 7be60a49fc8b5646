"""What a preview counts of a record, in an index: so that it reads no record for it."""

from __future__ import annotations

from django.db import migrations

_GROUPS = ("identity", "text", "goods", "classification", "media", "publication", "relations", "stakeholders",
           "status", "events", "examination", "unclassified", "remarks")  # fmt: skip
_HELD = " + ".join(
    f"CASE WHEN {group} IS NULL THEN 0 ELSE {1 << place} END" for place, group in enumerate(_GROUPS)
)
# A generated column is written with its row and cannot say anything else than it.
CREATE = f"""
ALTER TABLE record ADD COLUMN held integer GENERATED ALWAYS AS ({_HELD}) STORED;
CREATE INDEX record_counted ON record (office, "right") INCLUDE (number, live, facets, held) WHERE live;
"""
DROP = """
DROP INDEX record_counted;
ALTER TABLE record DROP COLUMN held;
"""


class Migration(migrations.Migration):
    """Adds the mask of the groups that a record holds, and the index of live records with their facets."""

    dependencies = [("store", "0032_held")]
    operations = [migrations.RunSQL(CREATE, DROP)]
