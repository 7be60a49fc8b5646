"""ANALYZE of wide tables takes a sample that fits: it holds each row of it whole, 300 for each point of the target."""

from __future__ import annotations

from django.db import migrations

SET = """
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT attrelid::regclass AS named, attname FROM pg_attribute
        WHERE attrelid IN ('record'::regclass, 'rendition'::regclass) AND attnum > 0 AND NOT attisdropped
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS {target}', one.named, one.attname);
    END LOOP;
END
$$
"""


class Migration(migrations.Migration):
    """6,000 records are a sample of 30 MB; the 30,000 of the default took 190."""

    dependencies = [("store", "0055_put_away")]
    operations = [
        migrations.RunSQL(SET.replace("{target}", "20"), SET.replace("{target}", "-1")),
    ]
