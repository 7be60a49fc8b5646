"""The demo's sample packages: made once, the same bytes from the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ipshare.domain.office import Kind, Right
from ipshare.ops.sample import package
from ipshare.ops.sample.order import Order
from ipshare.ops.sample.package import Package
from ipshare.ops.sample.profiles import PROFILES

EXTRACTED, UPDATED = "2026-10-01", "2026-10-15"
DEFECTS = 0.06
ST66 = frozenset(
    {"KH", "LA"}
)  # IPAS offices that send their marks as ST.66 here; the others send ST.96
_UPDATE_SHARE = 10


def make(folder: Path, *, seed: int, records: int) -> list[Package]:
    """A Full_Extraction per office and right, and an Updates package of each office's marks."""
    place = folder / f"{seed}-{records}"
    return [_once(order, place) for order in _orders(place, seed, records)]


def _orders(place: Path, seed: int, records: int) -> Iterator[Order]:
    for office in PROFILES:
        for right in Right:
            marks = right is Right.TRADEMARK
            full = Order(
                office=office,
                right=right,
                kind=Kind.FULL_EXTRACTION,
                records=records if marks else max(1, records // 2),
                date=EXTRACTED,
                seed=seed,
                format="st66" if marks and office in ST66 else "st96",
                defects=DEFECTS,
                images=marks,
            )
            yield full
            if marks:
                yield Order(
                    office=office,
                    right=right,
                    kind=Kind.UPDATES,
                    records=max(1, records // _UPDATE_SHARE),
                    date=UPDATED,
                    seed=seed,
                    format=full.format,
                    images=True,
                    base=place / full.name,
                )


def _once(order: Order, place: Path) -> Package:
    """Make a package, unless it was made before; a package cut off while it was made is made again."""
    whole = place / f"{order.name}.made"
    made = Package(office=order.office, right=order.right, kind=order.kind, path=place / order.name)
    if not whole.exists():
        made = package.write(order, place)
        whole.touch()
    return made
