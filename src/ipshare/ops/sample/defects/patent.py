"""The kinds of defects of patents and utility models."""

from __future__ import annotations

from ipshare.ops.sample.defects import shared
from ipshare.ops.sample.defects.kind import Defect
from ipshare.ops.sample.facts import Patent, Text


def no_publication_number(patent: Patent, _: Patent) -> Patent | None:
    return patent._replace(publication_number="-")


def malformed_pct(patent: Patent, _: Patent) -> Patent | None:
    return (
        patent._replace(pct_number=patent.pct_number.replace("PCT/", "PCT-"))
        if patent.pct_number
        else None
    )


def entry_too_late(patent: Patent, _: Patent) -> Patent | None:
    return (
        patent._replace(pct_entry=shared.moved(patent.filed, 1300)) if patent.pct_number else None
    )


def no_pct_number(patent: Patent, _: Patent) -> Patent | None:
    return patent._replace(pct_number="") if patent.pct_number else None


def no_applicant(patent: Patent, _: Patent) -> Patent | None:
    return patent._replace(applicants=())


def no_inventor(patent: Patent, _: Patent) -> Patent | None:
    return patent._replace(inventors=())


def company_invents(patent: Patent, _: Patent) -> Patent | None:
    return patent._replace(
        inventors=(patent.inventors[0]._replace(name="Ravodex Systems Sdn Bhd", latin=""),)
    )


def no_title(patent: Patent, _: Patent) -> Patent | None:
    return patent._replace(titles=(Text("en", ""),))


def lost_title(patent: Patent, _: Patent) -> Patent | None:
    return patent._replace(
        titles=(patent.titles[0], Text(patent.titles[-1].language, "???? ??? ?????"))
    )


def no_abstract(patent: Patent, _: Patent) -> Patent | None:
    return patent._replace(abstracts=())


def short_abstract(patent: Patent, _: Patent) -> Patent | None:
    return patent._replace(abstracts=(Text("en", "See description."),))


def no_ipc(patent: Patent, _: Patent) -> Patent | None:
    return patent._replace(ipc=())


def malformed_ipc(patent: Patent, _: Patent) -> Patent | None:
    return patent._replace(ipc=(patent.ipc[0].replace("/", "-"),))


def unknown_kind(patent: Patent, _: Patent) -> Patent | None:
    return patent._replace(kind="9X")


def grant_without_grant(patent: Patent, _: Patent) -> Patent | None:
    if patent.registered or patent.office == "MY":
        return None
    return patent._replace(kind="B")


def one_more_claim(patent: Patent, _: Patent) -> Patent | None:
    return patent._replace(claim_total=str(len(patent.claims) + 3))


def always(patent: Patent, _: Patent) -> Patent | None:
    return patent


def unknown_element(xml: str) -> str:
    """An element of the office's own, which no schema knows."""
    return xml.replace(
        "</pat:PatentPublication>",
        "<pat:OfficeRemark>checked</pat:OfficeRemark></pat:PatentPublication>",
    )


KINDS: tuple[Defect[Patent], ...] = (
    Defect("no-application-number", "NUM-001", shared.no_number),
    Defect("unknown-number-form", "NUM-002", shared.unknown_number),
    Defect("wrong-check-letter", "NUM-004", shared.wrong_check_letter),
    Defect("native-digits-in-number", "NUM-005", shared.native_digits),
    Defect("no-publication-number", "NUM-014", no_publication_number),
    Defect("malformed-pct-number", "NUM-019", malformed_pct),
    Defect("no-filing-date", "DAT-001", shared.no_filing_date),
    Defect("day-first-date", "DAT-002", shared.day_first),
    Defect("buddhist-filing-year", "DAT-004", shared.buddhist_filing),
    Defect("future-filing-date", "DAT-006", shared.future_filing),
    Defect("granted-before-filed", "DAT-011", shared.registered_before_filed),
    Defect("published-before-filed", "DAT-012", shared.published_before_filed),
    Defect("priority-after-filing", "DAT-017", shared.priority_after_filing),
    Defect("priority-too-old", "DAT-018", shared.priority_too_old),
    Defect("entry-too-late", "DAT-021", entry_too_late),
    Defect("no-applicant", "PTY-001", no_applicant),
    Defect("placeholder-name", "PTY-002", shared.placeholder_name),
    Defect("country-uk", "PTY-004", shared.country_uk),
    Defect("no-inventor", "PTY-008", no_inventor),
    Defect("company-as-inventor", "PTY-009", company_invents),
    Defect("no-title", "PAT-001", no_title),
    Defect("no-abstract", "PAT-003", no_abstract),
    Defect("short-abstract", "PAT-004", short_abstract),
    Defect("no-ipc", "PAT-005", no_ipc),
    Defect("malformed-ipc", "PAT-006", malformed_ipc),
    Defect("unknown-kind-code", "PAT-010", unknown_kind),
    Defect("kind-of-a-grant-without-grant", "PAT-011", grant_without_grant),
    Defect("one-more-claim-announced", "PAT-012", one_more_claim),
    Defect("no-pct-number", "PAT-013", no_pct_number),
    Defect("priority-without-number", "PAT-015", shared.priority_without_number),
    Defect("priority-of-uk", "PAT-017", shared.priority_of_uk),
    Defect("lost-title", "TXT-004", lost_title),
    Defect("unknown-element", "PKG-006", always, unknown_element),
)
