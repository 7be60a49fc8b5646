"""Release or reject a held submission, check an ended one again, put a refused one away; only the office decides."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.submission import State
from ipshare.ingest import publishing
from ipshare.intake import again as checked_again
from ipshare.intake import refused
from ipshare.portal import guard
from ipshare.portal.forms import ReasonForm, ReleaseForm
from ipshare.portal.views.submission import submission_page
from ipshare.store.models.submissions import Submission

TOO_LATE = "It waits for no decision any more: somebody decided before you. Nothing was done twice."


@guard.needs(Permission.SUBMISSION_DECIDE, "POST")
def release(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Publish it as it is."""
    submission = guard.submission_of(request, reference)
    form = ReleaseForm(request.POST, withdrawn=submission.withdrawn)
    if submission.state == State.HELD and not form.is_valid():
        return submission_page(request, submission, {"release_form": form}, status=422)
    return _decide(request, submission, publishing.release, form)


@guard.needs(Permission.SUBMISSION_DECIDE, "POST")
def reject(request: HttpRequest, reference: str) -> HttpResponseBase:
    """End it without publishing anything."""
    submission = guard.submission_of(request, reference)
    form = ReasonForm(request.POST)
    if submission.state == State.HELD and not form.is_valid():
        return submission_page(request, submission, {"reject_form": form}, status=422)
    return _decide(request, submission, publishing.reject, form)


@guard.needs(Permission.SUBMISSION_DECIDE, "POST")
def again(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Check the kept bytes once more, as a new submission."""
    submission = guard.submission_of(request, reference)
    try:
        queued = checked_again.check(submission, by=guard.person(request).email, at=timezone.now())
    except checked_again.NotAgainError as trouble:
        return submission_page(request, submission, {"trouble": str(trouble)}, status=422)
    messages.success(request, f"{submission.reference} is checked again as {queued.reference}.")
    return HttpResponseRedirect(reverse("portal:submission", args=[queued.reference]))


@guard.needs(Permission.SUBMISSION_SEND, "POST")
def put_away(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Tell no more on Home that it was refused."""
    submission = guard.submission_of(request, reference)
    if submission.state != State.REFUSED:
        trouble = f"{submission.reference} was not refused; there is nothing to put away."
        return submission_page(request, submission, {"trouble": trouble}, status=422)
    refused.put_away(submission, by=guard.person(request).email, at=timezone.now())
    messages.success(
        request, f"{submission.name} is put away; the exchange history and the audit keep it."
    )
    return HttpResponseRedirect(reverse("portal:home"))


def _decide(
    request: HttpRequest, submission: Submission, decide: Callable[..., None], form: ReasonForm
) -> HttpResponseBase:
    here = reverse("portal:submission", args=[submission.reference])
    if submission.state != State.HELD:
        messages.warning(request, TOO_LATE)
        return HttpResponseRedirect(here)
    try:
        decide(
            submission,
            by=guard.person(request).email,
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
    except publishing.NotHeldError:
        messages.warning(request, TOO_LATE)
    return HttpResponseRedirect(here)
