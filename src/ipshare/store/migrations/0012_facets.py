"""What filters, blocks and shared lists need in the registry."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Reserved: filled in by the next commits."""

    dependencies = [("store", "0011_conditions")]
    operations = []  # noqa: RUF012
