"""An office's code, and the words for what it sends: right and kind of submission."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """The IP right a record belongs to; patents include utility models (WIPO ST.3 offices name both)."""

    TRADEMARK = "trademark"
    PATENT = "patent"
    DESIGN = "design"

    @property
    def folder(self) -> str:
        """The folder of this right in an office's SFTP tree, e.g. ``Trademarks``."""
        return f"{self.value.capitalize()}s"

    @classmethod
    def of_folder(cls, folder: str) -> Right | None:
        """The right of an SFTP folder name, or None."""
        return next((right for right in cls if right.folder == folder), None)


class Kind(StrEnum):
    """What a submission is: the folder it was put into decides, never its name."""

    FULL_EXTRACTION = "Full_Extraction"
    UPDATES = "Updates"
    TEST = "Test"


def root_folder(office: str) -> str:
    """The folder of an office at the root of the SFTP service, e.g. ``ipob_kh`` for KH."""
    return f"ipob_{office.lower()}"
