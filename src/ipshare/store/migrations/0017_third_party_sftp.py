"""SFTP accounts of third parties, and packages of their views, the ledger's files as received."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Lets an SFTP account be of a third party, and an export be without a client; finds files as received."""

    dependencies = [("store", "0016_exports")]

    operations = [
        migrations.AddField(
            model_name="sftpaccount",
            name="third_party",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sftp_accounts",
                to="store.thirdparty",
            ),
        ),
        migrations.AddConstraint(
            model_name="sftpaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("office__isnull", True), ("third_party__isnull", True), _connector="OR"
                ),
                name="sftp_account_is_of_one_office_or_one_third_party",
            ),
        ),
        migrations.AddIndex(
            model_name="disclosure",
            index=models.Index(
                condition=models.Q(("groups", 4095)),
                fields=["office", "right"],
                name="disclosure_as_received",
            ),
        ),
        migrations.AlterField(
            model_name="export",
            name="client",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="exports",
                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
            ),
        ),
    ]
