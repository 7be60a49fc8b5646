"""``ipshare office``: the offices that send data."""

from __future__ import annotations

import argparse
from decimal import Decimal

from django.utils import timezone

from ipshare.accounts import offices
from ipshare.accounts.region import OFFICES
from ipshare.ops.refusal import RefusalError
from ipshare.store.models.accounts import Office

_CODE_LETTERS = 2
_BY = "ipshare office add"


def add(args: argparse.Namespace) -> int:
    """Add an office."""
    code = args.code.upper()
    if not (code.isascii() and code.isalpha() and len(code) == _CODE_LETTERS):
        raise RefusalError(f"{args.code} is no WIPO ST.3 code; give two letters, e.g. KH")
    if code not in OFFICES and not (args.name and args.languages):
        raise RefusalError(f"{code} is not an office of the region; give --name and --languages")
    if not 0 <= args.hold_percent <= offices.MOST_PERCENT:
        raise RefusalError(f"--hold-percent is {args.hold_percent}; give 0 to 100")
    known = OFFICES.get(code)
    try:
        office, added = offices.enter(
            code,
            args.name or (known.name if known else ""),
            args.languages or (known.languages if known else ""),
            at=timezone.now(),
            by=_BY,
            hold_percent=Decimal(str(args.hold_percent)),
        )
    except offices.OfficeRefusedError as trouble:
        raise RefusalError(str(trouble)) from trouble
    if not added:
        raise RefusalError(f"{code} is an office of the hub already: {office.name}")
    print(f"added {office}")
    print(f"next: ipshare key add --office {code} <public key>, ipshare user add --office {code} …")
    return 0


def show(args: argparse.Namespace) -> int:
    """List the offices."""
    for office in Office.objects.order_by("code"):
        held = f"holds above {office.hold_percent.normalize():f} %"
        closed = "" if office.active else "  (closed)"
        print(f"{office.code}  {office.name}  [{office.languages}]  {held}{closed}")
    return 0


def existing(code: str) -> Office:
    """The office of a code, however it is written."""
    office = Office.objects.filter(code=code.upper()).first()
    if office is None:
        raise RefusalError(
            f"no office has the code {code.upper()}; add it with: ipshare office add {code.upper()}"
        )
    return office
