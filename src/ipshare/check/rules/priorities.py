"""PAT rules about priorities and related applications; those about priorities hold for all rights."""

from __future__ import annotations

from collections.abc import Iterator

from ipshare.check import codes
from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.rule import Hit, rule
from ipshare.domain.group import ElementGroup

_RELATIONS = {ElementGroup.RELATIONS}


@rule("PAT-013", groups=_RELATIONS)
def no_pct_number(f: Facts, _: Context) -> Iterator[Hit]:
    """A national phase record has no PCT application number."""
    patent = f.patent
    if not patent.pct_numbers and (patent.national_entry or patent.wo_numbers):
        where = patent.national_entry.path if patent.national_entry else patent.wo_numbers[0].path
        yield Hit(where, patent.wo_numbers[0].text if patent.wo_numbers else "")


@rule("PAT-014", groups=_RELATIONS)
def filed_on_entry(f: Facts, _: Context) -> Iterator[Hit]:
    """The filing date of a national phase record is the day of entry, not of international filing."""
    entry, filed = f.patent.national_entry, f.filing_date
    if entry and entry.day and filed and f.filed and entry.day == filed:
        international = f.patent.pct_filed
        if international is None or international.day != filed:
            yield Hit(f.filed.path, f.filed.text, international.text if international else "")


@rule("PAT-015", groups=_RELATIONS, needs="priorities")
def incomplete_priority(f: Facts, _: Context) -> Iterator[Hit]:
    """A priority claim lacks its number, date or country."""
    for unit in f.units:
        for one in unit.priorities:
            parts = (("number", one.number), ("date", one.date), ("country", one.country))
            lacking = [name for name, part in parts if part is None or not part.text.strip()]
            if lacking:
                yield Hit(one.path, "", "", {"x": " and ".join(lacking)})


@rule("PAT-017", groups=_RELATIONS, needs="priorities")
def unknown_priority_office(f: Facts, _: Context) -> Iterator[Hit]:
    """The country of a priority is no code of WIPO ST.3, or WO where no international filing is known."""
    for unit in f.units:
        for one in unit.priorities:
            if one.country is None or not one.country.text.strip():
                continue
            text = one.country.text
            if text not in codes.offices():
                yield Hit(
                    one.country.path, text, codes.COUNTRY_REPAIRS.get(text.strip().upper(), "")
                )
            elif text in {"WO", "IB"} and not _international(
                f, one.number.text if one.number else ""
            ):
                yield Hit(one.country.path, text)


def _international(f: Facts, number: str) -> bool:
    return (
        number.startswith(("PCT", "DM", "WO"))
        or f.international
        or bool(f.hague_number or f.mark.international)
    )


@rule("PAT-018", groups=_RELATIONS, needs="priorities")
def repeated_priority(f: Facts, _: Context) -> Iterator[Hit]:
    """The same priority is claimed twice."""
    for unit in f.units:
        seen: set[tuple[str, str]] = set()
        for one in unit.priorities:
            if one.number and one.number.text:
                key = (one.country.text if one.country else "", one.number.text)
                if key in seen:
                    yield Hit(one.path, one.number.text)
                seen.add(key)


@rule("PAT-020", groups=_RELATIONS)
def older_than_its_parent(f: Facts, _: Context) -> Iterator[Hit]:
    """The record was filed before the application that it was divided from, or names itself."""
    filed = f.filing_date
    for path, number, parent in f.patent.parents:
        if filed and parent and parent.day and filed < parent.day:
            yield Hit(parent.path, parent.text)
        elif number and number == f.number:
            yield Hit(path, number)
