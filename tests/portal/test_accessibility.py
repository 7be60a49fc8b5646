"""axe-core finds nothing to complain of on any page, in light and dark; and no page is left out."""

from __future__ import annotations

import pytest
from axe_playwright_python import sync_playwright as axe
from django.urls import resolve

from ipshare.portal import urls
from portal.test_browser import PAGES, a_tab, browser, chromium, filled, sign_in  # noqa: F401 (a fixture)

pytestmark = [
    pytest.mark.skipif(chromium is None, reason="no chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OF_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""The rules of those that look at colours: all that can differ between light and dark."""
NO_PAGES = {
    "as-seen-file",
    "as-seen-json",
    "heading",
    "original",
    "record-file",
    "record-json",
    "record-xml",
    "report",
    "statement-file",
    "sign-in-passkey",
    "submissions",
    "upload-check",
    "upload-file",
}
"""Answers to GET that are no page of their own: a part, a download, an old address; lists end in what they are."""


ELSEWHERE = {"second-step", "forgotten", "reset", "invitation", "person", "proposal"}
"""Pages that a journey of its own looks at: tests/portal/test_browser_people.py."""


def violations(tab):
    """What axe finds on a page, light and dark: rule, and the elements that break it."""
    found = axe.Axe().run(tab, options=RULES).response["violations"]
    tab.emulate_media(color_scheme="dark")
    found += tab.evaluate("options => axe.run(options)", OF_COLOURS)["violations"]
    tab.emulate_media(color_scheme="null")
    return [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found]


def test_axe_finds_nothing(browser, live_server, office):  # noqa: F811 (a fixture)
    tab = a_tab(browser, live_server)
    tab.goto("/sign-in")
    found = {"sign-in": violations(tab)}
    sign_in(tab)
    for name, address in PAGES.items():
        tab.goto(filled(address))
        found[name] = violations(tab)
    lines = [f"{name}: {rule}: {html}" for name, what in found.items() for rule, html in what]
    assert not lines, "\n".join(lines)


def test_every_page_is_looked_at():
    seen = {
        resolve(
            address.format(
                jpo=1, kipo=1, stated=1, wipo=1, push=1, place=1, sender=1, yesterday="2026-11-26"
            ).partition("?")[0]
        ).url_name
        for address in PAGES.values()
    }
    asked = {p.name for p in urls.urlpatterns if "GET" in getattr(p.callback, "methods", ())}
    asked = {
        name for name in asked if not name.startswith("hub-")
    }  # test_browser_hub looks at those
    downloads = {name for name in asked if name.endswith(("-csv", "-xlsx"))}
    seen |= {"sign-in"}
    assert asked - downloads - NO_PAGES - ELSEWHERE - seen == set()
