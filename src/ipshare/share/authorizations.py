"""Add a third party, save what an office lets it receive, end it: each save is a new version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ipshare.accounts import clients
from ipshare.domain.authorization import Conditions
from ipshare.domain.group import SHAREABLE, ElementGroup
from ipshare.domain.office import Right
from ipshare.share import queue
from ipshare.store import audit
from ipshare.store.models.sharing import Authorization, AuthorizationVersion, Client, ThirdParty


class AlreadyAddedError(ValueError):
    """The office has an authorization for this third party; the message says so to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An authorization as an office sees it; ``version`` is None until conditions are saved."""

    authorization: Authorization
    client: Client
    conditions: Conditions
    version: AuthorizationVersion | None


def add_third_party(
    office: str, name: str, full_name: str, *, by: str, at: datetime
) -> tuple[Authorization, Client, str]:
    """An authorization that shares nothing yet, its client, and the secret (shown once, kept hashed)."""
    with transaction.atomic():
        third_party, _ = ThirdParty.objects.get_or_create(
            name=name, defaults={"full_name": full_name, "created_at": at}
        )
        authorization, added = Authorization.objects.get_or_create(
            office_id=office, third_party=third_party, defaults={"created_at": at}
        )
        if not added:
            raise AlreadyAddedError(
                f"{name} is a third party of {office} already; change its conditions instead"
            )
        client, secret = clients.issue(authorization, name=f"{name} for {office}")
        audit.write("third-party.added", at=at, actor=by, office=office, subject=name)
        audit.write(
            "client.secret-issued",
            at=at,
            actor=by,
            office=office,
            subject=name,
            client_id=client.client_id,
        )
    return authorization, client, secret


def rotate_secret(authorization: Authorization, *, by: str, at: datetime) -> str:
    """A new secret for the third party's client; the old one and its access tokens end at once."""
    with transaction.atomic():
        client = Client.objects.select_for_update(of=("self",)).get(authorization=authorization)
        secret = clients.rotate(client)
        audit.write(
            "client.secret-issued",
            at=at,
            actor=by,
            office=authorization.office_id,
            subject=authorization.third_party.name,
            client_id=client.client_id,
        )
    return secret


def save(
    authorization: Authorization, conditions: Conditions, *, by: str, reason: str, at: datetime
) -> AuthorizationVersion:
    """Let these conditions hold from now on; the same conditions again make no new version."""
    with transaction.atomic():
        held = Authorization.objects.select_for_update().get(pk=authorization.pk)
        newest = _newest(held)
        if (
            newest is not None
            and held.ended_at is None
            and _conditions(newest) == _kept(conditions)
        ):
            return newest
        held.ended_at = None
        version = _write(held, conditions, by=by, reason=reason, at=at)
        audit.write(
            "authorization.saved",
            at=at,
            actor=by,
            office=held.office_id,
            subject=held.third_party.name,
            version=version.number,
            rights=version.rights,
            excluded=version.excluded,
            reason=reason,
        )
        queue.make_items_ready(held.office_id)
    authorization.refresh_from_db()
    return version


def end(
    authorization: Authorization, *, by: str, reason: str, at: datetime
) -> AuthorizationVersion | None:
    """Share nothing any more, from this instant; its version has no rights. Ending twice changes nothing."""
    with transaction.atomic():
        held = Authorization.objects.select_for_update().get(pk=authorization.pk)
        if held.ended_at is not None:
            return _newest(held)
        held.ended_at = at
        excluded = conditions_of(held).excluded
        version = _write(held, Conditions(excluded=excluded), by=by, reason=reason, at=at)
        audit.write(
            "authorization.ended",
            at=at,
            actor=by,
            office=held.office_id,
            subject=held.third_party.name,
            version=version.number,
            reason=reason,
        )
    authorization.refresh_from_db()
    return version


def list_for(office: str) -> list[Listed]:
    """The authorizations of an office, by third party, with what holds at present."""
    found = Authorization.objects.filter(office_id=office).select_related("third_party", "client")
    newest = {
        version.authorization_id: version
        for version in AuthorizationVersion.objects.filter(
            authorization__office_id=office
        ).order_by("number")
    }
    return [
        Listed(
            authorization=one,
            client=one.client,
            conditions=_conditions(newest[one.pk]) if one.pk in newest else Conditions(),
            version=newest.get(one.pk),
        )
        for one in found.order_by("third_party__name")
    ]


def conditions_of(authorization: Authorization) -> Conditions:
    """What holds at present; nothing is shared before the first save, or after the end."""
    newest = _newest(authorization)
    return _conditions(newest) if newest is not None else Conditions()


def _newest(authorization: Authorization) -> AuthorizationVersion | None:
    return AuthorizationVersion.objects.filter(
        authorization=authorization, number=authorization.version
    ).first()


def _conditions(version: AuthorizationVersion) -> Conditions:
    return Conditions(
        rights=frozenset(map(Right, version.rights)),
        excluded=frozenset(map(ElementGroup, version.excluded)),
    )


def _kept(conditions: Conditions) -> Conditions:
    """Identity cannot be excluded from what is shared, ``unclassified`` always is: neither is written."""
    return Conditions(
        rights=conditions.rights,
        excluded=(conditions.excluded & SHAREABLE) - {ElementGroup.IDENTITY},
    )


def _write(
    held: Authorization, conditions: Conditions, *, by: str, reason: str, at: datetime
) -> AuthorizationVersion:
    kept = _kept(conditions)
    held.version += 1
    held.save(update_fields=["version", "ended_at"])
    return AuthorizationVersion.objects.create(
        authorization=held,
        number=held.version,
        rights=[right.value for right in Right if right in kept.rights],
        excluded=[group.value for group in ElementGroup if group in kept.excluded],
        saved_at=at,
        saved_by=by,
        reason=reason,
    )
