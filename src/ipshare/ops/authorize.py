"""``ipshare authorize``: what the portal's page of authorizations does, from the command line."""

from __future__ import annotations

import argparse
from datetime import datetime

from django.utils import timezone

from ipshare.domain.authorization import Conditions
from ipshare.domain.group import Restriction
from ipshare.domain.office import Right
from ipshare.ops import office
from ipshare.ops.refusal import RefusalError
from ipshare.share import authorizations
from ipshare.store.models.sharing import Authorization

_BY = "ipshare authorize"


def run(args: argparse.Namespace) -> int:
    """Save the conditions of a third party, or end them; a new secret is printed once."""
    at = timezone.now()
    code = office.existing(args.office).code
    held = Authorization.objects.filter(office_id=code, third_party__name=args.third_party).first()
    if args.end:
        return _end(held, args, at=at)
    conditions = Conditions(
        rights=frozenset(Right(right) for right in args.right),
        excluded=frozenset().union(*(Restriction(name).groups for name in args.restriction)),
    )
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
    version = authorizations.save(held, conditions, by=_BY, reason=args.reason, at=at)
    rights = ", ".join(version.rights) or "nothing"
    without = ", ".join(version.excluded) or "no group"
    print(f"{args.third_party} may receive of {code}: {rights}; withheld: {without}")
    print(f"version {version.number}, in force from now on")
    return 0


def _end(held: Authorization | None, args: argparse.Namespace, *, at: datetime) -> int:
    if held is None:
        raise RefusalError(
            f"{args.third_party} is no third party of {args.office.upper()}; nothing is shared with it"
        )
    authorizations.end(held, by=_BY, reason=args.reason, at=at)
    print(f"{args.third_party} receives nothing of {args.office.upper()} any more")
    return 0
