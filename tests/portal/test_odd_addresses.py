"""Addresses that nobody typed on purpose get an answer for people, never a failure."""

from __future__ import annotations

import pytest

from ipshare.domain.office import Right
from portal import builders
from portal.conftest import signed_in
from portal.test_delivery import address as delivery
from portal.test_delivery import some  # noqa: F401 (a fixture)

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


def test_a_right_that_one_has_no_role_for_has_nothing(office):
    roles = builders.roles("data-officer", right=Right.TRADEMARK)
    builders.a_person("dara.lim@moc.example", "KH", "Lim Dara", roles)
    dara = signed_in("dara.lim@moc.example")
    for address in (
        "/history?right=patent",
        "/history?right=patent&direction=out",
        "/history.csv?right=patent",
        "/disclosures/kh?right=patent",
        "/disclosures/kh?right=patent&months=on",
        "/disclosures/kh/csv?right=patent",
        "/disclosures/kh/xlsx?right=patent",
    ):
        answer = dara.get(address)
        assert answer.status_code == 200, address
        if answer.streaming:
            assert answer.getvalue(), address


def test_a_delivery_under_a_version_that_never_was_is_no_page(sokha, some):  # noqa: F811
    there = delivery()
    assert sokha.get(there).status_code == 200
    day = there.rsplit("/", 2)[0]
    for under in ("2147483648/0", "1/2147483648", f"{LONG}/0", "999999999/0"):
        for form in ("", "/csv", "/xlsx"):
            assert sokha.get(f"{day}/{under}{form}").status_code == 404, (under, form)
