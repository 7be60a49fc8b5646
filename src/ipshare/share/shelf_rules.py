"""What an authorization puts on the shelf of its third party: files as received, or packages of its view.

A file as received cannot be restricted: what was left out would have to be left out of the office's own bytes. So it
is there only while the conditions leave nothing out, and a package of the view takes its place where they do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ipshare.domain.authorization import EVERY_RECORD, Channel, View
from ipshare.domain.group import SHAREABLE
from ipshare.domain.office import Right
from ipshare.share import authorized
from ipshare.store import groupings
from ipshare.store.models.sharing import Authorization, RecordBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an authorization shows over SFTP at an instant: of each right one or the other.

    ``networks`` are those that it may be read from (none: from anywhere).
    """

    view: View
    received: frozenset[Right]
    rendered: frozenset[Right]
    networks: tuple[str, ...]


def shown(authorization: Authorization, at: datetime) -> Shown | None:
    """What an authorization shows over SFTP; None where that is nothing."""
    conditions = authorized.conditions_of(authorization)
    view = authorized.view_at(authorization, at)
    if Channel.SFTP not in conditions.channels or not view.rights:
        return None
    received = view.rights - _blocked(view) if leaves_nothing_out(view) else frozenset[Right]()
    return Shown(
        view=view,
        received=received,
        rendered=view.rights - received - groupings.closed(view.office),
        networks=conditions.networks,
    )


def leaves_nothing_out(view: View) -> bool:
    """Whether a view has every group, record and file of its rights, blocks of records aside."""
    return (
        view.groups == SHAREABLE and view.filter == EVERY_RECORD and view.images and view.documents
    )


def _blocked(view: View) -> frozenset[Right]:
    """The rights of which a record is blocked for the third party.

    Whether the record is in the register does not matter: it may be in a file.
    """
    held = RecordBlock.objects.filter(office=view.office, lifted_at=None)
    found = held.exclude(authorization__lt=view.authorization)
    found = found.exclude(authorization__gt=view.authorization)
    return frozenset(map(Right, found.values_list("right", flat=True).distinct()))
