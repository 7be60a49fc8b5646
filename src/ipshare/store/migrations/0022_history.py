"""What the exchange history reads: the ledger by day from one index."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Widens the index of an office's disclosures."""

    dependencies = [("store", "0024_upload")]
    operations = [
        migrations.RemoveIndex(model_name="disclosure", name="disclosure_of_office"),
        migrations.AddIndex(
            model_name="disclosure",
            index=models.Index(
                fields=["office", "at"],
                include=[
                    "authorization",
                    "version",
                    "base",
                    "channel",
                    "right",
                    "groups",
                    "records",
                    "size",
                    "id",
                ],
                name="disclosure_by_day",
            ),
        ),
    ]
