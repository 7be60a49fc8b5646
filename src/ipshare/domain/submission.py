"""The states of a submission and the moves allowed between them (ARCHITECTURE §5)."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a submission stands on the line."""

    RECEIVED = "received"
    OPENED = "opened"
    CHECKED = "checked"
    HELD = "held"
    PUBLISHED = "published"
    TESTED = "tested"
    REFUSED = "refused"
    REJECTED = "rejected"
    REPEATED = "repeated"

    @property
    def ended(self) -> bool:
        """Whether nothing will happen to the submission any more."""
        return not MOVES[self]


MOVES: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.OPENED, State.REFUSED, State.REPEATED}),
    State.OPENED: frozenset({State.CHECKED, State.REFUSED}),
    State.CHECKED: frozenset({State.HELD, State.PUBLISHED, State.TESTED, State.REFUSED}),
    State.HELD: frozenset({State.PUBLISHED, State.REJECTED}),
    State.PUBLISHED: frozenset(),
    State.TESTED: frozenset(),
    State.REFUSED: frozenset(),
    State.REJECTED: frozenset(),
    State.REPEATED: frozenset(),
}

ENDED = tuple(state.value for state in State if state.ended)
"""The states in which nothing will happen to a submission any more."""
