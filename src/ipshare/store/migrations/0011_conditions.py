"""All conditions of an authorization; what an office withholds from everybody; blocks of single records."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import ipshare.store.models.sharing


class Migration(migrations.Migration):
    """Adds the conditions beyond rights and groups, base restrictions and record blocks."""

    dependencies = [
        ("store", "0010_shard_file"),
    ]

    operations = [
        migrations.AddField(
            model_name="authorizationversion",
            name="bytes_per_day",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="authorizationversion",
            name="channels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=10),
                default=ipshare.store.models.sharing.all_channels,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="authorizationversion",
            name="documents",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="authorizationversion",
            name="ends_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="authorizationversion",
            name="filter",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="authorizationversion",
            name="images",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="authorizationversion",
            name="networks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=50), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="authorizationversion",
            name="purpose",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="authorizationversion",
            name="requests_per_minute",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="authorizationversion",
            name="starts_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="authorizationversion",
            name="terms",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.CreateModel(
            name="BaseRestriction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "excluded",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("saved_at", models.DateTimeField()),
                ("saved_by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="base_restrictions",
                        to="store.office",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "number"), name="base_restriction_once_per_office"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "right",
                    models.CharField(
                        choices=[
                            ("trademark", "trademark"),
                            ("patent", "patent"),
                            ("design", "design"),
                        ],
                        max_length=10,
                    ),
                ),
                ("number", models.TextField()),
                ("reason", models.TextField()),
                ("blocked_at", models.DateTimeField()),
                ("blocked_by", models.CharField(max_length=200)),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_by", models.CharField(blank=True, default="", max_length=200)),
                (
                    "authorization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blocks",
                        to="store.authorization",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="record_blocks",
                        to="store.office",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("lifted_at", None)),
                        fields=["office", "right", "number"],
                        name="block_in_force",
                    )
                ],
            },
        ),
    ]
