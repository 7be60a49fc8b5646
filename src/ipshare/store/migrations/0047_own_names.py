"""What an office calls a third party is its own: it goes from the third party to the authorization."""

from __future__ import annotations

from django.db import migrations, models

# Whoever added it first has written the full name; the others have only seen it.
MOVE = """
UPDATE store_authorization a SET full_name = t.full_name
FROM store_thirdparty t
WHERE t.id = a.third_party_id AND a.id = (
    SELECT id FROM store_authorization WHERE third_party_id = t.id ORDER BY created_at, id LIMIT 1
);
"""


class Migration(migrations.Migration):
    """Moves the full name."""

    dependencies = [("store", "0046_grouping")]
    operations = [
        migrations.AddField(
            "authorization", "full_name", models.CharField(max_length=200, blank=True, default="")
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RemoveField("thirdparty", "full_name"),
    ]
