"""The page of one delivery: what one third party received in a day by one channel, or by one push."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from ipshare.accounts.permissions import Permission
from ipshare.domain.authorization import Channel
from ipshare.domain.office import Right
from ipshare.domain.zone import zone_of
from ipshare.portal import delivery as deliveries
from ipshare.portal import exchanges, guard, history, sheets
from ipshare.portal.delivery import Under
from ipshare.portal.shell import page
from ipshare.store import disclosed
from ipshare.store.disclosed import Line, Part, Sent
from ipshare.store.exchanges import deliveries as pushes
from ipshare.store.models.accounts import Office
from ipshare.store.models.deliveries import Delivery
from ipshare.store.models.sharing import Authorization


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A delivery that this person may look at: a part of the ledger, or one that was pushed."""

    office: Office
    authorization: Authorization
    channel: Channel
    under: Under
    known: frozenset[Right]
    part: Part | None
    pushed: Delivery | None
    sent: list[Sent]
    number: str
    after: tuple[int, int]

    def lines(self, limit: int) -> list[Line]:
        """The next records of it."""
        if self.part is not None:
            return disclosed.lines(
                self.part, self.known, number=self.number, after=self.after, limit=limit
            )
        rest = [line for line in self.all() if line.place > self.after[1]]
        return rest[:limit]

    def all(self) -> Iterable[Line]:
        """Every record of it."""
        if self.part is not None:
            return deliveries.all_lines(self.part, self.known, self.number)
        assert self.pushed is not None  # noqa: S101 (one of both is there)
        found = deliveries.lines_of(self.pushed, self.under.shown)
        return [line for line in found if self.number in {"", line.number}]


def _of_day(request: HttpRequest, code: str, **named: Any) -> Asked:
    office = guard.office_of(request, code)
    authorization = guard.authorization_of(office, named["number"])
    day = deliveries.day_of(named["day"])
    if day is None or named["channel"] not in {*Channel} - {Channel.PUSH}:
        raise Http404(guard.NOT_YOURS)
    part = Part(
        authorization=authorization.pk,
        day=day,
        channel=named["channel"],
        version=named["version"],
        base=named["base"],
    )
    known = guard.seen(request, office.code)
    sent = deliveries.of_day(part, known, office.code)
    if not sent:
        raise Http404(guard.NOT_YOURS)
    return Asked(
        office=office,
        authorization=authorization,
        channel=Channel(part.channel),
        under=deliveries.under(authorization, part.version, part.base),
        known=known,
        part=part,
        pushed=None,
        sent=sent,
        **_wanted(request),
    )


def _of_push(request: HttpRequest, code: str, delivery: int) -> Asked:
    office = guard.office_of(request, code)
    known = guard.seen(request, office.code)
    found = pushes().filter(pk=delivery, destination__authorization__office=office, right__in=known)
    one = found.select_related("destination__authorization__third_party").first()
    if one is None:
        raise Http404(guard.NOT_YOURS)
    authorization = one.destination.authorization
    under = deliveries.under(authorization, *exchanges.versions_of(one))
    return Asked(
        office=office,
        authorization=authorization,
        channel=Channel.PUSH,
        under=under,
        known=known,
        part=None,
        pushed=one,
        sent=[deliveries.pushed(one, under.shown)],
        **_wanted(request),
    )


def _wanted(request: HttpRequest) -> dict[str, Any]:
    entry, _, place = request.GET.get("after", "").partition(".")
    number = request.GET.get("number", "").strip()[:200].replace("\0", "")
    return {"number": number, "after": (guard.whole(entry) or 0, guard.whole(place) or 0)}


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def show(request: HttpRequest, code: str, **named: Any) -> HttpResponse:
    """What one third party received in one day of the office through one channel under one version."""
    return _page(request, _of_day(request, code, **named))


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def show_pushed(request: HttpRequest, code: str, delivery: int) -> HttpResponse:
    """One delivery that was pushed."""
    return _page(request, _of_push(request, code, delivery))


def _page(request: HttpRequest, asked: Asked) -> HttpResponse:
    found = asked.lines(deliveries.PAGE + 1)
    shown = found[: deliveries.PAGE]
    one = asked.pushed
    context = {
        "office": asked.office,
        "authorization": asked.authorization,
        "what": exchanges.told_of(asked.channel, one),
        "channel": history.CHANNELS[asked.channel],
        "verdict": exchanges.DELIVERIES[one.stands] if one else exchanges.DELIVERED,  # type: ignore[attr-defined]
        "pushed": one,
        "day": asked.part.day if asked.part else None,
        "day_zone": zone_of(asked.office.code),
        "under": asked.under,
        "totals": deliveries.totals(asked.sent, asked.channel),
        "since": min(sent.since for sent in asked.sent),
        "at": max(sent.at for sent in asked.sent),
        "records": sum(sent.records for sent in asked.sent),
        "told": sum(sent.told for sent in asked.sent),
        "files": sum(sent.files for sent in asked.sent),
        "size": sum(sent.size for sent in asked.sent),
        "entries": sum(sent.entries for sent in asked.sent),
        "positions": _positions(asked.sent),
        "lines": [(line, deliveries.what(line)) for line in shown],
        "number": asked.number,
        "next": f"{shown[-1].entry}.{shown[-1].place}" if len(found) > len(shown) else "",
        "later": asked.after != (0, 0),
        "files_at": request.path,
    }
    return page(request, "portal/delivery.html", context, here="history")


def _positions(sent: list[Sent]) -> tuple[int | None, int | None]:
    first = [one.positions[0] for one in sent if one.positions[0] is not None]
    last = [one.positions[1] for one in sent if one.positions[1] is not None]
    return min(first, default=None), max(last, default=None)


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def as_csv(request: HttpRequest, code: str, **named: Any) -> HttpResponseBase:
    """Every record of it as CSV."""
    return sheets.csv_file(*_table(_of_day(request, code, **named)))


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def as_xlsx(request: HttpRequest, code: str, **named: Any) -> HttpResponseBase:
    """Every record of it as XLSX."""
    return sheets.xlsx_file(*_table(_of_day(request, code, **named)))


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def pushed_csv(request: HttpRequest, code: str, delivery: int) -> HttpResponseBase:
    """Every record of a push as CSV."""
    return sheets.csv_file(*_table(_of_push(request, code, delivery)))


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def pushed_xlsx(request: HttpRequest, code: str, delivery: int) -> HttpResponseBase:
    """Every record of a push as XLSX."""
    return sheets.xlsx_file(*_table(_of_push(request, code, delivery)))


def _table(asked: Asked) -> sheets.Table:
    version = asked.under.version.number if asked.under.version else 0
    party = asked.authorization.third_party.name
    rows = deliveries.rows(asked.all(), party, asked.channel, version, asked.under.base_version)
    return _name(asked), deliveries.COLUMNS, rows


def _name(asked: Asked) -> str:
    if asked.pushed is not None:
        return asked.pushed.name
    assert asked.part is not None  # noqa: S101 (one of both is there)
    return f"delivery-{asked.office.code}-{asked.part.day.isoformat()}-{asked.channel}"
