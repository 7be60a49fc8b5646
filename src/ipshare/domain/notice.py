"""What people may be written to about."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """One kind of notice; each person chooses which of them come as letters, and for which rights."""

    HELD = "held"
    REFUSED = "refused"
    ERRORS = "errors"
    OVERDUE = "overdue"
    AUTHORIZATION = "authorization"
    EXPIRING = "expiring"
    DESTINATION = "destination"
    SIGN_IN = "sign-in"
    OUTAGE = "outage"
