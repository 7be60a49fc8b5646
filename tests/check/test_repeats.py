"""What comes again in a package is found in the memory of a few records, whatever their number and order."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest

from ipshare.check.context import Context
from ipshare.check.package import PackageCheck, Row
from ipshare.check.partitions import BLOCK, PARTITIONS, Partitions
from ipshare.domain.finding import Finding
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Kind, Right

CONTEXT = Context(
    office="MY", right=Right.TRADEMARK, kind=Kind.FULL_EXTRACTION, today=date(2026, 11, 23)
)
FEW, MANY = 5_000, 20_000
GROWTH = 16
"""Bytes of memory per further record, half of them for the places of blocks this small; a number alone takes 60."""


def row(number: str, *, key: str = "", registration: str = "", content: int = 7) -> Row:
    return Row(
        number=number,
        groups=[content] * len(ElementGroup),
        key=key,
        known_form=True,
        filed="",
        registered="",
        status="",
        registrations=[registration] if registration else [],
        international=[],
    )


def checked(rows: Iterator[Row] | list[Row], folder: Path | None = None) -> list[Finding]:
    package = PackageCheck(CONTEXT, folder)
    for one in rows:
        package.add(one)
    return list(package.findings())


def plain(count: int) -> Iterator[Row]:
    for place in range(count):
        yield row(f"TM{place}", key=f"MY502019{place:09}", registration=f"R{place}")


def placeholders(count: int) -> Iterator[Row]:
    for place in range(count):
        yield row(f"TM{place}", registration="R1")


def copies(count: int) -> Iterator[Row]:
    for place in range(count):
        yield row("TM1", key="MY502019000000001", registration="R1", content=place)


@pytest.mark.parametrize("rows", [plain, placeholders, copies])
def test_further_records_take_no_memory(rows, tmp_path, monkeypatch):
    monkeypatch.setattr("ipshare.check.partitions.BLOCK", 512)  # few records fill the blocks

    def peak(count: int) -> int:
        tracemalloc.start()
        checked(rows(count), tmp_path)
        reached = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return reached

    peak(PARTITIONS)  # what is made once
    grown = peak(MANY) - peak(FEW)
    assert grown / (MANY - FEW) < GROWTH


def test_the_order_of_the_records_changes_nothing():
    some = [
        row("TM1", key="K1", registration="R1"),
        row("TM1", key="K1", registration="R1", content=8),
        row("tm 1", key="K1", registration="R2"),
        row("TM-01", key="K1", registration="R2"),
        row("TM2", key="K1"),
        *(row(f"TM{place}", registration="R3") for place in range(3, 30)),
    ]
    found = checked(some)
    assert Counter(one.rule for one in found) == {
        "NUM-009": 1, "NUM-017": 2, "NUM-008": 3, "NUM-011": 1, "NUM-012": 1,
    }  # fmt: skip
    shuffled = some.copy()
    Random(1).shuffle(shuffled)  # noqa: S311 - an order, no secret
    assert checked(shuffled) == found


def test_a_number_that_comes_twice_is_one_owner_of_its_registration():
    copies = [row("TM1", registration="R1"), row("TM1", registration="R1", content=8)]
    assert [one.rule for one in checked(copies)] == ["NUM-009"]


def test_entries_of_one_key_come_back_together_and_in_order(tmp_path):
    entry = "x" * 100
    count = 3 * BLOCK * PARTITIONS // len(entry)
    with Partitions(list[str], tmp_path) as partitions:
        for place in range(count):
            partitions.add(str(place % 1000), [str(place % 1000), entry, str(place)])
        parts = [list(part) for part in partitions.each()]
        assert list(tmp_path.iterdir()) == []  # the file has no name: nothing can stay behind
    assert sum(map(len, parts)) == count
    assert sum(len({key for key, _, _ in part}) for part in parts) == 1000
    for part in parts:
        places = [int(place) for _, _, place in part]
        assert places == sorted(places)
