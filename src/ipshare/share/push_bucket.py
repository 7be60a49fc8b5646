"""Deliveries to an S3-compatible bucket: an object is put once under its name, and never put over another."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import msgspec
import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from ipshare.domain.delivery import PushError, Trouble
from ipshare.share import reach
from ipshare.share.push import ANSWER, Outgoing, Parcel
from ipshare.store import objects

TEST = "ipshare-connection-test.txt"
_NO_RETRY = {"max_retries": 0, "retry_timeout": timedelta(seconds=ANSWER)}
_FULL = ("QuotaExceeded", "StorageFull", "InsufficientStorage", "507")


class Bucket(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where objects go. ``endpoint`` is empty for AWS itself; ``prefix`` is a folder of the bucket or empty."""

    bucket: str
    access_key_id: str
    endpoint: str = ""
    region: str = "us-east-1"
    prefix: str = ""


async def send(to: Bucket, secret: str, parcel: Parcel) -> None:
    """Put each file where nothing lies yet; then ask whether it lies there whole."""
    store = await _opened(to, secret, parcel.networks)
    for one in parcel.files:
        accepted = True
        try:
            async with asyncio.timeout(_seconds(one.size)):
                await obstore.put_async(
                    store, one.path, objects.get(one.object), mode="create", use_multipart=False
                )
        except AlreadyExistsError:
            accepted = False  # ours of an attempt before, or somebody else's: looked at below
        except (BaseError, OSError) as trouble:
            raise _in_words(trouble) from trouble
        if not await _lies_there(store, one, accepted=accepted):
            raise _not_stored(one)


async def stored(to: Bucket, secret: str, parcel: Parcel) -> bool | None:
    """Whether all files lie there."""
    store = await _opened(to, secret, parcel.networks)
    return all([await _lies_there(store, one) for one in parcel.files])


async def try_out(to: Bucket, secret: str, *, networks: Sequence[str]) -> str:
    """Put a small object and look at it."""
    store = await _opened(to, secret, networks)
    content = b"A connection test of ipshare. You may delete this object.\n"
    try:
        await obstore.put_async(store, TEST, content, use_multipart=False)
        found = await obstore.head_async(store, TEST)
    except (BaseError, OSError) as trouble:
        raise _in_words(trouble) from trouble
    if found["size"] != len(content):
        raise PushError(Trouble.NOT_STORED, f"It accepted {TEST}, but did not store it.")
    return f"It stored {TEST}."


def _not_stored(one: Outgoing) -> PushError:
    return PushError(Trouble.NOT_STORED, f"It accepted {one.path}, but does not show it.")


async def _lies_there(store: S3Store, one: Outgoing, *, accepted: bool = False) -> bool:
    """Whether the object has our bytes; where ETag does not tell (not every store's is an MD5), they are read."""
    try:
        async with asyncio.timeout(ANSWER):
            found = await obstore.head_async(store, one.path)
    except FileNotFoundError:
        return False
    except (BaseError, OSError) as trouble:
        raise _in_words(trouble) from trouble
    content = objects.get(one.object)
    same = found["size"] == one.size
    if (
        same
        and (found["e_tag"] or "").strip('"')
        == hashlib.md5(content, usedforsecurity=False).hexdigest()
    ):
        return True
    if same:
        try:
            async with asyncio.timeout(_seconds(one.size)):
                answer = await obstore.get_async(store, one.path)
                same = bytes(await answer.bytes_async()) == content
        except (BaseError, OSError) as trouble:
            raise _in_words(trouble) from trouble
    if not same and accepted:
        raise _not_stored(one)
    if not same:
        raise PushError(
            Trouble.NAME_TAKEN,
            f"Another object lies at {one.path}. Move it away; the hub writes over nothing.",
        )
    return True


async def _opened(to: Bucket, secret: str, networks: Sequence[str]) -> S3Store:
    parts = urlsplit(to.endpoint or f"https://{to.bucket}.s3.{to.region}.amazonaws.com")
    host, secure = parts.hostname or "", parts.scheme == "https"
    private = await asyncio.to_thread(reach.is_private, host)
    if not secure and not private:
        raise PushError(Trouble.ADDRESS, "Give an endpoint that begins with https://.")
    port = parts.port or (443 if secure else 80)
    await asyncio.to_thread(reach.resolve, host, port, networks=networks)
    where = {"endpoint": to.endpoint} if to.endpoint else {}
    try:
        return S3Store(
            to.bucket,
            prefix=to.prefix.strip("/") or None,
            access_key_id=to.access_key_id,
            secret_access_key=secret,
            region=to.region,
            virtual_hosted_style_request=not to.endpoint,
            conditional_put="etag",
            checksum_algorithm="sha256",
            client_options={
                "allow_http": private,
                "connect_timeout": timedelta(seconds=ANSWER),
                "timeout": timedelta(seconds=_seconds(64 * 1024 * 1024)),
            },
            retry_config=_NO_RETRY,  # type: ignore[arg-type]
            **where,  # type: ignore[arg-type]
        )
    except BaseError as trouble:
        raise _in_words(trouble) from trouble


def _seconds(size: int) -> float:
    """How long a request of so many bytes may take: at 256 kB a second."""
    return ANSWER + size / 262_144


def _in_words(trouble: Exception) -> PushError:  # noqa: PLR0911 (one answer, one meaning)
    """What a store's answer means; its own text names hosts and headers and is not passed on."""
    if isinstance(trouble, TimeoutError):
        return PushError(Trouble.SILENT, f"No answer within {ANSWER:.0f} s.")
    said = str(trouble)
    if isinstance(trouble, PermissionDeniedError | UnauthenticatedError | PermissionError):
        return PushError(
            Trouble.REFUSED, "It refused the access key, or the key may not write there."
        )
    if isinstance(trouble, FileNotFoundError):
        return PushError(Trouble.REFUSED, "There is no such bucket.")
    if any(word in said for word in _FULL):
        return PushError(Trouble.FULL, "It is full.")
    if "timed out" in said or "TimedOut" in said:
        return PushError(Trouble.SILENT, f"No answer within {ANSWER:.0f} s.")
    if "error sending request" in said:
        return PushError(Trouble.UNREACHABLE, "Nothing answers at its endpoint.")
    return PushError(Trouble.REFUSED, "It refused the object.")
