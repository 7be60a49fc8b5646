"""One record of an office's register: the page, the files it names, and the whole of it as XML and JSON."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.portal import guard, record_files, record_findings, record_page, register
from ipshare.portal.shell import page
from ipshare.render import st96
from ipshare.share import images
from ipshare.standards import numbers
from ipshare.store import kept_back, own_record
from ipshare.store.models.accounts import Office
from ipshare.store.models.sharing import RecordBlock
from ipshare.store.own_record import Held


@guard.needs(Permission.REGISTER_READ, "GET")
def show(request: HttpRequest, code: str, right: str, record: str) -> HttpResponse:
    """The page of a record, or what is known of one that was withdrawn or kept back."""
    office, of = guard.register_of(request, code, right)
    number = plain(record)
    held = own_record.record(office.code, of, number)
    since = held.checked_by if held is not None and held.live else 0
    found = record_findings.of(office.code, of, number, since=since)
    sent_with = found[0].submission if found else None
    if (
        held is None and sent_with is None
    ):  # what was found in it may stand in the report without its number
        sent_with = kept_back.sent_with(office.code, of, number)
        if sent_with is None:
            raise Http404(guard.NOT_YOURS)
    all_changes = request.GET.get("history") == "all"
    limit = record_page.MOST_CHANGES if all_changes else record_page.RECENT
    changes = record_page.history(office.code, of, number, limit=limit + 1)
    blocks = RecordBlock.objects.filter(
        office=office, right=of.value, number=number, lifted_at=None
    ).select_related("authorization__third_party")
    blocked = {one.authorization_id for one in blocks}
    parties = record_page.receivers(office.code, timezone.now())
    asking = [one for one in parties if of in one.view.rights]
    getting = record_page.getting(asking, of, number, blocked=blocked)
    disclosed = record_page.disclosed(office.code, of, number, parties)
    context: dict[str, Any] = {
        "office": office,
        "right": of.value,
        "number": number,
        "held": held,
        "sent_with": sent_with,
        "parties": parties,
        "blocks": blocks,
        "left_out": []
        if None in blocked
        else [one for one in asking if one.authorization.pk not in getting | blocked],
        "changes": changes[:limit],
        "more_changes": len(changes) > limit,
        "all_changes": all_changes,
        "disclosed": disclosed[: record_page.MOST_DISCLOSURES],
        "more_disclosed": len(disclosed) > record_page.MOST_DISCLOSURES,
        "seen": None,
    }
    context |= _content(office, of, held, found, asking, getting)
    return page(request, "portal/record.html", context, here="register")


def _content(  # noqa: PLR0913, PLR0917 (a record, what is wrong with it and who gets it)
    office: Office,
    right: Right,
    held: Held | None,
    found: list[Any],
    asking: list[record_page.Receiver],
    getting: frozenset[int],
) -> dict[str, Any]:
    """What is held of the record; of one that is not in the register, only what was found in what was sent."""
    newer = (
        found[0].submission if found and held and found[0].submission_id > held.checked_by else None
    )
    kept_back = ElementGroup.IDENTITY in record_findings.kept_back(found)
    if held is None or not held.live:
        rest = record_findings.place(right, found, {})
        loose = [one for group in ElementGroup for one in rest.get(group, [])]
        return {
            "sections": [],
            "loose": loose,
            "summary": None,
            "kept_back": kept_back,
            "newer": newer,
        }
    tree = record_page.tree_of(record_page.body(held))
    return {
        "sections": record_page.sections(office.code, right, tree, found, asking, getting),
        "summary": register.summary(office.code, right, tree),
        "st13": _st13(office.code, right, tree, held),
        "kept_back": kept_back,
        "newer": newer,
        "count": len(found),
    }


def _st13(office: str, right: Right, tree: dict[str, Any], held: Held) -> str:
    sent = tree.get("applicationNumber")
    first = sent[0] if isinstance(sent, list) and sent else {}
    text = first.get("applicationNumberText", "") if isinstance(first, dict) else ""
    if not isinstance(text, str) or not text:
        return ""
    year = str(held.facets.filed.year) if held.facets.filed else ""
    return numbers.st13(office, right, text, year) or ""


@guard.needs(Permission.REGISTER_READ, "GET")
def as_xml(request: HttpRequest, code: str, right: str, record: str) -> HttpResponseBase:
    """All of a record as an ST.96 document: the originator's full view."""
    _, of, number, content = _whole(request, code, right, record)
    return _download(st96.to_xml(of, content), "application/xml", number, "xml")


@guard.needs(Permission.REGISTER_READ, "GET")
def as_json(request: HttpRequest, code: str, right: str, record: str) -> HttpResponseBase:
    """All of a record as ST.97 JSON."""
    _, _, number, content = _whole(request, code, right, record)
    return _download(content, "application/json", number, "json")


@guard.needs(Permission.REGISTER_READ, "GET")
def file(request: HttpRequest, code: str, right: str, file: str) -> HttpResponseBase:
    """A file that records of the office refer to."""
    office, of = guard.register_of(request, code, right)
    name = plain(file)
    held = own_record.files(office.code, of, [name]).get(name)
    if held is None:
        raise Http404(guard.NOT_YOURS)
    return record_files.answer(request, images.Shown.whole(held.picture), name)


def _whole(
    request: HttpRequest, code: str, right: str, record: str
) -> tuple[Office, Right, str, bytes]:
    office, of = guard.register_of(request, code, right)
    number = plain(record)
    held = own_record.record(office.code, of, number)
    if held is None or not held.live:
        raise Http404(guard.NOT_YOURS)
    return office, of, number, record_page.body(held)


def plain(written: str) -> str:
    """A number or a name of an address; none holds what PostgreSQL cannot keep."""
    if "\0" in written:
        raise Http404(guard.NOT_YOURS)
    return written


def _download(content: bytes, media: str, number: str, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", number).strip("-.") or "record"
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response
