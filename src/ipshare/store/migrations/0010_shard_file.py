"""A member's path may be longer than a file's name."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Takes the bound off Shard.file; archive.limits bounds it."""

    dependencies = [("store", "0009_rendition")]
    operations = [migrations.AlterField(model_name="shard", name="file", field=models.TextField())]
