"""What an office lets a third party receive, and the view that follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ipshare.domain.group import SHAREABLE, ElementGroup, mask, shown
from ipshare.domain.office import Right


class Route(StrEnum):
    """How a right came to the office: filed with it, or designated through WIPO (Madrid, Hague, PCT)."""

    NATIONAL = "national"
    INTERNATIONAL = "international"


class Channel(StrEnum):
    """A way out of the hub."""

    API = "api"
    BULK = "bulk"
    PUSH = "push"
    SFTP = "sftp"


ALL_CHANNELS = frozenset(Channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which records may go out; days are inclusive, None is no limit. The empty filter lets every record out.

    A record without the date that a limit asks for is not let out.
    """

    filed_from: date | None = None
    filed_to: date | None = None
    registered_from: date | None = None
    registered_to: date | None = None
    published_only: bool = False
    registered_only: bool = False
    route: Route | None = None
    without_errors: bool = False


EVERY_RECORD = Filter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """One version of an authorization's conditions.

    ``images`` and ``documents`` are the files that records refer to. ``starts_at`` is the first instant of
    sharing, ``ends_at`` the first after it; ``networks`` are CIDR ranges (none: from anywhere);
    ``requests_per_minute`` and ``bytes_per_day`` are per client (None: the hub's own limits).
    """

    rights: frozenset[Right] = frozenset()
    excluded: frozenset[ElementGroup] = frozenset()
    filter: Filter = EVERY_RECORD
    images: bool = True
    documents: bool = True
    channels: frozenset[Channel] = ALL_CHANNELS
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    requests_per_minute: int | None = None
    bytes_per_day: int | None = None
    networks: tuple[str, ...] = ()
    purpose: str = ""
    terms: str = ""

    @property
    def groups(self) -> frozenset[ElementGroup]:
        """The groups that may go out; ``unclassified`` never does."""
        return shown(self.excluded)

    def in_force(self, at: datetime) -> bool:
        """Whether anything is shared at this instant."""
        begun = self.starts_at is None or self.starts_at <= at
        return bool(self.rights) and begun and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one client sees of one office, under one version of one authorization.

    An empty ``rights`` sees nothing. ``groups`` always holds ``identity`` when it holds anything.
    ``base`` is the version of the office's base restriction that is part of it.
    """

    office: str
    authorization: int
    version: int
    rights: frozenset[Right]
    groups: frozenset[ElementGroup]
    base: int = 0
    filter: Filter = EVERY_RECORD
    images: bool = True
    documents: bool = True

    @property
    def mask(self) -> int:
        """The bits of the visible groups."""
        return mask(self.groups)

    @property
    def edition(self) -> str:
        """The name of the conditions behind the view, for ETags: another one wherever they differ."""
        return f"{self.authorization}.{self.version}.{self.base}.{'on' if self.rights else 'off'}"


def view_of(  # noqa: PLR0913 (what a view is made of)
    *,
    office: str,
    authorization: int,
    version: int,
    conditions: Conditions,
    at: datetime,
    base: int = 0,
    withheld_from_all: Iterable[ElementGroup] = (),
) -> View:
    """The view of a client under these conditions and the office's base restriction, at an instant.

    A document (a front page, a certificate) may hold anything of its record, so where a group is withheld
    none is let out.
    """
    excluded = conditions.excluded.union(withheld_from_all) - {ElementGroup.IDENTITY}
    groups = shown(excluded)
    return View(
        office=office,
        authorization=authorization,
        version=version,
        base=base,
        rights=conditions.rights if conditions.in_force(at) else frozenset(),
        groups=groups,
        filter=conditions.filter,
        images=conditions.images,
        documents=conditions.documents and groups == SHAREABLE,
    )
