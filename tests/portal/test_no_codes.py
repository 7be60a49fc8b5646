"""No page says what only a program would: a name with underscores, an empty value of Python, a template's braces."""

from __future__ import annotations

import re

import pytest

from portal import busy_hub
from portal.conftest import signed_in
from portal.test_browser import PAGES, filled
from portal.test_browser_hub import HUB_PAGES, OF_OFFICES
from portal.test_one_of_each import shown

RAW = re.compile(
    r"\b(?:True|False|nan)\b|\{[{%]|\b[a-z]{2,}(?:_[a-z0-9]+)+\b(?!\.\w)|datetime\.|&lt;\w+ object"
)
ROLES = re.compile(r"\bipob_[a-z]{2}\b|\bprivate_key_jwt\b|\bKH_\w+|\bKHT?_\w*")
"""Names that are what people type or agree on: SFTP accounts, the method of RFC 7523, files."""


def raw(page):
    """What of a page's words only a program would say; what stands as code or as sent is not looked at."""
    body = page.split("<main", 1)[-1]
    body = re.sub(r'(?s)<(\w+)[^>]* class="(?:id|inid|raw|id nowrap)"[^>]*>.*?</\1>', " ", body)
    return RAW.findall(ROLES.sub(" ", shown(body)))


def test_the_check_of_this_test_finds_what_it_looks_for():
    assert raw("<main><p>None of them is True? hold_percent 1</p>") == ["True", "hold_percent"]
    assert raw("<main><p>none</p><code>hold_percent</code> ipob_kh") == []


@pytest.mark.django_db
def test_no_page_of_an_office_does(office):
    client = signed_in("sokha.chan@moc.example")
    found = {name: raw(client.get(filled(PAGES[name])).content.decode()) for name in PAGES}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.django_db(transaction=True)
def test_no_page_of_an_operator_does(office):
    client = signed_in("operator@hub.example")
    with busy_hub.at_work():
        pages = {**HUB_PAGES, **OF_OFFICES}
        found = {name: raw(client.get(pages[name]).content.decode()) for name in pages}
    assert {name: what for name, what in found.items() if what} == {}
