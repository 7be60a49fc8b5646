"""Problems (RFC 9457): one table from code to status and title; only what may be shown is shown."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import NamedTuple

import django.db
import msgspec
import psycopg
from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY = 30
"""Seconds after which it is worth while to ask again where the database is away."""
_AWAY = ("08", "57P", "53")
"""The beginnings of what PostgreSQL answers while it starts, stops or has no room: SQLSTATE."""


class Kind(NamedTuple):
    """The status and the title of one code."""

    status: int
    title: str


TABLE: Mapping[str, Kind] = {
    "parameter-not-valid": Kind(400, "A parameter cannot be read"),
    "header-not-valid": Kind(400, "A header cannot be read"),
    "digest-differs": Kind(400, "The bytes that came are not those that were announced"),
    "body-cut": Kind(400, "The body ended before its announced end"),
    "cursor-not-valid": Kind(400, "The cursor is not one that this client was given"),
    "token-missing": Kind(401, "An access token is needed"),
    "token-not-valid": Kind(401, "The access token is unknown, revoked or has expired"),
    "no-authorization": Kind(403, "The office has authorized nothing"),
    "channel-not-authorized": Kind(403, "The office has not authorized this channel"),
    "network-not-authorized": Kind(403, "The office has not authorized this network"),
    "right-not-sent": Kind(403, "The client was not made to send this right"),
    "not-found": Kind(404, "There is nothing here"),
    "method-not-allowed": Kind(405, "The method is not allowed here"),
    "not-acceptable": Kind(406, "None of the accepted media types is offered here"),
    "too-many-exports": Kind(409, "The client has as many exports as it may have"),
    "too-many-uploads": Kind(409, "The office has as many uploads under way as it may have"),
    "not-in-step": Kind(409, "The feed has gone on since this cursor"),
    "upload-in-the-way": Kind(409, "The upload is in another state than the request expects"),
    "length-missing": Kind(411, "The length of the body must be said before"),
    "tus-version-not-spoken": Kind(412, "The hub speaks another version of tus"),
    "file-too-large": Kind(413, "The file is larger than what is taken"),
    "media-type-not-supported": Kind(415, "The request body's media type cannot be read here"),
    "range-not-satisfiable": Kind(416, "The range lies outside of the content"),
    "file-not-taken": Kind(422, "The file cannot be taken in"),
    "rate-exceeded": Kind(429, "The client has asked for too much in too short a time"),
    "checksum-differs": Kind(460, "The body is not what its checksum says"),
    "server-trouble": Kind(500, "The hub has failed"),
    "database-away": Kind(503, "The hub cannot reach its database at present"),
    "search-busy": Kind(503, "The hub is busy with other questions, or with this one"),
    "search-not-ready": Kind(503, "What was just published cannot be searched yet"),
    "search-too-slow": Kind(503, "The search takes too long"),
    "register-closed": Kind(503, "The register is being put in order after an upgrade of the hub"),
    "proof-not-ready": Kind(503, "The proof is being made"),
    "uploads-busy": Kind(503, "Too many files come in at present"),
    "storage-full": Kind(507, "The hub has no room for the file"),
}


class Problem(Exception):  # noqa: N818 (RFC 9457's own word)
    """An answer other than the one asked for; its detail is written to be shown."""

    def __init__(self, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        """``code`` is of the table."""
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})


NOT_FOUND = (
    "no such thing, or nothing that the office has authorized this client to see: "
    "check the right, the office and the number"
)


def response(problem: Problem) -> HttpResponse:
    """The problem as problem+json."""
    kind = TABLE[problem.code]
    body = {
        "type": f"urn:ipshare:problem:{problem.code}",
        "title": kind.title,
        "status": kind.status,
        "code": problem.code,
        "detail": problem.detail,
    }
    answer = HttpResponse(msgspec.json.encode(body), status=kind.status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        answer[name] = value
    return answer


def not_allowed(allow: str) -> Problem:
    """The problem of a method that an address does not know."""
    return Problem("method-not-allowed", f"this address knows {allow}", {"Allow": allow})


def is_database_away(trouble: BaseException | None) -> bool:
    """Whether a failure is that PostgreSQL could not be reached: it starts or stops, or has no room for more."""
    if not isinstance(trouble, django.db.OperationalError | psycopg.OperationalError):
        return False
    state = getattr(trouble, "sqlstate", None) or getattr(trouble.__cause__, "sqlstate", None)
    return state is None or str(state).startswith(_AWAY)


def server_trouble(request: HttpRequest, trouble: BaseException, reference: str) -> HttpResponse:
    """A failure of our own: logged under a reference that the client can quote; nothing else is shown."""
    log.error(
        "%s %s failed, reference %s", request.method, request.path, reference, exc_info=trouble
    )
    if is_database_away(trouble):
        detail = "it is started, updated or repaired: ask again after Retry-After seconds"
        return response(Problem("database-away", detail, {"Retry-After": str(RETRY)}))
    return response(
        Problem(
            "server-trouble",
            f"try again later, or quote reference {reference} to the hub's operators",
        )
    )
