"""NUM rules: application, registration, publication and international numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ipshare.check import numbers
from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.rule import Hit, rule
from ipshare.check.values import Item
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.standards import numbers as forms

_ST13 = re.compile(r"([A-Z]{2})?\d{2}\d{4}[A-Z0-9]{9}", re.ASCII)
_PLACEHOLDER = re.compile(r"[-\u2013.\s0]*|n/?a\.?|null|none|nil|xxx+|unknown|tba", re.IGNORECASE)
_STUB = re.compile(r"[A-Z]{1,3}(/[A-Z]{0,2})*/?")
_MADRID = re.compile(r"\d{6,7}[A-Z]?")
_HAGUE = re.compile(r"(DM?/?)?\d{6}")
_PCT = re.compile(r"PCT/[A-Z]{2}\d{4}/\d{6}|PCT/[A-Z]{2}\d{2}/\d{5}")
_WO = re.compile(r"(WO ?)?(\d{4}/\d{6}|\d{2}/\d{5})")
_WO_NUMBER = re.compile(r"(?:WO ?)?(\d{4})/?(\d{6})")


def placeholder(text: str) -> bool:
    """Whether a number is none: a dash, zeros, N/A, or a prefix without digits."""
    return bool(_PLACEHOLDER.fullmatch(text) or _STUB.fullmatch(text))


@rule("NUM-001")
def no_application_number(f: Facts, _: Context) -> Iterator[Hit]:
    """The record has no application number: it cannot be named, so it cannot be kept."""
    if not f.number.strip():
        words = {"i": f"at line {f.record.line}", "f": f.record.file}
        yield Hit(f.number_path, f.national_number, "", words)


@rule("NUM-002")
def unknown_number_form(f: Facts, c: Context) -> Iterator[Hit]:
    """The application number has none of the forms that the office is known to use."""
    number = f.national_number.strip()
    if (
        number
        and numbers.application_forms(c.office, f.right)
        and numbers.form_of(c.office, f.right, number) is None
    ):
        plain = numbers.normalized(number)
        proposed = plain if plain != number and numbers.form_of(c.office, f.right, plain) else ""
        yield Hit(f.number_path, f.national_number, proposed)


@rule("NUM-003", groups={ElementGroup.RELATIONS})
def years_disagree(f: Facts, c: Context) -> Iterator[Hit]:
    """The year inside the application number is not the year of filing.

    Divisional, Madrid and PCT records keep another date and are left out, as are the re-filings that
    Myanmar dated on the day its law came into force.
    """
    filed = f.filing_date
    if (
        filed is None
        or f.mark.parents
        or f.patent.divisional
        or f.patent.pct_numbers
        or filed == c.profile.law_in_force
    ):
        return
    form = f.form
    year = numbers.year_in(form, f.national_number) if form and not f.international else None
    if year is not None and abs(year - filed.year) > 1:
        yield Hit(f.filed_path, filed.isoformat(), "", {"date": filed.isoformat()})


@rule("NUM-004")
def wrong_check_letter(f: Facts, _: Context) -> Iterator[Hit]:
    """The check letter of a Singapore number does not fit its digits."""
    if f.office == "SG":
        number = f.national_number.strip()
        right = forms.sg_expected(number)
        if right and right != number[11]:
            proposed = f"{number[:11]}{right}{number[12:]}"
            yield Hit(f.number_path, f.national_number, proposed, {"x": right})


@rule("NUM-005")
def unclean_number(f: Facts, _: Context) -> Iterator[Hit]:
    """The number contains spaces at its ends or inside, invisible or full-width characters, or native digits."""
    number = f.number
    if number and not (number.isascii() and number.isprintable() and " " not in number):
        plain = numbers.normalized(number)
        if plain != number and not (
            number.isascii() and numbers.form_of(f.office, f.right, number)
        ):
            yield Hit(f.number_path, number, plain)


@rule("NUM-006", needs="ST.13 number")
def malformed_st13(f: Facts, _: Context) -> Iterator[Hit]:
    """The ST.13 number is not two digits of type, four of year and nine of serial."""
    if f.st13 and not _ST13.fullmatch(f.st13.text):
        yield Hit(f.st13.path, f.st13.text, "", {"no": f.st13.text})


@rule("NUM-007", needs="ST.13 number")
def st13_of_another_number(f: Facts, _: Context) -> Iterator[Hit]:
    """The ST.13 number does not hold the digits of the national number beside it."""
    if f.st13 and f.national_number and _ST13.fullmatch(f.st13.text):
        serial = re.sub(r"\D", "", f.national_number).lstrip("0")[-5:]
        if serial and serial not in f.st13.text:
            yield Hit(f.st13.path, f.st13.text, "", {"a": f.st13.text, "b": f.national_number})


@rule("NUM-012", needs="registration numbers")
def registration_number_is_none(f: Facts, _: Context) -> Iterator[Hit]:
    """The registration number is a placeholder or only a prefix."""
    for unit in f.units:
        for item in unit.registrations:
            if placeholder(item.text):
                yield Hit(item.path, item.text, "", {"r": item.text})


@rule("NUM-013", needs="registration numbers")
def registration_repeats_application(f: Facts, c: Context) -> Iterator[Hit]:
    """The registration number repeats the application number in an office that numbers them apart."""
    if c.profile.separate_registration_numbers and f.number and not f.international:
        for unit in f.units:
            for item in unit.registrations:
                if item.text == f.number:
                    yield Hit(item.path, item.text)


@rule("NUM-014", groups={ElementGroup.PUBLICATION})
def no_publication_number(f: Facts, _: Context) -> Iterator[Hit]:
    """A published patent document has no publication number."""
    for unit in f.units:
        for publication in unit.publications:
            if publication.identifier is None or placeholder(publication.identifier.text):
                yield Hit(f"{publication.path}/PublicationNumber", "")


@rule("NUM-015")
def number_of_another_right(f: Facts, c: Context) -> Iterator[Hit]:
    """The number has the form that the office uses for another right only."""
    number = f.national_number.strip()
    if number and numbers.form_of(c.office, f.right, number) is None:
        others = [
            right
            for right in Right
            if right is not f.right and numbers.form_of(c.office, right, number)
        ]
        if len(others) == 1 and numbers.marked(c.office, others[0], number):
            words = {"no": number, "x": others[0].value, "y": f.right.value}
            yield Hit(f.number_path, f.national_number, "", words)


@rule("NUM-016", groups={ElementGroup.RELATIONS}, needs="international numbers")
def malformed_international_number(f: Facts, c: Context) -> Iterator[Hit]:
    """The international registration number is not as WIPO writes it."""
    for item in f.mark.international:
        if not _MADRID.fullmatch(item.text):
            yield Hit(item.path, item.text, _bare(item, c.office))
    if f.hague_number and not _HAGUE.fullmatch(f.hague_number.text):
        digits = re.search(r"(?<!\d)\d{6}(?!\d)", f.hague_number.text)
        yield Hit(
            f.hague_number.path, f.hague_number.text, f"DM/{digits.group()}" if digits else ""
        )


def _bare(item: Item, office: str) -> str:
    """The IR number inside what an office wrote around it."""
    inside = re.findall(
        r"(?<![0-9A-Z])(\d{6,7}[A-Z]?)(?![0-9A-Z])", item.text.upper().removeprefix(office)
    )
    return inside[0] if len(inside) == 1 else ""


@rule("NUM-018", groups={ElementGroup.RELATIONS}, needs="priorities")
def no_office_code(f: Facts, _: Context) -> Iterator[Hit]:
    """A priority number stands without the code of the office that gave it."""
    for unit in f.units:
        for priority in unit.priorities:
            if priority.number and not (priority.country and priority.country.text.strip()):
                yield Hit(
                    priority.number.path, priority.number.text, "", {"no": priority.number.text}
                )


@rule("NUM-019", groups={ElementGroup.RELATIONS})
def malformed_pct_number(f: Facts, _: Context) -> Iterator[Hit]:
    """The PCT application number or WO publication number is not as WIPO writes it."""
    for item in f.patent.pct_numbers:
        if not _PCT.fullmatch(item.text):
            parts = re.fullmatch(r"(?:PCT)?[/ ]?([A-Z]{2})(\d{4})[/ ]?(\d{6})", item.text)
            yield Hit(item.path, item.text, f"PCT/{parts[1]}{parts[2]}/{parts[3]}" if parts else "")
    for item in f.patent.wo_numbers:
        if not _WO.fullmatch(item.text):
            parts = _WO_NUMBER.fullmatch(item.text)
            yield Hit(item.path, item.text, f"WO {parts[1]}/{parts[2]}" if parts else "")
