"""A submission's report on a page: its distinct causes by effect, and the findings of one of them."""

from __future__ import annotations

import msgspec
from django.db.models import QuerySet

from ipshare.domain.finding import Effect, Severity
from ipshare.portal import words
from ipshare.quality.causes import CLIP, OTHERS
from ipshare.store import objects
from ipshare.store.models.submissions import Finding, Submission

MOST = 100
SAMPLES = 3
_GAP = "…"


class _Sample(msgspec.Struct):
    record: str
    message: str


class _Cause(msgspec.Struct):
    rule: str
    severity: str
    effect: str
    message: str
    count: int
    samples: list[_Sample]
    records: int | None = None  # not counted in reports of earlier versions


class _Totals(msgspec.Struct):
    findings: int
    effect: dict[str, int]


class _Report(msgspec.Struct):
    totals: _Totals
    causes: list[_Cause]


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """One cause: what is wrong, how often, and some of the records; ``place`` is its number in the report.

    ``more`` is how many other records have it; None where that was not counted. ``example`` is what one of its findings
    says, where the message leaves out the values in which they differ. ``of_records``: it keeps records back, which may
    have no number to be named by.
    """

    place: int
    rule: str
    severity: str
    message: str
    example: str
    count: int
    records: tuple[str, ...]
    more: int | None
    of_records: bool


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """The causes with one effect; ``findings`` are all that have it, those of causes not shown, too."""

    tone: str
    icon: str
    title: str
    findings: int
    causes: tuple[Cause, ...]


class Causes(msgspec.Struct, frozen=True, kw_only=True):
    """The causes by effect, those that hurt most first; ``total`` counts those not shown, too.

    ``flagged``: some of them are errors that keep nothing back.
    """

    sections: tuple[Section, ...]
    shown: int
    total: int
    findings: int
    flagged: bool


def of(submission: Submission) -> Causes | None:
    """The causes in the report of a submission; None while the report is not written."""
    report = _report(submission)
    if report is None:
        return None
    numbered = list(enumerate(report.causes))[:MOST]
    sections = []
    for effect, (tone, icon, title) in words.EFFECTS.items():
        mine = tuple(_cause(place, cause) for place, cause in numbered if cause.effect == effect)
        if mine:
            findings = report.totals.effect[effect]
            sections.append(
                Section(tone=tone, icon=icon, title=title, findings=findings, causes=mine)
            )
    return Causes(
        sections=tuple(sections),
        shown=len(numbered),
        total=len(report.causes),
        findings=report.totals.findings,
        flagged=any(
            (one.severity, one.effect) == (Severity.ERROR, Effect.FLAG) for one in report.causes
        ),
    )


def _report(submission: Submission) -> _Report | None:
    if "report.json" not in submission.report:
        return None
    content = objects.get(submission.report["report.json"]["object"])
    return msgspec.json.decode(content, type=_Report)


def _cause(place: int, cause: _Cause) -> Cause:
    numbers = list(dict.fromkeys(sample.record for sample in cause.samples if sample.record))
    records = tuple(numbers[:SAMPLES])
    first = cause.samples[0].message if cause.samples else ""
    return Cause(
        place=place,
        rule=cause.rule,
        severity=words.SEVERITIES[Severity(cause.severity)],
        message=first if cause.count == 1 and first else cause.message,
        example=first if cause.count > 1 and _GAP in cause.message else "",
        count=cause.count,
        records=records,
        more=None if cause.records is None else cause.records - len(records),
        of_records=cause.effect == Effect.WITHHOLD,
    )


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of findings is narrowed to: a rule, and where the rule has several causes one of them.

    ``alone`` says that the cause is the only one of its rule: then the rule is enough to find it.
    """

    rule: str = ""
    message: str = ""
    effect: str = ""
    alone: bool = False

    @property
    def varies(self) -> bool:
        """Whether the findings say different things, so that each must say its own."""
        return not self.message or _GAP in self.message


def choose(submission: Submission, *, rule: str, place: int | None) -> Chosen:
    """The rule or cause that an address names; a cause that the report does not have is only its rule."""
    report = _report(submission)
    of_rule = {
        number: cause
        for number, cause in enumerate(report.causes if report else [])
        if cause.rule == rule
    }
    alone = len(of_rule) == 1
    cause = next(iter(of_rule.values())) if alone else of_rule.get(-1 if place is None else place)
    if cause is None or cause.message == OTHERS:
        return Chosen(rule=rule)
    return Chosen(rule=rule, message=cause.message, effect=cause.effect, alone=alone)


def findings_of(submission: Submission, chosen: Chosen) -> QuerySet[Finding]:
    """The findings of a rule or cause, in the order in which the files have them."""
    found = Finding.objects.filter(submission=submission)
    if chosen.rule:
        found = found.filter(rule=chosen.rule)
    if chosen.message and not chosen.alone:
        found = found.filter(effect=chosen.effect)
        found = found.extra(where=["message LIKE %s"], params=[_pattern(chosen.message)])
    return found.order_by("pk")


def _pattern(message: str) -> str:
    """What every message of a cause is like: its text, with anything where values were."""
    if len(message) > CLIP:
        message = message[:CLIP] + _GAP
    escaped = message.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace(_GAP, "%")
