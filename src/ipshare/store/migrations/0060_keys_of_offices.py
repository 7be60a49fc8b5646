"""A key of a third party's account may be of one office, whose files alone it opens; who added a key is kept."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Keys that are there go on opening what they opened."""

    dependencies: ClassVar = [("store", "0059_samples")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="sftpkey",
            name="office",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.office",
            ),
        ),
        migrations.AddField(
            model_name="sftpkey",
            name="added_by",
            field=models.CharField(blank=True, default="", max_length=254),
        ),
        migrations.RemoveConstraint(model_name="sftpkey", name="key_once_per_account"),
        migrations.AddConstraint(
            model_name="sftpkey",
            constraint=models.UniqueConstraint(
                fields=["account", "fingerprint", "office"],
                name="key_once_per_account_and_office",
                nulls_distinct=False,
            ),
        ),
    ]
