"""An index of the changes of one record: a cursor names a record and counts its changes (store.changes)."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Creates the index that turns a place in the feed into a position, and back."""

    dependencies = [("store", "0006_submission_modified")]
    operations = [
        migrations.RunSQL(
            'CREATE INDEX change_by_record ON change (office, "right", number, position)',
            "DROP INDEX change_by_record",
        )
    ]
