"""Destinations of authorizations, and what was delivered to them."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds destinations and deliveries."""

    dependencies = [("store", "0013_credentials")]
    operations = [
        migrations.CreateModel(
            name="Destination",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[("bucket", "bucket"), ("sftp", "sftp"), ("http", "http")],
                        max_length=10,
                    ),
                ),
                ("address", models.JSONField()),
                ("secret", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=200)),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("cursors", models.JSONField(default=dict)),
                ("last_right", models.CharField(blank=True, default="", max_length=10)),
                ("last_delivered_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField()),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("trouble", models.CharField(blank=True, default="", max_length=30)),
                ("trouble_words", models.TextField(blank=True, default="")),
                (
                    "authorization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="destinations",
                        to="store.authorization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
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
                ("name", models.CharField(max_length=40)),
                ("edition", models.CharField(max_length=60)),
                ("files", models.JSONField()),
                (
                    "puts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "withdrawn",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("erasures", models.PositiveIntegerField(default=0)),
                ("size", models.PositiveBigIntegerField()),
                ("cursor", models.TextField()),
                ("complete", models.BooleanField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ready", "ready"),
                            ("sending", "sending"),
                            ("delivered", "delivered"),
                            ("abandoned", "abandoned"),
                        ],
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("trouble", models.CharField(blank=True, default="", max_length=30)),
                ("trouble_words", models.TextField(blank=True, default="")),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="store.destination",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="destination",
            index=models.Index(
                condition=models.Q(("paused_at", None), ("removed_at", None)),
                fields=["due_at"],
                name="destination_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="destination",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("authorization", "name"),
                name="destination_named_once_per_authorization",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("destination", "number"), name="delivery_numbered_once_per_destination"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["ready", "sending"])),
                fields=("destination",),
                name="one_delivery_at_a_time",
            ),
        ),
    ]
