"""Add a third party, save what an office lets it receive, end it: each save is a new version."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from ipshare.accounts import clients
from ipshare.domain.authorization import Channel, Conditions, Filter
from ipshare.domain.group import SHAREABLE, ElementGroup
from ipshare.domain.narrowing import RevocationKind
from ipshare.domain.office import Right
from ipshare.ingest import queue as line
from ipshare.ingest import waking
from ipshare.share import authorized, queue, statements
from ipshare.store import audit, changes
from ipshare.store.models.accounts import Office
from ipshare.store.models.credentials import RevocationStatement
from ipshare.store.models.sharing import (
    Authorization,
    AuthorizationVersion,
    BaseRestriction,
    Client,
    ThirdParty,
)


class AlreadyAddedError(ValueError):
    """The office has an authorization for this third party; the message says so to people."""


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
        newest = authorized.newest(held)
        if (
            newest is not None
            and held.ended_at is None
            and authorized.of_version(newest) == authorized.kept(conditions)
        ):
            return newest
        held.ended_at = None
        before = authorized.of_version(newest) if newest is not None else Conditions()
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
        _state(held, before, authorized.of_version(version), by=by, at=at)
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
            return authorized.newest(held)
        held.ended_at = at
        before = authorized.conditions_of(held)
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


def state_ends(*, at: datetime) -> int:
    """State the ends that came by themselves, each once; how many these were."""
    stated = RevocationStatement.objects.filter(
        authorization=OuterRef("authorization"),
        version=OuterRef("number"),
        kind=RevocationKind.ENDED.value,
    )
    ended = AuthorizationVersion.objects.filter(
        ~Exists(stated),
        number=F("authorization__version"),
        authorization__ended_at=None,
        ends_at__lte=at,
        rights__len__gt=0,
    )
    over = list(ended)
    for version in over:
        with transaction.atomic():
            held = Authorization.objects.select_for_update(of=("self",)).get(
                pk=version.authorization_id
            )
            if held.version != version.number or held.ended_at is not None or _is_stated(version):
                continue  # meanwhile
            if version.ends_at:
                before = authorized.of_version(version)
                withheld = authorized.base_of(held.office_id)[1]
                before = replace(before, excluded=before.excluded | withheld)
                statements.of_end(held, before=before, instant=version.ends_at, at=at)
    return len(over)


def _is_stated(version: AuthorizationVersion) -> bool:
    return RevocationStatement.objects.filter(
        authorization=version.authorization_id,
        version=version.number,
        kind=RevocationKind.ENDED.value,
    ).exists()


def save_base(
    office: str, excluded: frozenset[ElementGroup], *, by: str, reason: str, at: datetime
) -> int:
    """Withhold these groups from every third party from now on; the same again makes no new version."""
    kept = (excluded & SHAREABLE) - {ElementGroup.IDENTITY}
    with transaction.atomic():
        Office.objects.select_for_update(no_key=True).get(pk=office)
        number, held = authorized.base_of(office)
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
            now = authorized.conditions_of(one)
            _state(one, now, now, base=held, by=by, at=at)
        line.items(office)
        waking.office(office)
    return number + 1


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
    present = authorized.base_of(held.office_id)[1]
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


def _write(
    held: Authorization, conditions: Conditions, *, by: str, reason: str, at: datetime
) -> AuthorizationVersion:
    kept = authorized.kept(conditions)
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
