"""Every page in every state says what is true."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


ADDRESSES = (
    "/", "/submissions", "/submissions?state=held", "/submissions?words=nowhere", "/submissions?first=x",
    *(f"/submissions/KH-00000{n}" for n in range(1, 9)),
    "/submissions/KH-000003/findings", "/submissions/KH-000003/findings?rule=NUM-012",
    "/data-exchange-authorizations/kh", "/offices/kh",
)  # fmt: skip


def test_every_page_answers_whole(sokha, operator):
    for client in (sokha, operator):
        for address in ADDRESSES:
            response = client.get(address)
            assert (address, response.status_code) == (address, 200)
            assert response.content.rstrip().endswith(b"</html>")
