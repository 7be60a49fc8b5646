"""Destinations of an authorization: add one, try it out, pause it, let it go on, remove it."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.db import transaction

from ipshare.domain.delivery import DestinationKind, Trouble
from ipshare.ingest import waking
from ipshare.share import authorized, push, push_bucket, push_http, push_sftp, reach, sealing
from ipshare.store import audit
from ipshare.store.models.deliveries import Destination
from ipshare.store.models.sharing import Authorization

FAILING = 5
"""So many attempts in a row have failed: from then on a destination is called failing."""

CLIENTS: Mapping[DestinationKind, Any] = {
    DestinationKind.BUCKET: push_bucket,
    DestinationKind.SFTP: push_sftp,
    DestinationKind.HTTP: push_http,
}
"""What talks to each kind: ``send``, ``stored`` and ``try_out``."""
_ADDRESSES: Mapping[DestinationKind, Any] = {
    DestinationKind.BUCKET: push_bucket.Bucket,
    DestinationKind.SFTP: push_sftp.Tree,
    DestinationKind.HTTP: push_http.Endpoint,
}
_NAME = 60


class NotAcceptedError(ValueError):
    """A destination cannot be added so; the message says what to give instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A new destination, and what the third party needs to know of it.

    ``secret`` is the signing secret that the hub made for an HTTP endpoint: shown once. ``public_key`` is the
    hub's key for an SFTP server.
    """

    destination: Destination
    secret: str = ""
    public_key: str = ""


def add(  # noqa: PLR0913 (what a destination is, and who adds it)
    authorization: Authorization,
    name: str,
    kind: DestinationKind,
    address: Mapping[str, Any],
    *,
    secret: str = "",
    by: str,
    at: datetime,
) -> Added:
    """A destination, to which everything that the conditions let out is delivered from the beginning.

    ``secret`` is the bucket's secret access key or the SFTP password. Without a password the hub makes a key
    pair; for an HTTP endpoint it makes the signing secret.
    """
    name = name.strip()
    if not name or len(name) > _NAME:
        raise NotAcceptedError(f"Give it a name of at most {_NAME} characters.")
    if Destination.objects.filter(authorization=authorization, name=name, removed_at=None).exists():
        raise NotAcceptedError(f"There is a destination {name} already.")
    given, public, shown = {key: value for key, value in address.items() if value != ""}, "", ""
    if kind is DestinationKind.HTTP:
        secret = shown = "whsec_" + b64encode(secrets.token_bytes(32)).decode("ascii")
    elif kind is DestinationKind.SFTP:
        given["host_key"] = _host_key(given.get("host_key", ""))
        if not secret:
            secret, public = push_sftp.a_key()
            given["public_key"] = public
    elif not secret:
        raise NotAcceptedError("Give the secret access key.")
    where = _read(kind, given)
    with transaction.atomic():
        destination = Destination.objects.create(
            authorization=authorization,
            name=name,
            kind=kind.value,
            address=msgspec.to_builtins(where),
            secret=sealing.seal(secret, of=str(authorization.pk)),
            created_at=at,
            created_by=by,
            due_at=at,
        )
        _audit("destination.added", destination, by=by, at=at, where=where_of(destination))
        waking.deliver(destination.pk)
    return Added(destination=destination, secret=shown, public_key=public)


def _host_key(text: str) -> str:
    try:
        return push_sftp.host_key(text)
    except ValueError as trouble:
        raise NotAcceptedError(str(trouble)) from trouble


def _check_url(url: str) -> None:
    """NotAcceptedError for what is no address, or plain HTTP outside the networks that an operator has allowed."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    odd = not (url.isascii() and url.isprintable()) or " " in url
    if odd or not host or parts.username is not None or parts.scheme not in {"https", "http"}:
        raise NotAcceptedError("Give an address such as https://example.org/deliveries.")
    if parts.scheme == "http" and not reach.is_private(host):
        raise NotAcceptedError("Give an address that begins with https://.")


def _read(kind: DestinationKind, given: Mapping[str, Any]) -> Any:
    """The address in the shape of its kind; NotAcceptedError says what is missing or odd."""
    try:
        where = msgspec.convert(given, _ADDRESSES[kind], strict=False)
    except msgspec.ValidationError as trouble:
        raise NotAcceptedError(f"The address is not complete: {trouble}.") from trouble
    url = getattr(where, "url", "") or getattr(where, "endpoint", "")
    if url or kind is DestinationKind.HTTP:
        _check_url(url)
    folder = getattr(where, "folder", "") or getattr(where, "prefix", "")
    if ".." in folder.split("/") or not folder.isprintable():
        raise NotAcceptedError("Give a folder without ..")
    return where


def address_of(destination: Destination) -> Any:
    """The address of a destination in the shape of its kind."""
    return msgspec.convert(destination.address, _ADDRESSES[DestinationKind(destination.kind)])


def where_of(destination: Destination) -> str:
    """Where a destination is, for people: no secret, no query of a URL."""
    where = address_of(destination)
    if isinstance(where, push_bucket.Bucket):
        inside = f"{where.bucket}/{where.prefix}".rstrip("/")
        return (
            f"{inside} at {urlsplit(where.endpoint).netloc}" if where.endpoint else f"s3://{inside}"
        )
    if isinstance(where, push_sftp.Tree):
        return f"sftp://{where.username}@{where.host}:{where.port}/{where.folder.lstrip('/')}"
    parts = urlsplit(where.url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def secret_of(destination: Destination) -> str:
    """The secret of a destination, for its client only."""
    return sealing.unseal(destination.secret, of=str(destination.authorization_id))


def try_out(destination: Destination) -> str:
    """What a test of the connection showed; PushError says why it failed. No data leaves."""
    networks = authorized.conditions_of(destination.authorization).networks
    client = CLIENTS[DestinationKind(destination.kind)]
    work = client.try_out(address_of(destination), secret_of(destination), networks=networks)
    return str(push.run(work, holds=lambda: True, seconds=push.TRY_OUT))


def pause(destination: Destination, *, by: str, at: datetime) -> None:
    """Let nothing leave for a destination until it is resumed; what is running is stopped."""
    if _change(destination, "destination.paused", {"paused_at": at}, by=by, at=at, paused_at=None):
        destination.refresh_from_db()


def resume(destination: Destination, *, by: str, at: datetime) -> None:
    """Let a paused destination go on at once."""
    with transaction.atomic():
        changed = _change(
            destination,
            "destination.resumed",
            {"paused_at": None, "due_at": at, "failures": 0},
            by=by,
            at=at,
            paused_at__isnull=False,
        )
        if changed:
            waking.deliver(destination.pk)
    destination.refresh_from_db()


def retry(destination: Destination, *, at: datetime) -> None:
    """Try a destination at once, however long it was to wait."""
    with transaction.atomic():
        Destination.objects.filter(pk=destination.pk, removed_at=None).update(due_at=at)
        waking.deliver(destination.pk)


def remove(destination: Destination, *, by: str, at: datetime) -> None:
    """Deliver nothing to it any more and forget its secret; what was delivered stays in the history."""
    values = {"removed_at": at, "secret": ""}
    if _change(destination, "destination.removed", values, by=by, at=at):
        destination.refresh_from_db()
        waking.deliver(destination.pk)  # what was on its way is settled


def _change(
    destination: Destination,
    event: str,
    values: dict[str, Any],
    *,
    by: str,
    at: datetime,
    **where: Any,
) -> bool:
    """Write some fields, unless they were so already; whether that changed anything."""
    with transaction.atomic():
        held = Destination.objects.filter(pk=destination.pk, removed_at=None, **where)
        if not held.update(**values):
            return False
        _audit(event, destination, by=by, at=at)
        return True


def _audit(event: str, destination: Destination, *, by: str, at: datetime, **more: object) -> None:
    audit.write(
        event,
        at=at,
        actor=by,
        office=destination.authorization.office_id,
        subject=destination.name,
        third_party=destination.authorization.third_party.name,
        kind=destination.kind,
        **more,
    )


def state_of(destination: Destination) -> str:
    """One word for a destination: removed, paused, failing, retrying, waiting or in-step."""
    if destination.removed_at:
        return "removed"
    if destination.paused_at:
        return "paused"
    if destination.failures >= FAILING or destination.trouble == Trouble.GONE:
        return "failing"
    if destination.failures:
        return "retrying"
    return "in-step" if destination.last_delivered_at else "waiting"
