"""DGN rules: designs of an application, their views, Locarno classes, deferment and term."""
# ruff: noqa: PLR2004 - the numbers of a rule are its meaning

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from ipshare.check import days
from ipshare.check.context import Context
from ipshare.check.facts import Design, Facts
from ipshare.check.rule import Hit, rule
from ipshare.check.status import State
from ipshare.check.text import whole
from ipshare.domain.group import ElementGroup

_TEXT = {ElementGroup.TEXT}
_MEDIA = {ElementGroup.MEDIA}
_CLASSES = {ElementGroup.CLASSIFICATION}
_LOCARNO = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
_LOOSE = re.compile(r"\D*?(\d{1,2})\s*[-./ ]\s*(\d{1,2})\D*", re.ASCII)
_GLUED = re.compile(r"\D*(\d{2})(\d{2})\D*", re.ASCII)
_CLASS_32_BEGAN = 10
_MEMBER_VIEWS = 2
_DAYS_LATE = 31
_LONGEST_DEFERMENT = 30
"""Months; assumed where a deferment has no period (Hague Agreement, Geneva Act, Rule 16)."""
_LONGEST_VIEW_NUMBER = 3
"""Longer ones are keys of a system, not numbers of views."""


@rule("DGN-001", groups=set(ElementGroup))  # any element of a design makes it one
def no_design(f: Facts, _: Context) -> Iterator[Hit]:
    """The application contains no design, or several of which one has no identifier."""
    if not f.designs:
        yield Hit("DesignBag/Design", "")
    elif len(f.designs) > 1:
        for design in f.designs:
            if design.identifier is None or not design.identifier.text.strip():
                yield Hit(f"{design.prefix}DesignIdentifier", "")


@rule("DGN-002", groups={ElementGroup.MEDIA, ElementGroup.STATUS, ElementGroup.PUBLICATION})
def no_view(f: Facts, _: Context) -> Iterator[Hit]:
    """A published or registered design shows no view; while publication is deferred none is expected."""
    for design, unit in zip(f.designs, f.units, strict=True):
        public = unit.publications or unit.registrations or unit.meaning.state is State.REGISTERED
        if public and not design.views and not design.sheets and not design.deferred:
            words = {"no": design.identifier.text if design.identifier else f.number}
            yield Hit(f"{design.prefix}DesignRepresentationBag", "", "", words)


@rule("DGN-003", groups=_CLASSES)
def no_locarno(f: Facts, _: Context) -> Iterator[Hit]:
    """A design has no class of Locarno."""
    for design in f.designs:
        if not any(one.text.strip() for one in design.locarno):
            yield Hit(f"{design.prefix}DesignClassificationBag/LocarnoClassificationBag", "")


def _locarno(text: str) -> str | None:
    """None where a Locarno class is well formed, else the class to propose, perhaps empty."""
    exact = _LOCARNO.fullmatch(text)
    if exact and (1 <= int(exact[1]) <= 32 or text == "99-00"):
        return None
    loose = _LOOSE.fullmatch(text) or _GLUED.fullmatch(text)
    if (
        loose
        and not exact
        and (1 <= int(loose[1]) <= 32 or (int(loose[1]), int(loose[2])) == (99, 0))
    ):
        return f"{int(loose[1]):02}-{int(loose[2]):02}"
    return ""


@rule("DGN-004", local=True)
def malformed_locarno(f: Facts, _: Context) -> Iterator[Hit]:
    """A class of Locarno is not two digits, a hyphen and two digits, or its class is not from 01 to 32."""
    for design in f.designs:
        for one in design.locarno:
            proposed = _locarno(one.text)
            if one.text.strip() and proposed is not None:
                yield Hit(one.path, one.text, proposed)


@rule("DGN-005", groups=_CLASSES)
def locarno_edition(f: Facts, _: Context) -> Iterator[Hit]:
    """The edition of Locarno is missing, or class 32 stands under an edition that did not have it."""
    for design in f.designs:
        edition = design.locarno_edition.text.strip() if design.locarno_edition else ""
        digits = re.match(r"\d{1,9}", edition)
        number = int(digits.group()) if digits else 0
        for one in design.locarno:
            if not number or (one.text.startswith("32") and number < _CLASS_32_BEGAN):
                yield Hit(one.path, one.text, "", {"e": edition or "(none)"})
                break


@rule("DGN-006", groups=_TEXT)
def no_product(f: Facts, _: Context) -> Iterator[Hit]:
    """A design does not say for which product it is."""
    for design in f.designs:
        if not any(one.text.strip() for one in design.titles):
            yield Hit(f"{design.prefix}DesignTitleText", "")


@rule("DGN-008")
def designs_miscounted(f: Facts, _: Context) -> Iterator[Hit]:
    """The number of designs announced is not the number delivered."""
    one = f.announced_designs
    if one and whole(one.text) not in {None, len(f.designs)}:
        yield Hit(one.path, one.text, str(len(f.designs)), {"a": one.text, "b": len(f.designs)})


@rule("DGN-009")
def design_identifier_repeated(f: Facts, _: Context) -> Iterator[Hit]:
    """Two designs of the application have the same identifier."""
    if len(f.designs) > 1:
        counts = Counter(
            one.identifier.text for one in f.designs if one.identifier and one.identifier.text
        )
        for text, count in counts.items():
            if count > 1:
                last = [
                    one.identifier
                    for one in f.designs
                    if one.identifier and one.identifier.text == text
                ][-1]
                yield Hit(last.path, text)


@rule("DGN-010", groups=_MEDIA)
def views_unordered(f: Facts, _: Context) -> Iterator[Hit]:
    """The views of a design are not numbered one after the other, or a view does not say what it shows."""
    for design in f.designs:
        numbers = [view.identifier for view in design.views]
        plain = [number.rpartition(".")[2] for number in numbers]
        if plain and all(
            number.isdecimal() and len(number) <= _LONGEST_VIEW_NUMBER for number in plain
        ):
            wanted = list(range(1, len(plain) + 1))
            if sorted(map(int, plain)) != wanted:
                yield Hit(f"{design.views[0].path}/ViewIdentifier", ", ".join(numbers))
                continue
        untold = next((view for view in design.views if not view.kind.strip()), None)
        if untold:
            yield Hit(f"{untold.path}/ViewTypeCategory", "")


@rule("DGN-011", groups=_MEDIA)
def few_views(f: Facts, _: Context) -> Iterator[Hit]:
    """A design shows fewer than two views."""
    for design in f.designs:
        if 0 < len(design.views) < _MEMBER_VIEWS:
            yield Hit(f"{design.prefix}DesignRepresentationBag", "", "", {"n": len(design.views)})


def _deferred_until(f: Facts, design: Design) -> date | None:
    """The day on which the deferment ends, counted from filing; none where it cannot be counted."""
    months = _LONGEST_DEFERMENT if design.deferred_months is None else design.deferred_months
    return days.add_months(f.filing_date, months) if design.deferred and f.filing_date else None


def _deferred(f: Facts, design: Design, today: date) -> bool:
    until = _deferred_until(f, design)
    return design.deferred and (until is None or until >= today)


def _deferment_turns(f: Facts, _: Context) -> Iterator[date | None]:
    for design in f.designs:
        until = _deferred_until(f, design)
        yield date.fromordinal(until.toordinal() + 1) if until and until < date.max else None


@rule("DGN-012", local=True, turns=_deferment_turns)
def deferred_but_shown(f: Facts, c: Context) -> Iterator[Hit]:
    """Publication of the design is deferred, but its images or its title were sent."""
    for design in f.designs:
        if not _deferred(f, design, c.today):
            continue
        words = {"no": design.identifier.text if design.identifier else f.number}
        if design.views:
            yield Hit(f"{design.prefix}DesignRepresentationBag", "", "", words)
        title = next((one for one in design.titles if one.text.strip()), None)
        if title:
            yield Hit(title.path, "", "", words)


@rule("DGN-013")
def beyond_the_design_term(f: Facts, c: Context) -> Iterator[Hit]:
    """The expiry date lies beyond the longest term of a design in this office."""
    filed, years = f.filing_date, c.profile.design_term
    for unit in f.units:
        expiry = unit.expiry_date
        if expiry and filed and unit.expiry:
            began = max(filed, unit.grant_date or filed)
            if (expiry - days.add_years(began, years)).days > _DAYS_LATE:
                words = {"n": expiry.year - filed.year, "m": years}
                yield Hit(unit.expiry.path, unit.expiry.text, "", words)


@rule("DGN-014")
def no_hague_number(f: Facts, _: Context) -> Iterator[Hit]:
    """The number is one of the Hague route, but there is no international registration number."""
    if f.international and f.hague_number is None:
        digits = re.search(r"\d{6}", f.national_number)
        yield Hit("InternationalRegistrationNumber", "", f"DM/{digits.group()}" if digits else "")


@rule("DGN-015", groups={ElementGroup.STAKEHOLDERS})
def waived_designer_named(f: Facts, _: Context) -> Iterator[Hit]:
    """A designer is named although the designer waived being named."""
    for design in f.designs:
        if design.waiver and design.designers:
            yield Hit(f"{design.prefix}DesignerWaiverIndicator", "true")


@rule("DGN-016", groups=_CLASSES)
def several_locarno_classes(f: Facts, c: Context) -> Iterator[Hit]:
    """The designs of an application are of several classes, in an office that requires one."""
    if c.profile.one_design_class:
        classes = {
            one.text[:2]
            for design in f.designs
            for one in design.locarno
            if _locarno(one.text) is None
        }
        if len(classes) > 1:
            last = [one for design in f.designs for one in design.locarno][-1]
            yield Hit(last.path, ", ".join(sorted(classes)), "", {"n": len(classes)})


@rule("DGN-017", groups=_TEXT)
def no_statement(f: Facts, c: Context) -> Iterator[Hit]:
    """Description and statement of novelty are missing in an office that requires one."""
    if c.profile.design_statement:
        for design in f.designs:
            if not any(one.text.strip() for one in design.statements):
                yield Hit(f"{design.prefix}NoveltyStatementText", "")
