"""``ipshare sample``: make one package of a plausible register."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

from ipshare.domain import plural
from ipshare.domain.office import Kind, Right
from ipshare.ops.sample import package
from ipshare.ops.sample.order import Order
from ipshare.ops.sample.profiles import PROFILES
from ipshare.ops.sample.register import OrderError

STATUS_REFUSED = 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ipshare sample",
        description="Make a package of a plausible register: the same order gives the same bytes. Beside it, "
        "<package>.expected.json says which record has which injected defect, and which rule must find it.",
    )
    parser.add_argument(
        "--office",
        required=True,
        metavar="CODE",
        help=f"office, by ST.3 code: {' '.join(PROFILES)}",
    )
    parser.add_argument("--right", required=True, type=Right, choices=list(Right), help="IP right")
    kinds = (Kind.FULL_EXTRACTION, Kind.UPDATES)
    parser.add_argument(
        "--kind", type=Kind, choices=kinds, default=Kind.FULL_EXTRACTION, help="what the package is"
    )
    parser.add_argument(
        "--records", type=int, default=500, metavar="N", help="number of records (default 500)"
    )
    parser.add_argument(
        "--format",
        choices=("st96", "st66"),
        default="st96",
        help="ST.96 V6_0, or the ST.66 export of an IPAS office",
    )
    _more(parser)
    return parser


def _more(parser: argparse.ArgumentParser) -> None:
    """What most leave as it is."""
    parser.add_argument(
        "--seed", type=int, default=7, metavar="N", help="seed of the register (default 7)"
    )
    parser.add_argument(
        "--defects",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of records with a defect, 0 to 1 (default 0)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="folder of the package (default: here)",
    )
    parser.add_argument(
        "--images",
        action="store_true",
        help="give marks pictures (designs always have them; an update has its base's)",
    )
    parser.add_argument(
        "--date",
        type=_day,
        default=None,
        metavar="YYYY-MM-DD",
        help="extraction date (default: today)",
    )
    parser.add_argument(
        "--base",
        type=Path,
        default=None,
        metavar="PATH",
        help="for Updates: the Full_Extraction that is updated",
    )


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a date; write YYYY-MM-DD") from None


def main(argv: list[str] | None = None) -> int:
    """Make the package, and say what was made and how fast."""
    args = _parser().parse_args(argv)
    order = Order(
        office=args.office.upper(),
        right=args.right,
        kind=args.kind,
        records=args.records,
        date=args.date or datetime.now(tz=UTC).date().isoformat(),
        seed=args.seed,
        format=args.format,
        defects=args.defects,
        images=args.images,
        base=args.base,
    )
    began = time.monotonic()
    try:
        made = package.write(order, args.out)
    except (OrderError, OSError) as refusal:
        sys.stderr.write(f"ipshare sample: {refusal}\n")
        return STATUS_REFUSED
    seconds = time.monotonic() - began
    size = made.path.stat().st_size
    print(
        f"{made.path}: {plural.counted(order.records, 'record')}, {size:,} bytes, {seconds:.1f} s"
    )
    print(f"{made.expected}: the injected defects")
    return 0
