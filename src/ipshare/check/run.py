"""Every rule over one record: findings, the day to look again, and the version of the rules."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from hashlib import blake2b
from importlib import resources

from ipshare.check import rules
from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.gather import gather
from ipshare.check.groups import group_of
from ipshare.check.present import present
from ipshare.check.rule import CATALOGUE, Entry, Hit, Rule, Turns, registered
from ipshare.domain import plural
from ipshare.domain.finding import Effect, Finding, Severity
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.domain.record import Record

FAILED = "HUB-001"
LONGEST_VALUE = 300
LONGEST_PROPOSED = 500
MOST_PER_RULE = 100
"""Findings of one rule kept for one record; a last one stands for the others, with what they withhold."""
_LOG = logging.getLogger(__name__)
_NOTHING: frozenset[ElementGroup] = frozenset()

if not rules.LOADED:
    raise ImportError("the rules of ipshare.check.rules did not load")


@cache
def rules_for(right: Right) -> tuple[Rule, ...]:
    """The rules that apply to a right, by id."""
    return tuple(rule for rule in registered().values() if right in rule.entry.rights)


def check(record: Record, context: Context) -> list[Finding]:
    """The findings of all rules about a record, in the order of the rules."""
    return check_facts(gather(record), context)


def check_facts(facts: Facts, context: Context) -> list[Finding]:
    """The same, where the facts of the record are wanted for more than the rules."""
    return check_batch([facts], context)[0]


def check_batch(batch: Sequence[Facts], context: Context) -> list[list[Finding]]:
    """The findings about each of some records.

    A rule is asked about all of them before the next one is: eight records at once take a tenth less time
    than one after the other, for what the processor has at hand is then the rule. More do not help.
    """
    found: list[list[Finding]] = [[] for _ in batch]
    held = [present(facts) for facts in batch]
    for right in {facts.right for facts in batch}:
        asked = [one for one in zip(batch, held, found, strict=True) if one[0].right is right]
        for rule in rules_for(right):
            needs, function = rule.needs, rule.function
            for facts, things, findings in asked:
                if needs and needs not in things:
                    continue
                try:
                    hits = [*function(facts, context)]
                except Exception:  # noqa: BLE001 - a failure of ours is a finding of its own
                    findings.append(_failure(rule, facts, context))
                else:
                    if hits:
                        findings.extend(_findings(rule, hits, facts, context))
    return found


def recheck_on(facts: Facts, context: Context) -> date | None:
    """The first day after today on which a rule that reads the date could change its mind."""
    turns = [
        day
        for rule_turns in _turns_of(facts.right)
        for day in rule_turns(facts, context)
        if day is not None and day > context.today
    ]
    return min(turns, default=None)


@cache
def _turns_of(right: Right) -> tuple[Turns, ...]:
    return tuple(rule.turns for rule in rules_for(right) if rule.turns)


def _findings(rule: Rule, hits: list[Hit], facts: Facts, context: Context) -> Iterator[Finding]:
    for hit in hits[:MOST_PER_RULE]:
        yield finding(rule.entry, hit, facts, context, rule=rule)
    rest = hits[MOST_PER_RULE:]
    if rest:
        withholds = frozenset[ElementGroup]().union(*[_withholds(rule, hit, facts) for hit in rest])
        effect = rule.effect if withholds or rule.effect is not Effect.WITHHOLD else Effect.FLAG
        yield Finding(
            rule=rule.entry.id,
            severity=rule.entry.severity,
            effect=effect,
            record=facts.number,
            path="",
            value="",
            proposed="",
            message=f"{plural.counted(len(rest), 'more finding')} of this rule in this record not listed.",
            file=facts.record.file,
            line=facts.record.line,
            withholds=withholds,
        )


def _withholds(rule: Rule, hit: Hit, facts: Facts) -> frozenset[ElementGroup]:
    if rule.effect is not Effect.WITHHOLD or hit.severity is not None:
        return _NOTHING
    return (
        frozenset({group_of(facts.right, hit.path, facts.tree.get("#root", ""))})
        if rule.local
        else rule.withholds
    )


def finding(
    entry: Entry, hit: Hit, facts: Facts, context: Context, *, rule: Rule | None = None
) -> Finding:
    """A finding in the words of the catalogue about one hit of a rule."""
    withholds = _withholds(rule, hit, facts) if rule else _NOTHING
    effect = rule.effect if rule else entry.effect
    if hit.severity is not None:
        effect = Effect.NOTE if hit.severity is Severity.INFO else Effect.FLAG
    element = hit.path.rpartition("/")[2].partition("[")[0]
    words: dict[str, object] = {
        "no": facts.number or "(without number)",
        "office": context.office,
        "right": context.right.value,
        "x": _short(hit.value),
        "n": 1,
        "element": element,
    }
    return Finding(
        rule=entry.id,
        severity=hit.severity or entry.severity,
        effect=effect,
        record=facts.number,
        path=hit.path,
        value=_short(hit.value),
        proposed=hit.proposed if len(hit.proposed) <= LONGEST_PROPOSED else "",
        message=f"{fill(entry.message, {**words, **hit.words})} {entry.correction}",
        file=facts.record.file,
        line=facts.record.line,
        withholds=withholds,
    )


def package_finding(entry: Entry, hit: Hit, context: Context, *, record: str = "") -> Finding:
    """A finding about a whole package; it withholds nothing, for it reads more than one record."""
    severity = hit.severity or entry.severity
    effect = {
        Severity.ERROR: Effect.FLAG,
        Severity.WARNING: Effect.FLAG,
        Severity.INFO: Effect.NOTE,
    }
    words: dict[str, object] = {
        "no": record,
        "office": context.office,
        "right": context.right.value,
        "x": _short(hit.value),
        "n": 1,
    }
    return Finding(
        rule=entry.id,
        severity=severity,
        effect=effect[severity],
        record=record,
        path=hit.path,
        value=_short(hit.value),
        proposed=hit.proposed,
        message=f"{fill(entry.message, {**words, **hit.words})} {entry.correction}",
        file=context.package,
        line=0,
    )


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1]}…"


def fill(message: str, words: Mapping[str, object]) -> str:
    """The message with its words in place of the ``{names}``; braces in a word stay as they are.

    ``{n|text contains|texts contain}`` is a count with what it counts; what is no whole number counts as several.
    """
    parts = message.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        inside, _, rest = part.partition("}")
        name, _, noun = inside.partition("|")
        filled.append(f"{_counted(words[name], noun) if noun else words[name]}{rest}")
    return "".join(filled)


def _counted(value: object, noun: str) -> str:
    text = str(value)
    if text.isdecimal():
        return plural.counted(int(text), noun)
    return f"{text} {noun.rpartition('|')[2]}"


def _failure(rule: Rule, facts: Facts, context: Context) -> Finding:
    """What is told of a rule that has just failed."""
    _LOG.exception("rule %s failed on record %s of %s", rule.entry.id, facts.number, facts.office)
    return finding(CATALOGUE[FAILED], Hit("", rule.entry.id), facts, context)


@cache
def rules_version() -> str:
    """A digest of catalogue, data and code of the rules: findings of another version are not reused."""
    hashed = blake2b(digest_size=16)
    room = resources.files("ipshare.check")
    for folder in (room, room / "rules"):
        for file in sorted(folder.iterdir(), key=lambda one: one.name):
            if file.name.endswith((".py", ".json", ".tsv")):
                hashed.update(file.name.encode() + b"\0" + file.read_bytes())
    return hashed.hexdigest()
