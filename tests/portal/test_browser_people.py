"""People in a real Chromium: invitation, second step, passkey, a viewer, and two who approve side by side."""

from __future__ import annotations

import os
import re

import pytest
from django.db import connection

from ipshare.accounts import attempts
from ipshare.share import authorized
from ipshare.store.models.accounts import Office
from ipshare.store.models.letters import Letter
from ipshare.store.models.proposals import Proposal
from ipshare.store.models.sharing import Authorization
from portal import builders
from portal.test_accessibility import violations
from portal.test_browser import a_tab, browser, chromium, overflow, sign_in  # noqa: F401 (a fixture)
from portal.test_second_step import code_of

pytestmark = [
    pytest.mark.skipif(chromium is None, reason="no chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]
PARTIES = "/data-exchange-authorizations/kh"


def looked_at(tab):
    """A page that axe finds nothing on, and that is no wider than its window."""
    if folder := os.environ.get("IPSHARE_PICTURES"):
        name = tab.title().partition(" ·")[0].replace(" ", "-").lower()
        tab.screenshot(
            path=f"{folder}/people-{name}-{tab.viewport_size['width']}.png", full_page=True
        )
    assert violations(tab) == []
    assert overflow(tab) <= 0


def link():
    return re.search(r"http://[^/\s]+(/\S+)", Letter.objects.latest("pk").body)[1]


def no_complaints(kept):
    """What the browser said, without the answers that a test asked for."""
    return [one for one in kept if "status of 4" not in one]


def test_an_invitation_leads_to_an_account_with_a_second_step(browser, live_server, office):  # noqa: F811
    complaints = []
    admin = a_tab(browser, live_server, complaints=complaints)
    sign_in(admin)
    admin.click("nav >> text=People")
    admin.fill("#invite-name", "Sok Lina")
    admin.fill("#invite-email", "lina.sok@moc.example")
    admin.locator(".roles label", has_text="Trademarks").first.click()
    admin.click("text=Send the invitation")
    assert "lina.sok@moc.example" in admin.inner_text("main")

    lina = a_tab(browser, live_server, width=390, scheme="dark", complaints=complaints)
    lina.goto(link())
    looked_at(lina)
    lina.fill("#password", "four words on a wall")
    lina.click("text=Make my account")
    lina.wait_for_url("**/")
    lina.goto("/security/app")
    secret = lina.inner_text("#totp-secret")
    lina.fill("#code", code_of(secret))
    lina.click("button:has-text('Add this app')")
    codes = lina.locator("#codes code").all_inner_texts()
    assert len(codes) == 10
    looked_at(lina)
    lina.goto("/security")
    assert "10\xa0codes left" in lina.inner_text("main")

    again = a_tab(browser, live_server, width=390, complaints=complaints)
    for code in (code_of(secret, steps=1), codes[0]):
        again.goto("/sign-in")
        again.fill("#email", "lina.sok@moc.example")
        again.fill("#password", "four words on a wall")
        again.click("button:has-text('Continue')")
        again.wait_for_url("**/sign-in/second-step")
        looked_at(again)
        again.fill("#code", "000000")
        again.press("#code", "Enter")
        again.wait_for_selector("#trouble")
        looked_at(again)
        again.fill("#code", code)
        again.press("#code", "Enter")  # by keyboard alone
        again.wait_for_url("**/")
        again.click("text=Menu")  # the page is 390 pixels wide
        again.click("text=Sign out")
        again.wait_for_url("**/sign-in")
    assert no_complaints(complaints) == []


def test_a_passkey_signs_in_without_a_password(browser, live_server, office):  # noqa: F811
    complaints = []
    tab = a_tab(browser, live_server, complaints=complaints)
    devices = tab.context.new_cdp_session(tab)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(tab)
    tab.goto("/security")
    tab.click("text=Add a passkey")
    tab.fill("#name", "laptop of the registry")
    tab.click("button:has-text('Add a passkey')")
    tab.wait_for_selector("#codes")
    tab.click("text=I have kept them")
    assert "laptop of the registry" in tab.inner_text("main")
    tab.locator("text=Sign out").click()
    tab.wait_for_url("**/sign-in")
    tab.click("button:has-text('Use a passkey')")
    tab.wait_for_url("**/")
    assert tab.inner_text("h1") == "Cambodia"
    tab.locator("text=Sign out").click()
    tab.wait_for_url("**/sign-in")
    tab.fill("#email", "sokha.chan@moc.example")
    tab.fill("#password", builders.PASSWORD)
    tab.click("button:has-text('Continue')")
    tab.wait_for_url("**/sign-in/second-step")
    looked_at(tab)
    tab.click("button:has-text('Use a passkey')")
    tab.wait_for_url("**/")
    assert no_complaints(complaints) == []


def test_a_password_and_a_code_need_no_script(browser, live_server, office):  # noqa: F811
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    tab = context.new_page()
    sign_in(tab)
    tab.goto("/security/app")
    secret = tab.inner_text("#totp-secret")
    tab.fill("#code", code_of(secret))
    tab.click("button:has-text('Add this app')")
    assert tab.locator("#codes code").count() == 10
    tab.locator("text=Sign out").click()
    tab.goto("/sign-in")
    assert not tab.locator("text=Use a passkey").is_visible()
    tab.fill("#email", "sokha.chan@moc.example")
    tab.fill("#password", builders.PASSWORD)
    tab.click("button:has-text('Continue')")
    tab.fill("#code", code_of(secret, steps=1))
    tab.click("button:has-text('Sign in')")
    assert tab.inner_text("h1") == "Cambodia"


def test_a_forgotten_password_comes_back_by_a_letter(browser, live_server, office):  # noqa: F811
    tab = a_tab(browser, live_server, width=390)
    tab.goto("/sign-in")
    tab.click("text=Forgotten?")
    looked_at(tab)
    tab.fill("#email", "sokha.chan@moc.example")
    tab.click("text=Send the letter")
    tab.goto(link())
    looked_at(tab)
    there = tab.url
    tab.fill("#password", "short")
    tab.click("text=Save it")
    looked_at(tab)
    tab.fill("#password", "seven bells at the temple")
    tab.click("text=Save it")
    tab.fill("#email", "sokha.chan@moc.example")
    tab.fill("#password", "seven bells at the temple")
    tab.click("button:has-text('Continue')")
    tab.wait_for_url("**/")
    tab.goto(there)
    assert "This link does not work any more" in tab.inner_text("main")
    looked_at(tab)


def test_whoever_stays_outside_is_told_why_and_what_next(browser, live_server, office):  # noqa: F811
    tab = a_tab(browser, live_server, width=390)
    tab.goto("/history")
    assert "the page that you asked for opens" in tab.inner_text("main")
    for trouble in ("do not belong together", "Too many attempts"):
        for _ in range(attempts.TRIES_PER_ACCOUNT):
            tab.fill("#email", "sokha.chan@moc.example")
            tab.fill("#password", "not the password")
            tab.press("#password", "Enter")
            tab.wait_for_selector("#trouble")
        assert trouble in tab.inner_text("#trouble")
        looked_at(tab)
    tab.context.clear_cookies()
    tab.fill("#password", "not the password")
    tab.press("#password", "Enter")
    tab.wait_for_selector("text=This form is too old")
    assert tab.inner_text("main a.btn") == "Sign in"
    looked_at(tab)
    tab.goto("/nowhere")
    looked_at(tab)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE store_signinattempt RENAME TO gone")
    tab.goto("/sign-in")
    tab.fill("#email", "sokha.chan@moc.example")
    tab.fill("#password", "not the password")
    tab.press("#password", "Enter")
    tab.wait_for_selector("text=This is our fault")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE gone RENAME TO store_signinattempt")
    looked_at(tab)


def test_a_viewer_sees_no_form_and_is_refused_when_posting(browser, live_server, office):  # noqa: F811
    builders.a_person("dara@moc.example", "KH", "Keo Dara", builders.roles("viewer"))
    tab = a_tab(browser, live_server)
    sign_in(tab, "dara@moc.example")
    for address in (PARTIES, f"{PARTIES}/blocks", f"{PARTIES}/base", "/submissions/KH-000004"):
        tab.goto(address)
        assert tab.locator("main form[method=post] [type=submit]").count() == 0, address
    assert tab.locator("nav >> text=People").count() == 0
    tab.goto("/people/kh")
    assert "An administrator of your office can change your roles" in tab.inner_text("main")
    looked_at(tab)
    cookies = {one["name"]: one["value"] for one in tab.context.cookies()}
    refused = tab.request.post(
        "/submissions/KH-000004/reject",
        form={"reason": "because it must be so", "csrfmiddlewaretoken": cookies["csrftoken"]},
        headers={"Referer": live_server.url},
    )
    assert refused.status == 403
    assert "Your role does not include this" in refused.text()


def test_two_people_approve_side_by_side_and_another_office_sees_nothing(
    browser, live_server, office  # noqa: F811
):  # fmt: skip
    Proposal.objects.all().delete()
    builders.a_person("dara@moc.example", "KH", "Keo Dara", builders.roles("authorization-officer"))
    jpo = Authorization.objects.get(office="KH", third_party__name="JPO")
    complaints = []
    sokha, dara, anong = (a_tab(browser, live_server, complaints=complaints) for _ in range(3))
    sign_in(sokha)
    sign_in(dara, "dara@moc.example")
    sign_in(anong, "anong@dip.example")
    sokha.goto(f"{PARTIES}/proposals")
    sokha.fill("#switch-reason", "The ministry asks for four eyes")
    sokha.click("text=Require a second person >> nth=-1")
    assert Office.objects.get(code="KH").second_person
    sokha.goto(f"{PARTIES}/{jpo.pk}")
    sokha.uncheck("label:has-text('Without stakeholder information')")
    sokha.fill("#save-reason", "Agreement of 3 November with the JPO")
    sokha.click("text=Show what changes")
    sokha.click("text=Propose these changes")
    sokha.wait_for_url("**/proposals/*")
    assert "waits for a second person" in sokha.inner_text("main")
    assert sokha.locator("button:has-text('Approve')").count() == 0
    looked_at(sokha)
    before = authorized.conditions_of(jpo)
    theirs = sokha.url
    assert anong.goto(theirs).status == 404
    assert "JPO" not in anong.inner_text("body")
    dara.goto(PARTIES)
    dara.click("text=1 proposal waits")
    dara.click("main table a >> nth=0")
    looked_at(dara)
    assert authorized.conditions_of(jpo) == before
    dara.fill("#decide-reason", "Read and compared with the agreement")
    dara.click("button:has-text('Approve')")
    assert "Approved: it holds from now on" in dara.inner_text("main")
    sokha.reload()
    assert "Approved by dara@moc.example" in sokha.inner_text("main")
    jpo.refresh_from_db()
    assert authorized.conditions_of(jpo).excluded == frozenset()
    assert no_complaints(complaints) == []
