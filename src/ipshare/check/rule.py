"""A rule: a function bound to its entry in the catalogue, which says severity, effect and wording."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from typing import Any, NamedTuple

from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.present import THINGS
from ipshare.domain.finding import Effect, Severity
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right


class Hit(NamedTuple):
    """One place where a rule found its defect; ``words`` fill the message of the catalogue."""

    path: str
    value: str
    proposed: str = ""
    words: Mapping[str, object] = {}
    severity: Severity | None = None
    """Only where a case of the rule weighs less than the catalogue says; it then flags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the catalogue (rules.json)."""

    id: str
    rights: tuple[Right, ...]
    dimension: str
    severity: Severity
    effect: Effect
    path: str
    inid: str
    message: str
    correction: str
    condition: str


Check = Callable[[Facts, Context], Iterable[Hit]]
Turns = Callable[[Facts, Context], Iterable[date | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that runs: what it reads decides what it may withhold (docs/decisions/0004).

    ``groups`` are the element groups it reads beyond ``identity``; ``local`` rules look at one element
    at a time, so their findings withhold the group of that element. ``turns`` gives the days on which
    a rule that reads the date may change its mind about an unchanged record. ``needs`` names what a
    record must hold for the rule to find anything (check.present); it is not asked about others.
    """

    entry: Entry
    function: Check
    groups: frozenset[ElementGroup]
    local: bool
    effect: Effect
    withholds: frozenset[ElementGroup]
    turns: Turns | None
    needs: str
    summary: str


@dataclass(slots=True)
class _Registry:
    rules: dict[str, Rule] = field(default_factory=dict)


def _entry(line: dict[str, Any]) -> Entry:
    return Entry(
        **line
        | {
            "rights": tuple(Right(right) for right in line["rights"]),
            "severity": Severity(line["severity"]),
            "effect": Effect(line["effect"]),
        }
    )


def _catalogue() -> dict[str, Entry]:
    text = resources.files("ipshare.check").joinpath("rules.json").read_text(encoding="utf-8")
    return {line["id"]: _entry(line) for line in json.loads(text)}


CATALOGUE = _catalogue()
_REGISTRY = _Registry()
IDENTITY = frozenset({ElementGroup.IDENTITY})


def withheld(
    effect: Effect, groups: frozenset[ElementGroup]
) -> tuple[Effect, frozenset[ElementGroup]]:
    """What a rule that reads these groups beside identity may do: the law of non-interference."""
    if effect is not Effect.WITHHOLD:
        return effect, frozenset()
    if len(groups) > 1:
        return Effect.FLAG, frozenset()
    return effect, groups or IDENTITY


def rule(
    rule_id: str,
    *,
    groups: Collection[ElementGroup] = (),
    local: bool = False,
    turns: Turns | None = None,
    needs: str = "",
) -> Callable[[Check], Check]:
    """Bind a function to its catalogue entry; an id unknown there, or taken, does not import."""
    if rule_id not in CATALOGUE:
        raise LookupError(f"rule {rule_id} is not in rules.json; add it there first")
    if rule_id in _REGISTRY.rules:
        raise LookupError(f"rule {rule_id} has two functions")
    if needs and needs not in THINGS:
        raise LookupError(f"rule {rule_id} needs {needs!r}; check.present knows {sorted(THINGS)}")
    entry = CATALOGUE[rule_id]
    read = frozenset(groups) - IDENTITY
    effect, holds = (
        (entry.effect, frozenset[ElementGroup]()) if local else withheld(entry.effect, read)
    )

    def bind(function: Check) -> Check:
        summary = (function.__doc__ or "").strip()
        if not summary:
            raise LookupError(
                f"rule {rule_id} needs a docstring: the defect as the office reads it"
            )
        _REGISTRY.rules[rule_id] = Rule(
            entry=entry,
            function=function,
            groups=read,
            local=local,
            effect=effect,
            withholds=holds,
            turns=turns,
            needs=needs,
            summary=" ".join(summary.split()),
        )
        return function

    return bind


def registered() -> dict[str, Rule]:
    """The rules bound so far, by id; import ipshare.check.rules to have all."""
    return dict(sorted(_REGISTRY.rules.items()))
