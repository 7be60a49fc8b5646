"""The main journeys by Tab, Space and Enter alone, at the width of a telephone, in a real Chromium."""

from __future__ import annotations

import re

from ipshare.store.models.sharing import Authorization
from ipshare.store.models.submissions import Submission
from portal import builders
from portal.test_accessibility import violations
from portal.test_browser import a_tab, browser, overflow, pytestmark, sync_api  # noqa: F401 (a fixture)

MOST = 250
"""Presses of Tab on one page."""
FOCUSED = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const label = one.labels && one.labels.length ? one.labels[0].innerText : "";
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const shown = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
      && box.right > 0 && box.left < innerWidth;
  return {id: one.id, words: (label + " " + (one.innerText || one.value || "")).trim(), ring, shown, tag: one.tagName};
}"""


class Keys:
    """Somebody with a keyboard and nothing else, who sees where they are."""

    def __init__(self, tab):
        self.tab = tab

    def to(self, words="", *, key=""):
        """Tab to the next thing that says so, or has that id; what has the focus is always seen."""
        passed = []
        for _ in range(MOST):
            self.tab.keyboard.press("Tab")
            here = self.tab.evaluate(FOCUSED)
            if here["tag"] == "BODY":
                continue
            assert here["ring"], ("no ring", here)
            assert here["shown"], ("out of sight", here)
            passed.append(here["words"][:40])
            if (key and here["id"] == key) or (words and words in here["words"]):
                return
        raise AssertionError((words or key, passed))

    def type(self, text):
        """What is typed goes where the focus is."""
        self.tab.keyboard.type(text)

    def enter(self, then):
        """Enter, and the page that says so."""
        self.tab.keyboard.press("Enter")
        sync_api.expect(self.tab.locator("main")).to_contain_text(then, timeout=15_000)
        assert overflow(self.tab) == 0


def signed_in(browser, live_server):  # noqa: F811 (a fixture)
    tab = a_tab(browser, live_server, width=390)
    keys = Keys(tab)
    tab.goto("/sign-in")
    keys.to(key="email")
    keys.type("sokha.chan@moc.example")
    keys.to(key="password")
    keys.type(builders.PASSWORD)
    keys.enter("Waits for you")
    return tab, keys


def test_a_held_submission_is_compared_and_released(browser, live_server, office):  # noqa: F811 (a fixture)
    tab, keys = signed_in(browser, live_server)
    keys.to("Compare and decide")
    keys.enter("Decide")
    keys.to("the whole list")
    keys.enter("Would be withdrawn:")
    keys.to("KH-000004")
    keys.enter("Decide")
    keys.to(key="release-reason")
    keys.type("Checked with the registry on 26 November")
    keys.to(key="release-number")
    keys.type("391")
    keys.to("Release and withdraw 391")
    keys.enter("KH_TM_Full_Extraction_20261125.zip")
    sync_api.expect(tab.locator("main")).not_to_contain_text("Release and withdraw")
    held = Submission.objects.get(office="KH", number=4)
    assert (held.decided_by, held.decision) == (
        "sokha.chan@moc.example",
        "Checked with the registry on 26 November",
    )


def test_conditions_are_changed_previewed_and_saved(browser, live_server, office):  # noqa: F811 (a fixture)
    tab, keys = signed_in(browser, live_server)
    keys.to("Menu")
    tab.keyboard.press("Enter")
    keys.to("Authorizations")
    keys.enter("Data Exchange Authorizations")
    keys.to("JPO")
    keys.enter("Japan Patent Office")
    keys.to("Without stakeholder information")
    tab.keyboard.press("Space")
    keys.to("Which records")
    tab.keyboard.press("Enter")
    keys.to("Registered only")
    tab.keyboard.press("Space")
    keys.to(key="save-reason")
    keys.type("Memorandum of 3 November")
    keys.to("Show what changes")
    keys.enter("Before you save")
    keys.to("Save Changes")
    keys.enter("Saved as version 2")
    jpo = Authorization.objects.get(office="KH", third_party__name="JPO")
    saved = jpo.versions.get(number=2)
    assert (saved.filter, saved.excluded) == ({"registered_only": True}, [])


def test_a_row_is_short_and_opens(browser, live_server, office):  # noqa: F811 (a fixture)
    tab, _ = signed_in(browser, live_server)
    for address, behind, whole in (
        ("/submissions/KH-000003/findings", "Contact/Name/EntityName", ".broad .rest"),
        ("/register/kh/kept-back", "sent 2565-03-14, proposed 2025-03-14", ".rest >> nth=-1"),
    ):
        tab.goto(address)
        assert tab.locator("tbody tr").count() == 50
        assert tab.evaluate("document.documentElement.scrollHeight") < 9_000
        row = tab.locator("tbody tr").nth(1)
        assert behind not in row.inner_text()
        row.locator("summary").focus()
        tab.keyboard.press("Enter")
        assert behind in re.sub(r"\s+", " ", row.inner_text())
        assert row.locator(whole).is_visible()
        assert not tab.locator("tbody tr").nth(2).locator(whole).is_visible()
        assert overflow(tab) == 0
        assert violations(tab) == []
        tab.set_viewport_size({"width": 1280, "height": 900})
        assert not row.locator("summary").is_visible(), "where there is room everything is shown"
        assert tab.locator("tbody tr").nth(2).locator(whole).is_visible()
        tab.set_viewport_size({"width": 390, "height": 900})
