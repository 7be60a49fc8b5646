"""``ipshare authorize``: what the portal's page of authorizations does, from the command line."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from django.utils import timezone

from ipshare.domain.authorization import Conditions
from ipshare.domain.group import SHAREABLE, ElementGroup
from ipshare.ops import conditions, office
from ipshare.ops.refusal import RefusalError
from ipshare.share import authorizations, authorized, chosen, proposals
from ipshare.store.models.accounts import Office
from ipshare.store.models.sharing import Authorization

_BY = "ipshare authorize"


def run(args: argparse.Namespace) -> int:
    """Save the conditions of a third party, or end them; a new secret is printed once."""
    at = timezone.now()
    code = office.existing(args.office).code
    if args.base:
        return _base(code, args, at=at)
    if args.third_party is None:
        raise RefusalError("name a third party, e.g. JPO, or give --base for everybody")
    held = Authorization.objects.filter(office_id=code, third_party__name=args.third_party).first()
    if args.end:
        return _end(held, args, at=at)
    wanted = _conditions(args, at=at)
    if held is None or args.right or not args.new_secret:  # before anything is done
        before = authorized.conditions_of(held) if held else Conditions()
        _one_person_may(code, proposals.narrows(before, wanted))
    if held is None:
        held, client, secret = authorizations.add_third_party(
            code, args.third_party, args.full_name, by=_BY, at=at
        )
        print(f"App-client-id      {client.client_id}")
        print(f"App-client-secret  {secret}   (shown once)")
    elif args.new_secret:
        secret = authorizations.rotate_secret(held, by=_BY, at=at)
        print(f"App-client-secret  {secret}   (shown once; the old one has ended)")
        if not args.right:
            return 0
    version = authorizations.save(held, wanted, by=_BY, reason=args.reason, at=at)
    rights = ", ".join(version.rights) or "nothing"
    begins = wanted.starts_at if wanted.starts_at and wanted.starts_at > at else None
    seen = authorized.view_if_saved(
        held, wanted, begins or at
    )  # with the base restriction, and remarks
    without = ", ".join(group for group in ElementGroup if group in SHAREABLE - seen.groups)
    print(f"{args.third_party} may receive of {code}: {rights}; withheld: {without or 'no group'}")
    since = f"{begins.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if begins else "now"
    print(f"version {version.number}, in force from {since} on")
    return 0


def _end(held: Authorization | None, args: argparse.Namespace, *, at: datetime) -> int:
    if held is None:
        raise RefusalError(
            f"{args.third_party} is no third party of {args.office.upper()}; nothing is shared with it"
        )
    authorizations.end(held, by=_BY, reason=args.reason, at=at)
    print(f"{args.third_party} receives nothing of {args.office.upper()} any more")
    return 0


def _base(code: str, args: argparse.Namespace, *, at: datetime) -> int:
    """Withhold element groups from everybody."""
    others = conditions.given(args)
    if others or args.third_party or args.end or args.new_secret:
        raise RefusalError(
            "a base restriction has --restriction and --without alone, for every third party; "
            f"leave out {', '.join([*others, *filter(None, [args.third_party])]) or 'the others'}"
        )
    if not args.reason:
        raise RefusalError("a base restriction needs its --reason")
    excluded = conditions.excluded(args)
    _one_person_may(code, excluded >= authorized.base_of(code)[1])
    version = authorizations.save_base(code, excluded, by=_BY, reason=args.reason, at=at)
    print(f"withheld from everybody of {code}: {', '.join(sorted(excluded)) or 'no group'}")
    print(f"version {version}, in force from now on")
    return 0


def _one_person_may(code: str, narrows: bool) -> None:  # noqa: FBT001 (what was found out)
    if not narrows and Office.objects.get(pk=code).second_person:
        raise RefusalError(
            f"{code} asks for a second person before more is shared; propose it in the portal, where another approves"
        )


_OPTIONS = {
    "filed_to": "--filed-to",
    "registered_to": "--registered-to",
    "ends_at": "--ends",
    "channels": "--channel",
    "networks": "--network",
}


def _conditions(args: argparse.Namespace, *, at: datetime) -> Conditions:
    """What the options amount to, checked as the page checks it."""
    try:
        networks = tuple(dict.fromkeys(map(chosen.network, args.network)))
    except ValueError as trouble:
        raise RefusalError(f"--network: {trouble}") from None
    wanted = conditions.of(args, networks, chosen.TERMS.get(args.terms, args.terms))
    for name, message in chosen.troubles(wanted, at=at):
        raise RefusalError(f"{_OPTIONS[name]} {message}")
    return wanted
