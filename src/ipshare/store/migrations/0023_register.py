"""The register view: days to sort by in the index of searches, and small indexes that are in the order of numbers."""

from __future__ import annotations

from django.db import migrations

# The index is emptied: its entries get the numbers in every spelling, and a job makes it again.
CREATE = """
TRUNCATE search, search_upto;
ALTER TABLE search ADD COLUMN filed date NOT NULL, ADD COLUMN registered date NOT NULL;
CREATE INDEX search_by_filing ON search (office, "right", filed, number);
CREATE INDEX search_by_registration ON search (office, "right", registered, number);

DROP INDEX record_withdrawn, record_with_errors;
CREATE INDEX record_withdrawn ON record (office, "right", number) WHERE NOT live;
CREATE INDEX record_with_errors ON record (office, "right", number) WHERE live AND (facets).has_errors;
"""
DROP = """
DROP INDEX record_withdrawn, record_with_errors;
CREATE INDEX record_withdrawn ON record (office, "right") WHERE NOT live;
CREATE INDEX record_with_errors ON record (office, "right") WHERE live AND (facets).has_errors;
TRUNCATE search, search_upto;
ALTER TABLE search DROP COLUMN filed, DROP COLUMN registered;
"""


class Migration(migrations.Migration):
    """Adds the days of filing and registration to the index of searches."""

    dependencies = [("store", "0022_history")]
    operations = [migrations.RunSQL(CREATE, DROP)]
