"""What keeps a copy from being in step: for now, or until a person does something."""

from __future__ import annotations


class PullError(Exception):
    """A person has to do something; the message names the thing and the remedy."""


class AgainError(Exception):
    """It may go well if it is asked again: a cut answer, a broken connection, a hub that is down or busy."""

    def __init__(self, words: str, *, wait: float | None = None) -> None:
        """``wait``: seconds that the hub asks for (Retry-After)."""
        super().__init__(words)
        self.wait = wait


class NothingSharedError(Exception):
    """The office shares nothing with this client at present."""


class NotInStepError(Exception):
    """The feed has gone on since the cursor."""
