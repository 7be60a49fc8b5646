"""Statements of revocation: what an office took back, when, and what had gone out before, signed by the hub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from ipshare.domain.authorization import Conditions
from ipshare.domain.group import ElementGroup
from ipshare.domain.narrowing import RevocationKind, taken
from ipshare.domain.office import Right
from ipshare.http import signing
from ipshare.store import audit
from ipshare.store.models.credentials import RevocationStatement
from ipshare.store.models.sharing import Authorization, Client


def make(  # noqa: PLR0913 (what a statement is made of)
    authorization: Authorization,
    *,
    before: Conditions,
    after: Conditions,
    ended: bool,
    tokens: int,
    by: str,
    at: datetime,
) -> RevocationStatement | None:
    """State what an authorization lost with its present version; None where it lost nothing.

    Both conditions exclude what the office withholds from everybody. ``tokens`` ended with it.
    """
    lost = taken(before, after, at=at)
    if not lost:
        return None
    kind = RevocationKind.ENDED if ended else RevocationKind.NARROWED
    return _sign(
        authorization, kind, lost, instant=at, before=before, after=after, tokens=tokens, by=by, at=at
    )  # fmt: skip


def of_end(
    authorization: Authorization, *, before: Conditions, instant: datetime, at: datetime
) -> RevocationStatement:
    """State that an authorization ended by itself at an instant, noticed at another; no access token ended with it."""
    over = replace(before, rights=frozenset())
    lost = taken(replace(before, ends_at=None), over, at=instant)
    return _sign(
        authorization, RevocationKind.ENDED, lost, instant=instant, before=before, after=over, tokens=0,
        by="hub", at=at,
    )  # fmt: skip


def of_block(  # noqa: PLR0913 (whose record, which, and who blocks it)
    authorization: Authorization,
    right: Right,
    number: str,
    *,
    conditions: Conditions,
    by: str,
    at: datetime,
) -> RevocationStatement:
    """State that a record which an authorization let out is blocked; all else stays as it is."""
    return _sign(
        authorization, RevocationKind.BLOCKED, [f"record: {right.value} {number}"], instant=at,
        before=conditions, after=conditions, tokens=0, by=by, at=at,
    )  # fmt: skip


def _sign(  # noqa: PLR0913 (what every statement says)
    authorization: Authorization,
    kind: RevocationKind,
    lost: Sequence[str],
    *,
    instant: datetime,
    before: Conditions,
    after: Conditions,
    tokens: int,
    by: str,
    at: datetime,
) -> RevocationStatement:
    third_party = authorization.third_party
    content = {
        "iss": settings.PUBLIC_URL,
        "iat": int(at.timestamp()),
        "kind": kind.value,
        "office": authorization.office_id,
        "thirdParty": third_party.name,
        "authorization": authorization.pk,
        "version": authorization.version,
        "instant": _instant(instant),
        "taken": list(lost),
        "before": _shared(before),
        "after": _shared(after),
        "delivered": _delivered(authorization),
        "tokensEnded": tokens,
    }
    made = RevocationStatement.objects.create(
        authorization=authorization,
        version=authorization.version,
        kind=kind.value,
        made_at=at,
        signed=signing.sign(content, kind=signing.REVOCATION),
    )
    audit.write(
        "authorization.revocation-stated",
        at=at,
        actor=by,
        office=authorization.office_id,
        subject=third_party.name,
        version=authorization.version,
        statement=made.pk,
    )
    return made


def content_of(statement: RevocationStatement) -> dict[str, Any]:
    """What a statement says, its signature verified."""
    return signing.verify(
        statement.signed, {"keys": [signing.public_key()]}, kind=signing.REVOCATION
    )


def _shared(conditions: Conditions) -> dict[str, list[str]]:
    groups = conditions.groups if conditions.rights else frozenset()
    return {
        "rights": [right.value for right in Right if right in conditions.rights],
        "groups": [group.value for group in ElementGroup if group in groups],
    }


def _delivered(authorization: Authorization) -> list[dict[str, str | None]]:
    """The clients that could read, and when each asked last with an access token; null: it never has.

    The hub notes that once a minute: the last request came in the minute that is told, or in the next one.
    """
    found = []
    own = Client.objects.filter(authorization=authorization).first()
    if own is not None:
        found.append(("authorization", own, own.last_used_at))
    joining = Client.objects.filter(third_party=authorization.third_party_id).first()
    used = authorization.organisation_used_at
    if joining is not None and (authorization.allows_organisation or used):
        found.append(("organisation", joining, used))
    return [
        {"client": kind, "clientId": client.client_id, "lastUse": _minute(last) if last else None}
        for kind, client, last in found
    ]


def _minute(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00Z")


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
