"""The page of one record: its element groups with who receives them, its history, who received it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from ipshare.domain.authorization import View, view_of
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.portal import addresses, disclosures, elements, record_files, record_findings, words
from ipshare.portal.elements import Block
from ipshare.render import st97
from ipshare.share import authorized, ledger
from ipshare.store import own_record, within
from ipshare.store.models.sharing import Authorization
from ipshare.store.models.submissions import Finding, Submission
from ipshare.store.own_record import Event, Held

RECENT = 20
MOST_CHANGES = 500
MOST_DISCLOSURES = 5
HEADINGS = {group: name for group, (name, _) in words.GROUPS.items()}


@dataclass(slots=True, kw_only=True)
class Section:
    """One element group: its blocks, the findings that are about no element of it, who receives it.

    ``kept_back``: a finding holds back what was sent last, so what stands here is older. ``withheld``: of a
    third party's page, that the group does not go out, whether there is anything in it or not.
    """

    group: ElementGroup
    name: str
    blocks: list[Block]
    findings: list[record_findings.Shown]
    receivers: list[str]
    others: list[str]
    kept_back: bool = False
    withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of a record's history: what happened, in words, and by which submission."""

    event: Event
    tone: str
    title: str
    groups: list[str]
    submission: Submission | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A third party of an office: its name and its view."""

    authorization: Authorization
    name: str
    view: View


def body(held: Held) -> bytes:
    """All of a record as ST.97 JSON: the originator's own view."""
    return st97.merge(list(held.documents.values()), held.loose)


def receivers(office: str, at: datetime) -> list[Receiver]:
    """The third parties of an office with what each sees at present."""
    base, withheld = authorized.base_of(office)
    return [
        Receiver(
            authorization=one.authorization,
            name=one.authorization.third_party.name,
            view=view_of(
                office=office,
                authorization=one.authorization.pk,
                version=one.authorization.version,
                conditions=one.conditions,
                at=at,
                base=base,
                withheld_from_all=withheld,
            ),
        )
        for one in authorized.list_for(office)
    ]


def getting(
    parties: Iterable[Receiver], right: Right, number: str, *, blocked: Collection[int | None]
) -> frozenset[int]:
    """The authorizations of those that a record goes to, as the register tells the doors.

    ``blocked``: those that it is blocked for, if only since a moment; None among them stands for all.
    """
    if None in blocked:
        return frozenset()
    return within.seeing([one.view for one in parties], right, number).difference(blocked)


def sections(  # noqa: PLR0913, PLR0917 (a record, what is wrong with it and who gets it)
    office: str,
    right: Right,
    tree: dict[str, Any],
    found: Sequence[Finding],
    asking: Sequence[Receiver],
    getting: frozenset[int],
) -> list[Section]:
    """The element groups of an office's own record; a group without elements and findings is left out.

    ``asking`` are the third parties that receive the right, ``getting`` the authorizations that the record goes to.
    """
    shown = elements.blocks(right, tree)
    rest = record_findings.place(right, found, shown)
    files = own_record.files(office, right, record_files.names(shown))
    record_files.place(shown, files, lambda name: addresses.file(office, right, name))
    held_back = record_findings.kept_back(found)
    going = [one for one in asking if one.authorization.pk in getting]
    return [
        Section(
            group=group,
            name=HEADINGS[group],
            blocks=shown.get(group, []),
            findings=rest.get(group, []),
            receivers=[one.name for one in going if group in one.view.groups],
            others=[one.name for one in asking if one not in going or group not in one.view.groups],
            kept_back=group in held_back,
        )
        for group in ElementGroup
        if group in shown or group in rest
    ]


def history(office: str, right: Right, number: str, *, limit: int) -> list[Change]:
    """What changed when, the newest first."""
    return [
        _change(office, event) for event in own_record.history(office, right, number, limit=limit)
    ]


def _change(office: str, event: Event) -> Change:
    groups = [HEADINGS[group] for group in ElementGroup if event.groups & group.bit]
    tone = "is-info"
    if not event.was_live and event.live:
        title, groups = "Came into the register", []
    elif event.was_live and not event.live:
        title, groups, tone = "Withdrawn", [], "is-warn"
    elif event.was_blocked != event.blocked:
        title = "Blocked for every third party" if event.blocked else "Block lifted"
        groups, tone = [], "is-warn"
    elif event.submission is None and groups:
        title = "Elements came into other groups, after an upgrade of the hub"
    elif event.submission is None:
        title, groups, tone = "A block for one third party was set or lifted", [], "is-warn"
    elif groups:
        title = "Changed"
    else:
        title = "What filters look at changed; no element did"
    submission = None
    if event.submission_number is not None:
        submission = Submission(
            office_id=office, number=event.submission_number, kind=event.submission_kind or ""
        )
    return Change(event=event, tone=tone, title=title, groups=groups, submission=submission)


def disclosed(
    office: str, right: Right, number: str, parties: Sequence[Receiver]
) -> list[disclosures.Line]:
    """Who received the record last, of all third parties of the office."""
    found = ledger.of_record(office, right, number)[: MOST_DISCLOSURES + 1]
    return list(disclosures.lines(found, {one.authorization.pk: one.name for one in parties}))


def tree_of(content: bytes) -> dict[str, Any]:
    """A record's JSON, read."""
    found: dict[str, Any] = msgspec.json.decode(content)
    return found
