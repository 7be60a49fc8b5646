"""How children of several groups stand among each other must not tell of those that are withheld."""

from __future__ import annotations

import pytest
from lxml import etree

from ipshare.check.package import group_digests
from ipshare.domain.group import SHAREABLE, Restriction
from ipshare.domain.office import Right
from ipshare.parse import canonical
from ipshare.render import st96, st97
from xmlbuilders import a_mark, transaction

MARK = a_mark("1")
START, END = MARK.index("<tmk:ApplicantBag>"), MARK.index("</tmk:Trademark>")
APPLICANTS = MARK[START:END]
WITHOUT = MARK[:START] + MARK[END:]
EARLY = WITHOUT.replace("<com:Reg", f"{APPLICANTS}<com:Reg", 1)
SEEN = SHAREABLE - Restriction.WITHOUT_STAKEHOLDERS.groups


def read(mark):
    element = etree.fromstring(transaction(mark)).find(".//{*}Trademark")
    return canonical.convert(element, right=Right.TRADEMARK, office="XA", file="a", line=1)


def seen(mark):
    record = read(mark)
    digests = group_digests(record)
    return {
        group: (document, digests[group])
        for group, document in record.documents.items()
        if group in SEEN
    }


@pytest.mark.parametrize("other", [EARLY, WITHOUT], ids=["out of order", "none"])
def test_documents_and_digests_are_the_same_wherever_what_is_withheld_stands(other):
    assert seen(other) == seen(MARK)


def test_the_office_gets_its_own_order_back():
    whole = st97.merge(list(read(EARLY).documents.values()))
    text = st96.to_xml(Right.TRADEMARK, whole).decode()
    assert text.index("ApplicantBag") < text.index("RegistrationOfficeCode")


def test_a_group_keeps_the_order_of_its_own_children():
    date = "<com:ApplicationDate>2019-05-06</com:ApplicationDate>"
    moved = MARK.replace(date, "").replace("<com:Reg", f"{date}<com:Reg", 1)
    text = st97.merge([document for document, _ in seen(moved).values()]).decode()
    assert '"#order":["applicationDate","registrationOfficeCode"' in text
