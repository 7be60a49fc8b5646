"""Keep the date that an office's own system gives a file."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0005_record_withdrawn"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="modified_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
