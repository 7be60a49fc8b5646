"""The conditions of an authorization as options of the command line, in the words of the portal's page."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ipshare.domain.authorization import ALL_CHANNELS, Channel, Conditions, Filter, Route
from ipshare.domain.group import SHAREABLE, ElementGroup, Restriction
from ipshare.domain.office import Right
from ipshare.share import chosen

FINER = [g.value for g in ElementGroup if g in SHAREABLE - {ElementGroup.IDENTITY}]
MEGABYTE = 1_000_000
OF_THE_BASE = {"restriction", "without"}


def add_to(command: argparse.ArgumentParser) -> None:
    """Add every option to a command."""
    many: dict[str, Any] = {"action": "append", "default": []}
    add = command.add_argument
    add("--right", **many, choices=[one.value for one in Right], help="repeatable")
    add("--restriction", **many, choices=[one.value for one in Restriction], help="repeatable")
    add(
        "--without",
        **many,
        choices=FINER,
        metavar="GROUP",
        help="a finer element group to withhold; repeatable",
    )
    for what in ("filed", "registered"):
        for end, word in (("from", "since"), ("to", "up to")):
            add(
                f"--{what}-{end}",
                type=_day,
                metavar="DAY",
                help=f"only records {what} {word} this day",
            )
    add("--published-only", action="store_true", help="only published records")
    add("--registered-only", action="store_true", help="only registered records")
    add("--route", choices=[one.value for one in Route], help="only records that came in this way")
    add("--without-errors", action="store_true", help="no records that have open errors")
    add("--no-images", action="store_true", help="no images, sound and video")
    add("--no-documents", action="store_true", help="no documents")
    add(
        "--channel",
        **many,
        choices=[one.value for one in Channel],
        help="repeatable; none named: all",
    )
    add(
        "--starts",
        type=_instant,
        metavar="TIME",
        help="the first instant, with its zone: 2027-01-01T00:00+07:00",
    )
    add("--ends", type=_instant, metavar="TIME", help="the first instant after it")
    add("--requests-per-minute", type=_whole, metavar="N", help="none given: the limit of the hub")
    add(
        "--megabytes-per-day",
        type=_bytes,
        metavar="N",
        help="of records and files; none given: the limit of the hub",
    )
    add("--network", **many, metavar="CIDR", help="only from this network; repeatable")
    add("--purpose", default="", help="what the data may be used for")
    add(
        "--terms",
        default="",
        help="terms of re-use: unrestricted, conditional (ready-made texts), or your own words",
    )


def given(args: argparse.Namespace) -> list[str]:
    """The options that were used, of those that a base restriction does not have."""
    command = argparse.ArgumentParser()
    add_to(command)
    known = vars(command.parse_args([]))
    return [
        f"--{name.replace('_', '-')}"
        for name, default in known.items()
        if name not in OF_THE_BASE and getattr(args, name) != default
    ]


def excluded(args: argparse.Namespace) -> frozenset[ElementGroup]:
    """The groups to withhold."""
    finer = frozenset(map(ElementGroup, args.without))
    return finer.union(*(Restriction(name).groups for name in args.restriction))


def of(args: argparse.Namespace, networks: tuple[str, ...], terms: str) -> Conditions:
    """The conditions that the options amount to."""
    return Conditions(
        rights=frozenset(map(Right, args.right)),
        excluded=excluded(args),
        filter=Filter(
            filed_from=args.filed_from,
            filed_to=args.filed_to,
            registered_from=args.registered_from,
            registered_to=args.registered_to,
            published_only=args.published_only,
            registered_only=args.registered_only,
            route=Route(args.route) if args.route else None,
            without_errors=args.without_errors,
        ),
        images=not args.no_images,
        documents=not args.no_documents,
        channels=frozenset(map(Channel, args.channel)) or ALL_CHANNELS,
        starts_at=args.starts,
        ends_at=args.ends,
        requests_per_minute=args.requests_per_minute,
        bytes_per_day=args.megabytes_per_day,
        networks=networks,
        purpose=args.purpose,
        terms=terms,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no day; write it as 2026-11-26") from None


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found.microsecond:
        raise argparse.ArgumentTypeError(
            f"{text} is no instant with its zone; write it as 2027-01-01T00:00+07:00"
        )
    return found


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= chosen.MOST_REQUESTS):
        raise argparse.ArgumentTypeError(
            f"{text} is no whole number from 1 to {chosen.MOST_REQUESTS:,}"
        )
    return int(text)


def _bytes(text: str) -> int:
    try:
        size = Decimal(text) * MEGABYTE
    except InvalidOperation:
        size = Decimal(0)
    if not (size.is_finite() and 1 <= size <= chosen.MOST_BYTES and size == int(size)):
        raise argparse.ArgumentTypeError(
            f"{text} is no number of megabytes; write for example 500 or 0.5"
        )
    return int(size)
