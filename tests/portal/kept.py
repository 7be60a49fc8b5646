"""The sample office is built once by each worker, and put back as it was for every further test."""

from __future__ import annotations

import shutil
from pathlib import Path

from django import conf
from django.db import connection, transaction

from portal import builders

_OBJECTS = conf.settings.OBJECTS_URL
SAVE = """
DO $$
DECLARE
    one record;
    filled boolean;
BEGIN
    DROP SCHEMA IF EXISTS kept CASCADE;
    CREATE SCHEMA kept;
    FOR one IN
        SELECT c.oid::regclass AS name, c.relname AS short,
               (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') AS columns
        FROM pg_class c
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
          AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one.name) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE kept.%I AS SELECT %s FROM %s', one.short, one.columns, one.name);
            EXECUTE format('COMMENT ON TABLE kept.%I IS %L', one.short, one.columns);
        END IF;
    END LOOP;
END
$$
"""
PUT_BACK = """
DO $$
DECLARE
    one record;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);  -- no foreign key asks for an order
    FOR one IN
        SELECT relname AS name, obj_description(oid) AS columns FROM pg_class
        WHERE relnamespace = 'kept'::regnamespace AND relkind = 'r'
    LOOP
        EXECUTE format('INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM kept.%1$I',
                       one.name, one.columns);
    END LOOP;
    PERFORM set_config('session_replication_role', 'origin', true);
END
$$
"""
"""The keys are those of the first time; sequences only go on, so that nothing new takes one of them."""


def cambodia():
    """Office KH with everything that its pages show, built or put back."""
    if conf.settings.OBJECTS_URL != _OBJECTS:  # the test has an object store of its own
        builders.cambodia()
        return
    kept = Path(conf.settings.DATA) / "kept"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace('kept') IS NOT NULL")
        [there] = cursor.fetchone()
        if there:
            cursor.execute(PUT_BACK)
        else:
            shutil.rmtree(kept, ignore_errors=True)
            conf.settings.OBJECTS_URL = str(kept)
            builders.cambodia()
            conf.settings.OBJECTS_URL = _OBJECTS
            cursor.execute(SAVE)
    shutil.copytree(kept, _OBJECTS, dirs_exist_ok=True)
