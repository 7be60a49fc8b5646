"""``ipshare submissions``: what offices have sent, and the decision on what is held."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from ipshare.domain import plural
from ipshare.ingest import publishing
from ipshare.ops.refusal import RefusalError
from ipshare.store.models.submissions import Submission

_REFERENCE = re.compile(r"([A-Z]{2})-(\d{1,9})")


def show(args: argparse.Namespace) -> int:
    """List submissions, newest first."""
    found = Submission.objects.order_by("-received_at", "-pk")
    if args.office:
        found = found.filter(office_id=args.office.upper())
    if args.state:
        found = found.filter(state=args.state)
    for one in found[: args.last]:
        findings = ", ".join(
            plural.counted(number, noun)
            for number, noun in (
                (one.errors, "error"),
                (one.warnings, "warning"),
                (one.infos, "note"),
            )
        )
        print(
            f"{one.reference}  {one.received_at:%Y-%m-%d %H:%M}Z  {one.state:<9}  {one.right:<9}  "
            f"{one.kind:<15}  {plural.counted(one.records, 'record'):>17}  {findings}  {one.name}"
        )
        if one.reason:
            print(f"           {one.reason}")
    return 0


def release(args: argparse.Namespace) -> int:
    """Publish a held submission."""
    with _deciding():
        publishing.release(
            _find(args), by="ipshare submissions release", reason=args.reason, at=timezone.now()
        )
    print(f"{args.reference.upper()} is released")
    return 0


def reject(args: argparse.Namespace) -> int:
    """End a held submission without publishing it."""
    with _deciding():
        publishing.reject(
            _find(args), by="ipshare submissions reject", reason=args.reason, at=timezone.now()
        )
    print(f"{args.reference.upper()} is rejected; nothing of it was published")
    return 0


@contextmanager
def _deciding() -> Iterator[None]:
    try:
        yield
    except publishing.NotHeldError as trouble:
        raise RefusalError(str(trouble)) from trouble


def _find(args: argparse.Namespace) -> Submission:
    reference = args.reference
    parts = _REFERENCE.fullmatch(reference.upper())
    if parts is None:
        raise RefusalError(f"{reference} is no reference of a submission; give e.g. KH-000017")
    found = Submission.objects.filter(office_id=parts[1], number=int(parts[2])).first()
    if found is None:
        raise RefusalError(
            f"there is no submission {reference.upper()}; see: ipshare submissions list"
        )
    return found
