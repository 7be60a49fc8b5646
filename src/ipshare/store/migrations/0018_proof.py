"""Digests of records as views see them, kept ready for proofs."""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE UNLOGGED TABLE proof_leaf (
    office char(2) NOT NULL,
    mask integer NOT NULL,
    "right" text NOT NULL,
    number text NOT NULL,
    twig integer NOT NULL,
    position bigint NOT NULL,
    state bytea NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (office, mask, "right", number)
);
CREATE INDEX proof_leaf_by_twig ON proof_leaf (office, mask, "right", twig);
"""


class Migration(migrations.Migration):
    """Creates the leaves of proofs."""

    dependencies = [("store", "0017_third_party_sftp")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE proof_leaf")]
