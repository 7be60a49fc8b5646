"""Clients of offices that send files over the API; their uploads lie beside those of the browser."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

_UPLOADS = "http_uploads"


class Migration(migrations.Migration):
    """Gives clients an office, and uploads a client in place of a person."""

    dependencies = [
        ("store", "0047_own_names"),
    ]

    operations = [
        migrations.RenameModel("BrowserUpload", "HttpUpload"),
        migrations.AlterField(
            "HttpUpload",
            "office",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name=_UPLOADS,
                to="store.office",
            ),
        ),
        migrations.AlterField(
            "HttpUpload",
            "person",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name=_UPLOADS,
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            "HttpUpload",
            "submission",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="http_upload",
                to="store.submission",
            ),
        ),
        migrations.AddField(
            "HttpUpload",
            "client",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name=_UPLOADS,
                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "HttpUpload",
            models.CheckConstraint(
                condition=Q(person__isnull=True, client__isnull=False)
                | Q(person__isnull=False, client__isnull=True),
                name="upload_is_of_one_person_or_one_client",
            ),
        ),
        migrations.AddField(
            "Client",
            "office",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clients",
                to="store.office",
            ),
        ),
        migrations.AddField(
            "Client",
            "rights",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=10), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField("Client", "made_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "Client", "made_by", models.CharField(blank=True, default="", max_length=200)
        ),
        migrations.AddField("Client", "ended_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            "Client",
            models.CheckConstraint(
                condition=Q(office__isnull=True, rights=[])
                | Q(authorization__isnull=True, third_party__isnull=True)
                & Q(office__isnull=False)
                & ~Q(rights=[]),
                name="client_to_send_is_of_one_office_and_some_rights",
            ),
        ),
        migrations.AddConstraint(
            "Client",
            models.UniqueConstraint(
                condition=Q(ended_at=None),
                fields=("office", "name"),
                name="client_named_once_per_office",
            ),
        ),
    ]
