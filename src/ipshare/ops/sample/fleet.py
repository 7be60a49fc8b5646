"""FLEET: the packages of the demonstration, every office and right, some in ST.66, and one update."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from ipshare.domain.office import Kind, Right
from ipshare.ops.sample import package
from ipshare.ops.sample.order import Order
from ipshare.ops.sample.package import Package

DEFECTS = 0.06
"""Share of records with a defect: enough that every office has something to repair."""
UPDATE_AFTER = timedelta(days=7)


class Shipment(NamedTuple):
    """One Full_Extraction of the demonstration."""

    office: str
    right: Right
    records: int
    format: str = "st96"
    images: bool = False


_TM, _PT, _ID = Right.TRADEMARK, Right.PATENT, Right.DESIGN

FLEET: tuple[Shipment, ...] = (
    Shipment("BN", _TM, 120, "st66"), Shipment("BN", _PT, 50), Shipment("BN", _ID, 40),
    Shipment("ID", _TM, 400, images=True), Shipment("ID", _PT, 180), Shipment("ID", _ID, 60),
    Shipment("KH", _TM, 360, images=True), Shipment("KH", _PT, 60), Shipment("KH", _ID, 50),
    Shipment("LA", _TM, 150, "st66", images=True), Shipment("LA", _PT, 40), Shipment("LA", _ID, 40),
    Shipment("MM", _TM, 140), Shipment("MM", _PT, 40), Shipment("MM", _ID, 40),
    Shipment("MY", _TM, 320), Shipment("MY", _PT, 160), Shipment("MY", _ID, 60),
    Shipment("PH", _TM, 340, "st66"), Shipment("PH", _PT, 120), Shipment("PH", _ID, 50),
    Shipment("SG", _TM, 300, images=True), Shipment("SG", _PT, 200), Shipment("SG", _ID, 60),
    Shipment("TH", _TM, 380), Shipment("TH", _PT, 160), Shipment("TH", _ID, 80),
    Shipment("VN", _TM, 380), Shipment("VN", _PT, 140), Shipment("VN", _ID, 60),
)  # fmt: skip
UPDATED = FLEET[6]
"""The register that an Updates package changes a week later."""
UPDATE_RECORDS = 40


def packages(out_dir: Path, seed: int, today: date | None = None) -> list[Package]:
    """Make the whole fleet; every package is of a week ago, the update of today."""
    until = today or datetime.now(tz=UTC).date()
    told = (until - UPDATE_AFTER).isoformat()
    made: list[Package] = []
    for one in FLEET:
        order = Order(
            office=one.office,
            right=one.right,
            kind=Kind.FULL_EXTRACTION,
            records=one.records,
            date=told,
            seed=seed,
            format=one.format,
            defects=DEFECTS,
            images=one.images,
        )
        made.append(package.write(order, out_dir))
    base = next(one for one in made if (one.office, one.right) == (UPDATED.office, UPDATED.right))
    update = Order(
        office=UPDATED.office,
        right=UPDATED.right,
        kind=Kind.UPDATES,
        records=UPDATE_RECORDS,
        date=until.isoformat(),
        seed=seed,
        format=UPDATED.format,
        defects=DEFECTS,
        base=base.path,
    )
    made.append(package.write(update, out_dir))
    return made
