"""Of which state a submission's report tells: what has ended is told as ended once its report can be read."""

from __future__ import annotations

from django.db import migrations, models

FILL = """
UPDATE store_submission SET reported = state
WHERE state IN ('held', 'published', 'tested', 'refused', 'rejected', 'repeated')
"""


class Migration(migrations.Migration):
    """Adds the state; what has ended before has the report that it has."""

    dependencies = [("store", "0049_outages")]

    operations = [
        migrations.AddField(
            "submission", "reported", models.CharField(max_length=10, blank=True, default="")
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
