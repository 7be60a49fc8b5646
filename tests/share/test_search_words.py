"""What text, numbers and classes are found by; and that no shape of a document makes the index fail."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipshare.domain.office import Right
from ipshare.share.search import entries, words

KEYS = st.sampled_from(
    [
        "~",
        "#0",
        "#root",
        "$",
        "@languageCode",
        "applicationNumber",
        "applicantBag",
        "applicant",
        "contact",
        "name",
        "legalEntityName",
        "goodsServicesBag",
        "goodsServices",
        "classNumber",
        "markRepresentation",
        "markReproduction",
        "wordMarkSpecification",
        "designBag",
        "design",
        "partyBag",
        "bibliographicData",
        "patentClassificationBag",
        "publicationBag",
        "publication",
        "markCurrentStatusCode",
        "personName",
    ]
)
SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def found_by(query, text):
    """Whether a text has every lexeme that a query asks for."""
    there = set(words.lexemes(text))
    return all(
        any(one.startswith(lexeme) if goes_on else one == lexeme for one in there)
        for lexeme, goes_on in words.asked(query)
    )


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("phở", "PHỞ Hà Nội"),
        ("pho ha noi", "PHỞ Hà Nội"),
        ("đồng", "Đồng Nai"),
        ("dong", "Đồng Nai"),
        ("phở", "PHO\u031b\u0309 BO\u0300"),  # decomposed, as some keyboards write it
        ("กาแฟ", "ร้านกาแฟสด"),
        ("กาแฟ coffee", "Coffee ร้านกาแฟ"),
        ("แฟ", "กาแฟ"),
        ("ກາເຟ", "ຮ້ານກາເຟລາວ"),
        ("ភ្នំពេញ", "ហាង\u200bភ្នំពេញ\u200bថ្មី"),  # Khmer may have invisible spaces
        ("ភ្នំ\u200bពេញ", "ហាងភ្នំពេញថ្មី"),
        ("ရန်ကုန်", "မြန်မာရန်ကုန်ဆိုင်"),
        ("山田", "株式会社山田商店"),
        ("田", "株式会社山田商店"),
        ("nike", "\uff2e\uff29\uff2b\uff25"),  # full width
        ("app*", "My Application"),
        ("7", "ร้าน ๗"),
        ("كتاب", "كِتَاب"),
        ("strasse", "STRASSE Straße"),
    ],
)
def test_a_text_is_found(query, text):
    assert found_by(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("phở", "pho"),  # written with diacritics, it asks for them
        ("ap", "apple"),
        ("กาแฟ", "แฟกา"),
        ("กาแฟ", "กา แฟ"),
        ("apple pie", "apple"),
    ],
)
def test_another_text_is_not_found(query, text):
    assert not found_by(query, text)


@given(text=st.text(max_size=40))
def test_every_text_is_found_by_itself(text):
    assert found_by(text.replace("*", " "), text)


@given(texts=st.lists(st.text(min_size=1, max_size=20), max_size=5))
@pytest.mark.django_db
def test_postgresql_reads_what_is_written(texts):
    from django.db import connection

    found = sorted({words.entry("w", text) for text in texts if "\0" not in text})
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(%s::tsvector)", [words.vector(found)])
        [read] = cursor.fetchone()
        for one in found:
            query = words.every([words.any_of([words.found(one), words.found("z")])])
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [words.vector(found), query])
            assert cursor.fetchone() == (True,)
    assert sorted(read) == found


@given(
    first=st.dates(date(1, 1, 1), date(9998, 1, 1)),
    size=st.integers(0, 40_000),
    day=st.dates(date(1, 1, 1), date(9999, 12, 31)),
)
def test_days_are_found_from_the_first_to_the_last(first, size, day):
    last = first + timedelta(days=min(size, (date(9999, 12, 31) - first).days))
    beginnings = list(entries.days(first, last))
    assert len(beginnings) <= 144
    for one in (first, last, day):
        written = f"{one.year:04}{one:%m%d}"
        assert any(map(written.startswith, beginnings)) == (first <= one <= last)


def test_numbers_and_classes_have_one_form():
    assert entries.plain_number("KH/R/49703-13") == entries.plain_number("khr 4970313")
    assert [entries.nice_class(one) for one in ("09", "9", "45", "46", "0", "x", "²")] == [
        "9", "9", "45", "", "", "", "",
    ]  # fmt: skip
    assert {entries.ipc_symbol(one) for one in ("A61K 31/05 (2006.01)", "a61k31/05", "A61K0031050000")} == {
        "a61k31/05"
    }  # fmt: skip
    assert {entries.locarno_class(one) for one in ("09-03", "0903", "9.3", "9-03")} == {"09-03"}
    assert entries.locarno_class("furniture") == ""


@given(content=st.dictionaries(KEYS, SHAPES, max_size=5), right=st.sampled_from(Right))
def test_no_shape_of_a_document_fails(content, right):
    document = msgspec.json.encode(content)
    for group in entries.GROUPS:
        entries.of_group(right, "XA", group, document, root="BibliographicData")
    entries.root_of(document)
