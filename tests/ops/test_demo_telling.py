"""What the demo prints of each office: what was published, whatever else was sent since."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ipshare.domain.authorization import View
from ipshare.domain.group import SHAREABLE, ElementGroup
from ipshare.domain.office import Right
from ipshare.ops.demo import telling
from ipshare.store.models.accounts import Office
from ipshare.store.models.submissions import Submission

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_tests_and_refused_files_are_not_counted_as_published(capsys):
    Office.objects.create(code="XA", name="Office A", created_at=AT)
    for number, state in enumerate(("published", "published", "tested", "refused"), 1):
        Submission.objects.create(
            office_id="XA", number=number, right="trademark", kind="Updates", name=f"{number}.zip", door="sftp",
            sender="x", sha256=f"{number:064}", size=1, state=state, received_at=AT, records=5, inserted=5, errors=2,
        )  # fmt: skip
    telling.offices()
    line = capsys.readouterr().out.splitlines()[-1]
    assert line.split() == [
        "XA",
        "trademark",
        "10",
        "0",
        "4",
        "0",
        "0",
        "2",
        "published,",
        "1",
        "refused,",
        "1",
        "tested",
    ]


def test_what_is_agreed_is_what_is_in_force(capsys):
    view = View(
        office="KH", authorization=1, version=3, rights=frozenset({Right.TRADEMARK}),
        groups=SHAREABLE - {ElementGroup.GOODS},
    )  # fmt: skip
    telling.agreed("KH", "JPO", view)
    assert capsys.readouterr().out == "KH lets JPO receive trademarks, without goods\n"
    telling.agreed(
        "KH",
        "JPO",
        View(office="KH", authorization=1, version=4, rights=frozenset(), groups=SHAREABLE),
    )
    assert capsys.readouterr().out == "KH shares nothing with JPO at present\n"
