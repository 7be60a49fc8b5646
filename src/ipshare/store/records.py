"""Read the present state of one record, or one of its pictures, within a View."""

from __future__ import annotations

from dataclasses import dataclass

from ipshare.domain.authorization import View
from ipshare.domain.digest import digest
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.store import queries, raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The visible documents of a record; ``state`` is a digest over them alone."""

    documents: list[bytes]
    state: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Where a picture lies: ``stored_size`` bytes of ``object`` from ``place``, zip method 0 or 8."""

    object: str
    place: int
    stored_size: int
    size: int
    method: int
    digest: bytes
    format: str


def read(view: View, right: Right, number: str) -> Stored | None:
    """A live record of the view's office; None where there is none or the view does not hold its right."""
    groups = [group.value for group in ElementGroup if group in view.groups]
    query = queries.read("records", "record").format(
        documents=", ".join(f"r.{group}" for group in groups),
        digests=", ".join(f"r.d_{group}" for group in groups),
    )
    found = raw.fetch(query, _names(view, right) | {"number": number})
    if not found:
        return None
    documents, digests = found[0][: len(groups)], found[0][len(groups) :]
    return Stored(
        documents=[document for document in documents if document],
        state=digest(b"".join(bytes([len(one)]) + one for one in digests)),
    )


def picture(view: View, right: Right, name: str) -> Picture | None:
    """A picture that a live record refers to; None unless the view holds the media of its right."""
    if ElementGroup.MEDIA not in view.groups:
        return None
    found = raw.fetch(queries.read("records", "image"), _names(view, right) | {"name": name})
    if not found:
        return None
    fields = ("object", "place", "stored_size", "size", "method", "digest", "format")
    return Picture(**dict(zip(fields, found[0], strict=True)))


def _names(view: View, right: Right) -> dict[str, object]:
    return {
        "office": view.office,
        "right": right.value,
        "rights": [one.value for one in Right if one in view.rights],
    }
