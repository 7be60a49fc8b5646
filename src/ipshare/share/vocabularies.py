"""The words that stand for statuses and events: code lists of ST.96, and what offices' own words mean to the hub."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from ipshare.accounts.permissions import Permission
from ipshare.accounts.route import known, preferred
from ipshare.check import status
from ipshare.domain.group import SHAREABLE, ElementGroup
from ipshare.http.problem import NOT_FOUND, Problem
from ipshare.share import view
from ipshare.share.door import guarded
from ipshare.standards import codes, st96
from ipshare.store.models.sharing import Client

JSON = "application/json"
LISTS = {name.replace(" ", "-"): name for name in codes.LISTS}
"""The code lists of ST.96 by the names that addresses have."""
STATES, WORDS, GROUPS = "states", "status-words", "element-groups"
NAMES = sorted([*LISTS, STATES, WORDS, GROUPS])


@guarded(Permission.CONDITIONS_READ, channel=None)
def listed(request: HttpRequest, client: Client) -> HttpResponseBase:
    """GET /api/v1/vocabularies: the names of the vocabularies."""
    known(request)
    preferred(request, (JSON,))
    return _answer({"vocabularies": NAMES})


@guarded(Permission.CONDITIONS_READ, channel=None)
def one(request: HttpRequest, client: Client, name: str) -> HttpResponseBase:
    """GET /api/v1/vocabularies/{name}: its words, with what they mean where the hub knows it."""
    known(request)
    preferred(request, (JSON,))
    if name not in NAMES:
        raise Problem("not-found", NOT_FOUND)
    return _answer({"name": name, "source": _source(name), "entries": _entries(name, client)})


def _source(name: str) -> str:
    if name in LISTS:
        return f"ST.96 {st96.VERSION}, {codes.LISTS[LISTS[name]]}"
    return "ipshare"


def _entries(name: str, client: Client) -> Sequence[dict[str, Any]]:
    if name == STATES:
        return [{"code": state.value} for state in status.State]
    if name == GROUPS:
        return [{"code": group.value} for group in ElementGroup if group in SHAREABLE]
    if name == WORDS:
        offices = [seen.office for seen in view.all_of(client)]
        return [
            {
                "office": office,
                "right": right,
                "word": word,
                "step": meaning.step,
                "state": meaning.state.value,
            }
            for office, right, word, meaning in status.agreed(offices)
        ]
    return [{"code": code} for code in sorted(codes.codes(LISTS[name]))]


def _answer(body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), content_type=JSON)
