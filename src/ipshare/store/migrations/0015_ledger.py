"""The ledger of disclosures, and the counts that the limits of clients are held against."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds disclosures and the use of clients; the latter unlogged, since a crash may forget it."""

    dependencies = [("store", "0014_push")]

    operations = [
        migrations.CreateModel(
            name="ClientUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="store.client",
                    ),
                ),
                ("office", models.CharField(max_length=2)),
                ("minute", models.DateTimeField()),
                ("requests", models.PositiveIntegerField()),
                ("day", models.DateField()),
                ("size", models.PositiveBigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["client", "office"], name="use_once_per_client_and_office"
                    )
                ],
            },
        ),
        migrations.RunSQL("ALTER TABLE store_clientuse SET UNLOGGED", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("version", models.PositiveIntegerField()),
                ("base", models.PositiveIntegerField()),
                ("client", models.CharField(max_length=255)),
                ("channel", models.CharField(max_length=10)),
                ("right", models.CharField(max_length=10)),
                ("groups", models.PositiveIntegerField()),
                (
                    "numbers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("records", models.PositiveIntegerField()),
                (
                    "files",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("size", models.PositiveBigIntegerField()),
                ("request", models.CharField(max_length=64)),
                (
                    "authorization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disclosures",
                        to="store.authorization",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disclosures",
                        to="store.office",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["numbers"], name="disclosure_of_record"
                    ),
                    models.Index(fields=["office", "at"], name="disclosure_of_office"),
                    models.Index(fields=["authorization", "at"], name="disclosure_to_third_party"),
                ],
            },
        ),
    ]
