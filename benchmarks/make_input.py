"""Write the inputs of the benchmark: a trademark register, the same with one record in a hundred changed.

    python benchmarks/make_input.py [--records 100000] [--out benchmarks/input]

Prints the mean size and number of elements of a record. The register is Malaysia's: records of about 5 kB
and 90 elements; one record in fifty has a defect.
"""

from __future__ import annotations

import argparse
import time
import zipfile
from pathlib import Path

from ipshare.domain.office import Kind, Right
from ipshare.ops.sample import package
from ipshare.ops.sample.order import Order

OFFICE = "MY"
DATE = "2026-09-30"
NEXT_DATE = "2026-10-07"
DEFECTS = 0.02
CHANGED = 0.01


def order(records: int, *, changed: bool) -> Order:
    """The register, or the register a week later in which one in a hundred has another representative."""
    return Order(
        office=OFFICE,
        right=Right.TRADEMARK,
        kind=Kind.FULL_EXTRACTION,
        records=records,
        date=NEXT_DATE if changed else DATE,
        as_of=DATE,
        seed=11,
        defects=DEFECTS,
        revised=CHANGED if changed else 0.0,
    )


def make(records: int, folder: Path) -> tuple[Path, Path]:
    """The first package and the changed one."""
    first, second = (
        package.write(order(records, changed=changed), folder) for changed in (False, True)
    )
    return first.path, second.path


def measure(path: Path, records: int) -> tuple[float, float]:
    """Mean bytes and elements of a record."""
    size = elements = 0
    with zipfile.ZipFile(path) as archive, archive.open(archive.infolist()[0]) as file:
        tail = b""
        while block := file.read(1 << 20):
            size += len(block)
            elements += (tail + block).count(b"</")
            tail = block[-1:]
    return size / records, elements / records


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "input")
    args = parser.parse_args()
    began = time.monotonic()
    for path in make(args.records, args.out):
        size, elements = measure(path, args.records)
        print(
            f"{path}  {path.stat().st_size:,} bytes; per record {size:,.0f} bytes, {elements:.1f} elements"
        )
    print(f"{time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
