"""What was read and dealt out by an earlier version of the hub is known as such, so that it is read and dealt out again."""

from __future__ import annotations

from django.db import migrations, models

# What is held is of a grouping that nobody knows: it is dealt out again before anything of it leaves the hub.
CREATE = """
CREATE TABLE register_grouping (
    office char(2) NOT NULL,
    "right" text NOT NULL,
    grouping text NOT NULL,
    CONSTRAINT register_is_grouped_once PRIMARY KEY (office, "right")
);
INSERT INTO register_grouping SELECT DISTINCT office, "right", '' FROM record;
"""


class Migration(migrations.Migration):
    """Adds the grouping of registers and exports, and the version that a submission was read by."""

    dependencies = [("store", "0050_duplicates")]
    operations = [
        migrations.RunSQL(CREATE, "DROP TABLE register_grouping"),
        migrations.AddField(
            "submission", "rules", models.CharField(max_length=32, blank=True, default="")
        ),
        migrations.AddField(
            "export", "grouping", models.CharField(max_length=32, blank=True, default="")
        ),
    ]
