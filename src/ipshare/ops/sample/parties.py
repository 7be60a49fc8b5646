"""Parties that never existed: companies, persons and agents with addresses in real cities."""

from __future__ import annotations

from functools import cache

from ipshare.ops.sample import profiles, words
from ipshare.ops.sample.dice import Dice
from ipshare.ops.sample.facts import Party

APPLICANTS = 6_000
AGENTS = 60
PERSONS = 3_000
_FOREIGN = ("JP", "CN", "KR", "US", "DE", "FR", "GB", "AU")
_ABROAD = {"FR": "fr"}


def _language(country: str) -> str:
    profile = profiles.PROFILES.get(country)
    return profile.language if profile else _ABROAD.get(country, "en")


def _company(dice: Dice, country: str) -> tuple[str, str]:
    form = dice.pick(words.company_forms(country))
    pool = words.vocabulary(_language(country))
    first = dice.pick(pool) if pool else None
    if first is None or (country not in profiles.PROFILES):
        name = words.coined(dice.below(30), dice.below(28))
        return form.local.format(name), form.latin.format(name)
    second = dice.pick(pool)
    join = "" if _language(country) in profiles.NON_LATIN else " "
    local = first.local if second is first else f"{first.local}{join}{second.local}"
    latin = first.latin if second is first else f"{first.latin} {second.latin}"
    return form.local.format(local), form.latin.format(latin)


def _person(dice: Dice, country: str) -> tuple[str, str]:
    single = words.names(country, "single")
    if single:
        return dice.pick(single)
    family = dice.pick(words.names(country, "family"))
    given = dice.pick(words.names(country, "given"))
    if country in {"KH", "VN"}:
        given, family = family, given
    return f"{given.local} {family.local}", f"{given.latin} {family.latin}"


def _party(dice: Dice, country: str, name: tuple[str, str], *, person: bool) -> Party:
    place = dice.pick(words.places(country))
    street = words.street(country)
    house, lane = 1 + dice.below(298), 1 + dice.below(40)
    local, latin = name
    plain = local == latin
    return Party(
        name=local,
        latin="" if local == latin else latin,
        language="en" if plain and _language(country) in profiles.NON_LATIN else _language(country),
        person=person,
        line=street.local.format(house, lane),
        line_latin=street.latin.format(house, lane),
        city=place.city,
        city_latin=place.city_latin,
        region=place.region,
        postcode=place.postcode,
        country=country,
    )


@cache
def applicant(office: str, number: int) -> Party:
    """One of the applicants known to an office; three in ten are foreign, one in six is a person."""
    dice = Dice(f"applicant/{office}", 0, number)
    country = dice.pick(_FOREIGN) if dice.chance(30) else office
    person = dice.chance(16) and country == office
    name = _person(dice, country) if person else _company(dice, country)
    return _party(dice, country, name, person=person)


@cache
def agent(office: str, number: int) -> Party:
    """One of the agents who act before an office."""
    dice = Dice(f"agent/{office}", 0, number)
    if dice.chance(25):
        return _party(dice, office, _person(dice, office), person=True)
    pool = words.vocabulary(profiles.PROFILES[office].language)
    word = dice.pick(pool).latin
    style = dice.pick(
        ("{} Intellectual Property Services", "{} & Partners", "{} Law Office", "{} IP Agency")
    )
    name = style.format(f"{word} {words.coined(dice.below(30), dice.below(28))}")
    return _party(dice, office, (name, name), person=False)


@cache
def person(country: str, number: int) -> Party:
    """One of the persons who invent and design."""
    dice = Dice(f"person/{country}", 0, number)
    return _party(dice, country, _person(dice, country), person=True)
