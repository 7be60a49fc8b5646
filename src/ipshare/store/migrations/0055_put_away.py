"""A refused file waits on Home until it is sent again and taken, or somebody puts it away."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """When somebody has put a refused submission away; the few that nobody has are found by an index."""

    dependencies = [("store", "0054_revocation_kind")]
    operations = [
        migrations.AddField(
            "submission", "put_away_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddIndex(
            "submission",
            models.Index(
                fields=["office", "right", "number"],
                condition=models.Q(state="refused", put_away_at=None),
                name="submission_refused",
            ),
        ),
    ]
