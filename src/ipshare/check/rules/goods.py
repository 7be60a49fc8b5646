"""TMK rules about classes, goods and services, and the record's route."""
# ruff: noqa: PLR2004 - the numbers of a rule are its meaning

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from ipshare.check import numbers
from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.rule import Hit, rule
from ipshare.check.text import placeholder
from ipshare.check.values import Item
from ipshare.domain.group import ElementGroup

_GOODS = {ElementGroup.GOODS}
_BOTH = {ElementGroup.GOODS, ElementGroup.CLASSIFICATION}
_SERVICES_BEGAN = date(2002, 1, 1)
_DIGITS = re.compile(r"\d{1,3}", re.ASCII)
_REPAIR = re.compile(r"(?:class|cl\.?|kelas|lớp|nhóm)?\s*0*([1-9]\d?)\W*", re.IGNORECASE | re.ASCII)
_HEADING = re.compile(
    r"(all|semua|tất cả)\b.{0,20}\b(goods|services|class|kelas|barang)\b.{0,30}", re.IGNORECASE
)
_EMPTY = frozenset({"true", "false"})
_LONGEST_EMPTY = 7
_CLASS_PATH = "GoodsServicesBag/GoodsServices/GoodsServicesClassificationBag/GoodsServicesClassification/ClassNumber"
_FEWEST_COPIES = 3


@lru_cache(maxsize=4096)
def nice(text: str) -> int | None:
    """The class of the Nice classification that a text names, or None."""
    if _DIGITS.fullmatch(text):
        number = int(text)
        return number if 1 <= number <= 45 else None
    return None


def _classes(f: Facts) -> set[int]:
    return {number for one in f.mark.classes if (number := nice(one.text)) is not None}


@rule("TMK-010", groups=_BOTH)
def no_class(f: Facts, _: Context) -> Iterator[Hit]:
    """The mark has no class, neither of Nice nor of the office's own classification."""
    if not f.mark.classes and not f.mark.domestic:
        yield Hit(_CLASS_PATH, "")


@rule("TMK-011", local=True)
def class_does_not_exist(f: Facts, _: Context) -> Iterator[Hit]:
    """A class is not one of the 45 of the Nice classification.

    Older classes of the office's own must say so with ClassificationKindCode Domestic.
    """
    for one in f.mark.classes:
        if nice(one.text) is None:
            repaired = _REPAIR.fullmatch(one.text.strip())
            number = nice(repaired[1]) if repaired else None
            yield Hit(one.path, one.text, str(number) if number else "")


@rule("TMK-012", local=True)
def class_repeated(f: Facts, _: Context) -> Iterator[Hit]:
    """The same class stands twice in the record."""
    described = [Item(goods.path, goods.number) for goods in f.mark.goods if goods.number]
    for many in (f.mark.classified, described):
        numbers_ = [number for one in many if (number := nice(one.text)) is not None]
        if len(set(numbers_)) == len(numbers_):
            continue
        for number, count in Counter(numbers_).items():
            if count > 1:
                last = [one for one in many if nice(one.text) == number][-1]
                yield Hit(last.path, last.text)


def _said(text: str) -> bool:
    plain = text.strip()
    return len(plain) > _LONGEST_EMPTY or not (
        not plain or placeholder(plain) or plain.casefold() in _EMPTY
    )


@rule("TMK-013", groups=_BOTH)
def class_without_goods(f: Facts, _: Context) -> Iterator[Hit]:
    """A class has no list of goods or services; for a Madrid record the list can be read at WIPO."""
    if not f.mark.classes or f.international:
        return
    told = {
        nice(goods.number) for goods in f.mark.goods if any(_said(one.text) for one in goods.texts)
    }
    if None in told and len(f.mark.goods) == 1:
        return
    seen: set[int] = set()
    for one in f.mark.classes:
        number = nice(one.text)
        if number is not None and number not in told and number not in seen:
            seen.add(number)
            yield Hit(one.path, one.text)


@rule("TMK-014", groups=_BOTH)
def goods_without_class(f: Facts, _: Context) -> Iterator[Hit]:
    """Goods or services stand under no class, or the classes of the lists are not those of the mark."""
    mark = f.mark
    classified = {number for one in mark.classified if (number := nice(one.text)) is not None}
    for goods in mark.goods:
        number = nice(goods.number)
        if (not goods.number and any(_said(one.text) for one in goods.texts)) or (
            number is not None and classified and number not in classified
        ):
            yield Hit(goods.path, goods.number)


@rule("TMK-015", groups=_GOODS)
def heading_only(f: Facts, _: Context) -> Iterator[Hit]:
    """The list of goods says only: all goods of the class."""
    for goods in f.mark.goods:
        for one in goods.texts:
            if len(one.text) < 80 and _HEADING.fullmatch(one.text.strip(" .")):
                yield Hit(one.path, one.text)


@rule("TMK-016", groups=_BOTH)
def class_of_another_edition(f: Facts, _: Context) -> Iterator[Hit]:
    """A class from 43 to 45 stands in a mark filed before 2002, and no edition says that it was reclassified."""
    filed = f.filing_date
    if filed is None or filed >= _SERVICES_BEGAN or f.mark.nice_version:
        return
    for one in f.mark.classes:
        if nice(one.text) in {43, 44, 45}:
            yield Hit(one.path, one.text, "", {"y": filed.year})
            return


@rule("TMK-017", groups=_BOTH)
def several_classes(f: Facts, c: Context) -> Iterator[Hit]:
    """A mark filed when the office allowed one class has more."""
    filed, until = f.filing_date, c.profile.single_class_until
    if filed and until and filed < until and len(f.mark.classes) > 1 and not f.international:
        classes = _classes(f)
        if len(classes) > 1:
            last = f.mark.classes[-1]
            yield Hit(last.path, ", ".join(map(str, sorted(classes))), "", {"n": len(classes)})


@rule("TMK-018", groups=_BOTH)
def letter_contradicts_class(f: Facts, _: Context) -> Iterator[Hit]:
    """The letter in the number says goods, but the class is one of services, or the other way round."""
    if f.office == "ID" and f.number[:1] in {"D", "R", "J", "V"} and not f.mark.domestic:
        goods = f.number[0] in "DR"
        for one in f.mark.classes:
            number = nice(one.text)
            if number is not None and (number <= 34) != goods:
                yield Hit(one.path, one.text, "", {"x": f.number[0], "c": number})
                return
    elif any(one.text == "Service mark" for one in f.mark.categories):
        for one in f.mark.classes:
            number = nice(one.text)
            if number is not None and number <= 34:
                yield Hit(one.path, one.text, "", {"x": "Service mark", "c": number})
                return


@rule("TMK-019", groups=_GOODS)
def same_goods_everywhere(f: Facts, _: Context) -> Iterator[Hit]:
    """The same list of goods stands in three or more classes."""
    if len(f.mark.goods) < _FEWEST_COPIES:
        return
    counts = Counter(
        goods.texts[0].text
        for goods in f.mark.goods
        if goods.texts and len(goods.texts[0].text) > 20
    )
    for text, count in counts.items():
        if count >= _FEWEST_COPIES:
            first = next(
                goods for goods in f.mark.goods if goods.texts and goods.texts[0].text == text
            )
            yield Hit(first.texts[0].path, f"{text[:80]}…" if len(text) > 80 else text)


@rule("TMK-025", groups={ElementGroup.RELATIONS})
def no_international_number(f: Facts, _: Context) -> Iterator[Hit]:
    """The number is one of the Madrid route, but no international registration number is given."""
    if f.international and not f.mark.international:
        proposed = numbers.international_in(f.office, f.national_number)
        yield Hit("InternationalMarkIdentifierBag/InternationalMarkIdentifier", "", proposed)


@rule("TMK-027", groups={ElementGroup.RELATIONS})
def route_untold(f: Facts, c: Context) -> Iterator[Hit]:
    """Nothing tells whether a mark of Malaysia or Viet Nam came through Madrid: number, route or IR number."""
    since, filed = c.profile.madrid_from, f.filing_date
    if f.office not in {"MY", "VN"} or f.form is not None or f.mark.route_known:
        return
    if since and filed and filed >= since:
        yield Hit(f.number_path, f.national_number)


@rule("TMK-028")
def no_mark_category(f: Facts, _: Context) -> Iterator[Hit]:
    """The category of the mark (individual, collective, certification) is missing."""
    if not any(one.text.strip() for one in f.mark.categories):
        yield Hit("MarkCategory", "", "", {"a": "(none)", "b": "(not told)"})


@rule("TMK-029", groups={ElementGroup.STATUS, ElementGroup.PUBLICATION})
def no_publication(f: Facts, _: Context) -> Iterator[Hit]:
    """The mark is published, opposed or registered, but there is no publication."""
    for unit in f.units:
        if (
            unit.meaning.step in {"published", "opposed", "registered", "renewed"}
            and not unit.publications
        ):
            yield Hit("PublicationBag", "")


@rule("TMK-031", groups={ElementGroup.RELATIONS}, needs="parents")
def parent_of_itself(f: Facts, _: Context) -> Iterator[Hit]:
    """A divided application names itself as the one that it was divided from."""
    for one in f.mark.parents:
        if one.text and one.text == f.number:
            yield Hit(one.path, one.text, "", {"p": one.text})
