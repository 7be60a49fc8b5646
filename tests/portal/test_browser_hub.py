"""The operator in a real Chromium: an office is onboarded by a form, and its machine's first package gets a report."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.urls import resolve

from intake.sftp_clients import OpenSsh, running, wait_for
from ipshare.domain.office import Kind, Right
from ipshare.ops.sample import package
from ipshare.ops.sample.order import Order
from ipshare.portal import urls
from ipshare.store.models.submissions import Submission
from line import drain
from portal import busy_hub
from portal.test_accessibility import violations
from portal.test_browser import a_tab, browser, chromium, overflow, pictured, sign_in, sync_api  # noqa: F401

pytestmark = [
    pytest.mark.skipif(chromium is None, reason="no chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]


HUB_PAGES = {
    "hub-offices": "/hub/offices",
    "hub-offices-none": "/hub/offices?words=zz",
    "hub-office-add": "/hub/offices/add?code=TL",
    "hub-office": "/hub/offices/kh",
    "hub-operators": "/hub/operators",
    "hub-queue": "/hub/queue",
    "hub-codes": "/hub/codes",
    "hub-codes-none": "/hub/codes?words=nothing",
    "hub-storage": "/hub/storage",
    "hub-versions": "/hub/versions",
    "hub-health": "/hub/health",
}
OF_OFFICES = {
    "operator-home": "/offices/kh",
    "operator-history": "/history?first=&office=KH",
    "operator-submission": "/submissions/KH-000003",
    "operator-held": "/submissions/KH-000004",
    "operator-register": "/register/kh",
    "operator-people": "/people/kh",
    "operator-authorizations": "/data-exchange-authorizations/kh",
    "operator-disclosures": "/disclosures/kh",
    "operator-audit": "/audit",
    "operator-audit-office": "/audit?office=KH",
    "operator-find": "/find?q=KH_TM",
    "operator-notifications": "/notifications",
    "operator-security": "/security",
}
"""What operators see of offices and of themselves."""


def _work():
    drain()
    connections.close_all()


def test_an_eleventh_office_is_a_form_and_its_first_package_gets_a_report(
    browser,  # noqa: F811
    live_server,
    office,
    tmp_path,
):
    pair = tmp_path / "ipob_tl"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", pair], check=True)
    complaints = []
    tab = a_tab(browser, live_server, complaints=complaints)
    sign_in(tab, "operator@hub.example")
    tab.click("text=Add an office")
    tab.click("main >> text=TL")
    assert tab.input_value("#languages") == "pt"
    tab.fill("#name", "Timor-Leste, Direção Nacional da Propriedade Intelectual")
    tab.fill("#key", "ssh-ed25519 AAAA")
    tab.click("button:has-text('Add the office')")
    assert "cannot be read" in tab.inner_text("#key-error")
    tab.fill("#key", pair.with_suffix(".pub").read_text())
    tab.click("button:has-text('Add the office')")
    tab.wait_for_url("**/hub/offices/tl")
    assert "TL is an office of the hub" in tab.inner_text("main")

    made = package.write(
        Order(
            office="TL",
            right=Right.TRADEMARK,
            kind=Kind.FULL_EXTRACTION,
            records=40,
            date="2026-11-20",
            defects=0.3,
        ),
        tmp_path,
    )
    with running(tmp_path / "door") as server:
        send = OpenSsh(server, tmp_path, "ipob_tl", tmp_path)
        send("cd ipob_tl", f"put {made.path.name} Trademarks/Test/")
        wait_for(lambda: Submission.objects.filter(office="TL").exists())
    with ThreadPoolExecutor(1) as beside:  # the browser's driver runs an event loop in this thread
        beside.submit(_work).result()

    tab.click("text=Its submissions")
    tab.click(f"text={made.path.name}")
    assert "Tested" in tab.inner_text("#running")
    assert "Keeps back until corrected" in tab.inner_text("main")
    tab.click("nav >> text=Offices")
    assert "Timor-Leste" in tab.inner_text("main")
    assert overflow(tab) == 0
    assert [c for c in complaints if "422" not in c] == []


def test_every_page_of_the_hub_fits_and_axe_finds_nothing(browser, live_server, office):  # noqa: F811
    found, complaints = {}, []
    tabs = {
        width: a_tab(browser, live_server, width=width, complaints=complaints)
        for width in (1280, 390)
    }
    for width, tab in tabs.items():
        sign_in(tab, "operator@hub.example")
        look(tab, {"hub-queue-idle": "/hub/queue"}, width, found)
    with busy_hub.at_work():
        for width, tab in tabs.items():
            look(tab, {**HUB_PAGES, **OF_OFFICES}, width, found)
    assert complaints == []
    assert not any(found.values()), found


def look(tab, pages, width, found):
    """Each page fits its window; axe looks at those of operators alone, the others it has seen as an officer."""
    for name, address in pages.items():
        tab.goto(address)
        pictured(tab, name, width)
        assert (name, width, overflow(tab)) == (name, width, 0)
        if width == 1280 and name not in OF_OFFICES:
            found[name] = violations(tab)


def test_every_page_of_the_hub_is_looked_at():
    seen = {resolve(address.partition("?")[0]).url_name for address in HUB_PAGES.values()}
    asked = {p.name for p in urls.urlpatterns if "GET" in getattr(p.callback, "methods", ())}
    asked = {name for name in asked if name.startswith("hub-")}
    assert {name for name in asked if not name.endswith(("-csv", "-xlsx", "-live"))} == seen


def test_an_officer_sees_none_of_it(browser, live_server, office):  # noqa: F811
    tab = a_tab(browser, live_server)
    sign_in(tab)
    assert tab.locator("a[href*='/hub/']").count() == 0
    tab.goto("/hub/offices")
    assert tab.inner_text("h1") == "There is no such page for you"
