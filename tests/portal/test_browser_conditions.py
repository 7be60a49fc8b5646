"""A director narrows what JPO receives in a real Chromium; then JPO's machine gets exactly that, with curl.

With IPSHARE_PICTURES=folder the pages on the way are kept as pictures, at two widths, light and dark.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from datetime import date

import pytest

from ipshare.domain.facets import Facets
from ipshare.domain.office import Right
from ipshare.share import authorizations
from ipshare.store.models.sharing import Authorization
from portal import builders
from portal.test_browser import a_tab, browser, overflow, pictured, sign_in, sync_api  # noqa: F401 (a fixture)
from portal.test_browser import pytestmark as in_chromium
from share.histories import Reader, a_record, allow, publish

curl = shutil.which("curl")
pytestmark = [*in_chromium, pytest.mark.skipif(curl is None, reason="no curl on this machine")]
OWNER = "ក្រុមហ៊ុន មេគង្គ អាហ្គ្រី"


@pytest.fixture
def jpo(office):
    """JPO's machine; the register of KH has three marks with content, of which one is registered."""
    builders.forget_records("KH")
    publish(
        99,
        [
            a_record("KH/112950/23", office="KH", text="ANGKOR RICE", stakeholders=OWNER),
            a_record("KH/112951/23", office="KH", text="ទន្លេ", stakeholders="Tonle Co., Ltd"),
            a_record("KH/112952/23", office="KH", text="MEKONG", stakeholders=OWNER, goods="rice"),
        ],
        office="KH",
        facets={
            "KH/112952/23": Facets(
                filed=date(2023, 3, 1), registered=date(2024, 6, 1), is_registered=True
            )
        },
    )
    authorization = Authorization.objects.get(office="KH", third_party__name="JPO")
    secret = authorizations.rotate_secret(authorization, by="sokha", at=builders.AT)
    allow(authorization, rights={Right.TRADEMARK})
    return Reader(authorization, authorization.client.client_id, secret)


def asked(live_server, *more):
    done = subprocess.run(
        [curl, "--silent", "--show-error", "--max-time", "30", *more],
        capture_output=True,
        check=True,
    )
    return done.stdout


def token(live_server, reader):
    basic = base64.b64encode(f"{reader.client_id}:{reader.secret}".encode()).decode()
    answer = asked(
        live_server,
        "-d", "grant_type=client_credentials", "-H", f"Authorization: Basic {basic}",
        f"{live_server.url}/oauth/token",
    )  # fmt: skip
    return json.loads(answer)["access_token"]


def looked_at(tab, name):
    """Keep pictures of a page at two widths; no width may be too narrow for it."""
    for width in (390, 1280):
        tab.set_viewport_size({"width": width, "height": 900})
        assert (name, width, overflow(tab)) == (name, width, 0)
        pictured(tab, name, width)


def said(tab, words):
    """Wait for the page that a key has asked for."""
    sync_api.expect(tab.locator("main")).to_contain_text(words, timeout=15_000)


def test_what_the_director_saw_is_what_jpo_gets(browser, live_server, jpo):  # noqa: F811 (a fixture)
    complaints = []
    tab = a_tab(browser, live_server, complaints=complaints)
    sign_in(tab)
    tab.click("nav >> text=Authorizations")
    tab.click("th >> text=JPO")
    opened = tab.context.new_page()
    opened.goto(tab.url)
    for fold in opened.locator("details.fold > summary").all():
        fold.click()
    looked_at(opened, "authorization-open")
    opened.close()
    tab.check("label:has-text('Without stakeholder information')")
    tab.click("summary:has-text('Which records')")
    tab.check("label:has-text('Registered only')")
    tab.click("summary:has-text('Channels and limits')")
    tab.fill("#networks", "203.0.113.5/24")
    tab.fill("#save-reason", "Memorandum of 3 November")
    tab.click("text=Show what changes")
    assert "write 203.0.113.0/24 for the network" in tab.inner_text("#networks-error")
    looked_at(tab, "authorization-trouble")
    tab.fill("#networks", "127.0.0.0/8")
    tab.click("text=Show what changes")
    said(tab, "JPO would lose 2 records, 2 element groups and documents.")
    looked_at(tab, "preview")
    kept = tab.locator("details.fold", has_text="KH/112952/23")
    kept.locator("summary").first.press("Enter")
    kept.locator("summary:has-text('The bytes of the API')").press("Enter")
    before, promised = (kept.locator("pre").nth(n).text_content() for n in (0, 1))
    looked_at(tab, "preview-bytes")

    bearer = f"Authorization: Bearer {token(live_server, jpo)}"
    records = f"{live_server.url}/api/v1/trademarks/KH/KH"
    assert asked(live_server, "-H", bearer, f"{records}/112952/23").decode() == before
    tab.click("text=Save Changes")
    said(tab, "It holds for JPO from now on.")
    assert asked(live_server, "-H", bearer, f"{records}/112952/23").decode() == promised
    assert OWNER not in promised
    for number in ("112950/23", "112951/23"):
        status = asked(
            live_server,
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "-H",
            bearer,
            f"{records}/{number}",
        )
        assert status == b"404"
    page = json.loads(asked(live_server, "-H", bearer, f"{live_server.url}/api/v1/changes"))
    assert [json.dumps(item["record"], ensure_ascii=False) for item in page["items"]] == [
        json.dumps(json.loads(promised), ensure_ascii=False)
    ]
    tab.click("text=Earlier versions")
    said(tab, "registered only")
    looked_at(tab, "versions-two")
    assert [one for one in complaints if "status of 422" not in one] == []


def test_a_block_and_the_base_restriction_by_keyboard_alone(browser, live_server, jpo):  # noqa: F811
    tab = a_tab(browser, live_server, width=390)
    sign_in(tab)
    tab.goto("/data-exchange-authorizations/kh/blocks")
    tab.focus("#block-right")
    tab.keyboard.type("Tra")
    tab.keyboard.press("Tab")
    tab.keyboard.type("KH/112950/23")
    for _ in range(2):
        tab.keyboard.press("Tab")
    tab.focus("#block-reason")
    tab.keyboard.type("Order 15/2026 of the court")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    said(tab, "KH/112950/23 is kept from every third party")
    looked_at(tab, "blocks-two")
    tab.goto("/data-exchange-authorizations/kh/base")
    tab.focus("input[value=without-stakeholders]")
    tab.keyboard.press("Space")
    tab.focus("#base-reason")
    tab.keyboard.type("Law on personal data")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    said(tab, "JPO loses stakeholders")
    looked_at(tab, "base-restriction-seen")
    tab.focus("text=Save Changes")
    tab.keyboard.press("Enter")
    said(tab, "It holds for everybody from now on.")
    tab.goto("/data-exchange-authorizations/kh")
    looked_at(tab, "authorizations-base")
