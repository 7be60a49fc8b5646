"""The register of an office as a list: what is asked for, and what a line of it says of a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from django import forms
from django.core.cache import cache
from django.http import QueryDict

from ipshare.check.facts import Facts
from ipshare.check.status import State
from ipshare.domain.authorization import View
from ipshare.domain.group import ALL_GROUPS, ElementGroup
from ipshare.domain.office import Right
from ipshare.http.problem import Problem
from ipshare.portal.sheets import Cell
from ipshare.render import st97
from ipshare.share.search import entries, parameters, words
from ipshare.store import holdings
from ipshare.store.register import Key, Line
from ipshare.store.register_query import Asked, Only, Order
from ipshare.store.search import Condition

PAGE = 50
MOST_PIECES = 40
"""Lexemes of one search: a name of a company without spaces has more than the API lets a machine ask for."""
SHORTEST_NUMBER = 3
COLUMNS = (
    "right", "number", "mark_or_title", "applicants", "status", "state", "classes", "filed", "registered",
    "open_errors", "blocked", "withdrawn",
)  # fmt: skip
WHERE = {
    "": "Numbers, words and names",
    "number": "Numbers",
    "words": "Words of marks and titles",
    "name": "Names of applicants and owners",
}
ONLY = {
    "": "All that is held",
    Only.ERRORS: "With open errors",
    Only.BLOCKED: "Blocked",
    Only.WITHDRAWN: "Withdrawn",
}
ORDER = {
    Order.NUMBER: "Number, first to last",
    Order.NUMBER_DOWN: "Number, last to first",
    Order.FILED_DOWN: "Filed last",
    Order.FILED: "Filed first",
    Order.REGISTERED_DOWN: "Registered last",
    Order.REGISTERED: "Registered first",
}
STATES = {
    "": "Any status",
    State.PENDING: "Pending",
    State.REGISTERED: "Registered",
    State.EXPIRED: "Expired",
    State.ENDED: "Ended",
    State.INACTIVE: "Inactive",
    State.UNKNOWN: "Not mapped yet",
}
CLASSES = {
    Right.TRADEMARK: ("niceClass", "Nice class", "e.g. 30"),
    Right.PATENT: ("ipc", "IPC symbol", "e.g. A61K"),
    Right.DESIGN: ("locarno", "Locarno class", "e.g. 09-03"),
}
_LANGUAGES = "Dates are written as 2026-11-26."


class SearchForm(forms.Form):
    """What the list is narrowed to; what cannot be read is named, not ignored."""

    q = forms.CharField(required=False, max_length=200)
    where = forms.ChoiceField(required=False, choices=list(WHERE.items()))
    status = forms.ChoiceField(required=False, choices=list(STATES.items()))
    symbol = forms.CharField(required=False, max_length=40)
    filed_from = forms.DateField(
        required=False, error_messages={"invalid": f"Filed from is not a date. {_LANGUAGES}"}
    )
    filed_to = forms.DateField(
        required=False, error_messages={"invalid": f"Filed to is not a date. {_LANGUAGES}"}
    )
    registered_from = forms.DateField(
        required=False, error_messages={"invalid": f"Registered from is not a date. {_LANGUAGES}"}
    )
    registered_to = forms.DateField(
        required=False, error_messages={"invalid": f"Registered to is not a date. {_LANGUAGES}"}
    )
    only = forms.ChoiceField(required=False, choices=list(ONLY.items()))
    sort = forms.ChoiceField(required=False, choices=list(ORDER.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asks for, as sent and as it is looked for; ``troubles`` say what could not be read."""

    right: Right
    sent: dict[str, Any]
    asked: Asked
    after: Key | None
    before: Key | None
    troubles: list[str]

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return self.asked != Asked(order=self.asked.order)


def wanted(office: str, right: Right, given: QueryDict) -> Wanted:
    """What the query of an address asks for."""
    form = SearchForm(given)
    form.is_valid()
    sent = {name: value for name, value in form.cleaned_data.items() if value not in {None, ""}}
    troubles = [str(error) for errors in form.errors.values() for error in errors]
    only = Only(sent["only"]) if "only" in sent else None
    conditions, pattern = [], ""
    if only is Only.WITHDRAWN:
        pattern = entries.pattern(sent.get("q", ""))
        if not pattern and sent.get("q"):
            troubles.append(
                "Of withdrawn records only the number is kept: write a number, or its beginning."
            )
    else:
        conditions = list(_conditions(office, right, sent, troubles))
    asked = Asked(
        conditions=tuple(conditions),
        filed=(sent.get("filed_from"), sent.get("filed_to")),
        registered=(sent.get("registered_from"), sent.get("registered_to")),
        only=only,
        pattern=pattern,
        order=Order(sent.get("sort", Order.NUMBER)),
    )
    return Wanted(
        right=right,
        sent=sent,
        asked=asked,
        after=_key(given.get("after")),
        before=_key(given.get("before")),
        troubles=troubles,
    )


def _conditions(
    office: str, right: Right, sent: dict[str, Any], troubles: list[str]
) -> Iterator[Condition]:
    if "q" in sent:
        found = _anywhere(sent["q"], sent.get("where", ""))
        if found is None:
            troubles.append(
                f"Write a word, or at least {SHORTEST_NUMBER} letters or digits of a number."
            )
        else:
            yield found
    if "status" in sent and right is not Right.PATENT:
        state = words.found(words.entry(entries.STATUS, sent["status"]))
        yield Condition(groups=(ElementGroup.STATUS,), query=state)
    if "symbol" in sent:
        name, label, example = CLASSES[right]
        everything = View(
            office=office, authorization=0, version=0, rights=frozenset(Right), groups=ALL_GROUPS
        )
        try:
            yield from parameters.read(everything, right, {name: sent["symbol"]}).conditions
        except Problem:
            troubles.append(
                f"{label} could not be read; write it as {example.removeprefix('e.g. ')}."
            )


def _anywhere(text: str, where: str) -> Condition | None:
    """All words in the words, or all of them in the names, or the number however it is written."""
    asked = words.asked(text.replace("\0", ""))[:MOST_PIECES]
    branches = []
    for kind, of in ((entries.WORD, "words"), (entries.APPLICANT, "name")):
        if asked and where in {"", of}:
            branches.append(
                words.every(
                    words.found(
                        words.entry(kind, one),
                        goes_on=goes_on and len(one) >= parameters.SHORTEST_BEGINNING,
                    )
                    for one, goes_on in asked
                )
            )
    written = any(char.isdigit() for char in text) or where == "number"
    long_enough = len(entries.plain_number(text)) >= SHORTEST_NUMBER
    if written and where in {"", "number"} and long_enough:
        branches += [
            words.every(
                words.found(words.entry(entries.SPELLING, one), goes_on=goes_on)
                for one, goes_on in way
            )
            for way in entries.looked_for(text)
        ]
    if not branches:
        return None
    groups = (ElementGroup.IDENTITY, ElementGroup.TEXT, ElementGroup.STAKEHOLDERS)
    return Condition(groups=groups, query=words.any_of(f"({one})" for one in branches))


def held(office: str, position: int) -> dict[Right, int]:
    """How many records of each right the register holds at its last position; counted once after each publication."""
    name = f"held-{office}-{position}"
    known = cache.get(name)
    if known is None:
        known = {right.value: count for right, count in holdings.counts(office).items()}
        cache.set(name, known, timeout=86_400)
    return {right: known[right.value] for right in Right}


def key_of(key: Key) -> str:
    """A place in the list as it stands in an address."""
    return f"{key.day} {key.number}"


def _key(written: str | None) -> Key | None:
    if not written or "\0" in written:
        return None
    day, _, number = written.partition(" ")
    if day not in {"", "-infinity"}:
        try:
            date.fromisoformat(day)
        except ValueError:
            return None
    return Key(day, number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a record is, in a line: as sent, in its own script."""

    titles: list[str]
    applicants: list[str]
    status: str
    state: State
    classes: list[str]
    feature: str


EMPTY = Summary(titles=[], applicants=[], status="", state=State.UNKNOWN, classes=[], feature="")


def summary(office: str, right: Right, tree: dict[str, Any]) -> Summary:
    """A record, or what is shown of it, in a line; EMPTY where it has a shape that the readers do not know."""
    try:
        facts = entries.facts_of(right, office, tree)
    except (AttributeError, TypeError, ValueError, KeyError, IndexError):
        return EMPTY
    unit = next((one for one in facts.units if one.status is not None), None)
    return Summary(
        titles=_titles(facts),
        applicants=_names(facts),
        status=unit.status.text if unit and unit.status else "",
        state=unit.meaning.state if unit else State.UNKNOWN,
        classes=_classes(facts),
        feature=facts.mark.feature.text if facts.mark.feature else "",
    )


def _titles(facts: Facts) -> list[str]:
    designs = [one for design in facts.designs for one in design.titles]
    found = [*facts.mark.words, *facts.patent.titles, *designs]
    return _once(one.text for one in found)


def _names(facts: Facts) -> list[str]:
    owners = [party for party in facts.parties if party.role in {"applicant", "holder"}]
    return _once(name.text for party in owners for name in party.names)


def _classes(facts: Facts) -> list[str]:
    nice = sorted({entries.nice_class(one.text) for one in facts.mark.classes} - {""}, key=int)
    locarno = [entries.locarno_class(one.text) for one in _locarno(facts)]
    return [*nice, *_once(one.text for one in facts.patent.ipc), *_once(locarno)]


def _locarno(facts: Facts) -> list[Any]:
    return [one for design in facts.designs for one in design.locarno]


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def of_line(office: str, right: Right, line: Line) -> Summary:
    """What a line of the list says of its record."""
    if not line.documents:
        return EMPTY
    tree = msgspec.json.decode(st97.merge(list(line.documents.values())))
    return summary(office, right, tree)


def rows(office: str, right: Right, lines: Iterable[Line]) -> Iterator[list[Cell]]:
    """The lines as rows of a file."""
    for line in lines:
        one = of_line(office, right, line)
        yield [
            right.value, line.number, " | ".join(one.titles), " | ".join(one.applicants), one.status,
            one.state.value if one.status else "", " ".join(one.classes), _iso(line.filed),
            _iso(line.registered), _yes(line.has_errors), _yes(line.blocked), _yes(not line.live),
        ]  # fmt: skip


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _yes(value: bool) -> str:  # noqa: FBT001 (a cell)
    return "yes" if value else "no"
