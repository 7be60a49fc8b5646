"""Uploads in the browser."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Creates the table of uploads in the browser."""

    dependencies = [
        ("store", "0021_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="BrowserUpload",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("Full_Extraction", "Full_Extraction"),
                            ("Updates", "Updates"),
                            ("Test", "Test"),
                        ],
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("start", models.CharField(blank=True, default="", max_length=64)),
                ("begun_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("trouble", models.TextField(blank=True, default="")),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="browser_uploads",
                        to="store.office",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="browser_uploads",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="browser_upload",
                        to="store.submission",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["office", "begun_at"], name="browser_upload_of_office"),
                    models.Index(fields=["expires_at"], name="browser_upload_by_expiry"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("office", "right", "kind", "name"),
                        name="browser_upload_once_per_name_at_a_time",
                    )
                ],
            },
        ),
    ]
