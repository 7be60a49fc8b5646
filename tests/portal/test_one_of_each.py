"""One of something is told as one: pages, letters, reports and lines of the CLI."""

from __future__ import annotations

import re

import pytest
from django.db.models import F

from ipshare.domain import plural
from ipshare.notices import told
from ipshare.quality import report
from ipshare.store import objects
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.submissions import Submission
from portal import builders
from portal.conftest import signed_in
from portal.test_browser import PAGES, filled

MANY = re.compile(
    r"(?<![\d.,:/+-])1 ((?:[a-z-]+ ){0,2}?)([a-z]{2,}s|are|were|have|wait|need)\b(?! \()",
    re.IGNORECASE,
)
ALONE = {
    "is", "was", "has", "does", "its", "this", "less", "address", "process", "class", "waits", "needs", "unless",
    "as", "us", "status", "access", "belongs", "contains", "differs", "equals", "stays", "takes", "besides",
}  # fmt: skip


def several(text):
    """Where a text says 1 with the words of several."""
    plain = re.sub(r"[ \t\n\u00a0]+", " ", text)
    found = []
    for one in MANY.finditer(plain):
        between = one[1].split()
        if one[2].lower() not in ALONE and not (set(between) & (ALONE | {"of", "in", "new", "to"})):
            found.append(one.group())
    return found


def shown(page):
    """What a page says; elements beside each other are not one sentence."""
    body = re.sub(r"(?s)<(script|style|option|pre|code)\b.*?</\1>", " | ", page)
    body = re.sub(
        r"</?(?:td|th|dt|dd|li|p|h\d|div|tr|a|button|label|summary|span|svg|use|title|text)\b[^>]*>",
        " | ",
        body,
    )
    return re.sub(r"<[^>]*>", "", body)


def test_the_check_of_this_test_finds_what_it_looks_for():
    assert several("It has 1 errors, 1 kept records, and 1 are held; 21 files, 1.1 files, 1 class")
    assert several("1 records") == ["1 records"]
    assert several("1 more elements differ") == ["1 more elements"]
    assert not several(
        "1 record is kept back, 1 file, 21 files, 3.1 days, version 1 of the conditions"
    )


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        (0, "record", "0 records"),
        (1, "record", "1 record"),
        (1204, "record", "1,204 records"),
        (1, "entry|entries", "1 entry"),
        (2, "entry|entries", "2 entries"),
        (1, "is|are", "1 is"),
    ],
)
def test_a_count_and_its_noun(count, noun, text):
    assert plural.counted(count, noun) == text


@pytest.fixture
def ones(office):
    """Every submission with one of everything that is counted."""
    fields = (
        "records", "inserted", "updated", "withdrawn", "unchanged", "withheld", "withheld_whole", "errors",
        "warnings", "infos", "files", "images", "duplicates", "absent", "repainted", "size",
    )  # fmt: skip
    Submission.objects.update(**dict.fromkeys(fields, 1))
    for one in Submission.objects.all():
        first = one.findings.order_by("pk").first()
        one.findings.exclude(pk=first and first.pk).delete()
        if one.report:
            report.write(one.pk)


@pytest.mark.django_db
def test_no_page_says_1_with_the_words_of_several(ones):
    client, operator = signed_in("sokha.chan@moc.example"), signed_in("operator@hub.example")
    found = {}
    hub = (
        "/hub/queue",
        "/hub/codes",
        "/hub/storage",
        "/hub/health",
        "/hub/versions",
        "/offices/kh",
        "/",
    )
    for who, addresses in ((client, PAGES.values()), (operator, hub)):
        for address in map(filled, addresses):
            answer = who.get(address)
            text = shown(answer.content.decode().split("<main", 1)[-1])
            if wrong := several(text):
                found[address] = wrong
    assert found == {}


@pytest.mark.django_db
def test_no_report_does(ones):
    for one in Submission.objects.exclude(report={}):
        text = objects.get(one.report["report.txt"]["object"]).decode()
        assert (one.reference, several(text)) == (one.reference, [])


@pytest.mark.django_db
def test_no_letter_does(ones):
    wrong = {}
    for name in (
        "submission.held",
        "submission.published",
        "submission.tested",
        "submission.refused",
    ):
        for one in Submission.objects.annotate(subject=F("office")):
            event = AuditEvent(
                event=name, office_id=one.office_id, subject=one.reference, at=builders.AT
            )
            if (said := told.of_event(event)) and (found := several(f"{said.title}. {said.text}")):
                wrong[one.reference, name] = found
    assert wrong == {}
