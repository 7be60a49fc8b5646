"""Why a command cannot do what it was asked: one line that names the thing and the remedy."""

from __future__ import annotations


class RefusalError(Exception):
    """Shown to the person at the keyboard as it stands; the command ends with status 2."""
