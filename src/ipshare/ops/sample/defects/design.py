"""The kinds of defects of designs."""

from __future__ import annotations

from ipshare.ops.sample import days
from ipshare.ops.sample.defects import shared
from ipshare.ops.sample.defects.kind import Defect
from ipshare.ops.sample.facts import Design, DesignFile, Party, Text


def _each(file: DesignFile, change: dict[str, object]) -> DesignFile:
    return file._replace(
        designs=tuple(Design(**{**one._asdict(), **change}) for one in file.designs)
    )


def registered_without_number(file: DesignFile, _: DesignFile) -> DesignFile | None:
    return _each(file, {"registration_number": ""}) if file.status == "Registered" else None


def no_views(file: DesignFile, _: DesignFile) -> DesignFile | None:
    return _each(file, {"views": ()}) if file.registered else None


def malformed_locarno(file: DesignFile, _: DesignFile) -> DesignFile | None:
    return _each(file, {"locarno": f"Cl. {file.designs[0].locarno.lstrip('0').replace('-', '.')}"})


def class_33(file: DesignFile, _: DesignFile) -> DesignFile | None:
    return _each(file, {"locarno": "33-01"})


def no_title(file: DesignFile, _: DesignFile) -> DesignFile | None:
    return _each(file, {"titles": ()})


def lost_title(file: DesignFile, _: DesignFile) -> DesignFile | None:
    title = file.designs[0].titles[0]
    return _each(file, {"titles": (Text(title.language, "????" * 2),)})


def one_more_announced(file: DesignFile, _: DesignFile) -> DesignFile | None:
    return file._replace(total=str(len(file.designs) + 1))


def identifier_twice(file: DesignFile, _: DesignFile) -> DesignFile | None:
    return file._replace(designs=(file.designs[0], file.designs[0]))


def view_of_what(file: DesignFile, _: DesignFile) -> DesignFile | None:
    views = file.designs[0].views
    return _each(file, {"views": ((views[0][0], ""), *views[1:])})


def beyond_the_term(file: DesignFile, _: DesignFile) -> DesignFile | None:
    longest = days.years_after(days.ordinal(file.filed), 40)
    return file._replace(expiry=days.iso(longest)) if file.registered else None


def waiver_and_name(file: DesignFile, _: DesignFile) -> DesignFile | None:
    return file._replace(waiver=True)


def no_designer(file: DesignFile, _: DesignFile) -> DesignFile | None:
    return file._replace(designers=())


def company_designs(file: DesignFile, _: DesignFile) -> DesignFile | None:
    firm: Party = file.designers[0]._replace(name="Kelowick Holdings Co., Ltd.", latin="")
    return file._replace(designers=(firm,))


def view_not_sent(file: DesignFile, _: DesignFile) -> DesignFile | None:
    (image, kind), *others = file.designs[0].views
    return _each(file, {"views": ((image._replace(seed=-1), kind), *others)})


def always(file: DesignFile, _: DesignFile) -> DesignFile | None:
    return file


def unknown_element(xml: str) -> str:
    """An element of the office's own, which no schema knows."""
    return xml.replace(
        "</dgn:Design>", "<dgn:OfficeRemark>checked</dgn:OfficeRemark></dgn:Design>", 1
    )


KINDS: tuple[Defect[DesignFile], ...] = (
    Defect("no-application-number", "NUM-001", shared.no_number),
    Defect("unknown-number-form", "NUM-002", shared.unknown_number),
    Defect("wrong-check-letter", "NUM-004", shared.wrong_check_letter),
    Defect("native-digits-in-number", "NUM-005", shared.native_digits),
    Defect("office-code-of-another", "PKG-009", shared.other_office),
    Defect("no-filing-date", "DAT-001", shared.no_filing_date),
    Defect("day-first-date", "DAT-002", shared.day_first),
    Defect("buddhist-filing-year", "DAT-004", shared.buddhist_filing),
    Defect("future-filing-date", "DAT-006", shared.future_filing),
    Defect("sentinel-date", "DAT-009", shared.sentinel_registration),
    Defect("registered-before-filed", "DAT-011", shared.registered_before_filed),
    Defect("published-before-filed", "DAT-012", shared.published_before_filed),
    Defect("priority-after-filing", "DAT-017", shared.priority_after_filing),
    Defect("priority-too-old", "DAT-018", shared.priority_too_old),
    Defect("registered-without-number", "STA-003", registered_without_number),
    Defect("placeholder-name", "PTY-002", shared.placeholder_name),
    Defect("country-uk", "PTY-004", shared.country_uk),
    Defect("company-as-designer", "PTY-009", company_designs),
    Defect("no-designer", "PTY-010", no_designer),
    Defect("priority-without-number", "PAT-015", shared.priority_without_number),
    Defect("lost-title", "TXT-004", lost_title),
    Defect("no-views", "DGN-002", no_views),
    Defect("malformed-locarno", "DGN-004", malformed_locarno),
    Defect("locarno-class-33", "DGN-004", class_33),
    Defect("no-title", "DGN-006", no_title),
    Defect("one-more-design-announced", "DGN-008", one_more_announced),
    Defect("identifier-twice", "DGN-009", identifier_twice),
    Defect("view-of-what", "DGN-010", view_of_what),
    Defect("beyond-the-term", "DGN-013", beyond_the_term),
    Defect("waiver-and-name", "DGN-015", waiver_and_name),
    Defect("view-not-sent", "IMG-001", view_not_sent, cross=True),
    Defect("unknown-element", "PKG-006", always, unknown_element),
)
