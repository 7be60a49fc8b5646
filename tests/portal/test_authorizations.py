"""Data Exchange Authorizations: add, save, new secret, end; the secret is shown once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.db import connection, transaction

from intake.sftp_clients import wait_for
from ipshare.accounts import clients
from ipshare.domain.authorization import Channel, Conditions, Filter, Route
from ipshare.domain.facets import Facets
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.portal import confirming
from ipshare.share import authorizations, authorized, chosen
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.sharing import Authorization
from portal import builders
from portal.conftest import signed_in
from share.histories import a_reader, a_record, publish

pytestmark = pytest.mark.django_db
HERE = "/data-exchange-authorizations/xa"
WHY = "Memorandum of 3 November"


@pytest.fixture
def officer(cast):
    builders.a_person("sokha@xa.example", "XA")
    return signed_in("sokha@xa.example")


def the_one():
    return authorized.list_for("XA")[0]


def secret_on(response):
    shown = re.search(r'id="secret".*?</dl>', response.content.decode(), re.DOTALL)
    return re.findall(r"<code>([\w-]+)</code>", shown[0])


@pytest.fixture
def added(officer):
    posted = officer.post(f"{HERE}/add", {"name": "JPO", "full_name": "Japan Patent Office"})
    assert (posted.status_code, posted["Location"]) == (
        302,
        where() + "#secret",
    )  # a reload adds nothing again
    return officer.get(posted["Location"])


CHOSEN = {
    "version": 0,
    "reason": WHY,
    "rights": ["trademark"],
    "restrictions": [],
    "channels": ["api", "bulk", "push", "sftp"],
    "images": "on",
    "documents": "on",
}


def where():
    return f"{HERE}/{the_one().authorization.pk}"


def send(officer, **changes):
    """What the form sends: the answer is a preview, where the fields can be read."""
    return officer.post(f"{where()}/save", CHOSEN | changes)


def confirm(officer, answer, here=None):
    """Send what a preview holds: Save Changes."""
    fields = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text_of(answer)):
        fields.setdefault(name, []).append(unescape(value))
    assert "seen" in fields
    return officer.post(f"{here or where()}/save", fields)


def save(officer, **changes):
    return confirm(officer, send(officer, **changes))


def text_of(answer):
    return answer.content.decode()


def test_nothing_goes_out_before_somebody_is_added(officer):
    page = officer.get(HERE).content.decode()
    assert "<h1>Data Exchange Authorizations</h1>" in page
    assert "No third party yet" in page


def test_a_third_party_starts_with_nothing_and_its_secret_is_shown_once(officer, added):
    client_id, secret = secret_on(added)
    assert added["Cache-Control"] == "private, no-store"
    assert clients.secret_of(client_id, secret, at=builders.AT)
    assert the_one().conditions.rights == frozenset()
    officer.cookies["made" + where().replace("/", "-")] = "bm90aGluZw=="
    for address in (HERE, where(), "/"):
        page = officer.get(address).content.decode()
        assert secret not in page
        assert "Receives nothing" in page
    assert "third-party.added" in AuditEvent.objects.values_list("event", flat=True)


def test_the_same_third_party_twice_is_told(officer, added):
    answer = officer.post(f"{HERE}/add", {"name": "JPO"})
    assert answer.status_code == 422
    assert "JPO is a third party of XA already" in answer.content.decode()
    assert officer.post(f"{HERE}/add", {"name": "  "}).status_code == 422


def test_save_makes_a_version_with_who_and_why(officer, added):
    answer = save(officer, restrictions=["without-stakeholders", "without-status-changes"])
    assert answer.status_code == 302
    held = the_one()
    assert held.conditions.rights == {"trademark"}
    assert held.conditions.excluded == {"stakeholders", "status", "events"}
    assert (held.version.saved_by, held.version.reason) == ("sokha@xa.example", WHY)
    page = officer.get(answer["Location"]).content.decode()
    for words in ("Saved as version 1", "In force", "version 1 since", "sokha@xa.example"):
        assert words in page
    assert re.search(r'value="without-stakeholders" checked', page)


def test_the_long_form_is_sent_from_its_top_as_well(officer, added):
    form = text_of(added).split('aria-labelledby="conditions"')[1].split("</form>")[0]
    top, rest = form.split("<fieldset", 1)
    assert "Show what changes</button>" in top
    assert "Show what changes</button>" in rest


def test_a_preview_asks_for_no_password_and_saving_it_does(officer, added, monkeypatch):
    monkeypatch.setattr(confirming, "WINDOW", -confirming.WINDOW)
    seen = send(officer)
    assert "confirm-password" not in text_of(seen)
    assert "confirm-password" in text_of(confirm(officer, seen))
    assert the_one().authorization.version == 0


def test_finer_groups_are_chosen_besides_the_presets(officer, added):
    save(officer, restrictions=["without-examination"], groups=["media", "events"])
    assert the_one().conditions.excluded == {"media", "events", "examination"}
    assert "without media" in text_of(officer.get(HERE))
    page = text_of(officer.get(where()))
    assert re.search(r'value="without-examination" checked', page)
    assert re.search(r'name="groups" value="events" checked', page)
    assert not re.search(r'value="without-status-changes" checked', page)


def test_what_was_chosen_is_kept_where_it_cannot_be_saved(officer, added):
    answer = send(officer, reason="because", rights=["design"])
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Write a reason of at least 10 characters." in page
    assert re.search(r'value="design" checked', page)
    assert the_one().version is None


def test_nobody_overwrites_what_somebody_else_saved_meanwhile(officer, added):
    save(officer)
    answer = send(officer, rights=["patent"])
    assert answer.status_code == 409
    assert "Somebody saved version 1 meanwhile" in text_of(answer)
    assert the_one().conditions.rights == {"trademark"}


def test_saving_what_holds_already_makes_no_version(officer, added):
    save(officer)
    answer = officer.get(send(officer, version=1)["Location"])
    assert "Nothing was changed for JPO" in text_of(answer)
    assert the_one().authorization.version == 1


def test_a_save_that_is_sent_twice_is_one_and_says_so(officer, added):
    """A double click, or the button Back and Save once more."""
    seen = send(officer)
    assert confirm(officer, seen).status_code == 302
    again = confirm(officer, seen)
    assert again.status_code == 302
    assert "Nothing was changed for JPO" in text_of(officer.get(again["Location"]))
    assert the_one().authorization.version == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("second", "statuses", "told"),
    [
        ({}, [302, 302], ""),
        ({"rights": ["patent"]}, [302, 409], "Somebody saved version 1 meanwhile"),
    ],
    ids=["the same", "another"],
)
def test_of_two_saves_at_once_one_is_saved_and_the_other_is_told(
    officer, added, second, statuses, told
):
    here, number = where(), the_one().authorization.pk
    seen = [send(officer), send(officer, **second)]

    def confirmed(answer):
        try:
            return confirm(officer, answer, here)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        with transaction.atomic():
            Authorization.objects.select_for_update().get(pk=number)
            answers = [threads.submit(confirmed, one) for one in seen]
            wait_for(lambda: waiting_for_a_lock() == 2)
        found = sorted((one.result(60) for one in answers), key=lambda one: one.status_code)
    assert [one.status_code for one in found] == statuses
    assert told in text_of(found[1])
    assert the_one().authorization.version == 1


def waiting_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # it is kept for a transaction
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


def test_nothing_is_saved_that_was_not_seen(officer, added):
    seen = send(officer)
    assert seen.status_code == 200
    assert "Before you save: what changes for JPO" in text_of(seen)
    assert seen["Cache-Control"] == "private, no-store"
    assert the_one().version is None
    [seal] = re.findall(r'name="seen" value="(\w+)"', text_of(seen))
    other = send(officer, rights=["patent"], seen=seal)
    assert "Not saved: this is not what you saw before." in text_of(other)
    assert the_one().version is None
    assert confirm(officer, other).status_code == 302
    assert the_one().conditions.rights == {"patent"}


def test_a_base_restriction_saved_meanwhile_asks_to_look_again(officer, added, at):
    seen = send(officer)
    authorizations.save_base("XA", frozenset({ElementGroup.TEXT}), by="b", reason="law", at=at)
    assert "Not saved: this is not what you saw before." in text_of(confirm(officer, seen))
    assert the_one().version is None


def test_editing_goes_on_with_what_was_chosen(officer, added):
    page = text_of(send(officer, rights=["design"], purpose="Search & examination", edit="1"))
    assert "Show what changes" in page
    assert re.search(r'value="design" checked', page)
    assert "Search &amp; examination" in page
    assert the_one().version is None


EVERYTHING = {
    "rights": ["trademark", "patent"],
    "restrictions": ["without-stakeholders"],
    "groups": ["goods"],
    "filed_from": "2001-01-01",
    "filed_to": "2020-12-31",
    "registered_from": "2002-01-01",
    "registered_to": "2021-12-31",
    "published_only": "on",
    "registered_only": "on",
    "route": "international",
    "without_errors": "on",
    "images": "",
    "documents": "on",
    "channels": ["api", "push"],
    "starts_at": "2096-01-01T09:00",
    "ends_at": "2097-01-01T00:00",
    "requests_per_minute": "30",
    "volume": "1.5",
    "networks": "203.0.113.0/24\r\n\r\n2001:DB8::/32",
    "purpose": "Search",
    "terms_kind": "own",
    "terms": "Not in public.\r\nNot passed on.",
}


def test_every_condition_can_be_set_and_reads_back(officer, added):
    fields = {name: value for name, value in EVERYTHING.items() if value}
    base = {name: value for name, value in CHOSEN.items() if name != "images"}
    save_url = f"{where()}/save"
    confirm(officer, officer.post(save_url, base | fields))
    assert the_one().conditions == Conditions(
        rights=frozenset({Right.TRADEMARK, Right.PATENT}),
        excluded=frozenset({ElementGroup.STAKEHOLDERS, ElementGroup.GOODS}),
        filter=Filter(
            filed_from=date(2001, 1, 1),
            filed_to=date(2020, 12, 31),
            registered_from=date(2002, 1, 1),
            registered_to=date(2021, 12, 31),
            published_only=True,
            registered_only=True,
            route=Route.INTERNATIONAL,
            without_errors=True,
        ),
        images=False,
        channels=frozenset({Channel.API, Channel.PUSH}),
        starts_at=datetime(2096, 1, 1, 9, tzinfo=UTC),
        ends_at=datetime(2097, 1, 1, tzinfo=UTC),
        requests_per_minute=30,
        bytes_per_day=1_500_000,
        networks=("203.0.113.0/24", "2001:db8::/32"),
        purpose="Search",
        terms="Not in public.\nNot passed on.",
    )
    page = text_of(officer.get(where()))
    assert "2096-01-01T09:00" in page
    assert "1.5" in page
    assert "In force" not in page
    assert "Starts later" in page
    again = officer.post(save_url, base | fields | {"version": 1})
    assert "Nothing was changed" in text_of(officer.get(again["Location"]))


def test_times_are_those_of_the_office(office):
    sokha = signed_in("sokha.chan@moc.example")
    jpo = authorized.list_for("KH")[1].authorization
    here = f"/data-exchange-authorizations/kh/{jpo.pk}"
    assert "Phnom Penh (UTC+7)" in text_of(sokha.get(here))
    fields = CHOSEN | {"version": 1, "ends_at": "2097-01-01T00:00"}
    seen = sokha.post(f"{here}/save", fields)
    assert "1\u00a0Jan\u00a02097, 00:00 (UTC+7)" in text_of(seen)
    confirm(sokha, seen, here)
    jpo.refresh_from_db()
    kept = authorized.conditions_of(jpo)
    assert kept.ends_at == datetime(2096, 12, 31, 17, tzinfo=UTC)


def test_ready_made_terms_are_kept_as_text(officer, added):
    save(officer, terms_kind="conditional", terms="passed over")
    assert the_one().conditions.terms == chosen.TERMS["conditional"]
    page = text_of(officer.get(where()))
    assert re.search(r'value="conditional" checked', page)
    assert "passed over" not in page


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ({"networks": "203.0.113.5/24"}, "write 203.0.113.0/24 for the network"),
        ({"networks": "jpo.example"}, "jpo.example is no network"),
        ({"ends_at": "2001-01-01T00:00"}, "The end has passed"),
        ({"ends_at": "tomorrow"}, "write it as 2026-11-26 09:00"),
        ({"starts_at": "0001-01-01T00:00"}, "of 2000 or later"),
        ({"filed_from": "26.11.2026"}, "write it as 2026-11-26"),
        ({"filed_from": "2020-01-02", "filed_to": "2020-01-01"}, "choose a later day"),
        ({"channels": []}, "choose at least one"),
        ({"requests_per_minute": "0"}, "Write at least 1"),
        ({"requests_per_minute": "many"}, "Write a whole number of requests"),
        ({"volume": "-1"}, "Write more than 0"),
        ({"volume": "0.0000001"}, "six digits after the point"),
        ({"terms_kind": "own", "terms": " "}, "Write your own terms"),
    ],
)
def test_a_trouble_stands_beside_its_field_with_the_remedy(officer, added, field, told):
    answer = send(officer, **field)
    assert answer.status_code == 422
    page = unescape(text_of(answer))
    assert told in page
    assert 'class="fold" open' in page
    assert the_one().version is None


def test_the_preview_counts_and_shows_the_bytes_that_the_api_sends_after_saving(officer):
    publish(
        1,
        [
            a_record("XA/1", text='one <b> & "x"', stakeholders="Sok"),
            a_record("XA/2", text="two", stakeholders="Chan"),
        ],
        facets={"XA/2": Facets(registered=date(2021, 2, 1), is_registered=True)},
    )
    reader = a_reader(name="JPO", rights={Right.TRADEMARK}).sign_in()
    seen = send(officer, version=1, restrictions=["without-stakeholders"], registered_only="on")
    page = text_of(seen)
    assert "JPO would lose 1 record, 2 element groups and documents" in page
    bodies = [unescape(b).encode() for b in re.findall(r'<pre class="raw"[^>]*>(.*?)</pre>', page)]
    assert len(bodies) == 3  # the record that goes has no bytes after saving
    gone, kept = (reader.get(f"/api/v1/trademarks/XA/XA/{n}") for n in (1, 2))
    assert [gone.content, kept.content] == bodies[:2]
    assert confirm(officer, seen).status_code == 302
    gone, kept = (reader.get(f"/api/v1/trademarks/XA/XA/{n}") for n in (1, 2))
    assert (gone.status_code, kept.content) == (404, bodies[2])


def test_what_was_not_changed_is_not_among_what_was(officer, added):
    save(officer)
    page = text_of(send(officer, version=1, restrictions=["without-stakeholders"]))
    changed = page.partition("What you changed</h2>")[2].partition("</section>")[0]
    assert re.findall(r'<tr><th scope="row">(.*?)</th>', changed) == ["Data Restriction"]
    assert re.search(r"JPO would lose \d element groups? and documents", page)


def test_a_preview_of_a_later_start_says_what_happens_until_then(officer):
    a_reader(name="JPO", rights={Right.TRADEMARK})
    page = text_of(send(officer, version=1, starts_at="2096-01-01T00:00"))
    assert "From saving until then JPO receives nothing" in page


def test_the_history_says_what_changed_between_two_versions(officer, added):
    assert "Nothing has been saved yet" in text_of(officer.get(f"{where()}/versions"))
    save(officer)
    save(officer, version=1, restrictions=["without-stakeholders"], reason="The law has changed")
    page = text_of(officer.get(f"{where()}/versions"))
    newest = page.split("Version 1")[0].split("Version 2", 1)[1]
    for said in ("The law has changed", "Data Restriction", "without stakeholder information"):
        assert said in newest
    assert "Channels" not in newest
    assert "sokha@xa.example" in newest


@pytest.mark.parametrize(
    "field",
    [
        {"rights": ["copyright"]},
        {"restrictions": ["all"]},
        {"groups": ["identity"]},
        {"channels": ["fax"]},
        {"route": "air"},
        {"version": "x"},
    ],
)
def test_what_the_page_does_not_offer_is_not_saved(officer, added, field):
    assert send(officer, **field).status_code == 422
    assert the_one().version is None


def test_ending_takes_everything_back_and_says_so(officer, added):
    save(officer)
    one = the_one().authorization.pk
    assert officer.post(f"{HERE}/{one}/end", {"reason": ""}).status_code == 422
    answer = officer.post(f"{HERE}/{one}/end", {"reason": WHY}, follow=True)
    assert "JPO receives nothing any more" in answer.content.decode()
    before = authorized.versions_of(the_one().authorization)[1][1]
    assert the_one().conditions == replace(before, rights=frozenset())  # for whoever saves it again
    assert the_one().authorization.ended_at
    save(officer, version=2)
    assert the_one().authorization.ended_at is None


def test_what_one_office_calls_a_third_party_is_shown_to_no_other(officer, added):
    builders.a_person("dara@xb.example", "XB")
    other = signed_in("dara@xb.example")
    there = "/data-exchange-authorizations/xb"
    answer = other.post(f"{there}/add", {"name": "JPO", "full_name": ""})
    one = Authorization.objects.get(office="XB")
    pages = [
        answer,
        *(
            other.get(page)
            for page in (there, f"{there}/{one.pk}", "/", "/keys-and-accounts/clients")
        ),
    ]
    for page in pages:
        assert "Japan Patent Office" not in page.content.decode()
    other.post(f"{there}/add", {"name": "JPO", "full_name": "Something else"})
    assert "Japan Patent Office" in officer.get(HERE).content.decode()
    assert one.third_party == the_one().authorization.third_party
