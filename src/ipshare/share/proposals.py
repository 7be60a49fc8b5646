"""A second person: at an office that asks for it, what widens an authorization waits until another approves it.

What narrows or ends one takes effect at once, by one person: it only protects.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from ipshare.accounts import letters, limits, permissions
from ipshare.accounts.permissions import Permission
from ipshare.domain.authorization import EVERY_RECORD, Conditions
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.share import authorizations, authorized, blocks
from ipshare.store import audit
from ipshare.store.models.accounts import Office, User
from ipshare.store.models.proposals import Proposal
from ipshare.store.models.sharing import Authorization, RecordBlock

CONDITIONS, BASE, LIFT, SWITCH_OFF = "conditions", "base", "lift", "switch-off"


class ProposalError(ValueError):
    """Why a proposal cannot be made or decided; the message says so to people."""


def narrows(was: Conditions, now: Conditions) -> bool:
    """Whether nothing goes out under ``now`` that did not under ``was``, nor under easier terms."""
    return (
        now.rights <= was.rights
        and now.excluded >= was.excluded
        and was.filter in {now.filter, EVERY_RECORD}
        and now.images <= was.images
        and now.documents <= was.documents
        and now.channels <= was.channels
        and now.terms == was.terms
        and _not_before(now.starts_at, was.starts_at)
        and _not_after(now.ends_at, was.ends_at)
        and _no_more(now, was)
        and (not was.networks or (bool(now.networks) and {*now.networks} <= {*was.networks}))
    )


def _not_before(one: datetime | None, other: datetime | None) -> bool:
    return other is None or (one is not None and one >= other)


def _not_after(one: datetime | None, other: datetime | None) -> bool:
    return other is None or (one is not None and one <= other)


def _no_more(now: Conditions, was: Conditions) -> bool:
    """Whether no more may be asked for and no more leaves; where the office has set no limit, the hub's holds."""
    lower, before = limits.of([now]), limits.of([was])
    return (
        lower.requests_per_minute <= before.requests_per_minute
        and lower.bytes_per_day <= before.bytes_per_day
    )


def waiting(office: str) -> QuerySet[Proposal]:
    """The proposals of an office that nobody has decided on, the oldest first."""
    return Proposal.objects.filter(office=office, state="open").order_by("proposed_at", "pk")


def hidden(known: Collection[Right]) -> Q:
    """The ends of blocks of rights that somebody does not know: they name the record."""
    return Q(kind=LIFT) & ~Q(rights__contained_by=[right.value for right in known])


def propose(  # noqa: PLR0913 (what, for whom, with which preview, why)
    office: str,
    kind: str,
    wanted: dict[str, Any],
    rights: Collection[Right],
    *,
    authorization: Authorization | None = None,
    version: int = 0,
    preview: dict[str, Any],
    reason: str,
    by: str,
    at: datetime,
) -> Proposal:
    """Let a change wait for a second person, and write to whoever may approve it."""
    again = "A proposal for this waits already; decide on it or withdraw it first."
    try:
        with transaction.atomic():
            Office.objects.select_for_update(no_key=True).get(pk=office)
            if kind == LIFT and waiting(office).filter(kind=kind, wanted=wanted).exists():
                raise ProposalError(again)
            proposal = Proposal.objects.create(
                kind=kind,
                office_id=office,
                authorization=authorization,
                version=version,
                wanted=wanted,
                rights=[right.value for right in Right if right in rights],
                preview=preview,
                reason=reason,
                proposed_by=by,
                proposed_at=at,
            )
            _write("proposal.made", proposal, by=by, at=at, reason=reason)
            for other in _others(proposal):
                letters.send(
                    other.email,
                    "A change of what goes out waits for your approval",
                    f"{by} proposes: {preview['headline']}.\nReason: {reason}\n\nLook at it and decide:\n"
                    f"{settings.PUBLIC_URL}/data-exchange-authorizations/{office.lower()}/proposals/{proposal.pk}",
                    at=at,
                )
    except IntegrityError as trouble:
        raise ProposalError(again) from trouble
    return proposal


def conditions(wanted: Conditions) -> dict[str, Any]:
    """Conditions as a proposal keeps them."""
    kept: dict[str, Any] = msgspec.to_builtins(wanted)
    return kept


def approve(proposal: Proposal, *, by: str, reason: str, at: datetime) -> None:
    """Carry a proposal out; a ProposalError where it is one's own, decided already or overtaken."""
    with transaction.atomic():
        held = _to_decide(proposal, by)
        _carry_out(held, by=by, at=at)
        _decided(held, "approved", by=by, reason=reason, at=at)


def reject(proposal: Proposal, *, by: str, reason: str, at: datetime) -> None:
    """Let nothing come of a proposal."""
    with transaction.atomic():
        _decided(_to_decide(proposal, by), "rejected", by=by, reason=reason, at=at)


def withdraw(proposal: Proposal, *, by: str, at: datetime) -> None:
    """Take one's own proposal back."""
    with transaction.atomic():
        held = _open(proposal)
        if held.proposed_by != by:
            raise ProposalError("Only whoever proposed it can withdraw it; reject it instead.")
        _decided(held, "withdrawn", by=by, reason="", at=at)


def require_second_person(office: str, *, by: str, at: datetime) -> None:
    """From now on what widens waits; refused where nobody else could approve."""
    with transaction.atomic():
        held = Office.objects.select_for_update(no_key=True).get(pk=office)
        able = [one for one in _officers(office) if _may(one, office, frozenset(Right))]
        if len(able) < 2:  # noqa: PLR2004 (the second person)
            raise ProposalError(
                "There has to be a second authorization officer for all rights; invite one first."
            )
        if not held.second_person:
            held.second_person = True
            held.save(update_fields=["second_person"])
            audit.write("second-person.required", at=at, actor=by, office=office)


def _carry_out(held: Proposal, *, by: str, at: datetime) -> None:
    office = held.office_id
    reason = f"{held.reason} (approved by {by})"
    if held.kind == CONDITIONS and held.authorization is not None:
        # locked before it is compared: what was ended this moment is not opened again
        now = Authorization.objects.select_for_update().get(pk=held.authorization.pk)
        if now.version != held.version:
            raise ProposalError("The conditions were changed meanwhile; this can only be rejected.")
        wanted = msgspec.convert(held.wanted, Conditions)
        authorizations.save(now, wanted, by=held.proposed_by, reason=reason, at=at)
    elif held.kind == BASE:
        if authorized.base_of(office)[0] != held.version:
            raise ProposalError("It was changed meanwhile; this can only be rejected.")
        excluded = frozenset(map(ElementGroup, held.wanted["excluded"]))
        authorizations.save_base(office, excluded, by=held.proposed_by, reason=reason, at=at)
    elif held.kind == LIFT:
        block = RecordBlock.objects.get(office=office, pk=held.wanted["block"])
        blocks.lift(block, by=held.proposed_by, at=at)
    elif held.kind == SWITCH_OFF:
        Office.objects.filter(pk=office).update(second_person=False)
        audit.write("second-person.not-required", at=at, actor=by, office=office)


def _open(proposal: Proposal) -> Proposal:
    # no_key: whoever ends an authorization holds its row and writes events that refer to the office
    Office.objects.select_for_update(no_key=True).get(pk=proposal.office_id)
    held = Proposal.objects.select_related("authorization__third_party").get(pk=proposal.pk)
    if held.state != "open":
        raise ProposalError("Somebody has decided on it meanwhile. Nothing was done twice.")
    return held


def _to_decide(proposal: Proposal, by: str) -> Proposal:
    held = _open(proposal)
    if held.proposed_by == by:
        raise ProposalError("It is your own proposal: somebody else has to decide on it.")
    return held


def _decided(held: Proposal, state: str, *, by: str, reason: str, at: datetime) -> None:
    held.state, held.decided_by, held.decided_at, held.decision = state, by, at, reason
    held.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    _write(f"proposal.{state}", held, by=by, at=at, reason=reason, proposed_by=held.proposed_by)


def _officers(office: str) -> list[User]:
    found = User.objects.filter(office=office, active=True, office__active=True)
    return [*found.prefetch_related("memberships")]


def _may(person: User, office: str, rights: Collection[Right]) -> bool:
    held = permissions.rights(person, Permission.AUTHORIZATION_SAVE, at=office)
    return bool(held) and held.issuperset(rights)


def _others(proposal: Proposal) -> list[User]:
    """Whoever may decide on a proposal."""
    rights = [Right(right) for right in proposal.rights]
    return [
        one
        for one in _officers(proposal.office_id)
        if one.email != proposal.proposed_by and _may(one, proposal.office_id, rights)
    ]


def _write(event: str, proposal: Proposal, *, by: str, at: datetime, **detail: object) -> None:
    party = proposal.authorization.third_party.name if proposal.authorization else ""
    audit.write(
        event,
        at=at,
        actor=by,
        office=proposal.office_id,
        subject=party,
        proposal=proposal.pk,
        what=proposal.kind,
        **detail,
    )
