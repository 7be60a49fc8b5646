"""The queue and its workers, for operators: what waits, runs, failed; retry and cancel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.portal import guard, words
from ipshare.portal.shell import page
from ipshare.watch import jobs

HERE = "hub-queue"


@guard.needs(Permission.HUB_OPERATE, "GET")
def show(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    return page(request, "portal/hub-queue.html", _context(), here=HERE)


@guard.needs(Permission.HUB_OPERATE, "GET")
def live(request: HttpRequest) -> HttpResponse:
    """The part of it that moves."""
    return page(request, "portal/hub-queue-live.html", _context(), here=HERE)


def _context() -> dict[str, Any]:
    now = timezone.now()
    queues, lists = jobs.queues(), jobs.lists()
    ages = [(now - one.oldest_at).total_seconds() if one.oldest_at else None for one in queues]
    return {
        "now": now,
        "queues": [*zip(queues, ages, strict=True)],
        "workers": jobs.workers(lists["running"]),
        "running": [(job, _age(job, now)) for job in lists["running"]],
        "waiting": [(job, _age(job, now)) for job in lists["waiting"]],
        "later": lists["later"],
        "failed": lists["failed"],
        "periodic": jobs.periodic(),
        "most": jobs.MOST,
    }


def _age(job: jobs.Job, now: Any) -> float | None:
    return (now - job.at).total_seconds() if job.at else None


@guard.needs(Permission.HUB_OPERATE, "POST")
def retry(request: HttpRequest, number: int) -> HttpResponseBase:
    """Put a failed job back into its queue."""
    return _decide(request, number, jobs.retry, "Job {} is in its queue again.")


@guard.needs(Permission.HUB_OPERATE, "POST")
def cancel(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take a job that waits out of its queue."""
    return _decide(request, number, jobs.cancel, "Job {} was cancelled.")


def _decide(
    request: HttpRequest, number: int, decide: Callable[..., None], said: str
) -> HttpResponseBase:
    try:
        decide(number, by=guard.person(request).email, at=timezone.now())
    except jobs.JobRefusedError as trouble:
        messages.warning(request, words.sentence(trouble))
    else:
        messages.success(request, said.format(number))
    return HttpResponseRedirect(reverse("portal:hub-queue"))
