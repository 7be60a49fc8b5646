"""The elements that every record should have: what completeness is counted by."""

from __future__ import annotations

from enum import StrEnum

from ipshare.domain.office import Right


class Mandatory(StrEnum):
    """One such element; the order of the members is the order of bits."""

    APPLICANT = "applicant"
    FILING_DATE = "filing date"
    IMAGE = "image"
    CLASS = "class"
    STATUS = "status"

    @property
    def bit(self) -> int:
        """The bit of this element in a mask."""
        return _BITS[self]


_BITS = {element: 1 << place for place, element in enumerate(Mandatory)}

OF_RIGHT = {
    Right.TRADEMARK: tuple(Mandatory),
    # A patent document of ST.96 has no element for the current status, and need not have a drawing.
    Right.PATENT: (Mandatory.APPLICANT, Mandatory.FILING_DATE, Mandatory.CLASS),
    Right.DESIGN: tuple(Mandatory),
}
"""What is asked of a record of each right; an image of a trademark only where the mark must be seen."""
