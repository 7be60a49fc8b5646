"""An index of the withdrawn records, so that the live ones are counted without reading them."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Creates the small index that store.holdings counts."""

    dependencies = [("store", "0004_decisions")]
    operations = [
        migrations.RunSQL(
            'CREATE INDEX record_withdrawn ON record (office, "right") WHERE NOT live',
            "DROP INDEX record_withdrawn",
        )
    ]
