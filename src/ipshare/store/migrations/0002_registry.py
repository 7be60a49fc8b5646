"""The registry's tables; their columns follow the element groups (store.columns)."""

from __future__ import annotations

from django.db import migrations

from ipshare.store import columns


class Migration(migrations.Migration):
    """Creates record, change, image, their stages and the counters of positions."""

    dependencies = [("store", "0001_initial")]
    operations = [migrations.RunSQL(columns.CREATE, columns.DROP)]
