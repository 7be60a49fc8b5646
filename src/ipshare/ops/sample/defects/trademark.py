"""The kinds of defects of trademarks."""

from __future__ import annotations

from ipshare.ops.sample.defects import shared
from ipshare.ops.sample.defects import trademark_content as content
from ipshare.ops.sample.defects.kind import Defect
from ipshare.ops.sample.facts import Event, Mark

_OTHER_RIGHT = {"VN": ("4-", "3-"), "SG": ("40", "30")}


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


KINDS: tuple[Defect[Mark], ...] = (
    # First, for it needs the oldest records.
    Defect("class-of-a-later-edition", "TMK-016", content.class_of_later_edition),
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
    Defect("no-applicant", "PTY-001", content.no_applicant),
    Defect("placeholder-name", "PTY-002", shared.placeholder_name),
    Defect("no-country", "PTY-003", shared.no_country),
    Defect("country-uk", "PTY-004", shared.country_uk),
    Defect("country-of-an-office", "PTY-005", shared.country_of_an_office),
    Defect("several-names-in-one", "PTY-013", shared.several_names),
    Defect("no-latin-name", "PTY-014", shared.no_latin_name),
    Defect("identity-number", "PTY-016", content.identity_number),
    Defect("party-twice", "PTY-017", shared.party_twice),
    Defect("priority-without-number", "PAT-015", shared.priority_without_number),
    Defect("priority-of-uk", "PAT-017", shared.priority_of_uk),
    Defect("country-as-language", "TXT-002", content.country_as_language),
    Defect("lost-characters", "TXT-004", content.lost_characters),
    Defect("mojibake", "TXT-005", content.mojibake),
    Defect("old-thai-code-page", "TXT-006", content.old_thai_code_page),
    Defect("zawgyi", "TXT-007", content.zawgyi),
    Defect("decomposed-letters", "TXT-011", content.decomposed),
    Defect("escaped-twice", "TXT-013", content.escaped_twice),
    Defect("markup", "TXT-014", content.markup),
    Defect("placeholder-goods", "TXT-017", content.placeholder_goods),
    Defect("nothing-shown", "TMK-001", content.nothing_shown),
    Defect("unknown-feature", "TMK-002", content.unknown_feature),
    Defect("word-mark-without-words", "TMK-003", content.word_mark_without_words),
    Defect("picture-not-named", "TMK-004", content.picture_not_named),
    Defect("no-transliteration", "TMK-006", content.no_transliteration),
    Defect("no-class", "TMK-010", content.no_class),
    Defect("class-46", "TMK-011", content.class_46),
    Defect("class-twice", "TMK-012", content.class_twice),
    Defect("class-without-goods", "TMK-013", content.class_without_goods),
    Defect("same-goods-in-all-classes", "TMK-019", content.same_goods),
    Defect("no-vienna-code", "TMK-021", content.no_vienna),
    Defect("madrid-without-ir-number", "TMK-025", content.madrid_without_ir),
    Defect("not-published", "TMK-029", content.not_published),
    Defect("image-not-sent", "IMG-001", content.image_not_sent, cross=True),
    Defect("unknown-element", "PKG-006", content.always, content.unknown_element, st66=False),
    Defect(
        "mandatory-element-missing",
        "PKG-006",
        content.always,
        content.no_significant_element,
        st66=False,
    ),
)
