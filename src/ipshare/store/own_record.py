"""What an office itself sees of one record of its register: all that is held, its history, its files.

Without a View, as in store.register: the portal alone may import it (pyproject.toml).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ipshare.domain.facets import Facets
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.store import queries, raw
from ipshare.store.records import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Everything that is held of one record; of a withdrawn one no document any more.

    ``stale`` are the groups whose items in shared lists may have moved since; ``submission`` is the key of the
    submission that changed it last, ``checked_by`` of the one whose version of it stands here.
    """

    live: bool
    stale: int
    submission: int
    checked_by: int
    images: tuple[str, ...]
    facets: Facets
    documents: Mapping[ElementGroup, bytes]

    @property
    def loose(self) -> frozenset[int]:
        """The places of documents of stale groups (render.st97.merge)."""
        return frozenset(
            place for place, group in enumerate(self.documents) if self.stale & group.bit
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change of a record: the mask of its groups, whether it was and is in the register, and blocked for all."""

    position: int
    groups: int
    joints: bool
    was_live: bool
    live: bool
    submission: int | None
    submission_number: int | None
    submission_kind: str | None
    at: datetime
    was_blocked: bool
    blocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that a record refers to; width and height in pixels, where it is a picture that tells."""

    picture: Picture
    width: int | None
    height: int | None


def record(office: str, right: Right, number: str) -> Held | None:
    """All that is held of a record, or that it was withdrawn; None where there never was one."""
    query = queries.read("register", "record").format(
        documents=", ".join(f"r.{g}" for g in ElementGroup)
    )
    rows = raw.fetch(query, {"office": office, "right": right.value, "number": number})
    if not rows:
        return None
    live, stale, submission, checked_by, images, *rest = rows[0]
    filed, registered, published, is_registered, international, errors, *documents = rest
    return Held(
        live=live,
        stale=stale,
        submission=submission,
        checked_by=checked_by,
        images=tuple(images),
        facets=Facets(
            filed=filed,
            registered=registered,
            is_published=published,
            is_registered=is_registered,
            is_international=international,
            has_errors=errors,
        ),
        documents={g: one for g, one in zip(ElementGroup, documents, strict=True) if one},
    )


def history(office: str, right: Right, number: str, *, limit: int) -> list[Event]:
    """The changes of a record, the newest first."""
    given = {"office": office, "right": right.value, "number": number, "limit": limit}
    fields = [
        "position", "groups", "joints", "was_live", "live", "submission", "submission_number", "submission_kind",
        "at", "was_blocked", "blocked",
    ]  # fmt: skip
    rows = raw.fetch(queries.read("register", "history"), given)
    return [Event(**dict(zip(fields, row, strict=True))) for row in rows]


def files(office: str, right: Right, names: Sequence[str]) -> dict[str, File]:
    """The files of these names, as the newest package that had them brought them."""
    given = {"office": office, "right": right.value, "names": list(names)}
    parts = ("object", "place", "stored_size", "size", "method", "digest", "format")
    found = {}
    for name, *rest, width, height in raw.fetch(queries.read("register", "pictures"), given):
        picture = Picture(**dict(zip(parts, rest, strict=True)))
        found[name] = File(picture=picture, width=width, height=height)
    return found
