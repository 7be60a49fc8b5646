"""A law: what was read is the sum of what became of it, in the row, in report.json and in report.txt."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from ipshare.accounts import offices
from ipshare.domain.office import Kind, Right
from ipshare.ops.sample import package
from ipshare.ops.sample.order import Order
from ipshare.store import objects
from ipshare.store.models.submissions import Submission
from line import send
from xmlbuilders import a_mark, transaction

AT = datetime(2026, 10, 20, 8, tzinfo=UTC)
SUM = re.compile(r"^([\d,]+) records? read = (.*)$", re.MULTILINE)


def checked(submission):
    """The sum of one submission, which is right wherever it is told."""
    became = submission.became
    if submission.state == "refused":  # a file of it could not be read: no record went anywhere
        assert became == {}
        text = objects.get(submission.report["report.txt"]["object"]).decode()
        assert "read; nothing was loaded" in text
        return {}
    assert sum(became.values()) == submission.records, (submission.reference, became)
    assert min(became.values()) >= 0, became
    kept = {name: objects.get(file["object"]).decode() for name, file in submission.report.items()}
    told = json.loads(kept["report.json"])
    assert told["submission"]["became"] == became
    assert told["records"] == sum(told["submission"]["became"].values())
    said = SUM.search(kept["report.txt"])
    assert said, kept["report.txt"]
    numbers = [int(part.split()[0].replace(",", "")) for part in said[2].split(" + ")]
    assert sum(numbers) == int(said[1].replace(",", "")) == submission.records
    return became


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("right", "form", "seed"),
    [
        (Right.TRADEMARK, "st96", 1),
        (Right.TRADEMARK, "st66", 2),
        (Right.PATENT, "st96", 3),
        (Right.DESIGN, "st96", 4),
    ],
)
def test_generated_packages_add_up(tmp_path, right, form, seed):
    offices.enter("KH", "Cambodia", "km en", at=AT, by="test")

    def order(kind, day, base=None, *, defects=0.3, records=60):
        made = Order(
            office="KH", right=right, kind=kind, records=records, date=day, seed=seed, format=form,
            defects=defects, images=True, base=base,
        )  # fmt: skip
        return package.write(made, tmp_path).path

    full = order(Kind.FULL_EXTRACTION, "2026-10-01")
    paths = [(full, Kind.TEST), (full, Kind.FULL_EXTRACTION)]
    if right is Right.TRADEMARK:
        paths.append(
            (order(Kind.UPDATES, "2026-10-10", full, defects=0.0, records=12), Kind.UPDATES)
        )
    paths.append((order(Kind.FULL_EXTRACTION, "2026-10-15", records=50), Kind.FULL_EXTRACTION))
    for place, (path, kind) in enumerate(paths):
        send(
            tmp_path / f"{place}-{path.name}", path.read_bytes(), office="KH", right=right, kind=kind,
            name=path.name, at=AT + timedelta(hours=place),
        )  # fmt: skip
    sent = Submission.objects.exclude(state="repeated").order_by("number")
    told = [(submission, checked(submission)) for submission in sent]
    found = [(submission, became) for submission, became in told if became]
    assert found[0][1]["inserted"]
    last, became = found[-1]
    assert last.absent == last.withdrawn - became["withdrawn"]


@pytest.mark.django_db(transaction=True)
def test_duplicates_are_told_and_counted_from_the_second_on(tmp_path, cast):
    content = transaction(*(a_mark(f"XA/{n}/19") for n in (1, 2, 2, 2, 3)))
    submission = send(tmp_path / "a.xml", content, at=AT, name="a.xml")
    became = checked(submission)
    assert (submission.records, became["duplicates"]) == (5, 2)
    text = objects.get(submission.report["report.txt"]["object"]).decode()
    assert (
        "5 records read = 3 new + 0 changed + 0 unchanged + 0 withdrawn + 0 kept back whole + 2 duplicates"
        in text
    )
