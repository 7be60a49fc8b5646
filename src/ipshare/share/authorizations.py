"""Add a third party, save what an office lets it receive, end it: each save is a new version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from ipshare.accounts import clients
from ipshare.domain.authorization import Channel, Conditions, Filter, View, view_of
from ipshare.domain.group import SHAREABLE, ElementGroup
from ipshare.domain.office import Right
from ipshare.ingest import queue as line
from ipshare.ingest import waking
from ipshare.share import queue, statements
from ipshare.store import access, audit, changes
from ipshare.store.access import Allowed
from ipshare.store.models.accounts import Office
from ipshare.store.models.sharing import (
    Authorization,
    AuthorizationVersion,
    BaseRestriction,
    Client,
    ThirdParty,
)


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
    """An authorization that shares nothing yet, its client, and the secret (shown once, kept hashed).

    ``name`` is the same for every office; ``full_name`` is what this office calls it, and is shown to no other.
    """
    with transaction.atomic():
        third_party, _ = ThirdParty.objects.get_or_create(name=name, defaults={"created_at": at})
        authorization, added = Authorization.objects.get_or_create(
            office_id=office,
            third_party=third_party,
            defaults={"full_name": full_name, "created_at": at},
        )
        if not added:
            raise AlreadyAddedError(
                f"{name} is a third party of {office} already; change its conditions instead"
            )
        audit.write("third-party.added", at=at, actor=by, office=office, subject=name)
        client, _, secret = clients.issue(authorization, name=f"{name} for {office}", by=by, at=at)
    return authorization, client, secret


def rotate_secret(authorization: Authorization, *, by: str, at: datetime) -> str:
    """A new secret for the third party's client; the old one and its access tokens end at once."""
    client = Client.objects.get(authorization=authorization)
    return clients.add_secret(client, by=by, at=at, end_others=True)[1]


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
        before = _conditions(newest) if newest is not None else Conditions()
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
        _state(held, before, _conditions(version), by=by, at=at)
        line.items(held.office_id)
        waking.office(held.office_id)
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
        before = conditions_of(held)
        after = replace(
            before, rights=frozenset()
        )  # the rest stands there for whoever saves it again
        version = _write(held, after, by=by, reason=reason, at=at)
        audit.write(
            "authorization.ended",
            at=at,
            actor=by,
            office=held.office_id,
            subject=held.third_party.name,
            version=version.number,
            reason=reason,
        )
        ending = Client.objects.filter(authorization=held)
        tokens = sum(clients.revoke_tokens(client) for client in ending)
        _state(held, before, after, tokens=tokens, by=by, at=at)
        waking.office(held.office_id)
    authorization.refresh_from_db()
    return version


def save_base(
    office: str, excluded: frozenset[ElementGroup], *, by: str, reason: str, at: datetime
) -> int:
    """Withhold these groups from every third party from now on; the same again makes no new version."""
    kept = (excluded & SHAREABLE) - {ElementGroup.IDENTITY}
    with transaction.atomic():
        Office.objects.select_for_update(no_key=True).get(pk=office)
        number, held = base_of(office)
        if held == kept:
            return number
        BaseRestriction.objects.create(
            office_id=office,
            number=number + 1,
            excluded=[group.value for group in ElementGroup if group in kept],
            position=changes.last_position(office),
            saved_at=at,
            saved_by=by,
            reason=reason,
        )
        audit.write(
            "base-restriction.saved",
            at=at,
            actor=by,
            office=office,
            version=number + 1,
            excluded=sorted(kept),
            reason=reason,
        )
        queue.sweep_exports()
        for one in Authorization.objects.filter(office=office).select_related("third_party"):
            now = conditions_of(one)
            _state(one, now, now, base=held, by=by, at=at)
        line.items(office)
        waking.office(office)
    return number + 1


def base_of(office: str) -> tuple[int, frozenset[ElementGroup]]:
    """The version of the office's base restriction (0: none was ever saved) and the groups it withholds."""
    newest = BaseRestriction.objects.filter(office_id=office).order_by("-number").first()
    if newest is None:
        return 0, frozenset()
    return newest.number, frozenset(map(ElementGroup, newest.excluded))


def view_of_allowed(one: Allowed, at: datetime) -> View:
    """What an authorization that a client uses lets it see at an instant, as the tables had it."""
    return view_of(
        office=one.office,
        authorization=one.authorization,
        version=one.version,
        conditions=_conditions(one) if one.saved else Conditions(),
        at=at,
        base=one.base or 0,
        withheld_from_all=frozenset(map(ElementGroup, one.withheld or ())),
    )


def view_at(authorization: Authorization, at: datetime) -> View:
    """What an authorization lets its third party see at an instant."""
    base, withheld = base_of(authorization.office_id)
    return view_of(
        office=authorization.office_id,
        authorization=authorization.pk,
        version=authorization.version,
        conditions=conditions_of(authorization),
        at=at,
        base=base,
        withheld_from_all=withheld,
    )


def view_if_saved(authorization: Authorization, wanted: Conditions, at: datetime) -> View:
    """What these conditions would let the third party see at an instant, if they were saved."""
    base, withheld = base_of(authorization.office_id)
    return view_of(
        office=authorization.office_id,
        authorization=authorization.pk,
        version=authorization.version + 1,
        conditions=_kept(wanted),
        at=at,
        base=base,
        withheld_from_all=withheld,
    )


def versions_of(authorization: Authorization) -> list[tuple[AuthorizationVersion, Conditions]]:
    """Every version with its conditions, the newest first."""
    found = AuthorizationVersion.objects.filter(authorization=authorization).order_by("-number")
    return [(version, _conditions(version)) for version in found]


def version_of(
    authorization: Authorization, number: int
) -> tuple[AuthorizationVersion, Conditions] | None:
    """One version with its conditions."""
    found = AuthorizationVersion.objects.filter(authorization=authorization, number=number).first()
    return None if found is None else (found, _conditions(found))


def bases_of(office: str) -> list[tuple[BaseRestriction, frozenset[ElementGroup]]]:
    """Every version of the office's base restriction with the groups that it withholds, the newest first."""
    found = BaseRestriction.objects.filter(office_id=office).order_by("-number")
    return [(one, frozenset(map(ElementGroup, one.excluded))) for one in found]


def _state(  # noqa: PLR0913 (what a statement is made of)
    held: Authorization,
    before: Conditions,
    after: Conditions,
    *,
    by: str,
    at: datetime,
    tokens: int = 0,
    base: frozenset[ElementGroup] | None = None,
) -> None:
    """State what was taken back, if anything was; ``base``: what was withheld from everybody before."""
    present = base_of(held.office_id)[1]
    former = present if base is None else base
    statements.make(
        held,
        before=replace(before, excluded=before.excluded | former),
        after=replace(after, excluded=after.excluded | present),
        ended=held.ended_at is not None,
        tokens=tokens,
        by=by,
        at=at,
    )


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


def conditions_for(client: Client, *, office: str | None = None) -> list[Conditions]:
    """The newest conditions of the authorizations that a client uses; what was never saved has none.

    Of a client over offices, those of one office where it is named.
    """
    return conditions_among(access.of_client(client.pk), client, office=office)


def conditions_among(
    allowed: Sequence[Allowed], client: Client, *, office: str | None
) -> list[Conditions]:
    """The same of authorizations that were read before, in this request."""
    named = office is not None and client.third_party_id is not None
    return [
        _conditions(one) for one in allowed if one.saved and (not named or one.office == office)
    ]


def used_by(client: Client) -> QuerySet[Authorization]:
    """The authorizations that a client may use: its own, or those of its third party that allow it."""
    if client.third_party_id is None:
        return Authorization.objects.filter(client=client)
    return Authorization.objects.filter(third_party=client.third_party_id, allows_organisation=True)


def _newest(authorization: Authorization) -> AuthorizationVersion | None:
    return AuthorizationVersion.objects.filter(
        authorization=authorization, number=authorization.version
    ).first()


def _conditions(version: AuthorizationVersion | Allowed) -> Conditions:
    return Conditions(
        rights=frozenset(map(Right, version.rights)),
        excluded=frozenset(map(ElementGroup, version.excluded)),
        filter=msgspec.convert(version.filter, Filter),
        images=version.images,
        documents=version.documents,
        channels=frozenset(map(Channel, version.channels)),
        starts_at=version.starts_at,
        ends_at=version.ends_at,
        requests_per_minute=version.requests_per_minute,
        bytes_per_day=version.bytes_per_day,
        networks=tuple(version.networks),
        purpose=version.purpose,
        terms=version.terms,
    )


def _kept(conditions: Conditions) -> Conditions:
    """Identity cannot be excluded from what is shared, ``unclassified`` always is: neither is written."""
    excluded = (conditions.excluded & SHAREABLE) - {ElementGroup.IDENTITY}
    return replace(conditions, excluded=excluded)


def _write(
    held: Authorization, conditions: Conditions, *, by: str, reason: str, at: datetime
) -> AuthorizationVersion:
    kept = _kept(conditions)
    held.version += 1
    held.save(update_fields=["version", "ended_at"])
    queue.sweep_exports()
    return AuthorizationVersion.objects.create(
        authorization=held,
        number=held.version,
        rights=[right.value for right in Right if right in kept.rights],
        excluded=[group.value for group in ElementGroup if group in kept.excluded],
        filter=_members(kept.filter),
        images=kept.images,
        documents=kept.documents,
        channels=[channel.value for channel in Channel if channel in kept.channels],
        starts_at=kept.starts_at,
        ends_at=kept.ends_at,
        requests_per_minute=kept.requests_per_minute,
        bytes_per_day=kept.bytes_per_day,
        networks=list(kept.networks),
        purpose=kept.purpose,
        terms=kept.terms,
        position=changes.last_position(held.office_id),
        saved_at=at,
        saved_by=by,
        reason=reason,
    )


def _members(wanted: Filter) -> dict[str, Any]:
    """What is set in a filter, as JSON."""
    members = msgspec.to_builtins(wanted)
    return {name: value for name, value in members.items() if value not in {None, False}}
