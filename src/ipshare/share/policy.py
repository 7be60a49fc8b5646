"""The conditions of an authorization as a policy of W3C ODRL 2.2, in JSON-LD whose context is all in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ipshare.accounts import limits
from ipshare.domain.authorization import Channel, Conditions, View
from ipshare.domain.group import SHAREABLE, ElementGroup
from ipshare.domain.office import Right
from ipshare.share.conditions import filter_described

OURS = "urn:ipshare:terms:"
ODRL = "http://www.w3.org/ns/odrl/2/"
_REFERRED = ("assigner", "assignee", "target", "profile")
_WORDS = ("action", "leftOperand", "operator")
CONTEXT: dict[str, Any] = {
    "@vocab": ODRL,
    "odrl": ODRL,
    "ipshare": OURS,
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rights": "http://purl.org/dc/terms/rights",
    "uid": "@id",
    "type": "@type",
    "permission": {"@id": "odrl:permission", "@container": "@set"},
    "prohibition": {"@id": "odrl:prohibition", "@container": "@set"},
    "constraint": {"@id": "odrl:constraint", "@container": "@set"},
    "refinement": {"@id": "odrl:refinement", "@container": "@set"},
    **{name: {"@id": f"odrl:{name}", "@type": "@id"} for name in _REFERRED},
    **{name: {"@id": f"odrl:{name}", "@type": "@vocab"} for name in _WORDS},
}


def agreement(view: View, held: Conditions, *, third_party: str) -> dict[str, Any]:
    """What the office lets the third party do: an Agreement with one permission per right.

    What is withheld is one prohibition; where nothing is shared it is the only rule.
    """
    named = f"urn:ipshare:authorization:{view.office}:{view.authorization}"
    policy: dict[str, Any] = {
        "@context": CONTEXT,
        "uid": f"{named}:{view.version}:{view.base}",
        "type": "Agreement",
        "profile": "urn:ipshare:odrl:1",
        "assigner": f"urn:ipshare:office:{view.office}",
        "assignee": f"urn:ipshare:third-party:{_in_urn(third_party)}",
    }
    if held.terms:
        policy["rights"] = held.terms
    rights = [right for right in Right if right in view.rights]
    permitted = [_permission(view, held, right) for right in rights]
    withheld = SHAREABLE - view.groups if rights else SHAREABLE
    if permitted:
        policy["permission"] = permitted
    if withheld:
        policy["prohibition"] = [
            {"action": "use", "target": _asset(f"urn:ipshare:register:{view.office}", withheld)}
        ]
    return policy


def _permission(view: View, held: Conditions, right: Right) -> dict[str, Any]:
    target = _asset(f"urn:ipshare:register:{view.office}:{right.value}", view.groups)
    for name, value in filter_described(held.filter).items():
        target["refinement"].append(_that(f"ipshare:{name}", "eq", value))
    target["refinement"] += [
        _that("ipshare:images", "eq", held.images),
        _that("ipshare:documents", "eq", view.documents),
    ]
    return {"action": "use", "target": target, "constraint": _constraints(held)}


def _constraints(held: Conditions) -> list[dict[str, Any]]:
    allowed = limits.of([held])
    found = [
        _that("deliveryChannel", "isAnyOf", [one.value for one in Channel if one in held.channels]),
        _that("ipshare:requestsPerMinute", "lteq", allowed.requests_per_minute),
        _that("ipshare:bytesPerDay", "lteq", allowed.bytes_per_day),
    ]
    if held.networks:
        found.append(_that("virtualLocation", "isAnyOf", "networks named by the office"))
    for at, operator in ((held.starts_at, "gteq"), (held.ends_at, "lt")):
        if at is not None:
            found.append(
                _that("dateTime", operator, {"@value": at.isoformat(), "@type": "xsd:dateTime"})
            )
    if held.purpose:
        found.append(_that("purpose", "eq", held.purpose))
    return found


def _asset(uid: str, groups: frozenset[ElementGroup]) -> dict[str, Any]:
    names = [group.value for group in ElementGroup if group in groups]
    return {
        "type": "AssetCollection",
        "uid": uid,
        "refinement": [_that("ipshare:elementGroup", "isAnyOf", names)],
    }


def _that(left: str, operator: str, right: Any) -> dict[str, Any]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _in_urn(name: str) -> str:
    return quote(name, safe="")
