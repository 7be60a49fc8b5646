"""Secrets, keys and what was signed in with them; clients of organisations; statements of revocation."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def move_secrets(apps: Any, _editor: Any) -> None:
    """The hash of each client's secret becomes its first secret; the toolkit's column opens nothing any more."""
    client = apps.get_model("store", "Client")
    secret = apps.get_model("store", "ClientSecret")
    secret.objects.bulk_create(
        secret(
            client=held,
            number=1,
            hashed=held.client_secret,
            created_at=held.updated,
            created_by="before 0013",
        )
        for held in client.objects.exclude(client_secret="")
    )
    client.objects.update(client_secret="", hash_client_secret=False)


class Migration(migrations.Migration):
    """Adds the tables of credentials and statements, and moves the secrets that there are."""

    dependencies = [
        ("store", "0012_facets"),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClientKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("thumbprint", models.CharField(max_length=43)),
                ("jwk", models.JSONField()),
                ("label", models.CharField(blank=True, default="", max_length=100)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=200)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_by", models.CharField(blank=True, default="", max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="ClientSecret",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("hashed", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=200)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_by", models.CharField(blank=True, default="", max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="RevocationStatement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("ended", models.BooleanField()),
                ("made_at", models.DateTimeField()),
                ("signed", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="TokenSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsedAssertion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("jti", models.CharField(max_length=255)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AddField(
            model_name="authorization",
            name="allows_organisation",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="authorization",
            name="organisation_used_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="client",
            name="third_party",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="client",
                to="store.thirdparty",
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("authorization__isnull", True), ("third_party__isnull", True), _connector="OR"
                ),
                name="client_is_of_one_authorization_or_one_third_party",
            ),
        ),
        migrations.AddField(
            model_name="clientkey",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="keys",
                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="clientsecret",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="secrets",
                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="revocationstatement",
            name="authorization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="statements",
                to="store.authorization",
            ),
        ),
        migrations.AddField(
            model_name="tokensource",
            name="key",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tokens",
                to="store.clientkey",
            ),
        ),
        migrations.AddField(
            model_name="tokensource",
            name="secret",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tokens",
                to="store.clientsecret",
            ),
        ),
        migrations.AddField(
            model_name="tokensource",
            name="token",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="source",
                to=settings.OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="usedassertion",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="clientkey",
            constraint=models.UniqueConstraint(
                fields=("client", "thumbprint"), name="key_is_added_once_per_client"
            ),
        ),
        migrations.AddConstraint(
            model_name="clientsecret",
            constraint=models.UniqueConstraint(
                fields=("client", "number"), name="secret_is_numbered_once_per_client"
            ),
        ),
        migrations.AddConstraint(
            model_name="tokensource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("key__isnull", False), ("secret__isnull", True)),
                    models.Q(("key__isnull", True), ("secret__isnull", False)),
                    _connector="OR",
                ),
                name="token_has_one_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="usedassertion",
            constraint=models.UniqueConstraint(
                fields=("client", "jti"), name="assertion_is_used_once"
            ),
        ),
        migrations.RunPython(move_secrets, migrations.RunPython.noop),
    ]
