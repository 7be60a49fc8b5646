"""A finding: one defect of one element of one record, by one rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ipshare.domain.group import ElementGroup


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Effect(StrEnum):
    """What a finding does to the data (rules.json)."""

    REFUSE = "refuse submission"
    WITHHOLD = "withhold"
    FLAG = "flag"
    NOTE = "note"


class KeptBack(StrEnum):
    """Whether a record is kept back by what was found in it: as a whole, some groups of it, or not at all."""

    WHOLE = "whole"
    PART = "in part"
    NOT = "no"

    @classmethod
    def of(cls, withheld: int) -> KeptBack:
        """The word for a mask of the groups that all findings of a record hold back."""
        if withheld & ElementGroup.IDENTITY.bit:
            return cls.WHOLE
        return cls.PART if withheld else cls.NOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One defect, in the office's words.

    ``record`` is the application number, empty for findings of a package. ``path`` is the element path
    below the record in ST.96 names, e.g. ``ApplicantBag/Applicant[2]/Contact/Name``. ``proposed`` is the
    value to send instead, where the hub can tell. ``withholds`` names the element groups that this finding
    holds back: the whole record when it holds ``identity``, nothing for flags and notes. ``kept_back`` is what becomes
    of its record, by all findings about it; empty where there is none, or where that is not known yet.
    """

    rule: str
    severity: Severity
    effect: Effect
    record: str
    path: str
    value: str
    proposed: str
    message: str
    file: str
    line: int
    withholds: frozenset[ElementGroup] = frozenset()
    kept_back: KeptBack | Literal[""] = ""
