"""Attempts to sign in, for the throttle."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Creates the table that accounts.people counts."""

    dependencies = [("store", "0002_registry")]
    operations = [
        migrations.CreateModel(
            name="SignInAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account", models.CharField(max_length=254)),
                ("address", models.CharField(max_length=45)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "at"], name="attempt_of_account"),
                    models.Index(fields=["address", "at"], name="attempt_from_address"),
                ],
            },
        ),
    ]
