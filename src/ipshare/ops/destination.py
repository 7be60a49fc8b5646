"""``ipshare destination``: where data is pushed to, what was delivered, and what to do when it is not."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils import timezone

from ipshare.domain.delivery import DestinationKind, PushError
from ipshare.ops import office
from ipshare.ops.refusal import RefusalError
from ipshare.share import destinations, platform
from ipshare.store.models.deliveries import Destination
from ipshare.store.models.sharing import Authorization

_BY = "ipshare destination"


def add(args: argparse.Namespace) -> int:
    """Add a destination; what the third party needs to know is printed once."""
    code = office.existing(args.office).code
    held = Authorization.objects.filter(office_id=code, third_party__name=args.third_party).first()
    if held is None:
        raise RefusalError(f"{args.third_party} is no third party of {code}; see ipshare authorize")
    kind, address = _address(args)
    try:
        added = destinations.add(
            held,
            args.name,
            kind,
            address,
            secret=_secret(args.secret_file),
            by=_BY,
            at=timezone.now(),
        )
    except destinations.NotAcceptedError as trouble:
        raise RefusalError(str(trouble)) from trouble
    print(f"added {added.destination.name}: {destinations.where_of(added.destination)}")
    if added.secret:
        print(f"signing secret  {added.secret}   (shown once)")
    if added.public_key:
        print(f"public key      {added.public_key}   (to be let in there)")
    return 0


def _address(args: argparse.Namespace) -> tuple[DestinationKind, dict[str, Any]]:
    if args.http:
        return DestinationKind.HTTP, {"url": args.http}
    parts = urlsplit(args.sftp or args.s3)
    path = unquote(parts.path)
    if args.sftp:
        if not args.host_key:
            raise RefusalError(
                "give the server's public key with --host-key FILE (ssh-keyscan prints it)"
            )
        return DestinationKind.SFTP, {
            "host": parts.hostname or "",
            "port": parts.port or 22,
            "username": unquote(parts.username or ""),
            "folder": path,
            "host_key": Path(args.host_key).read_text("utf-8"),
        }
    return DestinationKind.BUCKET, {
        "bucket": parts.hostname or "",
        "prefix": path.strip("/"),
        "endpoint": args.endpoint or "",
        "region": args.region,
        "access_key_id": args.access_key_id or "",
    }


def _secret(file: str | None) -> str:
    if file is None:
        return ""
    text = sys.stdin.readline() if file == "-" else Path(file).read_text("utf-8")
    return text.splitlines()[0] if text else ""


def show(args: argparse.Namespace) -> int:
    """List destinations, each with its state and its newest delivery."""
    found = Destination.objects.filter(removed_at=None).order_by("authorization__office", "pk")
    if args.office:
        found = found.filter(authorization__office=args.office.upper())
    for one in found.select_related("authorization__third_party"):
        about = one.authorization
        newest = one.deliveries.order_by("-number").first()
        print(
            f"{about.office_id}  {about.third_party.name:<12}  {one.name:<20}  "
            f"{destinations.state_of(one):<9}  {newest.name if newest else '-':<14}  {destinations.where_of(one)}"
        )
        if one.trouble_words:
            print(f"    {one.trouble_words}  Next attempt {one.due_at:%Y-%m-%d %H:%M}Z.")
    return 0


def test(args: argparse.Namespace) -> int:
    """Try the connection; no data leaves."""
    try:
        print(destinations.try_out(_find(args)))
    except PushError as trouble:
        raise RefusalError(str(trouble)) from trouble
    return 0


def pause(args: argparse.Namespace) -> int:
    """Let nothing leave until it is resumed."""
    destinations.pause(_find(args), by=_BY, at=timezone.now())
    print(f"{args.name} is paused; nothing leaves for it")
    return 0


def resume(args: argparse.Namespace) -> int:
    """Let deliveries go on."""
    destinations.resume(_find(args), by=_BY, at=timezone.now())
    print(f"{args.name} goes on")
    return 0


def retry(args: argparse.Namespace) -> int:
    """Try it again at once."""
    destinations.retry(_find(args), at=timezone.now())
    print(f"{args.name} is tried again at once")
    return 0


def remove(args: argparse.Namespace) -> int:
    """Deliver nothing to it any more."""
    destinations.remove(_find(args), by=_BY, at=timezone.now())
    print(f"{args.name} is removed; its secret is forgotten, its deliveries stay in the history")
    return 0


def show_platform(args: argparse.Namespace) -> int:
    """Tell whether the central WIPO data platform is available, and what it says of itself."""
    found = platform.look()
    print(found.words)
    if found.description:
        told = found.description
        print(f"{told.title} {told.version}, published at {told.published_at}")
        print(f"services at {', '.join(told.servers)}; health: {told.health or 'none named'}")
    return 0 if found.available else 1


def _find(args: argparse.Namespace) -> Destination:
    found = Destination.objects.filter(
        authorization__office=args.office.upper(),
        authorization__third_party__name=args.third_party,
        name=args.name,
        removed_at=None,
    )
    one = found.select_related("authorization__third_party").first()
    if one is None:
        raise RefusalError(
            f"{args.third_party} has no destination {args.name} for {args.office.upper()}; "
            "ipshare destination list shows them"
        )
    return one
