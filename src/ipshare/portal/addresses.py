"""What addresses hold. Numbers and file names: whatever an office wrote, slashes too, at the end of a path.

``/register/kh/records/trademark/KH/49703/13`` is the record KH/49703/13, as in the API: what comes before has no
slash in it, so where the number begins is never in doubt.
"""

from __future__ import annotations

from urllib.parse import quote

from ipshare.domain.office import Right


class Written:
    """The rest of a path, line breaks too."""

    regex = r"(?s:.+)"

    def to_python(self, value: str) -> str:
        """As it stands there."""
        return value

    def to_url(self, value: str) -> str:
        """Only the slash stays; Django writes the rest in percent signs."""
        return value


class Version:
    """The number of a version of conditions: no more digits than the ledger could have."""

    regex = "[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        """As a number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """In digits."""
        return str(value)


def record(office: str, right: Right | str, number: str) -> str:
    """The permanent address of a record's page."""
    return f"/register/{office.lower()}/records/{right}/{quote(number)}"


def file(office: str, right: Right | str, name: str) -> str:
    """The address of a file that a record refers to."""
    return f"/register/{office.lower()}/files/{right}/{quote(name)}"


def as_seen(office: str, party: int, right: Right | str, number: str) -> str:
    """The address of a record as a third party sees it."""
    return f"/register/{office.lower()}/as-seen/{party}/{right}/{quote(number)}"


def as_seen_file(office: str, party: int, right: Right | str, name: str) -> str:
    """The address of a file as a third party gets it."""
    return f"/register/{office.lower()}/as-seen-files/{party}/{right}/{quote(name)}"
