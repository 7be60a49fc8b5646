"""The API of bulk exports: ask, look, download, delete. No address is a secret: each request is authorized."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import parse_etags

from ipshare.accounts import bearer
from ipshare.accounts import call as calls
from ipshare.accounts.call import Call
from ipshare.accounts.permissions import Permission
from ipshare.accounts.route import known, preferred
from ipshare.domain.authorization import Channel, View
from ipshare.domain.export import ExportState, Form
from ipshare.domain.office import Right
from ipshare.http import ranges
from ipshare.http.problem import Problem
from ipshare.share import ledger, sending, view
from ipshare.share.bulk import exports
from ipshare.share.door import guarded
from ipshare.store import objects
from ipshare.store.models.exports import Export
from ipshare.store.models.sharing import Client

JSON = "application/json"
MOST_ASKED = 4096
"""Bytes of the body that asks for an export."""
AGAIN = 5
"""Seconds after which it is worth looking at an export again."""
NO_EXPORT = (
    "no such export of this client: it was deleted, it has expired, or the office has changed its "
    "conditions since; ask for a new one"
)
MEDIA_TYPES = {
    Form.NDJSON: "application/zstd",
    Form.ST96: "application/zip",
    Form.PARQUET: "application/vnd.apache.parquet",
}


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """The body that asks for an export."""

    format: Form
    rights: list[Right] | msgspec.UnsetType = msgspec.UNSET


@guarded(Permission.EXPORT_MAKE, channel=Channel.BULK, methods=("GET", "HEAD", "POST"))
def collection(request: HttpRequest, client: Client) -> HttpResponseBase:
    """GET and POST /api/v1/exports: the exports that the client has of an office, and a new one."""
    known(request, "office")
    preferred(request, (JSON,))
    office = request.GET.get("office")
    if request.method != "POST":
        seen = _present(request, client, office)
        found = [_described(one, seen) for one in exports.of_client(client, seen.office)]
        return HttpResponse(msgspec.json.encode({"exports": found}), content_type=JSON)
    asked = _asked(request)
    named = None if asked.rights is msgspec.UNSET else asked.rights
    seen = _present(request, client, office, needs=named)
    rights = frozenset(seen.rights if named is None else named)
    if not rights <= seen.rights:
        raise Problem(
            "no-authorization", f"{seen.office} does not share all of these rights: see /whoami"
        )
    export = exports.ask(client, seen, rights, asked.format, at=calls.of(request).at)
    headers = {"Location": _address(export, seen), "Retry-After": str(AGAIN)}
    body = msgspec.json.encode(_described(export, seen))
    return HttpResponse(body, status=202, content_type=JSON, headers=headers)


@guarded(Permission.EXPORT_MAKE, channel=Channel.BULK, methods=("GET", "HEAD", "DELETE"))
def one(request: HttpRequest, client: Client, office: str, export: str) -> HttpResponseBase:
    """GET and DELETE /api/v1/exports/{office}/{export}: its state, and when it is finished its manifest."""
    known(request)
    preferred(request, (JSON,))
    seen = _present(request, client, office)
    found = _one(client, seen, export)
    if request.method == "DELETE":
        exports.remove(found)
        return HttpResponse(status=204)
    going = ExportState(found.state).goes_on
    headers = {"Retry-After": str(AGAIN)} if going else {}
    body = msgspec.json.encode(_described(found, seen))
    return HttpResponse(body, content_type=JSON, headers=headers)


@guarded(Permission.EXPORT_MAKE, channel=Channel.BULK)
def part(
    request: HttpRequest, client: Client, office: str, export: str, part: str
) -> HttpResponseBase:
    """GET /api/v1/exports/{office}/{export}/parts/{part}: a part, whole or by range."""
    known(request)
    seen = _present(request, client, office)
    found = _one(client, seen, export)
    held = next((one for one in found.parts if one["name"] == part), None)
    if held is None:
        raise Problem("not-found", "no such part: the manifest names all of them")
    media = MEDIA_TYPES[Form(found.form)]
    preferred(request, (media,))
    etag = f'"{held["sha256"]}"'
    known_etags = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" in known_etags or etag in [one.removeprefix("W/") for one in known_etags]:
        return HttpResponse(status=304, headers={"ETag": etag})
    wanted = ranges.wanted(request, held["size"], etag)
    digest = base64.b64encode(bytes.fromhex(held["sha256"])).decode("ascii")
    headers = wanted.headers | {
        "Content-Disposition": f'attachment; filename="{part}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "X-Content-Type-Options": "nosniff",
    }
    if request.method == "HEAD":
        return HttpResponse(status=wanted.status, headers=headers, content_type=media)
    try:
        _disclose(calls.of(request), seen, found, held, wanted)
    except FileNotFoundError as gone:  # it was removed in this instant
        raise Problem("not-found", NO_EXPORT) from gone
    key = exports.part_key(found.pk, found.attempt, part)
    holds = partial(_holds, client, found.pk)
    content = _content(key, wanted.first, wanted.length, holds)
    return StreamingHttpResponse(content, status=wanted.status, headers=headers, content_type=media)


def _present(
    request: HttpRequest,
    client: Client,
    office: str | None,
    needs: Collection[Right] | None = (),
) -> View:
    """The view of the client, once whatever of its exports that does not allow is gone.

    A new export ``needs`` open registers; one that is there was made of such, by the grouping that it carries.
    """
    seen = view.chosen(client, office, needs=needs)
    exports.sweep(exports.of_client(client, seen.office), at=calls.of(request).at)
    if not seen.rights:
        raise Problem(
            "no-authorization", f"{seen.office} shares nothing with this client at present"
        )
    return seen


def _asked(request: HttpRequest) -> Asked:
    if not request.META.get("CONTENT_LENGTH"):
        raise Problem("length-missing", "say the size of the body in Content-Length")
    if request.content_type != JSON:
        raise Problem("media-type-not-supported", f"send the body as {JSON}")
    if int(request.META["CONTENT_LENGTH"]) > MOST_ASKED:
        raise Problem("parameter-not-valid", f"the body has at most {MOST_ASKED} bytes")
    try:
        asked = msgspec.json.decode(request.body, type=Asked)
    except (msgspec.DecodeError, UnicodeDecodeError) as trouble:
        raise Problem("parameter-not-valid", f"the body cannot be read: {_told(trouble)}") from None
    named = asked.rights
    if named is not msgspec.UNSET and (not named or len(set(named)) < len(named)):
        raise Problem("parameter-not-valid", "rights must name rights, each once, or be left out")
    return asked


def _told(trouble: Exception) -> str:
    """What is wrong with a body; of a value that is none of several, which there are."""
    text = str(trouble)
    for place, values in (("`$.format`", Form), ("`$.rights[", Right)):
        if text.startswith("Invalid enum value") and place in text:
            return f"{text}: it is one of {', '.join(one.value for one in values)}"
    return text


def _one(client: Client, seen: View, export: str) -> Export:
    found = Export.objects.filter(
        client=client, authorization=seen.authorization, pk=UUID(export)
    ).first()
    if found is None:
        raise Problem("not-found", NO_EXPORT)
    return found


def _address(export: Export, seen: View) -> str:
    return reverse("export", kwargs={"office": seen.office, "export": str(export.pk)})


def _described(export: Export, seen: View) -> dict[str, Any]:
    """An export as its client sees it: of what is withheld it knows nothing, so nothing here can tell of it."""
    said: dict[str, Any] = {
        "id": str(export.pk),
        "office": seen.office,
        "version": export.version,
        "rights": export.rights,
        "format": export.form,
        "state": export.state,
        "records": export.records,
        "askedAt": export.asked_at,
        "expiresAt": export.expires_at,
    }
    if export.state == ExportState.FINISHED:
        address = _address(export, seen)
        said["manifest"] = {
            "version": export.version,
            "records": export.records,
            "cursor": export.cursor,
            "parts": [one | {"href": f"{address}/parts/{one['name']}"} for one in export.parts],
        }
    return said


def _disclose(
    call: Call, seen: View, export: Export, part: dict[str, Any], wanted: ranges.Wanted
) -> None:
    """All records of a part count as disclosed with the first bytes of it; a later range, as a piece of a file."""
    name = part["name"]
    goes_on = wanted.first > 0 and name in export.served
    ledger.write(
        seen,
        Right(part["right"]),
        [] if goes_on else exports.numbers_of(export, name),
        size=wanted.length,
        at=call.at,
        client=call.client.client_id if call.client else "",
        channel=Channel.BULK,
        request=call.id,
        files=[name] if goes_on else [],
        upto=export.position,
    )
    exports.note_served(export, name)
    call.spend(wanted.length)


def _holds(client: Client, export: UUID) -> bool:
    """Whether the client is still signed in, and the export is still there for it."""
    at = calls.now()
    return bearer.goes_on(client, at=at) is not None and exports.holds(export, at=at)


def _content(key: str, first: int, length: int, holds: Callable[[], bool]) -> Iterator[bytes]:
    """The bytes, as long as the export is there and its conditions hold."""
    try:
        yield from sending.content(objects.stream(key, first, length), holds)
    except FileNotFoundError:  # it was deleted meanwhile
        return
