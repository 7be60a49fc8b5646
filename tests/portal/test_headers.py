"""The security headers, and style sheets without anything dead or missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ipshare import portal
from ipshare.portal import headers, words

pytestmark = pytest.mark.django_db
ROOM = Path(portal.__file__).parent
TEMPLATES = {path: path.read_text("utf-8") for path in (ROOM / "templates").rglob("*.html")}
CSS = (ROOM / "static/portal/portal.css").read_text("utf-8")


def test_every_answer_carries_the_policy(client, sokha):
    for answer in (
        client.get("/sign-in"),
        client.get("/nowhere"),
        sokha.get("/"),
        sokha.get("/history.csv"),
    ):
        assert answer["Content-Security-Policy"] == headers.POLICY
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert sokha.get("/")["Cache-Control"] == "private, no-store"


def test_no_page_holds_inline_style_or_script_or_something_from_elsewhere(sokha):
    for address in (
        "/",
        "/history",
        "/submissions/KH-000003",
        "/data-exchange-authorizations/kh",
    ):
        content = sokha.get(address).content.decode()
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", content), address
        assert not re.search(r"<script(?![^>]*\ssrc=\"/static/)", content), address
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", content), address


def names_in_css():
    bare = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", CSS, flags=re.DOTALL)
    selectors = re.findall(r"([^{};]+)\{", bare)
    return {name for s in selectors for name in re.findall(r"\.([a-z][\w-]*)", s)}


def names_in_pages():
    found = {"icon", "done", "now"} | {tone for tone, _, _ in words._VERDICTS.values()}
    found.add(words.LATE[0])
    for content in TEMPLATES.values():
        for value in re.findall(r'class="((?:[^"{]|\{[%{].*?[%}]\})*)"', content):
            plain = re.sub(r"\{\{.*?\}\}", " ", value)
            found |= set(re.sub(r"\{%.*?%\}", " ", plain).split())
        found |= set(re.findall(r'\{% icon "[a-z]+" "([a-z]+)" %\}', content))
    return found


def test_every_class_is_styled_and_every_style_is_used():
    assert names_in_css() == names_in_pages()


def test_every_token_is_used_and_every_token_exists():
    tokens = (ROOM / "static/portal/tokens.css").read_text("utf-8")
    defined = set(re.findall(r"(--[\w-]+):", tokens))
    used = set(re.findall(r"var\((--[\w-]+)", CSS)) - {"--c", "--c-soft"}
    assert used == defined


def test_every_icon_is_in_the_sprite_and_no_other():
    drawn = set(re.findall(r'id="i-([a-z]+)"', TEMPLATES[ROOM / "templates/portal/sprite.html"]))
    asked = {
        name for page in TEMPLATES.values() for name in re.findall(r'\{% icon "([a-z]+)"', page)
    }
    asked |= {icon for _, icon, _ in words._VERDICTS.values()} | {words.LATE[1]}
    assert asked == drawn
