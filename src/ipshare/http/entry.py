"""Where every request over HTTP begins: it gets its id, is timed and counted, and leaves one line in the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from ipshare.http import address
from ipshare.trace import context, counters

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
WITHOUT_A_BODY = frozenset({204, 304})
_log = logging.getLogger("ipshare.requests")


class Entry:
    """Middleware, the outermost; the id is our own, whatever a caller or a proxy calls the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Wrap the rest of the line."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and say in a header under which id the log has it."""
        begun, id_ = time.monotonic(), context.new_id()
        named = request.headers.get("X-Request-Id") or request.headers.get("traceparent") or ""
        with context.bound(id_, door="http", caller=context.reference(named)):
            response = self.get_response(request)
            seconds = time.monotonic() - begun
            _count(request, response, seconds)
        response.headers["X-Request-Id"] = id_
        if response.status_code in WITHOUT_A_BODY:  # RFC 9110 8.6: they tell of no length
            for name in ("Content-Length", "Content-Type"):
                response.headers.pop(name, None)
        return response


def _count(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    match = request.resolver_match
    route = (match.view_name if match else None) or "none"
    method = request.method if request.method in METHODS else "other"
    counters.HTTP_SECONDS.labels(route, method, str(response.status_code)).observe(seconds)
    if hasattr(request, "call"):
        return  # the API writes its own line, when the answer has left (accounts.call)
    person = getattr(request, "_cached_user", None)
    _log.info(
        "request",
        extra={
            "route": route,
            "method": method,
            "status": response.status_code,
            "seconds": round(seconds, 4),
            "address": address.of(request),
            "person": getattr(person, "pk", None),
        },
    )
