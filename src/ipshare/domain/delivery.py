"""The words of push: where a delivery goes, how far it is, and what may go wrong at the other end."""

from __future__ import annotations

from enum import StrEnum

from ipshare.domain.office import Right

CODES = {Right.TRADEMARK: "TM", Right.PATENT: "PT", Right.DESIGN: "ID"}


class DestinationKind(StrEnum):
    """What a third party's own system is."""

    BUCKET = "bucket"
    SFTP = "sftp"
    HTTP = "http"


class DeliveryState(StrEnum):
    """How far a delivery is. *Abandoned*: its conditions have ended before it was acknowledged."""

    READY = "ready"
    SENDING = "sending"
    DELIVERED = "delivered"
    ABANDONED = "abandoned"


class Trouble(StrEnum):
    """Why a delivery was not acknowledged."""

    ADDRESS = "address-not-allowed"
    UNREACHABLE = "unreachable"
    SILENT = "silent"
    REFUSED = "refused"
    GONE = "gone"
    FULL = "full"
    HOST_KEY = "another-host-key"
    NAME_TAKEN = "name-taken"
    NOT_STORED = "not-stored"
    UNAVAILABLE = "platform-not-available"
    OURS = "hub-trouble"


class PushError(Exception):
    """A destination did not take a delivery; the message says why to people, and holds no secret.

    ``wait`` is how many seconds the destination asks to be left alone, if it says so.
    """

    def __init__(self, trouble: Trouble, words: str, *, wait: int | None = None) -> None:
        """What went wrong, by name and in words."""
        super().__init__(words)
        self.trouble = trouble
        self.wait = wait


def name_of(office: str, right: Right, number: int) -> str:
    """The name of a delivery, without the ending of its file: ``KH_TM_000042``."""
    return f"{office}_{CODES[right]}_{number:06}"
