"""The audit page: which events a person may see, narrowed by a form, and each in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django import forms
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, LPad

from ipshare.accounts import permissions
from ipshare.domain.office import Right
from ipshare.portal.sheets import Cell
from ipshare.store import audit
from ipshare.store.models.accounts import User
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.submissions import Submission

PAGE = 50
MOST = 10_000
"""Events that the page counts and leafs through, the newest; a file has all."""
KINDS = {
    "submission": "Submissions",
    "upload": "Files in the browser and over the API",
    "rhythm": "Agreed rhythm",
    "register": "Registers",
    "authorization": "Authorizations",
    "third-party": "Third parties",
    "base-restriction": "Base restriction",
    "record": "Record blocks",
    "proposal": "Proposals",
    "second-person": "Second person",
    "client": "Credentials of API clients",
    "organisation-client": "Clients over offices",
    "sender": "Clients that send",
    "destination": "Destinations",
    "sftp-account": "SFTP accounts",
    "key": "SFTP keys",
    "person": "People and sign-ins",
    "invitation": "Invitations",
    "office": "Offices",
    "job": "Jobs of the hub",
    "hub": "Outages of the hub",
    "schemas": "Schemas of the hub",
}
"""Kinds of events, by how their names begin, and what people call them."""
OF_THE_HUB = frozenset({"job", "hub", "schemas"})
"""Kinds that are of no office: operators alone see such events."""
COLUMNS = ("at", "office", "who", "event", "what", "subject", "detail")


class FilterForm(forms.Form):
    """What the list is narrowed to; what cannot be read is named, not ignored."""

    office = forms.RegexField(r"\A[A-Z]{2}\Z", required=False)
    kind = forms.ChoiceField(required=False, choices=[("", "All events"), *KINDS.items()])
    event = forms.ChoiceField(required=False, choices=[("", ""), *audit.EVENTS.items()])
    who = forms.CharField(required=False, max_length=254)
    subject = forms.CharField(required=False, max_length=200)
    first = forms.DateField(
        required=False, error_messages={"invalid": "From is not a date; write it as 2026-11-26."}
    )
    last = forms.DateField(
        required=False, error_messages={"invalid": "To is not a date; write it as 2026-11-26."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event as the page shows it."""

    event: AuditEvent
    what: str
    detail: list[tuple[str, str]]


def visible(who: User) -> QuerySet[AuditEvent]:
    """The events that a person may see: the office's own, or for operators all.

    Whoever serves single rights does not see the submissions, blocks and files of the others here either.
    """
    if who.office_id is None:
        return AuditEvent.objects.all()
    found = AuditEvent.objects.filter(office=who.office_id)
    known = permissions.known(who, at=who.office_id)
    if known == frozenset(Right):
        return found
    number = LPad(Cast("number", CharField()), 6, Value("0"))
    theirs = Submission.objects.filter(office=who.office_id).exclude(right__in=known)
    references = theirs.annotate(
        reference_=Concat("office_id", Value("-"), number, output_field=CharField())
    )
    of_one = Q(event__startswith="record.") | Q(event__startswith="upload.")
    hidden = [right.value for right in Right if right not in known]
    return found.exclude(
        event__startswith="submission.", subject__in=references.values("reference_")
    ).exclude(of_one & Q(detail__right__in=hidden))


def fitting(who: User, form: FilterForm, zone: tzinfo) -> QuerySet[AuditEvent]:
    """The events that fit what could be read of the form, the newest first; days begin in the person's zone."""
    found, asked = visible(who), form.cleaned_data
    if asked.get("office"):
        found = found.filter(office=asked["office"])
    if asked.get("kind"):
        found = found.filter(event__startswith=f"{asked['kind']}.")
    if asked.get("event"):
        found = found.filter(event=asked["event"])
    if asked.get("who"):
        found = found.filter(actor__icontains=asked["who"])
    if asked.get("subject"):
        found = found.filter(Q(subject__icontains=asked["subject"]))
    if asked.get("first"):
        found = found.filter(at__gte=_midnight(asked["first"], zone))
    if asked.get("last") and asked["last"] < date.max:
        found = found.filter(at__lt=_midnight(asked["last"], zone) + timedelta(days=1))
    # over all offices the order in which they were written does, which the primary key has
    return found.order_by("-pk") if who.is_operator else found.order_by("-at", "-pk")


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def line(event: AuditEvent) -> Line:
    """An event in words."""
    return Line(
        event=event,
        what=audit.EVENTS.get(event.event, event.event),
        detail=[
            *((name.replace("_", " "), _text(value)) for name, value in event.detail.items()),
            *([("id in the logs", event.trace)] if event.trace else []),
        ],
    )


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def rows(found: QuerySet[AuditEvent]) -> Iterator[Sequence[Cell]]:
    """The events as rows of a sheet, times in UTC."""
    for event in found.iterator(chunk_size=500):
        shown = line(event)
        detail = "; ".join(f"{name}: {text}" for name, text in shown.detail)
        yield (
            event.at.isoformat(timespec="seconds"), event.office_id or "", event.actor, event.event,
            shown.what, event.subject, detail,
        )  # fmt: skip
