"""Distinct causes: findings of one rule that say the same thing about different values, counted and sampled."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ipshare.check.rule import CATALOGUE
from ipshare.domain.finding import Effect, Finding, Severity

SAMPLES = 20
PER_RULE = 200
"""Distinct causes kept of one rule; what comes after is counted under one more, so that memory stays flat."""
CLIP = 300
OTHERS = "further messages of this rule; all of them are in findings.csv"

_NUMBER = re.compile(r"(?<![\w.\-])\d+(?:[.,:/\-]\d+)*(?!\w)")
_BRACES = re.compile(r"\{[^{}]*\}")
_NOUN = re.compile(r"\{[\w-]+(?:\|[^{}|]*\|([^{}|]*))?\}")
_NEVER = re.compile(r"(?!)")
_SHORT = 3
_SEVERITIES = list(Severity)
_EFFECTS = list(Effect)


def generalise(finding: Finding) -> str:
    """The finding's message without what belongs to this record only.

    In the words of the catalogue what is in braces goes; in other messages values, numbers and names.
    """
    return _apart(finding)[0]


def _apart(finding: Finding) -> tuple[str, tuple[str, ...]]:
    """A finding's message generalised, and what it has in the places of the braces of the catalogue's words."""
    message = finding.message
    wording, pattern = _of_catalogue(finding.rule)
    if found := pattern.fullmatch(message):
        return wording, found.groups()
    own = {finding.value, finding.proposed, finding.record, finding.file} - {""}
    for value in sorted(own, key=lambda text: (-len(text), text)):
        if len(value) >= _SHORT:
            message = message.replace(value, "…")
        elif value in message:
            message = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "…", message)
    return _NUMBER.sub("…", message), ()


def _general(brace: re.Match[str]) -> str:
    return f"… {brace[1]}" if brace[1] else "…"


@cache
def _of_catalogue(rule: str) -> tuple[str, re.Pattern[str]]:
    """A rule's words with … for what differs, and the pattern of the messages made from them."""
    if rule not in CATALOGUE:
        return "", _NEVER
    entry = CATALOGUE[rule]
    words = f"{entry.message} {entry.correction}"
    fixed = _BRACES.split(words)
    general = _NOUN.sub(_general, words)
    return general, re.compile("(.*)".join(map(re.escape, fixed)), re.DOTALL)


def clipped(text: str) -> str:
    """A value short enough to stand in a list."""
    if len(text) <= CLIP:
        return text
    whole = (
        text[: CLIP + 1].rpartition(" ")[0] or text[:CLIP]
    )  # no word is cut, where there are words
    return f"{whole}… ({len(text):,} characters)"


@dataclass(slots=True)
class Cause:
    """One distinct cause: how many findings of how many records, and the first of them.

    ``shared`` is what all of them have in the places of the braces of the rule's words; None where they differ.
    """

    rule: str
    severity: str
    effect: str
    message: str
    count: int = 0
    records: int = 0
    last: str = ""
    shared: tuple[str | None, ...] = ()
    samples: list[Finding] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """How many of its findings the samples are, in words."""
        return f"{len(self.samples):,} of {self.count:,} shown"

    def share(self, values: tuple[str, ...]) -> None:
        """Take one more finding's values into ``shared``."""
        if not self.count:
            self.shared = values
        elif len(values) != len(self.shared):  # in words of their own
            self.shared = ()
        elif any(one is not None for one in self.shared):
            pairs = zip(self.shared, values, strict=True)
            self.shared = tuple(one if one == another else None for one, another in pairs)

    @property
    def told(self) -> str:
        """The message with what all of several findings share in place of its …."""
        if self.count == 1 or all(one is None for one in self.shared):
            return self.message
        entry = CATALOGUE[self.rule]
        words, values = f"{entry.message} {entry.correction}", iter(self.shared)

        def value(found: re.Match[str]) -> str:
            same = next(values)
            return same if same is not None else _NOUN.sub(_general, found[0])

        return clipped(_BRACES.sub(value, words))


class Tally:
    """The exact totals and the distinct causes of a submission's findings, taken one by one.

    Those of one record come together, so that records can be counted without knowing them all.
    """

    def __init__(self) -> None:
        """Start from nothing."""
        self.findings = 0
        self.severity: Counter[str] = Counter({severity.value: 0 for severity in Severity})
        self.effect: Counter[str] = Counter({effect.value: 0 for effect in Effect})
        self.rule: Counter[str] = Counter()
        self._causes: dict[tuple[str, str, str, str], Cause] = {}
        self._of_rule: Counter[str] = Counter()

    def add(self, finding: Finding) -> None:
        """Count one finding, and keep it as a sample while its cause has too few."""
        self.findings += 1
        self.severity[finding.severity] += 1
        self.effect[finding.effect] += 1
        self.rule[finding.rule] += 1
        message, values = _apart(finding)
        cause = self._cause(finding, clipped(message))
        if cause.message != OTHERS:
            cause.share(values)
        cause.count += 1
        if finding.record and finding.record != cause.last:
            cause.records += 1
            cause.last = finding.record
        if len(cause.samples) < SAMPLES:
            cause.samples.append(finding)

    def _cause(self, finding: Finding, message: str) -> Cause:
        key = (finding.rule, finding.severity.value, finding.effect.value, message)
        if key not in self._causes and self._of_rule[finding.rule] >= PER_RULE:
            key = (*key[:3], OTHERS)
        if key not in self._causes:
            self._of_rule[finding.rule] += 1
            self._causes[key] = Cause(*key)
        return self._causes[key]

    @property
    def causes(self) -> list[Cause]:
        """What weighs most first: by effect and severity, then by count."""
        return sorted(
            self._causes.values(),
            key=lambda cause: (
                _EFFECTS.index(Effect(cause.effect)),
                _SEVERITIES.index(Severity(cause.severity)),
                -cause.count,
                cause.rule,
                cause.message,
            ),
        )

    def totals(self) -> dict[str, Any]:
        """The exact totals; rules in the order of their names."""
        return {
            "findings": self.findings,
            "severity": dict(self.severity),
            "rule": dict(sorted(self.rule.items())),
            "effect": dict(self.effect),
        }
