"""The list of submissions, on the page and as CSV."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from ipshare.accounts.permissions import Permission
from ipshare.portal import guard, history, words, zones
from ipshare.portal.forms import FilterForm
from ipshare.portal.shell import page
from ipshare.store.models.accounts import Office


@guard.needs(Permission.SUBMISSION_READ, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Submissions, newest first, narrowed by the form above them."""
    who = guard.person(request)
    form, wanted = _wanted(request)
    found = history.fitting(who, wanted, zones.zone_of(who.office_id).offset)
    sheet = Paginator(found, history.PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": form,
        "wanted": wanted,
        "sheet": sheet,
        "rows": [(submission, words.verdict(submission)) for submission in sheet],
        "narrowed": wanted.narrows,
        "any": wanted.narrows and history.visible(who).exists(),
        "offices": Office.objects.order_by("code") if who.is_operator else (),
    }
    return page(request, "portal/submissions.html", context, here="submissions")


@guard.needs(Permission.SUBMISSION_READ, "GET")
def listing_csv(request: HttpRequest) -> HttpResponseBase:
    """The same list, whole."""
    who = guard.person(request)
    _, wanted = _wanted(request)
    found = history.fitting(who, wanted, zones.zone_of(who.office_id).offset)
    response = StreamingHttpResponse(history.as_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="submissions.csv"'
    return response


def _wanted(request: HttpRequest) -> tuple[FilterForm, history.Filter]:
    form = FilterForm(request.GET)
    form.is_valid()  # what cannot be read is named beside its field, and does not narrow the list
    return form, form.wanted()
