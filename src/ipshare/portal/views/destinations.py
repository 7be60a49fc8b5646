"""Destinations of one authorization: add, try out, pause, retry, remove; and what was delivered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts import limits
from ipshare.accounts.permissions import Permission
from ipshare.domain.authorization import Channel
from ipshare.domain.delivery import PushError
from ipshare.portal import destinations as shown
from ipshare.portal import guard, shown_once, telling
from ipshare.portal.destination_forms import ActionForm, DestinationForm
from ipshare.portal.shell import page
from ipshare.share import authorized, destinations
from ipshare.store.models.deliveries import Delivery, Destination
from ipshare.store.models.sharing import Authorization


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def show(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Where the third party's data is pushed to, and what was delivered."""
    authorization = _own(request, code, number)
    return shown_once.show(request, lambda made: _page(request, authorization, {"added": made}))


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def add(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Add a destination; a secret that the hub made is on the page that the answer leads to, and nowhere else."""
    authorization = guard.authorization_to_change(request, code, number)
    form = DestinationForm(request.POST)
    if not form.is_valid():
        return _page(request, authorization, {"form": form}, status=422)
    try:
        added = destinations.add(
            authorization,
            form.cleaned_data["name"],
            form.cleaned_data["kind"],
            form.address,
            secret=form.secret,
            by=guard.person(request).email,
            at=timezone.now(),
        )
    except destinations.NotAcceptedError as trouble:
        form.add_error(None, str(trouble))
        return _page(request, authorization, {"form": form}, status=422)
    made = {"name": added.destination.name, "secret": added.secret, "public_key": added.public_key}
    return shown_once.lead_to(request, _address(authorization), "added", made)


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def act(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Try a destination out, pause it, let it go on, try it again or remove it."""
    authorization = guard.authorization_to_change(request, code, number)
    form = ActionForm(request.POST)
    if not form.is_valid():
        return _page(request, authorization, {"act_form": form}, status=422)
    found = authorization.destinations.filter(pk=form.cleaned_data["row"], removed_at=None)
    destination = found.select_related("authorization__third_party").first()
    if destination is None:
        raise Http404(guard.NOT_YOURS)
    _do(request, destination, form.cleaned_data["what"])
    return HttpResponseRedirect(_address(authorization))


def _do(request: HttpRequest, destination: Destination, what: str) -> None:
    by, at, name = guard.person(request).email, timezone.now(), destination.name
    if what == "test":
        try:
            messages.success(request, f"{name}: {destinations.try_out(destination)} No data left.")
        except PushError as trouble:
            messages.warning(request, f"{name}: the test failed. {trouble}")
    elif what == "pause":
        destinations.pause(destination, by=by, at=at)
        messages.success(request, f"{name} is paused: nothing leaves for it.")
    elif what == "resume":
        destinations.resume(destination, by=by, at=at)
        messages.success(request, f"{name} goes on.")
    elif what == "retry":
        destinations.retry(destination, at=at)
        messages.success(request, f"{name} is tried again at once.")
    else:
        destinations.remove(destination, by=by, at=at)
        messages.success(request, f"{name} was removed; its secret is forgotten.")


def _address(authorization: Authorization) -> str:
    where = [authorization.office_id.lower(), authorization.pk]
    return reverse("portal:destinations", args=where)


def _own(request: HttpRequest, code: str, number: int) -> Authorization:
    return guard.authorization_of(guard.office_of(request, code), number)


def _page(
    request: HttpRequest,
    authorization: Authorization,
    extra: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    history = Delivery.objects.filter(destination__authorization=authorization)
    history = history.select_related("destination").order_by("-made_at", "-pk")
    sheet = Paginator(history, shown.PAGE).get_page(request.GET.get("page"))
    conditions = authorized.conditions_of(authorization)
    rows = shown.of(authorization, timezone.now())
    context = {
        "office": authorization.office,
        "authorization": authorization,
        "rows": rows,
        "leaving": next(
            (row for row in rows if str(row.held.pk) == request.GET.get("remove")), None
        ),
        "volume": telling.volume(limits.of([conditions]).bytes_per_day),
        "sheet": sheet,
        "sent": [shown.sent(delivery) for delivery in sheet],
        "pushed": Channel.PUSH in conditions.channels,
        "form": DestinationForm(),
        "decides": guard.may_change(request, authorization),
    }
    return page(
        request,
        "portal/destinations.html",
        context | (extra or {}),
        here="authorizations",
        status=status,
    )
