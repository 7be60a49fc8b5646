"""What every test may use: the cast. XA gives, XB receives, XC must see nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ipshare.store.models.accounts import Office

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


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
