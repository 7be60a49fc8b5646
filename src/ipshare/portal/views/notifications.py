"""One's own notifications: which letters somebody wants, for which rights, and what they were told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.notice import Topic
from ipshare.domain.office import Right
from ipshare.notices import choosing, topics
from ipshare.portal import guard
from ipshare.portal.shell import page
from ipshare.portal.words import RIGHTS
from ipshare.store.models.notices import Notice

PAGE = 50


@guard.needs(Permission.SELF_MANAGE, "GET")
def show(request: HttpRequest) -> HttpResponse:
    """What this person has chosen, and what they were told."""
    who = guard.person(request)
    told = Notice.objects.filter(person=who).order_by("-at", "-pk")
    rights, chosen = choosing.rights_of(who), choosing.chosen_by(who)
    context: dict[str, Any] = {
        "rights": [(right, name) for right, name in RIGHTS.items() if right in rights],
        "rows": _rows(rights, chosen),
        "whole": [
            (topic, facts, bool(chosen[topic]))
            for topic, facts in topics.TOPICS.items()
            if topic is Topic.SIGN_IN or (who.is_operator and topic in topics.OF_OPERATORS)
        ],
        "window": 10,
        "sheet": Paginator(told, PAGE).get_page(request.GET.get("page")),
    }
    return page(request, "portal/notifications.html", context, here="notifications")


def _rows(rights: frozenset[Right], chosen: dict[Topic, frozenset[Right]]) -> list[dict[str, Any]]:
    """A topic a row, with each right that the person may choose, and whether it is chosen."""
    return [
        {
            "topic": topic,
            "facts": facts,
            "cells": [
                (right, RIGHTS[right], right in chosen[topic]) for right in Right if right in rights
            ],
        }
        for topic, facts in topics.TOPICS.items()
        if topic not in {Topic.SIGN_IN, Topic.OUTAGE} and rights
    ]


@guard.needs(Permission.SELF_MANAGE, "POST")
def save(request: HttpRequest) -> HttpResponseBase:
    """Keep what this person has chosen; what is not checked is not wanted."""
    choosing.choose(
        guard.person(request), frozenset(request.POST.getlist("want")), at=timezone.now()
    )
    messages.success(request, "Saved: from now on you get the letters that you have chosen.")
    return HttpResponseRedirect(reverse("portal:notifications"))
