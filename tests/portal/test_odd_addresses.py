"""Addresses that nobody typed on purpose get an answer for people, never a failure."""

from __future__ import annotations

import pytest

LONG = "9" * 5000


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/data-exchange-authorizations/kh?party={LONG}", 404),
        (f"/data-exchange-authorizations/kh?party={'9' * 18}", 404),
        ("/data-exchange-authorizations/x%00", 404),
        ("/offices/x%00", 404),
        ("/history?last=9999-12-31", 200),
        ("/history.csv?last=9999-12-31", 200),
        ("/history?first=0001-01-01", 200),
        (f"/history?page={LONG}", 200),
        (f"/submissions/KH-000003/findings?rule=NUM-012&cause={LONG}", 200),
    ],
)
def test_an_odd_address_is_answered(sokha, address, status):
    assert sokha.get(address).status_code == status
