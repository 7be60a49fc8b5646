"""What people see when there is no page, no permission, or when the hub itself failed."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ipshare.http import problem
from ipshare.portal.shell import page
from ipshare.trace import context


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Unknown, or another office's: the answer is the same."""
    return page(request, "portal/trouble-404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The person may look, but not do this."""
    return page(request, "portal/trouble-403.html", {"why": str(exception)}, status=403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the session's CSRF value: mostly a page left open too long."""
    return page(request, "portal/trouble-form.html", status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """Our fault; nothing is asked of the database, which may be what failed."""
    away = problem.is_database_away(sys.exception())
    shown = {"away": away, "id": context.current()}
    response = render(request, "portal/trouble-500.html", shown, status=503 if away else 500)
    if away:
        response.headers["Retry-After"] = str(problem.RETRY)
    return response
