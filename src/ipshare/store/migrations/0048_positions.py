"""The ledger with positions and days of the office, and its sums by day."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

_MINUTES = (
    ("BN", 480), ("ID", 420), ("KH", 420), ("LA", 420), ("MM", 390), ("MY", 480), ("PH", 480), ("SG", 480),
    ("TH", 420), ("TL", 540), ("VN", 420),
)  # fmt: skip
_ZONES = ", ".join(f"('{office}', {minutes})" for office, minutes in _MINUTES)
FILL_DAYS = f"""
UPDATE store_disclosure d
SET day = (d.at AT TIME ZONE 'UTC' + coalesce(z.minutes, 0) * interval '1 minute')::date
FROM store_office o LEFT JOIN (VALUES {_ZONES}) AS z (office, minutes) ON z.office = o.code
WHERE o.code = d.office_id
"""


class Migration(migrations.Migration):
    """What left before has no positions; its days are filled in."""

    dependencies = [("store", "0051_senders")]
    operations = [
        migrations.AddField("disclosure", "day", models.DateField(null=True)),
        migrations.RunSQL(FILL_DAYS, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("disclosure", "day", models.DateField()),
        migrations.AddField(
            "disclosure", "first_position", models.PositiveBigIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            "disclosure", "last_position", models.PositiveBigIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            "delivery", "first_position", models.PositiveBigIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            "delivery", "last_position", models.PositiveBigIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            "export", "position", models.PositiveBigIntegerField(blank=True, null=True)
        ),
        migrations.RemoveIndex("disclosure", "disclosure_by_day"),
        migrations.RemoveIndex("disclosure", "disclosure_to_third_party"),
        migrations.AddIndex(
            "disclosure",
            models.Index(fields=["authorization", "day", "id"], name="disclosure_of_day"),
        ),
        migrations.CreateModel(
            name="DisclosureDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("version", models.PositiveIntegerField()),
                ("base", models.PositiveIntegerField()),
                ("channel", models.CharField(max_length=10)),
                ("right", models.CharField(max_length=10)),
                ("client", models.CharField(max_length=255)),
                ("groups", models.PositiveIntegerField()),
                ("since", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("entries", models.PositiveBigIntegerField()),
                ("records", models.PositiveBigIntegerField()),
                ("told", models.PositiveBigIntegerField()),
                ("pictures", models.PositiveBigIntegerField()),
                ("size", models.PositiveBigIntegerField()),
                ("first_position", models.PositiveBigIntegerField(blank=True, null=True)),
                ("last_position", models.PositiveBigIntegerField(blank=True, null=True)),
                ("entry", models.PositiveBigIntegerField()),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.office",
                    ),
                ),
                (
                    "authorization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.authorization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=[
                            "authorization", "day", "version", "base", "channel", "right", "client",
                        ],
                        name="disclosures_of_a_day_are_summed_once",
                    )
                ],
                "indexes": [
                    models.Index(fields=["office", "day"], name="disclosure_day_of_office"),
                    models.Index(fields=["entry"], name="disclosure_day_upto"),
                ],
            },
        ),
    ]  # fmt: skip
