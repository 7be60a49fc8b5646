"""One call of the API: its id, who called, what it may use, what left; and its line in the access log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from ipshare.accounts import limits
from ipshare.accounts.limits import Limits, Use
from ipshare.http import address
from ipshare.store.access import Allowed
from ipshare.store.models.sharing import Client
from ipshare.trace import context

access = structlog.wrap_logger(
    logging.getLogger("ipshare.access"),
    processors=[structlog.processors.JSONRenderer(ensure_ascii=False)],
    wrapper_class=structlog.stdlib.BoundLogger,
)


def now() -> datetime:
    """The present instant: what this door counts minutes and days by."""
    return timezone.now()


@dataclass(slots=True, kw_only=True)
class Call:
    """What is known of a call; ``disclosed`` are the bytes that the ledger has of it.

    ``allowed`` is what the client might use when it came: an answer of one piece needs no second look.
    ``office`` is the one that a client over offices asked for: its limits are counted by it.
    ``again`` asks once more what let the call in (door.again).
    """

    id: str
    at: datetime
    begun: float
    address: str
    method: str
    route: str
    client: Client | None = None
    allowed: Sequence[Allowed] = ()
    again: Callable[[], object] = lambda: None
    office: str = ""
    limits: Limits | None = None
    use: Use | None = None
    disclosed: int = 0
    status: int = 0
    sent: int = field(default=0)

    @property
    def carries(self) -> bool:
        """Whether the answer has a body."""
        return self.method != "HEAD"

    def spend(self, size: int) -> None:
        """Count bytes of records or of a file, which the ledger has by now, against the client's day."""
        assert self.client is not None  # noqa: S101 (nothing is disclosed to nobody)
        self.use = limits.count_bytes(self.client.pk, now(), size, office=self.office)
        self.disclosed += size

    @property
    def left(self) -> int:
        """How many bytes may still leave today."""
        if self.limits is None or self.use is None:
            return 0
        return self.limits.bytes_per_day - self.use.size

    def headers(self) -> dict[str, str]:
        """What the answer says about the client's limits; nothing where there is no client."""
        if self.limits is None or self.use is None:
            return {}
        return limits.headers(self.limits, self.use, self.at)


def begin(request: HttpRequest) -> Call:
    """The call behind a request, kept with it."""
    match = request.resolver_match
    begun = Call(
        id=context.current() or context.new_id(),
        at=now(),
        begun=time.monotonic(),
        address=address.of(request),
        method=request.method or "",
        route=(match.url_name if match else None) or "",
    )
    request.call = begun  # type: ignore[attr-defined]
    return begun


def of(request: HttpRequest) -> Call:
    """The call that this request began."""
    return cast("Call", request.call)  # type: ignore[attr-defined]


def finish(call: Call, response: HttpResponseBase) -> HttpResponseBase:
    """Let the answer leave; its line is written when it has left, whole or not."""
    call.status = response.status_code
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = _Body(
            call, cast("Iterator[bytes]", response.streaming_content)
        )
    else:
        call.sent = len(cast("HttpResponse", response).content) if call.carries else 0
        _log(call)
    return response


class _Body:
    """A body that is counted as it is handed over; closed also when the connection breaks."""

    def __init__(self, call: Call, content: Iterator[bytes]) -> None:
        self._call = call
        self._content = content
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self._content)
        self._call.sent += len(piece)
        return piece

    def close(self) -> None:
        if self._open:
            self._open = False
            with suppress(AttributeError):
                self._content.close()  # type: ignore[attr-defined]
            _log(self._call)


def _log(call: Call) -> None:
    access.info(
        "api",
        at=call.at.isoformat(timespec="milliseconds"),
        id=call.id,
        client=call.client.client_id if call.client is not None else None,
        address=call.address,
        method=call.method,
        route=call.route,
        status=call.status,
        bytes=call.sent,
        disclosed=call.disclosed,
        seconds=round(time.monotonic() - call.begun, 4),
    )
