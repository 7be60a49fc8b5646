"""The roles of people at their office; whoever had an account keeps all that it could do."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_EVERYTHING = """
INSERT INTO store_membership (person_id, office_id, role, "right")
SELECT u.id, u.office_id, r.role, ''
FROM store_user u
CROSS JOIN (VALUES ('data-officer'), ('authorization-officer'), ('administrator')) r (role)
WHERE u.office_id IS NOT NULL
"""

_RIGHTS = ("trademark", "patent", "design")
_ROLES = ("viewer", "data-officer", "authorization-officer", "administrator")


class Migration(migrations.Migration):
    """Adds Membership."""

    dependencies = [("store", "0025_notifications")]
    operations = [
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(choices=[(r, r) for r in _ROLES], max_length=24)),
                (
                    "right",
                    models.CharField(
                        blank=True, choices=[(r, r) for r in _RIGHTS], default="", max_length=10
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="store.office",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "office", "role", "right"),
                        name="role_once_per_person_and_right",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "administrator"), _negated=True),
                            ("right", ""),
                            _connector="OR",
                        ),
                        name="administrator_is_for_all_rights",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", [*_ROLES])),
                        name="role_is_of_the_catalogue",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("right__in", ["", *_RIGHTS])),
                        name="role_is_for_all_rights_or_one",
                    ),
                ],
            },
        ),
        migrations.RunSQL(_EVERYTHING, migrations.RunSQL.noop),
    ]
