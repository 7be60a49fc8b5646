"""What every test may use: the cast. XA gives, XB receives, XC must see nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import hypothesis
import pytest
from django.db import connection

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


@pytest.fixture(autouse=True)
def _leaves_nothing_behind(request):
    """What Django's own flush passes over, since they are no models of ours: the registry and the queue."""
    marker = request.node.get_closest_marker("django_db")
    wanted = (
        marker and marker.kwargs.get("transaction")
    ) or "transactional_db" in request.fixturenames
    if wanted:
        request.getfixturevalue("transactional_db")
    yield
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE record, change, image, office_position, rendition, rendition_upto, proof_leaf,"
                " search, search_upto, held_change, cache, register_grouping, procrastinate_jobs,"
                " procrastinate_workers CASCADE"
            )
