"""One record as a view shows it: what the API answers with, and what an office sees before it saves."""

from __future__ import annotations

from dataclasses import dataclass

from ipshare.domain.authorization import View
from ipshare.domain.office import Right
from ipshare.render import st97
from ipshare.store import records
from ipshare.store.records import Stored


@dataclass(frozen=True, slots=True)
class Single:
    """One record within a view."""

    stored: Stored

    @property
    def state(self) -> bytes:
        """A digest over what the view shows, and nothing else."""
        return self.stored.state

    @property
    def body(self) -> bytes:
        """The record as ST.97 JSON."""
        return st97.merge(self.stored.documents, self.stored.loose)


def read(view: View, right: Right, number: str) -> Single | None:
    """A record of the view's office; None where the view does not hold it, or it is blocked since a moment."""
    return None if "\0" in number else unblocked(view, right, number, known=False)


def unblocked(view: View, right: Right, number: str, *, known: bool = True) -> Single | None:
    """The same of a record that is ``known`` not to be blocked since a moment."""
    stored = records.read(view, right, number, pending=not known)
    return None if stored is None else Single(stored)
