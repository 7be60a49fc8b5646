"""What was just made goes, sealed, to the page that shows it: once, so that a reload makes nothing anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ipshare.portal import guard
from ipshare.share import sealing

Made = dict[str, Any]
"""A secret and what belongs to it, as JSON; empty where nothing was made."""
_WITHIN = 300
"""Seconds until it is gone by itself."""


def lead_to(request: HttpRequest, page: str, place: str, made: Made) -> HttpResponseRedirect:
    """To a page and a place in it, with what it shows: nobody else's browser, and no other page, can open that."""
    answer = HttpResponseRedirect(f"{page}#{place}")
    answer.set_cookie(
        _name(page),
        sealing.seal(json.dumps(made), of=_whose(request, page)),
        max_age=_WITHIN,
        path=page,
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return answer


def show(request: HttpRequest, page: Callable[[Made], HttpResponse]) -> HttpResponse:
    """A page, of what was made for it a moment ago; then nothing keeps the answer."""
    if _name(request.path) not in request.COOKIES:
        return page({})
    answer = page(_read(request))
    answer.delete_cookie(_name(request.path), path=request.path)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _read(request: HttpRequest) -> Made:
    """Empty where it is not of this page and person."""
    sealed = request.COOKIES[_name(request.path)]
    try:
        made: Made = json.loads(sealing.unseal(sealed, of=_whose(request, request.path)))
    except (sealing.SealedUnderAnotherKeyError, ValueError):
        return {}
    return made


def _name(page: str) -> str:
    """One for each page: a browser sends a page those of the pages above it as well."""
    return f"made{page.replace('/', '-')}"


def _whose(request: HttpRequest, page: str) -> str:
    return f"{guard.person(request).pk} {page}"
