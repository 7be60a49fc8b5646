"""``ipshare client``: what third parties sign in with to read, and offices' own machines to send."""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from ipshare.accounts import client_keys, clients, senders
from ipshare.accounts.clients import CredentialRefusedError
from ipshare.domain.office import Right
from ipshare.ops import given, office
from ipshare.ops.refusal import RefusalError
from ipshare.share import organisations
from ipshare.store.models.credentials import ClientKey, ClientSecret
from ipshare.store.models.sharing import Authorization, Client

_BY = "ipshare client"
_DAYS = range(1, 3651)


def show(args: argparse.Namespace) -> int:
    """List clients with their secrets and keys."""
    found = Client.objects.select_related("authorization__third_party", "third_party")
    if args.office:
        code = office.existing(args.office).code
        found = found.filter(Q(authorization__office=code) | Q(office=code))
    for client in found.order_by("authorization__office", "office", "name"):
        reads = client.authorization.office_id if client.authorization else "over offices"
        place = client.office_id or reads
        sends = f"  sends {', '.join(client.rights)}" if client.office_id else ""
        ended = f"  ended {client.ended_at:%Y-%m-%d}" if client.ended_at else ""
        last = _last(client.last_used_at)
        print(f"{place:<12}  {clients.user_of(client)}  {client.client_id}{sends}{last}{ended}")
        for secret in client.secrets.order_by("number"):
            print(f"    secret {secret.number}  {_state(secret)}{_last(secret.last_used_at)}")
        for key in client.keys.order_by("pk"):
            label = f"  {key.label}" if key.label else ""
            print(f"    key {key.thumbprint}  {_state(key)}{_last(key.last_used_at)}{label}")
    return 0


def _state(held: ClientSecret | ClientKey) -> str:
    if held.revoked_at:
        return f"revoked {held.revoked_at:%Y-%m-%d}"
    if held.expires_at:
        return f"{'expires' if held.expires_at > timezone.now() else 'expired'} {held.expires_at:%Y-%m-%d}"
    return "valid"


def _last(at: datetime | None) -> str:
    return f"  last used {at:%Y-%m-%d}" if at else "  never used"


def add(args: argparse.Namespace) -> int:
    """Make a client that a machine of an office sends with; its secret is printed once."""
    at, rights = timezone.now(), [Right(one) for one in args.right or list(Right)]
    try:
        client, _, text = senders.add(
            office.existing(args.office), args.name, rights, by=_BY, at=at,
            expires_at=_after(at, args.days),
        )  # fmt: skip
    except CredentialRefusedError as trouble:
        raise RefusalError(str(trouble)) from trouble
    print(f"App-client-id      {client.client_id}")
    print(f"App-client-secret  {text}   (shown once)")
    print(f"it sends {', '.join(client.rights)} of {client.office_id}, and reads what became of it")
    return 0


def end(args: argparse.Namespace) -> int:
    """End a client of an office with its secrets, keys and access tokens."""
    client = _existing(args.client_id)
    if client.office_id is None:
        raise RefusalError(
            f"client {client.client_id} is a third party's: end its authorization, or revoke what it signs in with"
        )
    ended = senders.end(client, by=_BY, at=timezone.now())
    print(f"ended; access tokens that ended with it: {ended}")
    return 0


def organisation(args: argparse.Namespace) -> int:
    """Make the client of a third party over offices; its secret is printed once."""
    try:
        client, text = organisations.add_client(args.third_party, by=_BY, at=timezone.now())
    except CredentialRefusedError as trouble:
        raise RefusalError(str(trouble)) from trouble
    print(f"App-client-id      {client.client_id}")
    print(f"App-client-secret  {text}   (shown once)")
    print("it reads nothing until an office allows it: in the portal, or ipshare client allow")
    return 0


def allow(args: argparse.Namespace) -> int:
    """Let the client of a third party over offices use the authorization of an office."""
    return _decide(args, allowed=True)


def forbid(args: argparse.Namespace) -> int:
    """Keep the authorization of an office from the client of a third party over offices."""
    return _decide(args, allowed=False)


def _decide(args: argparse.Namespace, *, allowed: bool) -> int:
    code = office.existing(args.office).code
    held = Authorization.objects.filter(office=code, third_party__name=args.third_party).first()
    if held is None:
        raise RefusalError(f"{args.third_party} is no third party of {code}")
    organisations.decide(held, allowed=allowed, by=_BY, at=timezone.now())
    may = "may" if allowed else "may not"
    print(f"the client of {args.third_party} over offices {may} use the authorization of {code}")
    return 0


def secret(args: argparse.Namespace) -> int:
    """Make another secret, printed once."""
    at, client = timezone.now(), _existing(args.client_id)
    try:
        made, text = clients.add_secret(
            client, by=_BY, at=at, expires_at=_after(at, args.days), end_others=args.end_others
        )
    except CredentialRefusedError as trouble:
        raise RefusalError(f"{trouble} (--end-others)") from trouble
    others = "the others have ended" if args.end_others else "the other one goes on"
    print(f"App-client-secret  {text}   (secret {made.number}, shown once; {others})")
    return 0


def key(args: argparse.Namespace) -> int:
    """Let a client sign in with a key."""
    at, client = timezone.now(), _existing(args.client_id)
    try:
        added = client_keys.add(
            client,
            given.read(args.file),
            args.label,
            by=_BY,
            at=at,
            expires_at=_after(at, args.days),
        )
    except CredentialRefusedError as trouble:
        raise RefusalError(f"{args.file}: {trouble}") from trouble
    print(f"client {client.client_id} may sign in with the key {added.thumbprint}")
    return 0


def revoke(args: argparse.Namespace) -> int:
    """Revoke a secret or a key, with the access tokens that it got."""
    at, client = timezone.now(), _existing(args.client_id)
    if args.secret is not None:
        held = client.secrets.filter(number=args.secret).first()
        ended = clients.revoke_secret(held, by=_BY, at=at) if held else None
    else:
        one = client.keys.filter(thumbprint=args.key).first()
        ended = clients.revoke_key(one, by=_BY, at=at) if one else None
    if ended is None:
        raise RefusalError(f"client {client.client_id} has no such one; see: ipshare client list")
    print(f"revoked; access tokens that ended with it: {ended}")
    return 0


def _existing(client_id: str) -> Client:
    client = Client.objects.filter(client_id=client_id.replace("\0", "")).first()
    if client is None:
        raise RefusalError(f"there is no client {client_id}; see: ipshare client list")
    return client


def _after(at: datetime, days: int | None) -> datetime | None:
    if days is None:
        return None
    if days not in _DAYS:
        raise RefusalError(f"--days is {days}; give {_DAYS[0]} to {_DAYS[-1]}")
    return at + timedelta(days=days)
