"""The kinds of defects of trademarks."""

from __future__ import annotations

import re
from unicodedata import normalize

from ipshare.ops.sample.defects import shared
from ipshare.ops.sample.defects.kind import Defect
from ipshare.ops.sample.facts import Event, Goods, Mark, Text

_COUNTRY_AS_LANGUAGE = {"km": "kh", "vi": "vn", "lo": "la", "ms": "my", "id": "in"}
_SWAP = re.compile("([\u1000-\u1021])([\u103b-\u103e]*)\u1031")
_OTHER_RIGHT = {"VN": ("4-", "3-"), "SG": ("40", "30")}
_CLASSES_OF_ONE_TEXT = 3


def _status(mark: Mark, status: str, word: str = "") -> Mark:
    return mark._replace(status=status, status_word=word or status)


def _is(mark: Mark, *words: str) -> bool:
    return mark.status_word in words


def other_right(mark: Mark, _: Mark) -> Mark | None:
    ours, theirs = _OTHER_RIGHT.get(mark.office, ("", ""))
    return (
        mark._replace(number=theirs + mark.number[2:])
        if ours and mark.number.startswith(ours)
        else None
    )


def stub_registration(mark: Mark, _: Mark) -> Mark | None:
    return (
        mark._replace(registration_number="KH/M/" if mark.office == "KH" else "-")
        if mark.registered
        else None
    )


def malformed_ir(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(ir_number=f"IRN:{mark.ir_number}") if mark.ir_number else None


def twin(_: Mark, before: Mark) -> Mark | None:
    return before._replace(word=f"{before.word} PLUS") if before.word and before.number else None


def exact_twin(_: Mark, before: Mark) -> Mark | None:
    return before if before.number else None


def buddhist_everywhere(mark: Mark, _: Mark) -> Mark | None:
    era = 543
    return mark._replace(
        filed=shared.in_era(mark.filed, era),
        registered=shared.in_era(mark.registered, era) if mark.registered else "",
        expiry=shared.in_era(mark.expiry, era) if mark.expiry else "",
        status_day=shared.in_era(mark.status_day, era),
    )


def expiry_unfit(mark: Mark, _: Mark) -> Mark | None:
    fits = mark.expiry and not mark.ir_number and _is(mark, "Registered")
    return mark._replace(expiry=shared.moved(mark.expiry, 1100)) if fits else None


def expiry_first(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(expiry=shared.moved(mark.filed, -10)) if mark.expiry else None


def no_status_date(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(status_day="")


def active_but_expired(mark: Mark, _: Mark) -> Mark | None:
    return _status(mark, "Registered")._replace(terminated="") if _is(mark, "Expired") else None


def expired_but_valid(mark: Mark, _: Mark) -> Mark | None:
    return _status(mark, "Expired") if _is(mark, "Registered") and mark.filed > "2019" else None


def opposition_backwards(mark: Mark, _: Mark) -> Mark | None:
    start, end = mark.opposition
    return mark._replace(opposition=(end, start)) if start else None


def ended_without_date(mark: Mark, _: Mark) -> Mark | None:
    if not _is(mark, "Rejected", "Withdrawn"):
        return None
    return mark._replace(terminated="", status_day="", events=mark.events[:1])


def no_status(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(status="", status_word="")


def raw_status(mark: Mark, _: Mark) -> Mark | None:
    return _status(mark, "1904")


def registered_without_number(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(registration_number="") if _is(mark, "Registered") else None


def registered_without_date(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(registered="") if _is(mark, "Registered") else None


def pending_with_registration(mark: Mark, _: Mark) -> Mark | None:
    pending = not mark.registered and _is(mark, "Filed", "Examined", "Rejected")
    return mark._replace(registration_number="778899") if pending else None


def inactive(mark: Mark, _: Mark) -> Mark | None:
    if not _is(mark, "Rejected", "Withdrawn"):
        return None
    return _status(mark, "Inactive")._replace(terminated="", events=mark.events[:1])


def event_without_date(mark: Mark, _: Mark) -> Mark | None:
    return (
        mark._replace(events=(*mark.events[:-1], mark.events[-1]._replace(day="")))
        if mark.events
        else None
    )


def event_twice(mark: Mark, _: Mark) -> Mark | None:
    return mark._replace(events=(*mark.events, mark.events[-1])) if mark.events else None


def event_after_end(mark: Mark, _: Mark) -> Mark | None:
    if not _is(mark, "Withdrawn"):
        return None
    day = shared.moved(mark.status_day, 30)
    late = Event("Application published", "Published", "PUB", "Published for opposition", day)
    return mark._replace(events=(*mark.events, late))


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
    return mark._replace(publications=()) if _is(mark, "Registered") and mark.publications else None


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


KINDS: tuple[Defect[Mark], ...] = (
    Defect("no-application-number", "NUM-001", shared.no_number),
    Defect("unknown-number-form", "NUM-002", shared.unknown_number),
    Defect("year-in-number-disagrees", "NUM-003", shared.year_long_ago),
    Defect("wrong-check-letter", "NUM-004", shared.wrong_check_letter),
    Defect("native-digits-in-number", "NUM-005", shared.native_digits),
    Defect("number-twice-other-content", "NUM-009", twin, cross=True),
    Defect("number-twice-same-content", "NUM-010", exact_twin, cross=True),
    Defect("stub-registration-number", "NUM-012", stub_registration),
    Defect("number-of-another-right", "NUM-015", other_right),
    Defect("malformed-ir-number", "NUM-016", malformed_ir),
    Defect("office-code-of-another", "PKG-009", shared.other_office),
    Defect("no-filing-date", "DAT-001", shared.no_filing_date),
    Defect("day-first-date", "DAT-002", shared.day_first),
    Defect("no-such-day", "DAT-003", shared.no_such_day),
    Defect("buddhist-filing-year", "DAT-004", shared.buddhist_filing),
    Defect("buddhist-years", "DAT-004", buddhist_everywhere),
    Defect("era-converted-twice", "DAT-005", shared.converted_twice),
    Defect("future-filing-date", "DAT-006", shared.future_filing),
    Defect("month-only", "DAT-007", shared.month_only),
    Defect("time-zone-on-date", "DAT-008", shared.time_zone),
    Defect("sentinel-date", "DAT-009", shared.sentinel_registration),
    Defect("day-and-month-swapped", "DAT-010", shared.day_and_month_swapped),
    Defect("registered-before-filed", "DAT-011", shared.registered_before_filed),
    Defect("published-before-filed", "DAT-012", shared.published_before_filed),
    Defect("expiry-does-not-fit", "DAT-014", expiry_unfit),
    Defect("expiry-before-filing", "DAT-015", expiry_first),
    Defect("no-status-date", "DAT-016", no_status_date),
    Defect("priority-after-filing", "DAT-017", shared.priority_after_filing),
    Defect("priority-too-old", "DAT-018", shared.priority_too_old),
    Defect("active-but-expired", "DAT-019", active_but_expired),
    Defect("expired-but-valid", "DAT-020", expired_but_valid),
    Defect("opposition-backwards", "DAT-024", opposition_backwards),
    Defect("ended-without-date", "DAT-025", ended_without_date),
    Defect("no-status", "STA-001", no_status),
    Defect("raw-status-code", "STA-002", raw_status),
    Defect("registered-without-number", "STA-003", registered_without_number),
    Defect("registered-without-date", "STA-004", registered_without_date),
    Defect("pending-with-registration", "STA-005", pending_with_registration),
    Defect("inactive", "STA-007", inactive),
    Defect("event-without-date", "STA-010", event_without_date),
    Defect("event-twice", "STA-011", event_twice),
    Defect("event-after-the-end", "STA-013", event_after_end),
    Defect("no-applicant", "PTY-001", no_applicant),
    Defect("placeholder-name", "PTY-002", shared.placeholder_name),
    Defect("no-country", "PTY-003", shared.no_country),
    Defect("country-uk", "PTY-004", shared.country_uk),
    Defect("country-of-an-office", "PTY-005", shared.country_of_an_office),
    Defect("several-names-in-one", "PTY-013", shared.several_names),
    Defect("no-latin-name", "PTY-014", shared.no_latin_name),
    Defect("identity-number", "PTY-016", identity_number),
    Defect("party-twice", "PTY-017", shared.party_twice),
    Defect("priority-without-number", "PAT-015", shared.priority_without_number),
    Defect("priority-of-uk", "PAT-017", shared.priority_of_uk),
    Defect("country-as-language", "TXT-002", country_as_language),
    Defect("lost-characters", "TXT-004", lost_characters),
    Defect("mojibake", "TXT-005", mojibake),
    Defect("old-thai-code-page", "TXT-006", old_thai_code_page),
    Defect("zawgyi", "TXT-007", zawgyi),
    Defect("decomposed-letters", "TXT-011", decomposed),
    Defect("escaped-twice", "TXT-013", escaped_twice),
    Defect("markup", "TXT-014", markup),
    Defect("placeholder-goods", "TXT-017", placeholder_goods),
    Defect("nothing-shown", "TMK-001", nothing_shown),
    Defect("unknown-feature", "TMK-002", unknown_feature),
    Defect("word-mark-without-words", "TMK-003", word_mark_without_words),
    Defect("picture-not-named", "TMK-004", picture_not_named),
    Defect("no-transliteration", "TMK-006", no_transliteration),
    Defect("no-class", "TMK-010", no_class),
    Defect("class-46", "TMK-011", class_46),
    Defect("class-twice", "TMK-012", class_twice),
    Defect("class-without-goods", "TMK-013", class_without_goods),
    Defect("class-of-a-later-edition", "TMK-016", class_of_later_edition),
    Defect("same-goods-in-all-classes", "TMK-019", same_goods),
    Defect("no-vienna-code", "TMK-021", no_vienna),
    Defect("madrid-without-ir-number", "TMK-025", madrid_without_ir),
    Defect("not-published", "TMK-029", not_published),
    Defect("image-not-sent", "IMG-001", image_not_sent, cross=True),
    Defect("unknown-element", "PKG-006", always, unknown_element, st66=False),
    Defect("mandatory-element-missing", "PKG-006", always, no_significant_element, st66=False),
)
