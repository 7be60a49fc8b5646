"""The conditions of an authorization in plain words, line by line, and what differs between two versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from ipshare.domain import plural
from ipshare.domain.authorization import Channel, Conditions, Filter, Route
from ipshare.domain.group import ElementGroup
from ipshare.portal import words

NBSP = "\u00a0"
MEGABYTE = 1_000_000

ROUTES = {
    Route.NATIONAL: "filed with the office itself",
    Route.INTERNATIONAL: "designated through WIPO (Madrid, Hague, PCT)",
}
CHANNELS = {
    Channel.API: ("API and feed", "records, changes and files, asked for one by one or in pages"),
    Channel.BULK: ("Bulk export", "everything at once, in large files"),
    Channel.PUSH: ("Push", "the hub delivers to a destination of the third party"),
    Channel.SFTP: (
        "SFTP",
        "the files as the office sent them, but with any restriction packages of its view instead",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One line of the conditions that reads otherwise than before."""

    label: str
    was: str
    now: str


def lines(held: Conditions) -> dict[str, str]:
    """Every condition in words, by its label on the page."""
    return {
        "Rights": _listed([name for right, name in words.RIGHTS.items() if right in held.rights])
        or "none: nothing goes out",
        "Data Restriction": _listed(words.withheld_in_words(held.excluded)) or "none",
        "Which records": _listed(which(held.filter)) or "all",
        "Images, sound and video": "yes" if held.images else "no",
        # the same words whatever the groups: who withholds one has not changed this
        "Documents": "yes, while no element group is withheld" if held.documents else "no",
        "Channels": _listed([name for one, (name, _) in CHANNELS.items() if one in held.channels]),
        "Start": instant(held.starts_at) or "at once",
        "End": instant(held.ends_at) or "none",
        "Requests per minute": _count(held.requests_per_minute),
        "Volume per day": volume(held.bytes_per_day),
        "Allowed networks": _listed(list(held.networks)) or "any",
        "Purpose": held.purpose or "not stated",
        "Terms of re-use": held.terms or "not stated",
    }


def differences(was: Conditions, now: Conditions) -> list[Difference]:
    """The lines that read otherwise."""
    before = lines(was)
    return [
        Difference(label=label, was=before[label], now=text)
        for label, text in lines(now).items()
        if before[label] != text
    ]


def which(wanted: Filter) -> list[str]:
    """What a filter asks of a record, in words; empty where every record may go out."""
    return [
        *_days("filed", wanted.filed_from, wanted.filed_to),
        *_days("registered", wanted.registered_from, wanted.registered_to),
        *(["published only"] if wanted.published_only else []),
        *(["registered only"] if wanted.registered_only else []),
        *([f"only those {ROUTES[wanted.route]}"] if wanted.route else []),
        *(["without records that have open errors"] if wanted.without_errors else []),
    ]


def limits(held: Conditions) -> list[str]:
    """The limits that an office has set, in words."""
    return [
        *(
            [f"{plural.counted(held.requests_per_minute, 'request')} per minute"]
            if held.requests_per_minute
            else []
        ),
        *([f"{volume(held.bytes_per_day)} per day"] if held.bytes_per_day else []),
        *([f"{len(held.networks)} networks"] if len(held.networks) > 1 else []),
        *([f"only from {held.networks[0]}"] if len(held.networks) == 1 else []),
    ]


def period(held: Conditions) -> str:
    """From when to when something goes out."""
    return f"from {instant(held.starts_at) or 'now'} to {instant(held.ends_at) or 'no set end'}"


def instant(value: datetime | None) -> str:
    """An instant with its zone: ``1 Jan 2027, 00:00 (UTC+7)``; empty where there is none."""
    if value is None:
        return ""
    there = timezone.localtime(value)
    form = "%H:%M:%S" if there.second else "%H:%M"
    return f"{there.day}{NBSP}{there:%b}{NBSP}{there.year}, {there.strftime(form)} ({zone(there)})"


def zone(there: datetime) -> str:
    """How far a local time is from UTC: ``UTC+7``, ``UTC+6:30``, ``UTC``."""
    offset = there.utcoffset()
    minutes = 0 if offset is None else round(offset.total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02d}" if rest else "")


def group_name(group: ElementGroup) -> str:
    """What the pages call an element group."""
    return words.GROUPS[group][0]


def volume(size: int | None) -> str:
    """Bytes in megabytes, exactly; the hub's own limit where none is set."""
    if size is None:
        return _count(None)
    return f"{megabytes(size)}{NBSP}MB"


def megabytes(size: int) -> str:
    """A count of bytes as a number of megabytes, without loss."""
    whole, rest = divmod(size, MEGABYTE)
    return f"{whole}.{rest:06d}".rstrip("0") if rest else str(whole)


def _count(value: int | None) -> str:
    return "the limit of the hub" if value is None else f"{value:,}"


def _days(what: str, first: object, last: object) -> list[str]:
    if first and last:
        return [f"{what} from {first} to {last}"]
    if first:
        return [f"{what} from {first}"]
    return [f"{what} to {last}"] if last else []


def _listed(parts: list[str]) -> str:
    return ", ".join(parts)
