"""Designs: what one application of a sample register says."""

from __future__ import annotations

from typing import NamedTuple

from ipshare.ops.sample import days, marks, numbers, parties, profiles, words
from ipshare.ops.sample.dice import Dice
from ipshare.ops.sample.facts import Design, DesignFile, Event, Image, Priority, Publication, Text
from ipshare.ops.sample.register import Register

VIEWS = ("Perspective", "Front", "Back", "Top", "Bottom", "Left", "Right")
_WITHDRAWN, _REJECTED = 4, 8
_EDITIONS = (
    (2024, "15"),
    (2022, "14"),
    (2020, "13"),
    (2018, "12"),
    (2016, "11"),
    (2013, "10"),
    (2008, "9"),
)
_MANY_VIEWS = 10
_CLASS_32_BEGAN = 2014


def design(register: Register, index: int, revision: int = 0) -> DesignFile:
    """The application at this index; a revision has another representative."""
    profile = profiles.PROFILES[register.office]
    dice = register.dice("design", index)
    filed, known = register.filed(index), register.known(index)
    slot = register.slot(index)
    number = numbers.design(register.office, slot)
    life = _live(dice, filed, known, expiry=days.years_after(filed, profile.design_years))
    events = life.events
    country_of = parties.applicant(register.office, dice.below(parties.APPLICANTS))
    foreign = country_of.country != register.office
    agents = (
        (parties.agent(register.office, dice.below(parties.AGENTS)),)
        if foreign or dice.chance(40)
        else ()
    )
    if revision:
        agents = (parties.agent(register.office, dice.below(parties.AGENTS)),)
        change = "Change of representative recorded"
        events = (*events, Event("Undefined", "", "", change, days.iso(known)))
    people = [
        parties.person(country_of.country, dice.below(parties.PERSONS))
        for _ in range(1 + dice.below(2))
    ]
    designers = tuple({one.name: one for one in people}.values())
    issue = f"{profile.gazette} {days.year(life.published or filed)}/{1 + dice.below(12):02d}"
    return DesignFile(
        office=register.office,
        number=number,
        filed=days.iso(filed),
        hague=f"DM/{100_000 + index % 900_000:06d}"
        if profile.hague and foreign and dice.chance(35)
        else "",
        language="en" if profile.language in profiles.IN_ENGLISH | {"ms"} else profile.language,
        total="",
        application_status=life.application_status,
        registered=days.iso(life.registered) if life.registered else "",
        expiry=days.iso(life.expiry) if life.registered else "",
        status=life.status,
        status_day=days.iso(life.since),
        designs=_designs(dice, register, index, number, registered=bool(life.registered)),
        priorities=_priorities(dice, country_of.country, filed),
        publications=(Publication(issue, "", days.iso(life.published)),) if life.published else (),
        applicants=(country_of,),
        representatives=agents,
        designers=designers,
        events=events,
    )


class _Life(NamedTuple):
    """What has become of an application by a day; a day of 0 has not come."""

    registered: int
    published: int
    expiry: int
    status: str
    since: int
    application_status: str
    events: tuple[Event, ...]


def _live(dice: Dice, filed: int, known: int, *, expiry: int) -> _Life:
    fate, registered = dice.below(100), filed + 120 + dice.below(200)
    ended = filed + 60 + dice.below(120)
    told: tuple[Event, ...] = (Event("Filed", "", "", "Application received", days.iso(filed)),)
    waits = _Life(0, 0, expiry, "Filed", filed, "Filed", told)
    if fate < _REJECTED:
        if ended > known:
            return waits
        status = "Withdrawn" if fate < _WITHDRAWN else "Rejected"
        end = Event(status, "", "", f"Application {status.lower()}", days.iso(ended))
        return _Life(0, 0, expiry, status, ended, status, (*told, end))
    if registered > known:
        return waits
    published = registered + 20 + dice.below(40)
    published = published if published <= known else 0
    told = (*told, Event("Undefined", "", "", "Registered", days.iso(registered)))
    if expiry + 183 >= known:
        return _Life(registered, published, expiry, "Registered", registered, "Filed", told)
    told = (*told, Event("Undefined", "", "", "Expired", days.iso(expiry)))
    return _Life(registered, published, expiry, "Expired", expiry, "Filed", told)


def _designs(
    dice: Dice, register: Register, index: int, number: str, *, registered: bool
) -> tuple[Design, ...]:
    profile = profiles.PROFILES[register.office]
    product = dice.pick(words.products())
    while product.locarno.startswith("32") and days.year(register.filed(index)) < _CLASS_32_BEGAN:
        product = dice.pick(words.products())
    titles = [Text("en", product.names["en"])]
    if profile.language in product.names:
        titles.insert(0, Text(profile.language, product.names[profile.language]))
    count = 1 + dice.below(2) if dice.chance(20) else 1
    name = "".join(letter if letter.isalnum() else "-" for letter in number.lower())
    edition = next((e for year, e in _EDITIONS if days.year(register.filed(index)) >= year), "8")
    types = VIEWS[:2] if product.flat else VIEWS
    return tuple(
        Design(
            identifier=f"{number}-{place:03d}" if count > 1 else number,
            registration_number=_registration(register, index, place) if registered else "",
            titles=tuple(titles),
            description=f"The ornamental appearance of the {product.names['en'].lower()} as shown in the views.",
            novelty=f"The novelty lies in the shape of the {product.names['en'].lower()}."
            if profile.office in {"MY", "BN"} else "",
            locarno=product.locarno,
            edition=edition,
            views=tuple(
                (Image(f"{name}-{place}-{view}.png", "PNG", index * 64 + place * _MANY_VIEWS + view), kind)
                for view, kind in enumerate(types, 1)
            ),
        )
        for place in range(1, count + 1)
    )  # fmt: skip


def _registration(register: Register, index: int, place: int) -> str:
    slot = register.slot(index)
    if register.office == "SG":
        return numbers.design("SG", slot)
    return f"{10_000 + index}" if place == 1 else f"{10_000 + index}-{place}"


def _priorities(dice: Dice, country: str, filed: int) -> tuple[Priority, ...]:
    if country in profiles.PROFILES or not dice.chance(50):
        return ()
    day = filed - 10 - dice.below(160)
    return (
        Priority(
            country,
            marks.priority_number(country, days.year(day), 1000 + dice.below(60_000)),
            days.iso(day),
        ),
    )
