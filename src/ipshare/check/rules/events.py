"""STA rules about events alone: their codes, dates, order and words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from ipshare.check import codes
from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.rule import Hit, rule
from ipshare.check.status import REVIVING, TERMINAL
from ipshare.check.text import personal
from ipshare.domain.group import ElementGroup

_EVENTS = {ElementGroup.EVENTS}

_KEY = re.compile(r"([A-HK-NP-WY])(00|10)")

_DETAILED = re.compile(r"([A-HK-NP-WY])(\d{2})")

_LONG_TEXT = 200

_AFTER_THE_END = TERMINAL | REVIVING | {"other"}


def _code(parts: dict[str, str]) -> str:
    names = (
        "stateCode",
        "previousStageCode",
        "currentStageCode",
        "keyEventCode",
        "detailedEventCode",
        "eventIndicatorCode",
    )
    return "-".join(parts[name] for name in names if parts.get(name))


def _well_formed(parts: dict[str, str]) -> bool:
    key, detailed = parts.get("keyEventCode", ""), parts.get("detailedEventCode", "")
    return (
        parts.get("stateCode", "") in {"A", "N", "T", "U"}
        and all(
            parts.get(name, "") in set("0123456")
            for name in ("previousStageCode", "currentStageCode")
        )
        and bool(parts.get("currentStageCode"))
        and bool(_KEY.fullmatch(key))
        and (not detailed or bool(_DETAILED.fullmatch(detailed)))
        and (
            not parts.get("eventIndicatorCode")
            or parts["eventIndicatorCode"] in codes.event_indicators()
        )
    )


@rule("STA-008", groups=_EVENTS)
def malformed_st27(f: Facts, _: Context) -> Iterator[Hit]:
    """A status event code is not one of WIPO ST.27: state, stages, key event, detailed event."""
    for path, parts in f.patent.status_codes:
        if not _well_formed(parts):
            yield Hit(path, _code(parts))


@rule("STA-009", groups=_EVENTS)
def contradictory_st27(f: Facts, _: Context) -> Iterator[Hit]:
    """The parts of a status event code contradict each other."""
    for path, parts in f.patent.status_codes:
        if not _well_formed(parts):
            continue
        key, detailed = parts["keyEventCode"][0], parts.get("detailedEventCode", "")
        stage, state = parts["currentStageCode"], parts["stateCode"]
        ended = key in "BHN"
        if (
            (detailed and detailed[0] != key)
            or (stage == "4" and state == "N" and not ended)
            or (stage == "6" and state == "A")
        ):
            yield Hit(path, _code(parts))


@rule("STA-010", groups=_EVENTS)
def undated_event(f: Facts, _: Context) -> Iterator[Hit]:
    """An event has no date."""
    for unit in f.units:
        for event in unit.events:
            if event.date is None:
                yield Hit(event.path, event.name)


@rule("STA-011", groups=_EVENTS)
def repeated_event(f: Facts, _: Context) -> Iterator[Hit]:
    """The same event of the same day stands more than once in the record."""
    for unit in f.units:
        told = [(event.name, event.date.text if event.date else "") for event in unit.events]
        if len(set(told)) == len(told):
            continue
        for (name, _day), count in Counter(told).items():
            if count > 1:
                path = [event.path for event in unit.events if event.name == name][-1]
                yield Hit(path, name, "", {"e": name, "n": count})


@rule("STA-013", groups=_EVENTS)
def event_after_the_end(f: Facts, _: Context) -> Iterator[Hit]:
    """An event that revives nothing follows one that ended the right."""
    for unit in f.units:
        ended: date | None = None
        for day, event in unit.dated():
            step = event.meaning.step
            if ended and day > ended and step not in _AFTER_THE_END:
                yield Hit(event.path, event.name, "", {"e": event.name})
                break
            if step in REVIVING:
                ended = None
            elif step in TERMINAL and ended is None:
                ended = day


@rule("STA-015", groups=_EVENTS)
def narrative_event(f: Facts, _: Context) -> Iterator[Hit]:
    """The text of an event is a narrative, or holds an e-mail address, telephone or identity number."""
    for unit in f.units:
        for event in unit.events:
            for item in event.texts:
                if len(item.text) > _LONG_TEXT:
                    yield Hit(item.path, f"{item.text[:40]}…")
                elif f.personal and personal(f.office, item.text):
                    yield Hit(item.path, "(personal data, not repeated here)")
