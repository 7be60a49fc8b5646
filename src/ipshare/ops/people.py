"""``ipshare user``: the people who sign in to the portal."""

from __future__ import annotations

import argparse
import secrets

from django.utils import timezone

from ipshare.accounts import people
from ipshare.ops import keys, office
from ipshare.ops.refusal import RefusalError
from ipshare.store.models.accounts import User


def add(args: argparse.Namespace) -> int:
    """Give a person an account; a password that was made is printed once."""
    made = "" if args.password_file else secrets.token_urlsafe(15)
    given = keys.read(args.password_file).partition("\n")[0] if args.password_file else made
    code = None if args.operator else office.existing(args.office).code
    try:
        person = people.add(args.email, args.name, code, given, timezone.now())
    except people.PersonError as trouble:
        raise RefusalError(str(trouble)) from trouble
    print(f"added {person.email} ({code or 'operator of the hub'})")
    if made:
        print(f"password (shown once): {made}")
    return 0


def show(args: argparse.Namespace) -> int:
    """List the people."""
    for person in User.objects.order_by("office_id", "email"):
        place = person.office_id or "operator"
        closed = "" if person.active else "  (closed)"
        print(f"{place:<8}  {person.email}  {person.name}{closed}")
    return 0
