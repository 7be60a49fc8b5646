"""What makes the counts of a submission add up: duplicates, what a Full_Extraction lacks, what a picture changed."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Three counts; null for submissions that were compared before."""

    dependencies = [("store", "0045_stages")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name=name,
            field=models.PositiveIntegerField(blank=True, null=True),
        )
        for name in ("duplicates", "absent", "repainted")
    ]
