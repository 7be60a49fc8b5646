"""A finding: one defect of one element of one record, by one rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One defect, in the office's words.

    ``record`` is the application number, empty for findings of a package. ``path`` is the element path
    below the record in ST.96 names, e.g. ``ApplicantBag/Applicant[2]/Contact/Name``. ``proposed`` is the
    value to send instead, where the hub can tell. ``withholds`` names the element groups that this finding
    holds back: the whole record when it holds ``identity``, nothing for flags and notes.
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
