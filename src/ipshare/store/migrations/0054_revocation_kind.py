"""Statements of revocation say what they are about: blocks have one, too."""

from __future__ import annotations

from django.db import migrations, models

FILL = (
    "UPDATE store_revocationstatement SET kind = CASE WHEN ended THEN 'ended' ELSE 'narrowed' END"
)


class Migration(migrations.Migration):
    """What ended says becomes one of three kinds."""

    dependencies = [("store", "0052_kept_back")]
    operations = [
        migrations.AddField(
            "revocationstatement",
            "kind",
            models.CharField(
                choices=[("ended", "ended"), ("narrowed", "narrowed"), ("blocked", "blocked")],
                default="",
                max_length=10,
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField("revocationstatement", "ended"),
    ]
