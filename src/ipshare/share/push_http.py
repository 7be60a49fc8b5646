"""Deliveries to an HTTP endpoint: one signed POST each, as Standard Webhooks 1.0.0 says.

Spoken by hand on a connection of asyncio: the address that was checked is the one connected to, redirects
are not followed, and a request that is stopped is reset, so that nothing of it arrives later.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import re
import socket
import ssl
import struct
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import urlsplit

import msgspec

from ipshare.domain.delivery import PushError, Trouble
from ipshare.share import reach
from ipshare.share.push import ANSWER, CHUNK, Parcel
from ipshare.store import objects

MEDIA = "application/x-ndjson"
_HEAD = 64 * 1024
_FULL = {HTTPStatus.INSUFFICIENT_STORAGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
_LATER = 86_400
_DIGITS = 9  # of a number of seconds; of more digits all are later than _LATER
_STATUS = re.compile(r"[1-9][0-9]{2}")


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where requests go: https, or http to a host that the hub's settings allow."""

    url: str


async def send(to: Endpoint, secret: str, parcel: Parcel) -> None:
    """Post the one file of a delivery; an answer 200 to 299 acknowledges it."""
    [one] = parcel.files
    body = objects.get(one.object)
    await post(to, secret, body, identity=parcel.identity, networks=parcel.networks)


async def stored(to: Endpoint, secret: str, parcel: Parcel) -> bool | None:
    """HTTP has no way to ask whether a delivery arrived."""
    return None


async def try_out(to: Endpoint, secret: str, *, networks: Sequence[str]) -> str:
    """Post one line that says it is a test."""
    identity = f"test-{int(time.time())}"
    await post(to, secret, b'{"type":"test"}\n', identity=identity, networks=networks)
    return "It accepted a signed test request."


def signature(secret: str, identity: str, timestamp: int, body: bytes) -> str:
    """The value of webhook-signature; ``secret`` is ``whsec_`` and base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.digest(key, f"{identity}.{timestamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(signed).decode('ascii')}"


async def post(
    to: Endpoint, secret: str, body: bytes, *, identity: str, networks: Sequence[str] = ()
) -> None:
    """One signed request; PushError for any answer but 200 to 299."""
    parts = urlsplit(to.url)
    timestamp = int(time.time())
    head = [
        f"POST {parts.path or '/'}{'?' + parts.query if parts.query else ''} HTTP/1.1",
        f"Host: {parts.netloc.rpartition('@')[2]}",
        "User-Agent: ipshare",
        f"Content-Type: {MEDIA}",
        f"Content-Length: {len(body)}",
        f"webhook-id: {identity}",
        f"webhook-timestamp: {timestamp}",
        f"webhook-signature: {signature(secret, identity, timestamp, body)}",
        "Connection: close",
    ]
    async with _connected(to.url, networks) as (reader, writer):
        writer.write("\r\n".join([*head, "", ""]).encode("ascii"))
        answer = asyncio.ensure_future(_answer(reader))
        try:
            for start in range(0, len(body), CHUNK):
                if answer.done():  # it has heard enough
                    break
                writer.write(body[start : start + CHUNK])
                async with asyncio.timeout(ANSWER):
                    await writer.drain()
            async with asyncio.timeout(ANSWER):
                status, headers = await answer
        except (ConnectionError, OSError) as trouble:
            if isinstance(trouble, TimeoutError):
                raise
            raise PushError(
                Trouble.UNREACHABLE, "It closed the connection without an answer."
            ) from trouble
        finally:
            answer.cancel()
    _judge(status, headers)


def _judge(status: int, headers: dict[str, str]) -> None:
    if 200 <= status <= 299:  # noqa: PLR2004
        return
    later = headers.get("retry-after", "")
    wait = min(int(later[:_DIGITS]), _LATER) if later.isascii() and later.isdigit() else None
    try:
        words = f"It answered {status} {HTTPStatus(status).phrase}."
    except ValueError:
        words = f"It answered {status}."
    if status == HTTPStatus.GONE:
        raise PushError(Trouble.GONE, f"{words} It wants no more deliveries.")
    if 300 <= status <= 399:  # noqa: PLR2004
        words += " Redirects are not followed: give the address that it names."
    trouble = Trouble.FULL if status in _FULL else Trouble.REFUSED
    raise PushError(trouble, words, wait=wait)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Status and headers of the final answer."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError as trouble:
            raise PushError(Trouble.REFUSED, "Its answer is no HTTP.") from trouble
        except asyncio.IncompleteReadError as trouble:
            raise ConnectionResetError from trouble
        first, *lines = head.decode("latin-1").split("\r\n")
        words = first.split(" ", 2)
        if not (words[0].startswith("HTTP/1.") and _STATUS.fullmatch(" ".join(words[1:2]))):
            raise PushError(Trouble.REFUSED, "Its answer is no HTTP.")
        status = int(words[1])
        if status >= HTTPStatus.OK:
            pairs = (line.partition(":") for line in lines if ":" in line)
            return status, {name.strip().lower(): value.strip() for name, _, value in pairs}


@asynccontextmanager
async def _connected(
    url: str, networks: Sequence[str]
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to the checked address of a host; TLS proves the host's name."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    if not secure and not reach.is_private(host):
        raise PushError(Trouble.ADDRESS, "Give an address that begins with https://.")
    port = parts.port or (443 if secure else 80)
    address = await asyncio.to_thread(reach.resolve, host, port, networks=networks)
    context = ssl.create_default_context() if secure else None
    try:
        async with asyncio.timeout(ANSWER):
            reader, writer = await asyncio.open_connection(
                address, port, limit=_HEAD, ssl=context, server_hostname=host if secure else None
            )
    except ssl.SSLError as trouble:
        raise PushError(
            Trouble.REFUSED, f"Its certificate was not accepted ({trouble.reason})."
        ) from trouble
    except OSError as trouble:
        if isinstance(trouble, TimeoutError):
            raise
        raise PushError(
            Trouble.UNREACHABLE, f"Nothing answers at {host}, port {port}."
        ) from trouble
    try:
        yield reader, writer
    finally:
        held = writer.get_extra_info("socket")
        if held is not None:  # what is still on its way is thrown away
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
