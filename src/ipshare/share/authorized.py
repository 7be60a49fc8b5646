"""What an office has authorized: the conditions that hold, those that held before, and the view that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec
from django.db.models import F, FilteredRelation, Q, QuerySet

from ipshare.domain.authorization import Channel, Conditions, Filter, View, view_of
from ipshare.domain.group import SHAREABLE, ElementGroup
from ipshare.domain.office import Right
from ipshare.store import access
from ipshare.store.access import Allowed
from ipshare.store.models.sharing import (
    Authorization,
    AuthorizationVersion,
    BaseRestriction,
    Client,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An authorization as an office sees it; ``version`` is None until conditions are saved."""

    authorization: Authorization
    client: Client
    conditions: Conditions
    version: AuthorizationVersion | None


def list_for(office: str) -> list[Listed]:
    """The authorizations of an office, by third party, with what holds at present."""
    newest_version = FilteredRelation("versions", condition=Q(versions__number=F("version")))
    found = (
        Authorization.objects.filter(office_id=office)
        .annotate(saved=newest_version)
        .select_related("third_party", "client", "saved")  # type: ignore[misc] # the annotation
    )
    return [
        Listed(
            authorization=one,
            client=one.client,
            conditions=of_version(saved) if saved else Conditions(),
            version=saved,
        )
        for one in found.order_by("third_party__name")
        for saved in [getattr(one, "saved", None)]  # not there where nothing was saved
    ]


def conditions_of(authorization: Authorization) -> Conditions:
    """What holds at present; nothing is shared before the first save, or after the end."""
    saved = newest(authorization)
    return of_version(saved) if saved is not None else Conditions()


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
    return [of_version(one) for one in allowed if one.saved and (not named or one.office == office)]


def used_by(client: Client) -> QuerySet[Authorization]:
    """The authorizations that a client may use: its own, or those of its third party that allow it."""
    if client.third_party_id is None:
        return Authorization.objects.filter(client=client)
    return Authorization.objects.filter(third_party=client.third_party_id, allows_organisation=True)


def base_of(office: str) -> tuple[int, frozenset[ElementGroup]]:
    """The version of the office's base restriction (0: none was ever saved) and the groups it withholds."""
    newest = BaseRestriction.objects.filter(office_id=office).order_by("-number").first()
    if newest is None:
        return 0, frozenset()
    return newest.number, frozenset(map(ElementGroup, newest.excluded))


def bases_of(office: str) -> list[tuple[BaseRestriction, frozenset[ElementGroup]]]:
    """Every version of the office's base restriction with the groups that it withholds, the newest first."""
    found = BaseRestriction.objects.filter(office_id=office).order_by("-number")
    return [(one, frozenset(map(ElementGroup, one.excluded))) for one in found]


def versions_of(authorization: Authorization) -> list[tuple[AuthorizationVersion, Conditions]]:
    """Every version with its conditions, the newest first."""
    found = AuthorizationVersion.objects.filter(authorization=authorization).order_by("-number")
    return [(version, of_version(version)) for version in found]


def version_of(
    authorization: Authorization, number: int
) -> tuple[AuthorizationVersion, Conditions] | None:
    """One version with its conditions."""
    found = AuthorizationVersion.objects.filter(authorization=authorization, number=number).first()
    return None if found is None else (found, of_version(found))


def view_of_allowed(one: Allowed, at: datetime) -> View:
    """What an authorization that a client uses lets it see at an instant, as the tables had it."""
    return view_of(
        office=one.office,
        authorization=one.authorization,
        version=one.version,
        conditions=of_version(one) if one.saved else Conditions(),
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
        conditions=kept(wanted),
        at=at,
        base=base,
        withheld_from_all=withheld,
    )


def newest(authorization: Authorization) -> AuthorizationVersion | None:
    """The version that was saved last; None before the first save."""
    return AuthorizationVersion.objects.filter(
        authorization=authorization, number=authorization.version
    ).first()


def of_version(version: AuthorizationVersion | Allowed) -> Conditions:
    """The conditions that a version holds."""
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


def kept(conditions: Conditions) -> Conditions:
    """Identity cannot be excluded from what is shared, ``unclassified`` always is: neither is written."""
    excluded = (conditions.excluded & SHAREABLE) - {ElementGroup.IDENTITY}
    return replace(conditions, excluded=excluded)
