"""What is still kept back of each right, record by record and as sums; an upload not taken in can be put away."""

from __future__ import annotations

from django.db import migrations, models

CREATE = """
CREATE TABLE kept_back (
    office text NOT NULL,
    "right" text NOT NULL,
    number text NOT NULL,
    submission_id bigint NOT NULL,
    groups integer NOT NULL,
    CONSTRAINT kept_back_once_per_record PRIMARY KEY (office, "right", number)
);
CREATE TABLE kept_back_sum (
    office text NOT NULL,
    "right" text NOT NULL,
    since bigint,
    whole bigint NOT NULL,
    partly bigint NOT NULL,
    unplaced bigint NOT NULL,
    CONSTRAINT kept_back_sum_once_per_right PRIMARY KEY (office, "right")
);
"""
FILL = """
WITH begun AS (
    SELECT office_id, "right", max(id) AS since FROM store_submission
    WHERE kind = 'Full_Extraction' AND state = 'published' GROUP BY 1, 2
), found AS (
    SELECT s.office_id, s."right", f.record, s.id, bit_or(f.withholds) AS groups
    FROM store_submission s
    LEFT JOIN begun b ON b.office_id = s.office_id AND b."right" = s."right"
    JOIN store_finding f ON f.submission_id = s.id AND f.withholds <> 0 AND f.record <> ''
    WHERE s.state = 'published' AND s.id >= coalesce(b.since, 0) GROUP BY 1, 2, 3, 4
), newest AS (
    SELECT DISTINCT ON (office_id, "right", record) * FROM found ORDER BY office_id, "right", record, id DESC
)
INSERT INTO kept_back (office, "right", number, submission_id, groups)
SELECT n.office_id, n."right", n.record, n.id, n.groups
FROM newest n LEFT JOIN record r ON r.office = n.office_id AND r."right" = n."right" AND r.number = n.record
WHERE r.number IS NULL OR (r.live AND r.checked_by <= n.id) OR (NOT r.live AND r.submission_id < n.id);

INSERT INTO kept_back_sum (office, "right", since, whole, partly, unplaced)
SELECT s.office_id, s."right", max(s.id) FILTER (WHERE s.kind = 'Full_Extraction'),
       coalesce(max(k.whole), 0), coalesce(max(k.partly), 0), 0
FROM store_submission s
LEFT JOIN (
    SELECT office, "right", count(*) FILTER (WHERE groups & 1 <> 0) AS whole,
           count(*) FILTER (WHERE groups & 1 = 0) AS partly
    FROM kept_back GROUP BY 1, 2
) k ON k.office = s.office_id AND k."right" = s."right"
WHERE s.state = 'published' GROUP BY 1, 2;
"""
DROP = "DROP TABLE kept_back_sum, kept_back"


class Migration(migrations.Migration):
    """What was kept back before is filled in from the findings, but for records without a number."""

    dependencies = [("store", "0053_reported")]
    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddField("submission", "unplaced", models.PositiveIntegerField(default=0)),
        migrations.AddIndex(
            "submission",
            models.Index(
                fields=["office", "right", "number"],
                condition=models.Q(unplaced__gt=0),
                name="submission_with_unplaced",
            ),
        ),
        migrations.AddField(
            "httpupload", "put_away_at", models.DateTimeField(blank=True, null=True)
        ),
    ]
