"""The sample office is built once by each worker, in a database of its own; every test gets it as it was.

A test that is rolled back works in that database itself. One that commits, since a browser or another process looks on,
gets a copy of the rows in the database of the tests.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path

from django import conf
from django.db import connection
from django.test import override_settings

from conftest import FORGET
from portal import builders

OBJECTS = conf.settings.OBJECTS_URL
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""How slowly passwords are hashed is a setting, and not what these tests are about."""
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


class Kept:
    """Office KH with everything that its pages show: its objects, its database, and a connection to that."""

    def __init__(self):
        self.objects = Path(conf.settings.DATA) / "kept"
        shutil.rmtree(self.objects, ignore_errors=True)
        with override_settings(OBJECTS_URL=str(self.objects), PASSWORD_HASHERS=FAST):
            builders.cambodia()
        with connection.cursor() as cursor:
            cursor.execute(SAVE)
            cursor.execute("ANALYZE")
        self.database = connection.copy()
        tests = connection.settings_dict["NAME"]
        self.database.settings_dict["NAME"] = f"{tests}_office"
        connection.close()
        with connection._nodb_cursor() as cursor:
            # A hub of other tests may hold connections; it makes new ones when it needs them.
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = %s",
                [tests],
            )
            cursor.execute(f"DROP DATABASE IF EXISTS {tests}_office")
            cursor.execute(f"CREATE DATABASE {tests}_office TEMPLATE {tests}")
        with connection.cursor() as cursor:
            cursor.execute(FORGET)
        self.database.connect()
        self.database.set_autocommit(False)

    def forget(self):
        """Drop the database."""
        self.database.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {self.database.settings_dict['NAME']}")

    @contextmanager
    def entered(self):
        """The test's transaction is one of the office's database."""
        own, connection.connection = connection.connection, self.database.connection
        try:
            shutil.copytree(self.objects, OBJECTS, dirs_exist_ok=True)
            yield
            if not connection.needs_rollback:
                connection.check_constraints()  # as Django does where the transaction of a test ends
        finally:
            connection.connection = own
            self.database.rollback()

    def put_back(self):
        """Its rows are in the database of the tests, where a browser or another process looks on."""
        with connection.cursor() as cursor:
            cursor.execute(PUT_BACK)
        shutil.copytree(self.objects, OBJECTS, dirs_exist_ok=True)
