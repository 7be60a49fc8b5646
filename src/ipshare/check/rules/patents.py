"""PAT rules: titles, abstracts, classifications, kind codes, claims, international filing, priorities."""
# ruff: noqa: PLR2004 - the numbers of a rule are its meaning

from __future__ import annotations

import re
from collections.abc import Iterator

from ipshare.check import days, numbers
from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.rule import Hit, rule
from ipshare.check.text import whole
from ipshare.domain.finding import Severity
from ipshare.domain.group import ElementGroup

_TEXT = {ElementGroup.TEXT}

_CLASSES = {ElementGroup.CLASSIFICATION}

_PUBLICATION = {ElementGroup.PUBLICATION}

_IPC = re.compile(r"[A-H]\d{2}[A-Z]\s{0,4}\d{1,4}/\d{2,6}")

_ST8 = re.compile(r"[A-H]\d{2}[A-Z][ 0-9]{4}/\d{2}[0-9 ]{4}.*")

_SUBCLASS = re.compile(r"[A-H]\d{2}[A-Z]")

_LOOSE_IPC = re.compile(
    r"\W*(?:IPC|Int\.? ?Cl\.?\d*)?\W*([A-HO])\W*(\d{1,2})\W*([A-Z])\W*(\d{1,4})[/\\.: ](\d{2,6})\W*.*",
    re.IGNORECASE,
)

_CPC = re.compile(r"[A-HY]\d{2}[A-Z]\s?\d{1,4}/\d{2,}")

_KIND = re.compile(r"[A-Z]\d?")

_MARKERS = frozenset({"A0", "D0"})

_GRANTED = frozenset("BC")

_GRANTED_AS_A = frozenset({"MY"})

_MAX_TITLE = 500

_SHORT, _LONG = 50, 5000
_MODELS = frozenset("UY")
_PATENT_TERM = 20
_EXTENSIONS = 5
"""Years by which an office may extend a patent."""


@rule("PAT-001", groups=_TEXT)
def no_title(f: Facts, _: Context) -> Iterator[Hit]:
    """The invention has no title."""
    if f.patent.bibliographic and not any(one.text.strip() for one in f.patent.titles):
        base = "BibliographicData/" if f.patent.published_document else ""
        yield Hit(f"{base}InventionTitleBag/InventionTitle", "")


@rule("PAT-002", groups=_TEXT)
def odd_title(f: Facts, _: Context) -> Iterator[Hit]:
    """The title is all capitals and very long, repeats the number, or holds the abstract."""
    abstracts = {one.text.strip() for one in f.patent.abstracts}
    for one in f.patent.titles:
        text = one.text.strip()
        if text and (
            (len(text) > _MAX_TITLE and text.isupper()) or text == f.number or text in abstracts
        ):
            yield Hit(one.path, f"{text[:80]}…" if len(text) > 80 else text)


@rule("PAT-003", groups=_TEXT)
def no_abstract(f: Facts, _: Context) -> Iterator[Hit]:
    """A published document has no abstract."""
    if f.patent.published_document and not any(one.text.strip() for one in f.patent.abstracts):
        yield Hit("Abstract", "")


@rule("PAT-004", groups=_TEXT)
def odd_abstract(f: Facts, _: Context) -> Iterator[Hit]:
    """The abstract is shorter than 50 or longer than 5000 characters."""
    for one in f.patent.abstracts:
        length = len(one.text.strip())
        if length and not _SHORT <= length <= _LONG:
            yield Hit(one.path, f"{one.text.strip()[:40]}…", "", {"n": length})


@rule("PAT-005", groups=_CLASSES)
def no_ipc(f: Facts, _: Context) -> Iterator[Hit]:
    """A published document has no symbol of the International Patent Classification."""
    if f.patent.published_document and not f.patent.ipc:
        yield Hit("BibliographicData/PatentClassificationBag", "")


@rule("PAT-006", local=True)
def malformed_ipc(f: Facts, _: Context) -> Iterator[Hit]:
    """A symbol is not one of the International Patent Classification; a subclass alone is a warning."""
    for one in f.patent.ipc:
        text = one.text.strip()
        if _IPC.fullmatch(text) or _ST8.fullmatch(text):
            continue
        severity = Severity.WARNING if _SUBCLASS.fullmatch(text) else None
        parts = _LOOSE_IPC.fullmatch(text)
        proposed = ""
        if parts and severity is None:
            section = parts[1].upper().replace("O", "C") if parts[1] != "O" else ""
            proposed = (
                f"{section}{int(parts[2]):02}{parts[3].upper()} {parts[4]}/{parts[5]}"
                if section
                else ""
            )
        yield Hit(one.path, one.text, proposed, {}, severity)


@rule("PAT-008", groups=_CLASSES)
def first_symbol_unmarked(f: Facts, _: Context) -> Iterator[Hit]:
    """Not exactly one symbol of the classification is marked as the first."""
    positions = f.patent.ipc_positions
    if positions and positions.count("F") != 1:
        yield Hit(f.patent.ipc[0].path, f"{positions.count('F')} marked F")


@rule("PAT-009", groups=_CLASSES)
def malformed_cpc(f: Facts, _: Context) -> Iterator[Hit]:
    """A symbol is not one of the Cooperative Patent Classification."""
    for one in f.patent.cpc:
        if not _CPC.fullmatch(one.text):
            yield Hit(one.path, one.text)


@rule("PAT-010", groups=_PUBLICATION)
def unknown_kind_code(f: Facts, c: Context) -> Iterator[Hit]:
    """The kind code of a publication is missing, or none of WIPO ST.16."""
    known = c.profile.kind_codes
    for unit in f.units:
        for one in unit.publications:
            text = one.kind.text if one.kind else ""
            if not _KIND.fullmatch(text) or (known and text not in known):
                plain = text.strip().upper()
                yield Hit(
                    f"{one.path}/PatentDocumentKindCode",
                    text,
                    plain if _KIND.fullmatch(plain) else "",
                )


@rule("PAT-011", groups=_PUBLICATION)
def kind_code_contradicts(f: Facts, c: Context) -> Iterator[Hit]:
    """The kind code is one of a grant without a date of grant, or marks no publication at all."""
    for unit in f.units:
        for one in unit.publications:
            kind = one.kind.text if one.kind else ""
            granted = kind[:1] in _GRANTED and c.office not in _GRANTED_AS_A
            if kind in _MARKERS or (granted and unit.registered is None and not unit.registrations):
                words = {"k": kind, "x": "publication without grant"}
                yield Hit(f"{one.path}/PatentDocumentKindCode", kind, "", words)


@rule("PAT-012", groups=_TEXT)
def claims_miscounted(f: Facts, _: Context) -> Iterator[Hit]:
    """The number of claims is not that of the claims delivered."""
    total = f.patent.claim_total
    if total and f.patent.claims and whole(total.text) not in {None, f.patent.claims}:
        words = {"a": total.text, "b": f.patent.claims}
        yield Hit(total.path, total.text, str(f.patent.claims), words)


@rule("PAT-021", groups=_PUBLICATION)
def beyond_the_term(f: Facts, c: Context) -> Iterator[Hit]:
    """The right is said to last longer than the law of the office lets it, extensions included."""
    term = f.patent.term
    if term is None or (years := whole(term.text)) is None:
        return
    kinds = [one.kind.text for unit in f.units for one in unit.publications if one.kind]
    small = numbers.utility_model(f.office, f.national_number) or any(
        one[:1] in _MODELS for one in kinds
    )
    most = c.profile.utility_model_term if small else _PATENT_TERM
    if years > most + (0 if small else _EXTENSIONS):
        words = {"n": term.text.strip(), "m": most}
        yield Hit(term.path, term.text, str(most), words)


@rule("PAT-022", groups={ElementGroup.PUBLICATION, ElementGroup.RELATIONS})
def published_late(f: Facts, _: Context) -> Iterator[Hit]:
    """The application was published within three months of filing, or after 24 months from priority."""
    filed = f.filing_date
    for unit in f.units:
        claimed = [one.date.day for one in unit.priorities if one.date and one.date.day]
        if not filed:
            continue
        first = min([filed, *claimed])
        for one in unit.publications:
            if (
                one.kind
                and one.kind.text[:1] == "A"
                and one.date
                and one.date.day
                and one.date.day >= filed
            ):
                months = (one.date.day.year - first.year) * 12 + one.date.day.month - first.month
                if months > 24 or one.date.day < days.add_months(filed, 3):
                    yield Hit(one.date.path, one.date.text, "", {"n": months})


@rule("PAT-026", groups={ElementGroup.PUBLICATION, ElementGroup.EVENTS})
def correction_of_what(f: Facts, _: Context) -> Iterator[Hit]:
    """A corrected publication does not say which document it corrects."""
    for unit in f.units:
        for one in unit.publications:
            if (
                one.kind
                and re.fullmatch(r"[A-Z][89]", one.kind.text)
                and not f.patent.republication
            ):
                yield Hit(one.kind.path, one.kind.text)


@rule("PAT-027", groups=_PUBLICATION)
def right_kind_unclear(f: Facts, _: Context) -> Iterator[Hit]:
    """Number, kind of right and kind code disagree on whether this is a patent or a utility model."""
    model = numbers.utility_model(f.office, f.national_number)
    kind = f.patent.right_kind
    if model is None:
        return
    if kind and kind.text and ("utility" in kind.text.casefold()) != model:
        yield Hit(kind.path, kind.text)
    for unit in f.units:
        for one in unit.publications:
            if not model and one.kind and one.kind.text[:1] in _MODELS:
                yield Hit(one.kind.path, one.kind.text)
