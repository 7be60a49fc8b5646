"""Items of the feed as ready bytes, per set of groups in use: a cache that PostgreSQL itself keeps true."""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE UNLOGGED TABLE rendition (
    office char(2) NOT NULL,
    mask integer NOT NULL,
    position bigint NOT NULL,
    "right" text NOT NULL,
    number text NOT NULL,
    item bytea NOT NULL,
    CONSTRAINT rendition_has_one_item_per_position PRIMARY KEY (office, mask, position)
) WITH (toast_tuple_target = 8160);
ALTER TABLE rendition ALTER COLUMN item SET STORAGE EXTERNAL;
CREATE INDEX rendition_by_record ON rendition (office, "right", number);

CREATE UNLOGGED TABLE rendition_upto (
    office char(2) NOT NULL,
    mask integer NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT rendition_upto_is_kept_once PRIMARY KEY (office, mask)
);

-- A record that changes visibly is at a new position: its old item goes in the same transaction.
CREATE FUNCTION rendition_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM rendition x USING fresh f
    WHERE x.office = f.office AND x."right" = f."right" AND x.number = f.number AND x.mask & f.groups <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER rendition_forget AFTER INSERT ON change
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION rendition_forget();
"""
DROP = """
DROP TRIGGER rendition_forget ON change;
DROP FUNCTION rendition_forget();
DROP TABLE rendition_upto, rendition;
"""


class Migration(migrations.Migration):
    """Creates rendition, how far it reaches, and the trigger that forgets what has changed."""

    dependencies = [("store", "0008_shard_proof")]
    operations = [migrations.RunSQL(CREATE, DROP)]
