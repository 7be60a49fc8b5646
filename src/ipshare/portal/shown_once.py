"""A secret that was just made goes, sealed, to the page that shows it: once, so that a reload makes nothing anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ipshare.portal import guard
from ipshare.share import sealing
from ipshare.store.models.credentials import ClientSecret

_COOKIE = "made"
_WITHIN = 300
"""Seconds until it is gone by itself."""


def lead_to(request: HttpRequest, page: str, made: ClientSecret, text: str) -> HttpResponseRedirect:
    """To the page that shows a secret: nobody else's browser, and no other page, can open what goes there."""
    answer = HttpResponseRedirect(f"{page}#secret")
    answer.set_cookie(
        _COOKIE,
        sealing.seal(json.dumps([made.pk, text]), of=_whose(request, page)),
        max_age=_WITHIN,
        path=page,
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return answer


def show(request: HttpRequest, page: Callable[[dict[str, Any]], HttpResponse]) -> HttpResponse:
    """A page, with ``secret`` for its template where one was made a moment ago; then nothing keeps the answer."""
    if _COOKIE not in request.COOKIES:
        return page({})
    answer = page(_read(request))
    answer.delete_cookie(_COOKIE, path=request.path)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _read(request: HttpRequest) -> dict[str, Any]:
    """Empty where it is not of this page and person, or where the secret was revoked meanwhile."""
    try:
        key, text = json.loads(
            sealing.unseal(request.COOKIES[_COOKIE], of=_whose(request, request.path))
        )
    except (sealing.SealedUnderAnotherKeyError, ValueError):
        return {}
    made = ClientSecret.objects.filter(pk=key, revoked_at=None).select_related("client").first()
    return {"secret": {"made": made, "value": text}} if made is not None else {}


def _whose(request: HttpRequest, page: str) -> str:
    return f"{guard.person(request).pk} {page}"
