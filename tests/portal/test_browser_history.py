"""In a real Chromium: people of two offices at the same time, from home over the history to a decision."""

from __future__ import annotations

import pytest

from ipshare.domain.submission import State
from ipshare.store.models.submissions import Submission
from line import send
from portal import builders
from portal.test_browser import a_tab, browser, chromium, overflow, sign_in  # noqa: F401 (a fixture)
from xmlbuilders import a_mark, transaction

pytestmark = [
    pytest.mark.skipif(chromium is None, reason="no chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def two_offices(office, tmp_path):
    """KH as ever; TH holds back a Full_Extraction that lacks ten marks, made by the real line."""
    marks = [a_mark(f"TH/{n}/19", office="TH", words="ทองดี") for n in range(1, 51)]
    at = builders.AT
    send(tmp_path / "TH_TM_1.xml", transaction(*marks), at=at, office="TH")
    held = send(tmp_path / "TH_TM_2.xml", transaction(*marks[:40]), at=at, office="TH")
    assert held.state == State.HELD
    return held


def test_two_people_of_two_offices_work_at_the_same_time(two_offices, browser, live_server):  # noqa: F811
    complaints = []
    khmer = a_tab(browser, live_server, complaints=complaints)
    thai = a_tab(browser, live_server, width=390, scheme="dark", complaints=complaints)
    sign_in(khmer)
    sign_in(thai, "anong@dip.example")
    # Home: each sees what waits for the own office, and nothing of the other.
    assert "Decide on the held Full_Extraction of trademarks" in khmer.inner_text(".todo")
    assert "TH-" not in khmer.inner_text("main")
    assert "KH-" not in thai.inner_text("main")
    thai.click("text=Compare and decide")
    khmer.click("main >> text=Exchange history")
    # The history: KH narrows it to what went out; TH compares at the same time.
    khmer.check("input[name=direction][value=out]", force=True)
    khmer.fill("#first", "")
    khmer.click(".filters >> text=Show")
    assert "JPO read records and changes" in khmer.inner_text("main")
    assert "KH_TM_" not in khmer.inner_text("main table.sticky")
    thai.click("text=Would be withdrawn: the whole list")
    assert thai.locator("tbody tr").count() == 10
    thai.fill("#words", "TH/45")
    thai.click(".filters >> text=Show")
    thai.click("text=TH/45/19")
    assert "ทองดี" in thai.inner_text("main")
    assert overflow(thai) == 0
    # Neither reaches the other's, by any address.
    for tab, address in (
        (khmer, f"/submissions/{two_offices.reference}"),
        (khmer, f"/submissions/{two_offices.reference}/held/withdrawn"),
        (thai, "/submissions/KH-000004/effect"),
    ):
        assert tab.goto(address).status == 404
    thai.goto(f"/submissions/{two_offices.reference}")
    thai.fill("#release-reason", "Madrid part left out on purpose")
    thai.fill("#release-number", "10")
    thai.click("text=Release and withdraw 10")
    assert "Published" in thai.inner_text("#running")
    assert Submission.objects.get(pk=two_offices.pk).state == State.PUBLISHED
    assert Submission.objects.get(office="KH", number=4).state == State.HELD
    # What was asked for that is not theirs is the only thing that the browser complains of.
    assert [one for one in complaints if "404" not in one] == []


def test_the_history_by_keyboard_and_without_script(browser, live_server, office):  # noqa: F811
    tab = a_tab(browser, live_server)
    sign_in(tab)
    tab.goto("/history?first=")
    tab.focus("input[name=direction]:checked")
    tab.keyboard.press("ArrowRight")  # Both, In, Out
    tab.keyboard.press("Enter")
    tab.wait_for_url("**direction=in**")
    tab.focus("details.behind summary >> nth=1")
    tab.keyboard.press("Enter")
    assert "SHA-256" in tab.inner_text("details[open]")
    tab.focus("#filters-on a")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/history?first=#filters-on")
    assert tab.locator("#filters-on").count() == 0
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    plain = context.new_page()
    sign_in(plain)
    plain.goto("/history?first=")
    plain.click("text=Figures of the chart")
    assert plain.locator("details[open] tbody tr").count() > 1
    plain.set_viewport_size({"width": 390, "height": 900})
    plain.goto(f"/history?direction=in&kind=Updates&words={'KH' * 100}")
    assert overflow(plain) == 0
    plain.click("#filters-on >> text=Text")
    plain.click("#filters-on >> text=Direction")
    [left] = plain.locator("#filters-on a").all()
    assert " ".join(left.inner_text().split()) == "Kind: Updates , take this filter away"
    assert "KH_TM_Updates_20261120.zip" in plain.inner_text("main")
    context.close()
