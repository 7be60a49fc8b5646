"""Filters and tags of the pages: icons, numbers, sizes, times with a zone, the script of a value."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from ipshare.domain import plural
from ipshare.domain.office import Right
from ipshare.domain.submission import State
from ipshare.portal import addresses, elements, scripts, words
from ipshare.standards.labels import Label
from ipshare.store.models.submissions import Submission
from ipshare.watch import task_words

register = template.Library()
NBSP = "\u00a0"
LONGEST = 60
"""Characters of a number in a list."""


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One picture of the sprite (portal/sprite.html); always beside words, so hidden from screen readers."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="#i-{}"/></svg>',
        f" {extra}" if extra else "",
        name,
    )


@register.filter
def number(value: object) -> str:
    """A count with thousands separators."""
    return f"{int(str(value)):,}"


@register.filter
def counted(value: object, noun: str) -> str:
    """A count and its noun (domain.count): ``1 record``, ``1,204 records``, ``entry|entries``."""
    return plural.counted(int(str(value)), noun).replace(" ", NBSP, 1)


@register.filter
def size(value: int) -> str:
    """Bytes as people say them: ``1.3 GB``."""
    return plural.sized(value).replace(" ", NBSP)


@register.filter
def of_key(values: dict[Any, object], key: object) -> object | None:
    """What a table has under a key."""
    return values.get(key)


@register.filter
def unlocal(value: float) -> str:
    """A length in a picture: with a point, whatever the language."""
    return f"{value:g}"


@register.filter
def add_to(value: float, more: float) -> str:
    """A length in a picture and some more."""
    return f"{value + more:g}"


@register.filter
def duration(seconds: float) -> str:
    """A stretch of time in its two largest useful units."""
    whole = int(seconds)
    if whole < 60:  # noqa: PLR2004
        return f"{max(whole, 1)}{NBSP}s"
    if whole < 3600:  # noqa: PLR2004
        return f"{whole // 60}{NBSP}min" + (f" {whole % 60}{NBSP}s" if whole < 600 else "")  # noqa: PLR2004
    if whole < 48 * 3600:
        return f"{whole // 3600}{NBSP}h {whole % 3600 // 60}{NBSP}min"
    return counted(whole // 86400, "day")


@register.filter
def when(value: datetime | None, form: str = "minute") -> SafeString | str:
    """A time as an element: ``26 Nov 2026, 09:14``; forms: minute, second, day, clock."""
    if value is None:
        return ""
    there = timezone.localtime(value)
    day = f"{there.day}{NBSP}{there:%b}{NBSP}{there.year}"
    text = {
        "day": day,
        "minute": f"{day}, {there:%H:%M}",
        "second": f"{day}, {there:%H:%M:%S}",
        "clock": f"{there:%H:%M:%S}",
    }[form]
    return format_html('<time datetime="{}">{}</time>', there.isoformat(timespec="seconds"), text)


@register.filter
def weekday(value: datetime) -> str:
    """A day as a heading: ``Thursday 26 November 2026``."""
    there = timezone.localtime(value)
    return f"{there:%A}{NBSP}{there.day}{NBSP}{there:%B}{NBSP}{there.year}"


@register.filter
def right_name(value: str) -> str:
    """What people call a right: Trademarks."""
    return words.RIGHTS[Right(value)]


@register.filter
def label_in(path: str, right: str) -> Label:
    """What people call the element at a path, and its INID code."""
    return elements.label(Right(right), path)


@register.filter
def door_name(value: str) -> str:
    """What people call a door: SFTP."""
    return {"sftp": "SFTP", "browser": "browser", "api": "API"}.get(value, value)


@register.filter
def right_one(value: str) -> str:
    """One record of a right: Trademark."""
    return Right(value).value.capitalize()


@register.filter
def in_script(value: str) -> SafeString | str:
    """A value as sent, marked with the language that its script tells of."""
    language = scripts.language_of(value)
    if not language:
        return value
    direction = mark_safe(' dir="rtl"') if language in scripts.RIGHT_TO_LEFT else ""
    return format_html('<span lang="{}"{}>{}</span>', language, direction, value)


@register.filter
def task_does(task: str) -> str:
    """What a task of the queue does."""
    return task_words.does(task)


@register.filter
def often(cron: str) -> str:
    """A schedule in words."""
    return task_words.often(cron)


@register.simple_tag
def record_link(office: str, right: str, number: str) -> SafeString:
    """A record's number, leading to its page in the register."""
    return format_html(
        '<a class="id" href="{}">{}</a>',
        addresses.record(office, right, number),
        in_script(number if len(number) <= LONGEST else f"{number[:LONGEST]}…"),
    )


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """The present address's query with some fields changed; None removes one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.filter
def breakable(value: str) -> SafeString:
    """A file name that may be broken after its underscores and dots, but for the last: its ending stays with it."""
    parts = re.split(r"(?<=[_\-])|(?<=\.)(?=.*\.)", value)
    return format_html_join("", "{}<wbr>", ((part,) for part in parts if part))


@register.filter
def is_counted(submission: Submission) -> bool:
    """Whether the findings of a submission have been counted: before its end a zero would say too much."""
    counted = submission.errors or submission.warnings or submission.infos
    return bool(counted) or submission.state in {State.PUBLISHED, State.TESTED, State.REFUSED}


@register.filter
def findings_total(submission: Submission) -> int:
    """All findings of a submission, of whatever severity."""
    return submission.errors + submission.warnings + submission.infos


@register.filter
def path_breaks(value: str) -> SafeString:
    """An element path that may be broken after its slashes."""
    return format_html_join("", "{}<wbr>", ((part,) for part in re.split(r"(?<=/)", value) if part))
