"""Notices: events that wait to be told, what people want, what they were told, where they have signed in from."""

from __future__ import annotations

from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_TOPICS = [
    (one, one)
    for one in (
        "held",
        "refused",
        "errors",
        "overdue",
        "authorization",
        "expiring",
        "destination",
        "sign-in",
    )
]


def _id() -> Any:
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _rights() -> Any:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=10), default=list, size=None
    )


def _person(name: str) -> Any:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE,
        related_name=name,
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    """Creates EventToTell, KnownPlace, Notice and NoticeSetting."""

    dependencies = [("store", "0026_operator")]

    operations = [
        migrations.CreateModel(
            name="EventToTell",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="to_tell",
                        serialize=False,
                        to="store.auditevent",
                    ),
                )
            ],
        ),
        migrations.CreateModel(
            name="KnownPlace",
            fields=[
                ("id", _id()),
                ("kind", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=100)),
                ("seen_at", models.DateTimeField()),
                ("person", _person("known_places")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "kind", "name"), name="place_once_per_person"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", _id()),
                ("topic", models.CharField(choices=_TOPICS, max_length=20)),
                ("subject", models.CharField(max_length=200)),
                ("rights", _rights()),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("path", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("lettered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "letter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notices",
                        to="store.letter",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.office",
                    ),
                ),
                ("person", _person("notices")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "-at"], name="notice_of_person"),
                    models.Index(
                        condition=models.Q(("lettered_at", None)),
                        fields=["person"],
                        name="notice_waits",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "topic", "subject"),
                        name="nobody_is_told_the_same_thing_twice",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeSetting",
            fields=[
                ("id", _id()),
                ("topic", models.CharField(choices=_TOPICS, max_length=20)),
                ("rights", _rights()),
                ("person", _person("notice_settings")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "topic"),
                        name="notice_setting_once_per_person_and_topic",
                    )
                ]
            },
        ),
    ]
