"""One thing that waits for the people of an office, as their home shows it."""

from __future__ import annotations

from dataclasses import dataclass

MOST = 10
"""Things of one sort that are told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing: what it is, why, since when; ``address`` is where to act, ``act`` what the button says.

    ``name`` is of the file or destination that it is about, ``folder`` where a first file goes, and ``put_away`` the
    address at which it is told no more, with the key of the ``upload`` where it is one.
    """

    tone: str
    icon: str
    title: str
    why: str
    since: str
    address: str
    act: str
    name: str = ""
    folder: str = ""
    put_away: str = ""
    upload: str = ""
