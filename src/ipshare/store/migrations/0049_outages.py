"""Outages of the hub, a topic of notices about them, and invitations of operators."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

_TOPICS = [
    (name, name)
    for name in (
        "held", "refused", "errors", "overdue", "authorization", "expiring", "destination", "sign-in", "outage",
    )
]  # fmt: skip


class Migration(migrations.Migration):
    """Adds outages; an invitation without an office is one of an operator."""

    dependencies = [("store", "0048_positions")]
    operations = [
        migrations.CreateModel(
            name="Outage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.CharField(max_length=60)),
                ("words", models.TextField()),
                ("began_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("well_since", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["part"],
                        condition=models.Q(ended_at=None),
                        name="one_open_outage_per_part",
                    )
                ],
            },
        ),
        migrations.AlterField(
            "invitation",
            "office",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="store.office",
            ),
        ),
        migrations.AddConstraint(
            "invitation",
            models.UniqueConstraint(
                fields=["email"],
                condition=models.Q(accepted_at=None, revoked_at=None, office=None),
                name="one_open_invitation_of_an_operator_per_address",
            ),
        ),
        migrations.AlterField("notice", "topic", models.CharField(choices=_TOPICS, max_length=20)),
        migrations.AlterField(
            "noticesetting", "topic", models.CharField(choices=_TOPICS, max_length=20)
        ),
    ]
