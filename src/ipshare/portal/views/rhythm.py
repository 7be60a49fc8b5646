"""How often an office has agreed to send each right: seen and set by its administrators and the hub's operators."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.office import Right
from ipshare.portal import guard, overview, words
from ipshare.portal.shell import page
from ipshare.store import audit
from ipshare.store.models.accounts import Office
from ipshare.store.models.holdings import Rhythm


class RhythmForm(forms.Form):
    """Days for each right; empty: nothing is agreed."""

    def __init__(self, *args: object, rights: frozenset[Right], **kwargs: object) -> None:
        """Have a field for each of some rights."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [("", "No rhythm agreed"), *overview.RHYTHMS.items()]
        for right in (right for right in Right if right in rights):
            self.fields[right.value] = forms.TypedChoiceField(
                label=words.RIGHTS[right],
                choices=[(key, str(text).capitalize()) for key, text in choices],
                coerce=int,
                empty_value=None,
                required=False,
                error_messages={"invalid_choice": "Choose one of the rhythms of the list."},
            )


@guard.needs(Permission.PEOPLE_MANAGE, "GET")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The form."""
    office = guard.office_of(request, code)
    return _page(request, office, RhythmForm(initial=_agreed(office), rights=_mine(request, office)))  # fmt: skip


@guard.needs(Permission.PEOPLE_MANAGE, "POST")
def save(request: HttpRequest, code: str) -> HttpResponseBase:
    """Agree on other rhythms; each that changes is an event of the audit."""
    office = guard.office_of(request, code)
    form = RhythmForm(request.POST, rights=_mine(request, office))
    if not form.is_valid() or not {*form.fields} <= {*request.POST}:
        return _page(request, office, form, status=422)
    by, at = guard.person(request).email, timezone.now()
    with transaction.atomic():
        Office.objects.select_for_update().get(pk=office.pk)
        before = _agreed(office)
        for right, days in form.cleaned_data.items():
            if days == before.get(right):
                continue
            Rhythm.objects.update_or_create(
                office=office, right=right, defaults={"days": days, "saved_at": at, "saved_by": by}
            )
            audit.write("rhythm.saved", at=at, actor=by, office=office.pk, subject=right, days=days)
    messages.success(request, "The rhythm is saved.")
    return HttpResponseRedirect(reverse("portal:office", args=[office.code.lower()]))


def _mine(request: HttpRequest, office: Office) -> frozenset[Right]:
    """The rights whose rhythm this person may set."""
    return frozenset(
        right for right in Right if guard.may(request, Permission.PEOPLE_MANAGE, office.pk, right)
    )


def _agreed(office: Office) -> dict[str, int | None]:
    return {one.right: one.days for one in Rhythm.objects.filter(office=office)}


def _page(
    request: HttpRequest, office: Office, form: RhythmForm, *, status: int = 200
) -> HttpResponse:
    context = {"office": office, "form": form}
    return page(request, "portal/rhythm.html", context, here="home", status=status)
