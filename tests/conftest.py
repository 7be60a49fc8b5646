"""What every test may use: the cast. XA gives, XB receives, XC must see nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import hypothesis
import pytest
from django.db import OperationalError, connection
from django.test import TransactionTestCase

from ipshare.store.models.accounts import Office

# A machine that others use is slow by chance; what must be fast has a test of its own.
hypothesis.settings.register_profile("hub", deadline=None)
hypothesis.settings.load_profile("hub")

LONGEST = ("laws/test_kill.py", "laws/", "")
"""What begins first where workers share the tests (pytest-xdist), so that none is left alone with it in the end."""
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """The tests of a file stay on one worker, as what their file starts does; those marked ``apart`` go one by one."""
    for item in items:
        if not item.get_closest_marker("apart"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    yield
    items.sort(key=lambda item: next(n for n, one in enumerate(LONGEST) if one in item.nodeid))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):  # noqa: ARG001, PT004, RUF100
    """The test database; threads that read ahead (store.ahead) keep their connections until it goes."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def at() -> datetime:
    """The instant of the test."""
    return AT


@pytest.fixture
def cast(db):
    """The offices XA (gives), XB (receives) and XC (must see nothing)."""
    return [
        Office.objects.create(code=code, name=f"Office {code}", created_at=AT)
        for code in ("XA", "XB", "XC")
    ]


FORGET = """
DO $$
DECLARE
    one record;
    filled boolean;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);  -- no foreign key asks for an order
    FOR one IN
        SELECT oid::regclass AS name, pg_relation_size(oid) AS size FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
          AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    LOOP
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', one.name);  -- whoever still writes has ended
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one.name) INTO filled;
        IF filled AND one.size > 65536 THEN
            EXECUTE format('TRUNCATE %s CASCADE', one.name);
        ELSIF filled THEN
            EXECUTE format('DELETE FROM %s', one.name);
        END IF;
    END LOOP;
END
$$
"""
"""As Django's own flush, which makes a new file for every table and index, empty or not; and our own tables too."""


TURNS = 10


def _forget(_case):
    for turn in range(TURNS):
        try:
            with connection.cursor() as cursor:
                cursor.execute(FORGET)
        except OperationalError:  # a process of the test still reads, in another order
            if turn == TURNS - 1:
                raise
        else:
            return


TransactionTestCase._fixture_teardown = _forget
