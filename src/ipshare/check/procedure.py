"""What the three rights share in a record: priorities, publications, events, status, own number."""

from __future__ import annotations

from typing import Any

from ipshare.check.facts import Facts, Unit
from ipshare.check.status import NO_MEANING, Meaning, State, meaning
from ipshare.check.take import day, each, item, items, number, text, tree
from ipshare.check.values import Event, Item, Priority, Publication
from ipshare.domain.record import Tree

_OTHER = Meaning("other", State.UNKNOWN)


def read_number(facts: Facts, value: Any, path: str) -> None:
    """The record's own application number: national, ST.13, and the office code beside it."""
    for where, one in each(value, path):
        if type(one) is not dict:
            continue
        national = text(one.get("applicationNumberText"))
        if national and not facts.national_number:
            facts.national_number = national
            facts.number_path = f"{where}/ApplicationNumberText"
        if "st13ApplicationNumber" in one and facts.st13 is None:
            facts.st13 = item(one["st13ApplicationNumber"], f"{where}/ST13ApplicationNumber")
        if "ipOfficeCode" in one:
            facts.has_office_in_number = True
            facts.own_offices += items(one["ipOfficeCode"], f"{where}/IPOfficeCode")
    facts.number = facts.national_number or (facts.st13.text if facts.st13 else "")
    facts.number_path = facts.number_path or (
        facts.st13.path if facts.st13 else f"{path}/ApplicationNumberText"
    )


def read_registrations(value: Any, path: str) -> list[Item]:
    """Registration numbers, which ST.96 writes as application numbers or as plain text."""
    found: list[Item] = []
    for where, one in each(value, path):
        written = (
            Item(where, one) if type(one) is str else number(one, where) or Item(where, text(one))
        )
        found.append(written)
    return found


def read_priorities(bag: Any, path: str) -> list[Priority]:
    """Priority claims of marks and designs."""
    return [
        Priority(
            where,
            item(one.get("priorityCountryCode"), f"{where}/PriorityCountryCode"),
            number(one.get("applicationNumber"), f"{where}/ApplicationNumber"),
            day(one.get("priorityApplicationFilingDate"), f"{where}/PriorityApplicationFilingDate"),
        )
        for where, one in each(tree(bag).get("priority"), f"{path}/Priority")
        if type(one) is dict
    ]


def read_publications(bag: Any, path: str) -> list[Publication]:
    """Publications of marks and designs."""
    return [
        Publication(
            where,
            item(one.get("publicationIdentifier"), f"{where}/PublicationIdentifier"),
            text(one.get("publicationSectionCategory")),
            day(one.get("publicationDate"), f"{where}/PublicationDate"),
        )
        for where, one in each(tree(bag).get("publication"), f"{path}/Publication")
        if type(one) is dict
    ]


def read_events(facts: Facts, bag: Any, path: str, stem: str) -> list[Event]:
    """Events of a bag whose elements begin with a stem: MarkEvent, DesignEvent, DesignApplicationEvent."""
    key = stem[:1].lower() + stem[1:]
    found: list[Event] = []
    for where, one in each(tree(bag).get(key), f"{path}/{stem}"):
        if type(one) is dict:
            found.append(_event(facts, one, where, stem, key))
    return found


def _event(facts: Facts, one: Tree, path: str, stem: str, key: str) -> Event:
    category = text(one.get(f"{key}Category"))
    code, described, texts = "", "", []
    if "commentText" in one:
        texts = items(one["commentText"], f"{path}/CommentText")
    if "nationalMarkEvent" in one:
        national = tree(one["nationalMarkEvent"])
        code = text(national.get("markEventCode"))
        descriptions = items(
            national.get("markEventDescriptionText"),
            f"{path}/NationalMarkEvent/MarkEventDescriptionText",
        )
        described = descriptions[0].text if descriptions else ""
        texts += descriptions
    name = category or described or code
    known = _OTHER
    for word in (category, code, described):
        if word:
            known = meaning(facts.office, facts.right, word)
            if known.step and known.step != "other":
                break
    date = day(one.get(f"{key}Date"), f"{path}/{stem}Date") or day(
        one.get(f"{key}DateTime"), f"{path}/{stem}DateTime"
    )
    if code and code != name:
        name = f"{name} ({code})"
    return Event(path, name, known if known is not NO_MEANING else _OTHER, date, texts)


def read_status(facts: Facts, unit: Unit, value: Any, path: str) -> None:
    """The current status and what it means to this office."""
    unit.status_path = path
    written = item(value, path)
    if written is not None and written.text.strip():
        unit.status = written
        unit.meaning = meaning(facts.office, facts.right, written.text)
