"""Invitations by e-mail, and changes that wait for a second person."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds Invitation and Proposal, and the switch of an office."""

    dependencies = [
        ("store", "0035_notices"),
    ]

    operations = [
        migrations.AddField(
            model_name="office",
            name="second_person",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(max_length=200)),
                ("roles", models.JSONField(default=list)),
                ("invited_by", models.CharField(max_length=200)),
                ("sending", models.PositiveIntegerField(default=1)),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="store.office",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                        fields=("office", "email"),
                        name="one_open_invitation_per_office_and_address",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("version", models.PositiveIntegerField(default=0)),
                ("wanted", models.JSONField(default=dict)),
                ("rights", models.JSONField(default=list)),
                ("preview", models.JSONField(default=dict)),
                ("reason", models.TextField()),
                ("proposed_by", models.CharField(max_length=254)),
                ("proposed_at", models.DateTimeField()),
                ("state", models.CharField(default="open", max_length=10)),
                ("decided_by", models.CharField(blank=True, default="", max_length=254)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision", models.TextField(blank=True, default="")),
                (
                    "authorization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="store.authorization",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="store.office",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["office", "-proposed_at"], name="proposal_of_office")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "withdrawn"]),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_decides_on_their_own_proposal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "approved", "rejected", "withdrawn"])
                        ),
                        name="proposal_state_is_of_the_catalogue",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind__in", ["conditions", "base", "switch-off"]), ("state", "open")
                        ),
                        fields=("office", "kind", "authorization"),
                        name="one_open_proposal_per_thing",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
    ]
