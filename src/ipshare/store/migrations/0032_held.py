"""What a held submission would do, kept record by record; how complete records are; the agreed rhythm."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

_RIGHTS = [("trademark", "trademark"), ("patent", "patent"), ("design", "design")]

CREATE = """
ALTER TABLE record ADD COLUMN lacks smallint;
CREATE INDEX record_incomplete ON record (office, "right", lacks) WHERE live AND lacks IS DISTINCT FROM 0;

CREATE TABLE held_change (
    submission_id bigint NOT NULL,
    number text NOT NULL,
    kind text NOT NULL,
    groups integer NOT NULL,
    joints bigint NOT NULL,
    was_live boolean NOT NULL,
    live boolean NOT NULL,
    before facets,
    after facets,
    CONSTRAINT held_change_once_per_record PRIMARY KEY (submission_id, number)
);
CREATE INDEX held_change_by_kind ON held_change (submission_id, kind, number);
"""
DROP = """
DROP TABLE held_change;
ALTER TABLE record DROP COLUMN lacks;
"""


def _of_office(related_name: str) -> Any:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to="store.office"
    )


def _key() -> Any:
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    """Adds held_change, Rhythm, Completeness, and what a submission says of positions and of checking again."""

    dependencies = [("store", "0028_laws")]
    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.CreateModel(
            name="Rhythm",
            fields=[
                ("id", _key()),
                ("right", models.CharField(choices=_RIGHTS, max_length=10)),
                ("days", models.PositiveIntegerField(blank=True, null=True)),
                ("saved_at", models.DateTimeField()),
                ("saved_by", models.CharField(max_length=200)),
                ("office", _of_office("rhythms")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "right"), name="rhythm_once_per_office_and_right"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Completeness",
            fields=[
                ("id", _key()),
                ("right", models.CharField(choices=_RIGHTS, max_length=10)),
                ("counted_at", models.DateTimeField()),
                ("records", models.PositiveIntegerField()),
                ("complete", models.PositiveIntegerField()),
                ("unknown", models.PositiveIntegerField(default=0)),
                ("lacking", models.JSONField(default=dict)),
                ("office", _of_office("completeness")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "right"), name="completeness_once_per_office_and_right"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="submission",
            name="withheld_whole",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="submission",
            name="first_position",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="last_position",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="checks_again",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checked_again_by",
                to="store.submission",
            ),
        ),
    ]
