"""``ipshare user``: the people who sign in to the portal."""

from __future__ import annotations

import argparse
import secrets

from django.utils import timezone

from ipshare.accounts import people
from ipshare.accounts import roles as roles_
from ipshare.domain.office import Right
from ipshare.domain.role import EVERYTHING, Held, Role
from ipshare.ops import given, office
from ipshare.ops.refusal import RefusalError
from ipshare.store.models.accounts import User


def add(args: argparse.Namespace) -> int:
    """Give a person an account; a password that was made is printed once."""
    made = "" if args.password_file else secrets.token_urlsafe(15)
    password = given.read(args.password_file).partition("\n")[0] if args.password_file else made
    code = None if args.operator else office.existing(args.office).code
    roles = _roles(args)
    try:
        person = people.add(args.email, args.name, code, password, timezone.now(), roles=roles)
    except people.PersonError as trouble:
        raise RefusalError(str(trouble)) from trouble
    print(f"added {person.email} ({code or 'operator of the hub'})")
    if code:
        print(f"roles: {', '.join(roles_.listed(roles))}")
    if made:
        print(f"password (shown once): {made}")
    return 0


def _roles(args: argparse.Namespace) -> frozenset[Held]:
    """The roles asked for; without any, those of somebody who does all the work of the office."""
    if args.operator:
        if args.role or args.right:
            raise RefusalError("an operator of the hub has no role at an office; leave --role out")
        return frozenset()
    if not args.role and args.right:
        raise RefusalError("--right needs a --role that it limits, e.g. --role data-officer")
    if not args.role:
        return EVERYTHING
    return roles_.combined(map(Role, args.role), map(Right, args.right or ()))


def show(args: argparse.Namespace) -> int:
    """List the people."""
    found = User.objects.order_by("office_id", "email").prefetch_related("memberships")
    for person in found:
        place = person.office_id or "operator"
        closed = "" if person.active else "  (closed)"
        roles = roles_.listed([held for _, held in person.roles])
        print(f"{place:<8}  {person.email}  {person.name}  {' '.join(roles)}{closed}".rstrip())
    return 0
