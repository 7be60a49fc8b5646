"""What every test may use: the cast. XA gives, XB receives, XC must see nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from ipshare.store.models.accounts import Office

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    """The instant of the test."""
    return AT


@pytest.fixture
def cast(db):
    """The offices XA (gives), XB (receives) and XC (must see nothing)."""
    with connection.cursor() as cursor:  # no models, so Django's own flush passes them over
        cursor.execute("TRUNCATE record, change, image, office_position")
    return [
        Office.objects.create(code=code, name=f"Office {code}", created_at=AT)
        for code in ("XA", "XB", "XC")
    ]
