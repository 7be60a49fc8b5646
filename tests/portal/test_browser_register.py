"""The register in a real Chromium: from a Khmer name to a record, its picture, its findings, and JPO's side of it."""

from __future__ import annotations

import pytest

from portal import builders, registers
from portal.test_browser import a_tab, browser, chromium, overflow, pictured, sign_in  # noqa: F401 (a fixture)

pytestmark = [
    pytest.mark.skipif(chromium is None, reason="no chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]
RECORD = f"/register/kh/records/trademark/{registers.NUMBER}"
HER_NAME = "ស្ទឹងមាស ហ្វូដ"


def party(name):
    return next(
        one
        for one in builders.authorized.list_for("KH")
        if one.authorization.third_party.name == name
    )


def width_of_the_picture(tab):
    """The pixels of the record's picture, as the browser read it; it loads when it comes into sight."""
    shown = tab.locator("figure img")
    shown.scroll_into_view_if_needed()
    return shown.evaluate("image => image.decode().then(() => image.naturalWidth)")


def test_an_officer_finds_a_record_by_a_khmer_name_and_sees_what_jpo_sees(
    browser,  # noqa: F811
    live_server,
    register,
):
    complaints = []
    tab = a_tab(browser, live_server, complaints=complaints)
    sign_in(tab)
    tab.click("nav >> text=Register")
    tab.fill("#find", HER_NAME)
    tab.select_option("#where", "name")
    tab.click("button:has-text('Search')")
    assert tab.inner_text("#list") == "1\u00a0record"
    tab.click(f"main >> text={registers.NUMBER}")
    tab.wait_for_url(f"**{RECORD}")
    assert width_of_the_picture(tab) > 0
    assert tab.locator("mark", has_text="KH/M/").count() >= 1
    assert tab.locator("ins.value", has_text="2025/104411").count() == 1
    history = tab.locator("aside .timeline").first.inner_text()
    assert "Came into the register" in history
    assert "Changed: Goods, Media" in history.replace("\n", " ")
    assert tab.locator(f"[lang=km]:has-text('{registers.NAME}')").count() >= 1
    pictured(tab, "record", 1280)
    tab.click("nav[aria-labelledby=seen-by] >> text=JPO")
    assert "You see this record as JPO sees it" in tab.inner_text("main")
    assert registers.NAME not in tab.inner_text("main")
    assert "Withheld from JPO" in tab.inner_text("section:has(#g-stakeholders)")
    assert width_of_the_picture(tab) > 0
    pictured(tab, "as-seen", 1280)
    tab.click("nav[aria-labelledby=seen-by] >> text=KIPO")
    assert "The authorization was ended" in tab.inner_text("main")
    assert complaints == []


def test_somebody_of_another_office_finds_none_of_its_addresses(browser, live_server, register):  # noqa: F811
    tab = a_tab(browser, live_server)
    sign_in(tab, "anong@dip.example")
    jpo = party("JPO").authorization.pk
    tail = f"trademark/{registers.NUMBER}"
    for address in (
        "/register/kh",
        "/register/kh/csv",
        RECORD,
        f"/register/kh/xml/{tail}",
        f"/register/kh/json/{tail}",
        f"/register/kh/files/trademark/{registers.IMAGE}",
        f"/register/kh/as-seen/{jpo}/{tail}",
        f"/register/kh/as-seen-json/{jpo}/{tail}",
        f"/register/kh/as-seen-files/{jpo}/trademark/{registers.IMAGE}",
        f"/register/th/as-seen/{jpo}/{tail}",
    ):
        assert (address, tab.goto(address).status) == (address, 404)


def test_the_pages_fit_their_window(browser, live_server, register):  # noqa: F811
    jpo, kipo = party("JPO").authorization.pk, party("KIPO").authorization.pk
    pages = {
        "register": "/register/kh?q=golden&sort=-filed",
        "register-all": "/register/kh",
        "register-empty": "/register/kh?q=nothing+such",
        "register-nothing": "/register/kh?right=design",
        "record": RECORD,
        "record-withdrawn": "/register/kh/records/trademark/KH/7/24",
        "as-seen": f"/register/kh/as-seen/{jpo}/trademark/{registers.NUMBER}",
        "as-seen-not": f"/register/kh/as-seen/{kipo}/trademark/{registers.NUMBER}",
        "find": "/find?q=stung",
    }
    for width in (1280, 390):
        tab = a_tab(browser, live_server, width=width)
        sign_in(tab)
        for name, address in pages.items():
            tab.goto(address)
            pictured(tab, name, width)
            assert (name, width, overflow(tab)) == (name, width, 0)
        tab.context.close()
