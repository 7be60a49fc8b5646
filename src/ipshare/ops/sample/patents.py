"""Patents and utility models: what one publication of a sample register says."""

from __future__ import annotations

from ipshare.ops.sample import days, marks, numbers, parties, profiles, words
from ipshare.ops.sample.dice import Dice
from ipshare.ops.sample.facts import Party, Patent, Priority, Publication, Text
from ipshare.ops.sample.register import Register

_PARTS = ("a housing", "a control unit", "an inlet", "a filter element", "a drive shaft", "a support frame",
          "a sensor", "a storage tank", "a guide rail", "a heating plate", "a sealing ring", "a valve")  # fmt: skip
_EFFECTS = ("reduces energy use", "shortens the working time", "can be repaired with common tools",
            "keeps the product dry in the rainy season", "needs no trained operator")  # fmt: skip
_FURTHER = (
    "B01D 35/02",
    "F16K 31/06",
    "G05B 15/02",
    "A01K 61/10",
    "B65B 1/04",
    "F26B 3/28",
    "C12N 1/16",
)
_SG_NO_UTILITY = frozenset({"SG", "BN"})


def patent(register: Register, index: int, revision: int = 0) -> Patent:
    """The publication at this index; a revision has another agent."""
    profile = profiles.PROFILES[register.office]
    office = register.office
    dice = register.dice("patent", index)
    filed, known = register.filed(index), register.known(index)
    slot = register.slot(index)
    applicant = parties.applicant(office, dice.below(parties.APPLICANTS))
    while applicant.person and dice.chance(70):
        applicant = parties.applicant(office, dice.below(parties.APPLICANTS))
    foreign = applicant.country != office
    utility = office not in _SG_NO_UTILITY and not foreign and dice.chance(35)
    pct = foreign and dice.chance(60) and office != "MM"
    number = numbers.patent(office, slot, utility=utility, pct=pct)
    entry = filed + 90 + dice.below(60)
    published = (entry if pct else filed + 90) + 60 + dice.below(90)
    granted = published + 200 + dice.below(900)
    granted = granted if granted <= known and dice.chance(75) else 0
    kind = profile.utility_kind if utility else (profile.grant_kind if granted else "A")
    if utility and kind == "C" and not granted:
        kind = "A"
    agents = (
        (parties.agent(office, dice.below(parties.AGENTS)),) if foreign or dice.chance(60) else ()
    )
    if revision:
        agents = (parties.agent(office, dice.below(parties.AGENTS)),)
    invention = dice.pick(words.inventions())
    titles = [Text("en", invention.titles["en"])]
    if profile.language in invention.titles:
        titles.append(Text(profile.language, invention.titles[profile.language]))
    claims = _claims(dice, invention.titles["en"])
    issue = days.iso(published if kind == "A" else granted or published)
    return Patent(
        office=office,
        number=number,
        filed=days.iso(filed),
        publication_number=number
        if office in {"SG", "ID"}
        else f"{office}{days.year(published)}{index + 1:06d}",
        kind=kind,
        publications=(Publication("", "", issue),),
        registration_number=numbers.grant(office, number, slot, utility=utility) if granted else "",
        registered=days.iso(granted) if granted else "",
        titles=tuple(titles),
        abstracts=_abstracts(dice, titles, claims[0]),
        claims=claims,
        claim_total=str(len(claims)),
        ipc=(invention.ipc, *sorted({dice.pick(_FURTHER) for _ in range(dice.below(3))})),
        pct_number=f"PCT/{applicant.country}{days.year(filed)}/{1 + dice.below(60_000):06d}"
        if pct
        else "",
        pct_entry=days.iso(entry) if pct else "",
        priorities=_priorities(dice, applicant.country, filed)
        if pct or (foreign and dice.chance(60))
        else (),
        applicants=(applicant,),
        inventors=_inventors(dice, applicant),
        representatives=agents,
    )


def _claims(dice: Dice, title: str) -> tuple[str, ...]:
    start = dice.below(len(_PARTS))
    parts = (_PARTS + _PARTS)[start : start + 6]
    claims = [f"{title}, comprising {parts[0]}, {parts[1]} and {parts[2]}."]
    claims += [
        f"{title} according to claim {1 + dice.below(len(claims))}, "
        f"further comprising {_PARTS[(start + 3 + step) % 12]}."
        for step in range(2 + dice.below(7))
    ]
    return tuple(claims)


def _abstracts(dice: Dice, titles: list[Text], claim: str) -> tuple[Text, ...]:
    english = (
        f"The invention relates to the following: {claim} The arrangement {dice.pick(_EFFECTS)}."
    )
    local = [
        Text(title.language, f"{title.content}. {title.content} ({1 + dice.below(9)}).")
        for title in titles[1:]
    ]
    return (Text("en", english), *local)


def _priorities(dice: Dice, country: str, filed: int) -> tuple[Priority, ...]:
    day = filed - 120 - dice.below(230)
    return (
        Priority(
            country,
            marks.priority_number(country, days.year(day), 1000 + dice.below(60_000)),
            days.iso(day),
        ),
    )


def _inventors(dice: Dice, applicant: Party) -> tuple[Party, ...]:
    chosen = [
        parties.person(applicant.country, dice.below(parties.PERSONS))
        for _ in range(1 + dice.below(3))
    ]
    return tuple({one.name: one for one in chosen}.values())
