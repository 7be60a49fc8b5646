"""The portal in a real Chromium: the journey of an officer, and every page at two widths, light and dark.

With IPSHARE_PICTURES=folder the pages are kept as pictures (docs/pictures has some of them).
"""

from __future__ import annotations

import os
import shutil
from datetime import timedelta

import pytest
from django.db import connections

from ipshare.domain.zone import zone_of
from ipshare.store.models.accounts import Office
from portal import builders
from portal.test_guard import a_push

chromium = shutil.which("chromium") or shutil.which("chromium-browser")
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.skipif(chromium is None, reason="no chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]
PAGES = {
    "home": "/",
    "uploads": "/uploads/kh",
    "office": "/offices/kh",
    "rhythm": "/offices/kh/rhythm",
    "history": "/history",
    "history-whole": "/history?first=",
    "history-empty": "/history?state=rejected",
    "submission": "/submissions/KH-000003",
    "running": "/submissions/KH-000005",
    "held": "/submissions/KH-000004",
    "held-list": "/submissions/KH-000004/held/withdrawn",
    "held-record": "/submissions/KH-000004/held-record?number=KH/1/24",
    "held-effect": "/submissions/KH-000004/effect",
    "refused": "/submissions/KH-000006",
    "repeated": "/submissions/KH-000007",
    "findings": "/submissions/KH-000003/findings?rule=TXT-008",
    "findings-all": "/submissions/KH-000003/findings",
    "findings-none": "/submissions/KH-000003/findings?number=none",
    "authorizations": "/data-exchange-authorizations/kh",
    "authorization": "/data-exchange-authorizations/kh/{jpo}",
    "versions": "/data-exchange-authorizations/kh/{jpo}/versions",
    "base-restriction": "/data-exchange-authorizations/kh/base",
    "blocks": "/data-exchange-authorizations/kh/blocks",
    "blocks-ended": "/data-exchange-authorizations/kh/blocks?ended=1",
    "disclosures": "/disclosures/kh",
    "disclosures-record": "/disclosures/kh?number=KH/7/24",
    "disclosures-unknown": "/disclosures/kh?number=KH/0/00",
    "delivery": "/deliveries/kh/{jpo}/{yesterday}/api/1/0",
    "delivery-none": "/deliveries/kh/{jpo}/{yesterday}/api/1/0?number=KH/0/00",
    "pushed": "/deliveries/kh/pushed/{push}",
    "credentials": "/data-exchange-authorizations/kh/{jpo}/credentials",
    "statement": "/data-exchange-authorizations/kh/{kipo}/statements/{stated}",
    "destinations": "/data-exchange-authorizations/kh/{jpo}/destinations",
    "destinations-one": "/data-exchange-authorizations/kh/{wipo}/destinations",
    "destination-remove": "/data-exchange-authorizations/kh/{wipo}/destinations?remove={place}",
    "notifications": "/notifications",
    "keys": "/keys-and-accounts/kh",
    "senders": "/keys-and-accounts/kh/senders",
    "sender": "/keys-and-accounts/kh/senders/{sender}",
    "api-clients": "/keys-and-accounts/kh/clients",
    "api-clients-none": "/keys-and-accounts/kh/clients?words=nobody",
    "proposals": "/data-exchange-authorizations/kh/proposals",
    "audit": "/audit",
    "audit-none": "/audit?who=nobody",
    "people": "/people/kh",
    "security": "/security",
    "password": "/security/password",
    "second-step-app": "/security/app",
    "second-step-passkey": "/security/passkey",
    "register": "/register/kh?q=golden&sort=-filed",
    "register-empty": "/register/kh?q=nothing+such",
    "register-withdrawn": "/register/kh?only=withdrawn&q=KH/7/24",
    "kept-back": "/register/kh/kept-back",
    "kept-back-none": "/register/kh/kept-back?right=design",
    "record": "/register/kh/records/trademark/KH/118204/24",
    "record-withdrawn": "/register/kh/records/trademark/KH/7/24",
    "as-seen": "/register/kh/as-seen/{jpo}/trademark/KH/118204/24",
    "as-seen-not": "/register/kh/as-seen/{jpo}/trademark/KH/7/24",
    "find": "/find?q=stung",
    "find-files": "/find?q=KH_TM",
    "find-nothing": "/find?q=nothing+such",
    "find-empty": "/find",
    "not-found": "/submissions/TH-000001",
}


AT_HOME = "All times in Phnom Penh (UTC+7)"


def filled(address):
    """An address of PAGES with the numbers that its things have in this database."""
    kh = Office.objects.get(code="KH")
    yesterday = (builders.AT - timedelta(days=1)).astimezone(zone_of("KH").offset).date()
    kipo = kh.authorizations.get(third_party__name="KIPO")
    return address.format(
        jpo=kh.authorizations.get(third_party__name="JPO").pk,
        kipo=kipo.pk,
        stated=kipo.statements.get().pk,
        wipo=kh.authorizations.get(third_party__name="WIPO").pk,
        yesterday=yesterday,
        push=a_push(kh).pk,
        place=a_push(kh).destination_id,
        sender=builders.senders.of("KH").get(name=builders.MACHINE).pk,
    )


@pytest.fixture
def browser(monkeypatch):
    """A browser; its driver runs an event loop in this thread, where Django would forbid queries.

    The threads of the live server keep no connection, so that the test database can be dropped at the end.
    """
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    monkeypatch.setitem(connections.databases["default"], "CONN_MAX_AGE", 0)
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()
        connections.close_all()  # those of this event loop; Django closes its own


def a_tab(browser, live_server, *, width=1280, scheme="light", complaints=None):
    """A tab that keeps what the browser complains of: errors, violations of the policy, requests elsewhere."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=live_server.url
    )
    tab = context.new_page()
    kept = [] if complaints is None else complaints
    tab.on("console", lambda m: kept.append(m.text) if m.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda error: kept.append(str(error)))
    tab.on(
        "request",
        lambda r: None if r.url.startswith(live_server.url) else kept.append(f"asked {r.url}"),
    )
    return tab


def sign_in(tab, email="sokha.chan@moc.example"):
    tab.goto("/sign-in")
    tab.fill("#email", email)
    tab.fill("#password", builders.PASSWORD)
    tab.click("button[type=submit]")
    tab.wait_for_url("**/")


def overflow(tab):
    """How many pixels the page is wider than its window."""
    return tab.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def test_an_officer_signs_in_reads_a_report_and_adds_a_third_party(browser, live_server, office):
    complaints = []
    tab = a_tab(browser, live_server, complaints=complaints)
    sign_in(tab)
    tab.click("nav >> text=Exchange history")
    tab.click("text=KH_TM_Updates_20261120.zip >> nth=1")
    assert tab.inner_text("h1") == "KH_TM_Updates_20261120.zip"
    tab.click("text=Show 118")
    assert tab.locator("tbody tr").count() == 50
    assert tab.locator("ins.value [lang=km]").count() == 50
    tab.click("nav >> text=Authorizations")
    tab.fill("#name", "IPOS")
    tab.click("button:has-text('Add Third Party')")
    secret = tab.locator("#secret code").nth(1).inner_text()
    assert len(secret) > 30
    tab.check("label:has-text('Trademarks')")
    tab.check("label:has-text('Without stakeholder information')")
    tab.fill("#save-reason", "Memorandum of 3 November")
    tab.click("text=Show what changes")
    assert "IPOS would gain 13,201 records" in tab.inner_text("main")
    tab.click("text=Save Changes")
    tab.click("main >> text=Data Exchange Authorizations")
    row = tab.locator("tr", has_text="IPOS").first
    assert "without stakeholder information" in row.inner_text()
    assert "In force" in row.inner_text()
    assert secret not in tab.content()
    assert complaints == []


def test_a_running_submission_moves_by_itself_and_then_shows_its_report(
    browser, live_server, office
):
    complaints = []
    tab = a_tab(browser, live_server, complaints=complaints)
    sign_in(tab)
    tab.goto("/submissions/KH-000005")
    assert "64" in tab.inner_text("#running")
    running = builders.Submission.objects.get(office="KH", number=5)
    running.bytes_done = running.bytes_total // 100 * 99
    running.save()
    sync_api.expect(tab.locator("#running")).to_contain_text("99", timeout=15_000)
    running.state, running.ended_at = "published", builders.AT
    running.save()
    builders.with_report(running)
    tab.wait_for_selector("#causes")
    assert "Published" in tab.inner_text("#running")
    assert tab.locator("[hx-trigger]").count() == 0
    assert complaints == []


def pictured(tab, name, width):
    """Keep pictures of a page, light and dark, where a folder for them is named."""
    pictures = os.environ.get("IPSHARE_PICTURES")
    for scheme in ("dark", "light") if pictures else ():
        tab.emulate_media(color_scheme=scheme)
        tab.screenshot(path=f"{pictures}/{name}-{width}-{scheme}.png")
        tab.screenshot(path=f"{pictures}/{name}-{width}-{scheme}-whole.png", full_page=True)
    tab.emulate_media(color_scheme="null")


def test_every_page_fits_its_window(browser, live_server, office):
    for width in (1280, 390):
        complaints = []
        tab = a_tab(browser, live_server, width=width, complaints=complaints)
        tab.goto("/sign-in")
        pages = {"sign-in": "/sign-in", **PAGES}
        for name, address in pages.items():
            if name == "home":
                sign_in(tab)
            tab.goto(filled(address))
            pictured(tab, name, width)
            assert (name, width, overflow(tab)) == (name, width, 0)
            if name != "sign-in":
                assert (name, tab.inner_text(".foot span")) == (name, AT_HOME)
        expected = [c for c in complaints if "404 (Not Found)" not in c]
        assert expected == []
        tab.context.close()


def test_a_finding_that_names_a_long_file_fits_a_telephone(browser, live_server, office):
    held = builders.Submission.objects.get(office="KH", number=4)
    builders.some_findings(
        held, "NUM-001", 1, record="", path="ApplicationNumber/ApplicationNumberText",
        message="Record at line 11 in KH_TM_Full_Extraction_20261128.xml has no application number. Fill the number.",
    )  # fmt: skip
    tab = a_tab(browser, live_server, width=390)
    sign_in(tab)
    tab.goto("/submissions/KH-000004/findings?rule=NUM-001")
    assert "no number" in tab.inner_text("tbody")
    assert overflow(tab) == 0
    tab.goto("/submissions/KH-000004/findings")
    assert overflow(tab) == 0


def test_the_newest_weeks_of_the_chart_are_seen_first(browser, live_server, office):
    tab = a_tab(browser, live_server, width=390)
    sign_in(tab)
    tab.goto("/history")
    box = tab.locator(".newest").bounding_box()
    bar = tab.locator(".newest .came").last.bounding_box()
    assert box["x"] <= bar["x"]
    assert bar["x"] + bar["width"] <= box["x"] + box["width"] + 1


def test_the_operator_sees_the_offices(browser, live_server, office):
    complaints = []
    tab = a_tab(browser, live_server, width=390, complaints=complaints)
    sign_in(tab, "operator@hub.example")
    assert "Cambodia" in tab.inner_text("main")
    assert overflow(tab) == 0
    assert complaints == []
    if pictures := os.environ.get("IPSHARE_PICTURES"):
        tab.set_viewport_size({"width": 1280, "height": 800})
        tab.screenshot(path=f"{pictures}/offices-1280-light.png", full_page=True)


def test_the_portal_works_without_script(browser, live_server, office):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    tab = context.new_page()
    sign_in(tab)
    tab.goto("/submissions/KH-000005")
    assert "Checking" in tab.inner_text("#running")
    tab.goto("/data-exchange-authorizations/kh")
    tab.fill("#name", "IPOS")
    tab.click("button:has-text('Add Third Party')")
    assert "Copy this secret now" in tab.inner_text("main")
    tab.click("main >> text=Credentials")
    tab.click("text=New secret")
    tab.click("text=Make a new secret")
    assert tab.url.endswith("/credentials#secret")
    assert "This is secret 2" in tab.inner_text("#secret")
    tab.reload()
    assert tab.locator("#secret").count() == 0
    assert "2 of at most 2 valid" in tab.inner_text("main"), "a reload makes no other"
    context.close()


def test_a_form_that_is_clicked_twice_is_sent_once(browser, live_server, office):
    tab = a_tab(browser, live_server)
    sign_in(tab)
    tab.goto("/data-exchange-authorizations/kh")
    tab.fill("#name", "IPOS")
    tab.click("button:has-text('Add Third Party')")
    tab.click("main >> text=Credentials")
    tab.click("text=New secret")
    held = []
    tab.route(
        "**",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    tab.evaluate(
        """async () => {
            const button = document.querySelector("form[action*='secret#'] button[type=submit]");
            button.click();
            await new Promise((later) => setTimeout(later, 100));
            button.click();
            await fetch("/health/live");
        }"""
    )
    assert len(held) == 1
    held.pop().continue_()
    tab.wait_for_selector("#secret")
    tab.go_back()
    tab.click("text=New secret")
    with tab.expect_request(lambda request: request.method == "POST"):
        tab.click("text=Make a new secret", no_wait_after=True)  # seen again, it is sent again


def test_on_paper_stands_what_is_and_nothing_that_only_asks(browser, live_server, office):
    tab = a_tab(browser, live_server, width=702)  # A4 between its margins
    sign_in(tab)
    for name, kept, left_out in (
        ("submission", "#causes", "text=Check again >> nth=0"),
        ("held", "#compare", "#decide"),
        ("authorization", "text=Data Restriction", "#save-reason"),
        ("authorizations", "text=Japan Patent Office", "#add"),
        ("credentials", "#statements", "text=Make a new secret >> nth=0"),
        ("statement", "#taken", "a >> text=Signed file"),
        ("record", "#g-identity", ".as-seen"),
    ):
        tab.goto(filled(PAGES[name]))
        tab.emulate_media(media="print", color_scheme="dark")
        assert "printed by Chan Sokha · all times in Phnom Penh (UTC+7)" in tab.inner_text("main")
        assert tab.locator(kept).first.is_visible(), name
        assert not tab.locator(left_out).is_visible(), name
        paper = tab.evaluate("getComputedStyle(document.body).color")
        assert paper == "rgb(23, 32, 42)", "ink on paper, though the device is dark"
        assert overflow(tab) == 0
        tab.emulate_media(media="screen", color_scheme="light")
