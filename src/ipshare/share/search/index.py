"""Keeping the index in step with the register: by a job after each publication, and at need by a search."""

from __future__ import annotations

from collections.abc import Mapping

from ipshare.domain.authorization import View
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.share.search import entries, words
from ipshare.store import search
from ipshare.store.search import Documents, Entries, Search

AT_ONCE = 200
"""Records that a search brings into the index itself; where more are behind, it is refused for the moment."""


class BehindError(Exception):
    """More records than a search can bring in are not in the index yet."""

    def __init__(self, office: str) -> None:
        """``office`` is whose changes the index lacks."""
        super().__init__(f"the index of {office} is behind")
        self.office = office


def bring_up(office: str) -> None:
    """Bring every change of an office into the index."""
    while extend(office):
        pass


def extend(office: str) -> bool:
    """Bring some changes of an office into the index; whether there may be more."""
    return search.extend(office, entries.GROUPS, _entries(office))


def make_ready(view: View, right: Right, wanted: Search) -> None:
    """Let the index know what a search looks at: a few records that it does not know are brought in."""
    if not wanted.groups:
        return
    missing = search.behind(view, right, wanted.groups, limit=AT_ONCE + 1)
    if len(missing) > AT_ONCE:
        raise BehindError(view.office)
    if missing:
        search.write(view.office, right, missing, entries.GROUPS, _entries(view.office))


def _entries(office: str) -> Entries:
    def of_record(right: Right, documents: Documents) -> Mapping[ElementGroup, str]:
        root = ""
        if right is Right.PATENT and ElementGroup.IDENTITY in documents:
            root = entries.root_of(documents[ElementGroup.IDENTITY])
        return {
            group: words.vector(entries.of_group(right, office, group, document, root=root))
            for group, document in documents.items()
        }

    return of_record
