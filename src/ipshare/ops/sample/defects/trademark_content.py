"""Patches of what a mark shows and covers: words, pictures, goods, classes, parties."""

from __future__ import annotations

import re
from unicodedata import normalize

from ipshare.ops.sample.facts import Goods, Mark, Text

_COUNTRY_AS_LANGUAGE = {"km": "kh", "vi": "vn", "lo": "la", "ms": "my", "id": "in"}
_SWAP = re.compile("([\u1000-\u1021])([\u103b-\u103e]*)\u1031")


def no_applicant(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(applicants=())


def identity_number(mark: Mark, _: Mark) -> Mark | None:
    numbers = {
        "TH": "1103700123458",
        "ID": "3174012304567890",
        "MY": "850412145678",
        "VN": "001085012345",
    }
    if mark.office not in numbers:
        return None
    party = mark.applicants[0]
    return mark._replace(
        applicants=(
            party._replace(name=f"{party.name} {numbers[mark.office]}"),
            *mark.applicants[1:],
        )
    )


def _local(mark: Mark, change: Text) -> Mark:
    first = mark.goods[0]
    return mark._replace(goods=(Goods(first.number, (*first.texts[:-1], change)), *mark.goods[1:]))


def country_as_language(mark: Mark, _: Mark) -> Mark | None:
    text = mark.goods[0].texts[-1]
    code = "" if mark.office == "BN" else _COUNTRY_AS_LANGUAGE.get(text.language)
    return _local(mark, text._replace(language=code)) if code else None


def lost_characters(mark: Mark, _: Mark) -> Mark | None:
    text = mark.goods[0].texts[-1]
    return (
        _local(mark, text._replace(content="?" * len(text.content)))
        if not text.content.isascii()
        else None
    )


def mojibake(mark: Mark, _: Mark) -> Mark | None:
    text = mark.goods[0].texts[-1]
    if text.content.isascii():
        return None
    return _local(mark, text._replace(content=text.content.encode().decode("latin-1")))


def old_thai_code_page(mark: Mark, _: Mark) -> Mark | None:
    text = mark.goods[0].texts[-1]
    if text.language != "th":
        return None
    return _local(mark, text._replace(content=text.content.encode("cp874").decode("latin-1")))


def zawgyi(mark: Mark, _: Mark) -> Mark | None:
    text = mark.goods[0].texts[-1]
    content = _SWAP.sub("\u1031\\1\\2", text.content)
    return _local(mark, text._replace(content=content)) if content != text.content else None


def decomposed(mark: Mark, _: Mark) -> Mark | None:
    text = mark.goods[0].texts[-1]
    content = normalize("NFD", text.content)
    return _local(mark, text._replace(content=content)) if content != text.content else None


def escaped_twice(mark: Mark, _: Mark) -> Mark | None:
    text = mark.goods[0].texts[0]
    change = text._replace(content=f"{text.content}; nuts &amp; seeds")
    return mark._replace(
        goods=(Goods(mark.goods[0].number, (change, *mark.goods[0].texts[1:])), *mark.goods[1:])
    )


def markup(mark: Mark, _: Mark) -> Mark | None:
    text = mark.goods[0].texts[0]
    change = text._replace(content=f"<p>{text.content}</p><br/>")
    return mark._replace(
        goods=(Goods(mark.goods[0].number, (change, *mark.goods[0].texts[1:])), *mark.goods[1:])
    )


def placeholder_goods(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(goods=(Goods(mark.goods[0].number, (Text("en", "-"),)), *mark.goods[1:]))


def nothing_shown(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(feature="", word="", image=None, translation="", transliteration="")


def unknown_feature(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(feature="Label mark")


def word_mark_without_words(mark: Mark, _: Mark) -> Mark | None:
    return (
        mark._replace(word="", translation="", transliteration="")
        if mark.feature == "Word"
        else None
    )


def picture_not_named(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(feature="Combined", image=None) if mark.word else None


def no_transliteration(mark: Mark, _: Mark) -> Mark | None:
    foreign = mark.transliteration and ord(mark.word[0]) > 0x0300  # noqa: PLR2004 - where Latin letters end
    return mark._replace(transliteration="") if foreign else None


def no_class(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(goods=())


def class_46(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(goods=(*mark.goods[:-1], mark.goods[-1]._replace(number="46")))


def class_twice(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(goods=(*mark.goods, mark.goods[-1]))


def class_without_goods(mark: Mark, _: Mark) -> Mark | None:
    if mark.ir_number:
        return None
    return mark._replace(goods=(*mark.goods[:-1], Goods(mark.goods[-1].number, ())))


def same_goods(mark: Mark, _: Mark) -> Mark | None:
    texts = (Text("en", "Clothing and footwear of our own make"),)
    same = tuple(Goods(number, texts) for number in ("18", "24", "25"))
    return mark._replace(goods=same) if not mark.number.startswith("J") else None


def class_of_later_edition(mark: Mark, _: Mark) -> Mark | None:
    if mark.filed >= "2002":
        return None
    return mark._replace(nice_edition="", goods=(mark.goods[0]._replace(number="44"),))


def madrid_without_ir(mark: Mark, _: Mark) -> Mark | None:
    national = mark.office not in {"KH", "ID", "LA", "PH"}
    return mark._replace(ir_number="") if mark.ir_number and not national else None


def not_published(mark: Mark, _: Mark) -> Mark | None:
    return (
        mark._replace(publications=())
        if mark.status_word == "Registered" and mark.publications
        else None
    )


def image_not_sent(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(image=mark.image._replace(seed=-1)) if mark.image else None


def no_vienna(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(vienna=()) if mark.image else None


def always(mark: Mark, _: Mark) -> Mark | None:
    return mark if mark.word else None


def unknown_element(xml: str) -> str:
    """An element of the office's own, which no schema knows."""
    return xml.replace(
        "</tmk:Trademark>",
        "<tmk:OfficeRemark>checked by counter 3</tmk:OfficeRemark></tmk:Trademark>",
    )


def no_significant_element(xml: str) -> str:
    """The word specification without its one mandatory element."""
    return re.sub(
        "<tmk:MarkSignificantVerbalElementText>[^<]*</tmk:MarkSignificantVerbalElementText>",
        "",
        xml,
    )
