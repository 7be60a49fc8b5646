"""Trademarks: what one record of a sample register says."""

from __future__ import annotations

from ipshare.ops.sample import days, lives, numbers, parties, profiles, words
from ipshare.ops.sample.dice import Dice
from ipshare.ops.sample.facts import Event, Goods, Image, Mark, Party, Priority, Publication, Text
from ipshare.ops.sample.numbers import Slot
from ipshare.ops.sample.profiles import Profile
from ipshare.ops.sample.register import Register

FIRST_SERVICE_CLASS = 35
_SERVICE_CLASSES_OF_2002 = 43
_PRIORITY_COUNTRIES = ("JP", "US", "CN", "KR", "DE", "FR", "GB", "AU")
_CATEGORIES = ("Individual mark",) * 17 + ("Collective mark", "Certification mark")
_EDITIONS = (
    (2022, "12-2023"),
    (2016, "11-2017"),
    (2011, "10-2012"),
    (2006, "9-2007"),
    (2001, "8-2002"),
)
_COLOURS = (
    "Red, white",
    "Green, gold",
    "Blue",
    "Black, yellow",
    "Orange, brown, white",
    "Purple, silver",
)
_POPULAR = (3, 5, 9, 16, 25, 29, 30, 30, 32, 35, 35, 41, 42, 43)
_IR_FIRST, _IR_SPAN = 690_000, 1_000_000


def mark(register: Register, index: int, revision: int = 0) -> Mark:
    """The record at this index; a revision has another representative and an event that says so."""
    profile = profiles.PROFILES[register.office]
    dice = register.dice("mark", index)
    filed, known, slot = register.filed(index), register.known(index), register.slot(index)
    madrid = bool(profile.madrid_from) and dice.chance(profile.madrid_share)
    madrid = madrid and days.iso(filed) >= profile.madrid_from
    life = lives.live(dice, profile, filed=filed, known=known, madrid=madrid)
    goods = _goods(dice, profile, filed)
    ir = _ir(register, index) if madrid else 0
    services = int(goods[0].number) >= FIRST_SERVICE_CLASS
    number = (
        numbers.madrid(register.office, slot, ir)
        if madrid
        else numbers.mark(register.office, slot, services=services)
    )
    applicants = _applicants(dice, register.office, foreign=madrid)
    representatives = _representatives(dice, register.office, applicants)
    events = life.events
    if revision:
        representatives = (parties.agent(register.office, dice.below(parties.AGENTS)),)
        events = (*events, _changed(days.iso(known)))
    feature, word, language, translation, transliteration = _sign(
        dice, profile, pictures=register.images
    )
    pictured = feature not in {"Word", "Stylized characters"}
    return Mark(
        office=register.office,
        number=number,
        filed=days.iso(filed),
        registration_number=_registration(register, number, slot, life.registered, ir),
        registered=_day(life.registered),
        language="en" if madrid or dice.chance(60) else _own(profile),
        expiry=_day(life.expiry),
        terminated=_day(life.terminated),
        status=life.status,
        status_word=life.status_word,
        status_day=days.iso(life.status_day),
        category=dice.pick(_CATEGORIES),
        feature=feature,
        word=word,
        word_language=language,
        translation=translation,
        transliteration=transliteration,
        image=_image(dice, number, index) if pictured else None,
        colours=dice.pick(_COLOURS) if pictured and dice.chance(50) else "",
        vienna=_vienna(dice) if pictured else (),
        ir_number=str(ir) if madrid else "",
        opposition=(
            _day(life.opposition[0]),
            _day(life.opposition[1] if life.opposition[0] else 0),
        ),
        nice_edition=_edition(days.year(filed)),
        goods=goods,
        priorities=_priorities(dice, applicants, filed),
        publications=_publications(dice, profile, life),
        applicants=applicants,
        representatives=representatives,
        events=events,
    )


def _day(day: int) -> str:
    """A day as it is written; none where there is none."""
    return days.iso(day) if day else ""


def _registration(register: Register, number: str, slot: Slot, registered: int, ir: int) -> str:
    """The registration number; ``ir`` is the international registration of a mark that came through Madrid, else 0."""
    if not registered:
        return ""
    if ir and register.office == "KH":
        return f"KH/M/{days.year(registered)}/{ir}"
    if ir and register.office != "SG":
        return str(ir)
    return numbers.registration(register.office, number, slot, days.year(registered))


def _changed(day: str) -> Event:
    change = "Change of representative recorded"
    return Event("National prosecution history entry", "Notification", "CRP", change, day)


def _own(profile: Profile) -> str:
    return "en" if profile.language in profiles.IN_ENGLISH else profile.language


def _ir(register: Register, index: int) -> int:
    if index >= register.records:
        return _IR_FIRST + _IR_SPAN + index - register.records
    return _IR_FIRST + index * _IR_SPAN // max(register.records, 1)


def _edition(year: int) -> str:
    return next((edition for after, edition in _EDITIONS if year > after), "7-1997")


def _goods(dice: Dice, profile: Profile, filed: int) -> tuple[Goods, ...]:
    count = 1
    if days.iso(filed) >= profile.single_class_until:
        count = (1, 1, 1, 1, 2, 2, 3)[dice.below(7)]
    highest = 45 if days.year(filed) > 2001 else _SERVICE_CLASSES_OF_2002 - 1  # noqa: PLR2004 - Nice edition 8
    chosen: list[int] = []
    while len(chosen) < count:
        number = dice.pick(_POPULAR) if dice.chance(55) else 1 + dice.below(highest)
        number = min(number, highest)
        if number not in chosen:
            chosen.append(number)
    # An Indonesian application is for goods or for services: its letter says which.
    services = chosen[0] >= FIRST_SERVICE_CLASS
    if profile.office == "ID":
        chosen = [number for number in chosen if (number >= FIRST_SERVICE_CLASS) == services]
    return tuple(_class(dice, profile, number) for number in sorted(chosen))


def _class(dice: Dice, profile: Profile, number: int) -> Goods:
    items = words.goods("en")[number]
    start, count = dice.below(len(items)), 2 + dice.below(4)
    english = "; ".join((items + items)[start : start + count])
    texts = [Text("en", english[0].upper() + english[1:])]
    if profile.language not in profiles.IN_ENGLISH:
        texts.append(Text(profile.language, words.goods(profile.language)[number][0]))
    return Goods(str(number), tuple(texts))


def _sign(dice: Dice, profile: Profile, *, pictures: bool) -> tuple[str, str, str, str, str]:
    """Feature, words, their language, translation and transliteration."""
    draw = dice.below(100)
    feature = "Word" if draw < 90 else "Stylized characters"  # noqa: PLR2004 - a share
    if pictures:
        feature = "Combined" if draw < 48 else "Word" if draw < 82 else "Figurative"  # noqa: PLR2004 - shares
    if feature == "Figurative":
        return feature, "", "", "", ""
    if dice.chance(30):
        jawi = profile.jawi and dice.chance(20)
        word = dice.pick(words.vocabulary("jawi" if jawi else profile.language))
        latin = "" if word.latin == word.local else word.latin
        return feature, word.local, profile.language, word.english, latin
    name = words.coined(dice.below(30), dice.below(28))
    if dice.chance(35):
        name = f"{name} {words.coined(dice.below(30), dice.below(28))}"
    return feature, name.upper() if dice.chance(60) else name, "en", "", ""


def _image(dice: Dice, number: str, index: int) -> Image:
    kind = "JPEG" if dice.chance(20) else "PNG"
    name = "".join(
        letter if letter.isalnum() and letter.isascii() else "-" for letter in number.lower()
    )
    return Image(f"{name}-1.{'jpg' if kind == 'JPEG' else 'png'}", kind, index)


def _vienna(dice: Dice) -> tuple[str, ...]:
    pool = ("01.01.02", "03.01.01", "03.07.16", "05.03.13", "05.05.19", "06.01.04", "18.03.21", "26.01.01",
            "26.03.23", "26.04.02", "27.05.01", "27.05.17", "02.01.01", "24.09.02", "29.01.12")  # fmt: skip
    start = dice.below(len(pool))
    return tuple(sorted((pool + pool)[start : start + 1 + dice.below(3)]))


def _priorities(dice: Dice, applicants: tuple[Party, ...], filed: int) -> tuple[Priority, ...]:
    country = applicants[0].country
    if country not in _PRIORITY_COUNTRIES or not dice.chance(40):
        return ()
    day = filed - 10 - dice.below(165)
    serial, year = dice.below(60_000) + 1_000, days.year(day)
    return (Priority(country, priority_number(country, year, serial), days.iso(day)),)


def priority_number(country: str, year: int, serial: int) -> str:
    """A number as the office of first filing writes it."""
    match country:
        case "JP" | "AU" | "CN":
            return f"{year}-{serial:06d}"
        case "KR":
            return f"40-{year}-{serial:07d}"
        case "US":
            return f"{85 + year % 10}/{serial:06d}"
        case "DE":
            return f"30 {year} {serial:06d}"
        case "FR":
            return f"{year % 100:02d}/{serial:07d}"
        case _:
            return f"UK{3_000_000 + serial:011d}"


def _publications(dice: Dice, profile: Profile, life: lives.Life) -> tuple[Publication, ...]:
    if not life.published:
        return ()
    section = (
        "Applications publishing for opposition"
        if profile.publishes_first
        else "Registrations publishing"
    )
    issue = f"{profile.gazette} {days.year(life.published)}/{1 + dice.below(52):02d}"
    return (Publication(issue, section, days.iso(life.published)),)


def _applicants(dice: Dice, office: str, *, foreign: bool) -> tuple[Party, ...]:
    first = parties.applicant(office, dice.below(parties.APPLICANTS))
    while foreign and first.country == office:
        first = parties.applicant(office, dice.below(parties.APPLICANTS))
    if dice.chance(6):
        second = parties.applicant(office, dice.below(parties.APPLICANTS))
        if second.name != first.name:
            return (first, second)
    return (first,)


def _representatives(dice: Dice, office: str, applicants: tuple[Party, ...]) -> tuple[Party, ...]:
    if applicants[0].country == office and not dice.chance(40):
        return ()
    return (parties.agent(office, dice.below(parties.AGENTS)),)
