"""Every page in every state says what is true, in few queries."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from ipshare.domain.zone import zone_of
from ipshare.portal import scripts
from ipshare.portal.templatetags import portal as tags
from ipshare.portal.views import trouble
from ipshare.store import holdings
from portal import builders

pytestmark = pytest.mark.django_db
ADDRESSES = (
    "/", "/history", "/history?first=", "/history?first=&office=KH", "/history?state=held", "/history?words=nowhere",
    "/history?first=x", "/history?direction=out&office=KH",
    *(f"/submissions/KH-00000{n}" for n in range(1, 9)),
    "/submissions/KH-000003/findings", "/submissions/KH-000003/findings?rule=NUM-012",
    "/data-exchange-authorizations/kh", "/data-exchange-authorizations/kh/{jpo}",
    "/data-exchange-authorizations/kh/{jpo}/versions", "/data-exchange-authorizations/kh/base",
    "/data-exchange-authorizations/kh/blocks", "/data-exchange-authorizations/kh/blocks?ended=1", "/offices/kh",
    "/offices/kh/rhythm",
)  # fmt: skip


def words(response):
    """The page's text, tags taken out and white space made one."""
    body = response.content.decode().split("<main", 1)[-1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", body).replace("\u00a0", " "))


def test_every_page_answers_whole_in_at_most_fifteen_queries(
    sokha, operator, django_assert_max_num_queries
):
    jpo = builders.authorized.list_for("KH")[1].authorization.pk
    for client in (sokha, operator):
        for address in (one.format(jpo=jpo) for one in ADDRESSES):
            with django_assert_max_num_queries(15):
                response = client.get(address)
            assert (address, response.status_code) == (address, 200)
            assert response.content.rstrip().endswith(b"</html>")
            assert b"{%" not in response.content
            assert b"{{" not in response.content


def test_the_frame_says_how_many_are_held_whatever_the_page_says(sokha, operator):
    proposals = "/data-exchange-authorizations/kh/proposals"
    for client, addresses in (
        (sokha, ("/", "/history", proposals)),
        (operator, ("/hub/queue", proposals)),
    ):
        for address in addresses:
            frame = client.get(address).content.decode().split("<main", 1)[0]
            assert 'Exchange history <span class="count">1<span class="vh"> held' in frame, address


def test_home_says_what_waits_and_what_is_held(sokha):
    home = words(sokha.get("/"))
    assert "Waits for you 9" in home
    assert "An App-client-secret of your client “ផ្នែកពាណិជ្ជសញ្ញា” expires" in home
    assert "118 records are kept back in trademarks 34 whole, 84 in part." in home
    assert "of all that came with and since the Full_Extraction KH-000001 of" in home
    assert "Full_Extraction KH-000004 waits for a decision of the office." in home
    assert "no rhythm agreed" in home
    assert "Not counted yet" in home
    for fact in ("13,190", "3,118", "+200", "without stakeholder information"):
        assert fact in home
    assert re.search(r"16 h \d+ min ago", home)


def test_holdings_count_live_records_only(office):
    assert holdings.counts("KH") == {"trademark": 13_201, "patent": 3_118, "design": 0}
    assert holdings.counts("TH") == {"trademark": 0, "patent": 0, "design": 0}
    assert holdings.counts_of_all() == {"KH": holdings.counts("KH")}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {1, 2, 3, 4, 5, 6, 7, 8}),
        ("?right=patent", {2, 5}),
        ("?kind=Test", {8}),
        ("?state=running", {5}),
        ("?words=kh-000006", {6}),
        ("?words=export", {8}),
        ("?words=100%25", set()),
        ("?first={day}&last={day}", {2}),
        ("?first={day}", {2, 4, 5, 7}),
        ("?right=design&state=published", set()),
        ("?right=nonsense", {1, 2, 3, 4, 5, 6, 7, 8}),
    ],
)
def test_the_list_and_its_csv_hold_the_same(sokha, query, found):
    zone = zone_of("KH").offset
    day = (builders.AT - timedelta(days=2, hours=3)).astimezone(zone).date()
    query = query.format(day=day)
    page = sokha.get("/submissions" + query, follow=True).content.decode()
    listed = {int(n) for n in re.findall(r'href="/submissions/KH-0+(\d+)"', page)}
    whole = sokha.get("/submissions.csv" + query, follow=True).getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(whole)))
    if "{day}" not in query and "first" not in query:
        assert listed == found
    else:
        assert 2 in listed
    assert {int(row["reference"][-6:]) for row in rows} == listed


def test_a_filter_that_cannot_be_read_is_named(sokha):
    assert "From is not a date" in words(sokha.get("/history?first=26.11.2026"))


def test_a_name_that_looks_like_a_formula_does_not_run_in_a_spreadsheet(sokha):
    builders.a_submission("KH", 9, name='=HYPERLINK("x")', received_at=builders.AT)
    rows = csv.DictReader(io.StringIO(sokha.get("/history.csv?words=HYPER").getvalue().decode()))
    assert [row["name"] for row in rows] == ['\'=HYPERLINK("x")']


def test_a_hostile_name_is_text(sokha):
    builders.a_submission("KH", 9, name="<script>alert(1)</script>.zip", received_at=builders.AT)
    for address in ("/history", "/submissions/KH-000009", "/submissions/KH-000009/findings"):
        assert b"<script>alert" not in sokha.get(address).content


def test_long_lists_are_paged(sokha):
    page = words(sokha.get("/submissions/KH-000003/findings?rule=NUM-012&page=9"))
    assert "401\u2013412 of 412" in page
    assert "Previous" in page
    first = sokha.get("/submissions/KH-000003/findings?rule=NUM-012").content.decode()
    assert 'href="?rule=NUM-012&amp;page=2"' in first or 'href="?rule=NUM-012&page=2"' in first


def test_the_causes_add_up_to_the_totals(sokha):
    page = sokha.get("/submissions/KH-000003").content.decode()
    report = words(sokha.get("/submissions/KH-000003"))
    assert "856 findings; one line per cause" in report
    for section in (
        "Keeps back until corrected 214 findings",
        "Keeps nothing back, but must be looked at 422 findings",
        "For improvement, no action needed 220 findings",
    ):
        assert section in report
    assert re.search(r"TXT-008 ?error ?Khmer text is stored", report)
    assert "and 115 other records" in report
    assert 'href="/register/kh/kept-back?right=trademark">What is still kept back' in page
    for rule, cause, count in re.findall(r"rule=([A-Z0-9-]+)&amp;cause=(\d+)\">Show (\d+)", page):
        address = f"/submissions/KH-000003/findings?rule={rule}&cause={cause}"
        assert f"{rule}: {count} finding" in words(sokha.get(address)), rule


def test_the_findings_of_one_record_are_found_and_downloaded(sokha):
    address = "/submissions/KH-000003/findings"
    page = words(sokha.get(f"{address}?number=KH/118204/24"))
    assert "6 findings" in page
    assert "Applicant, name" in page
    assert "KH/118205/24" not in page
    of_rule = sokha.get(f"{address}?rule=TXT-008&cause=0&number=KH/118205/24")
    assert "TXT-008: 1 finding" in words(of_rule)
    assert 'name="cause" value="0"' in of_rule.content.decode()
    assert "Nothing was found in a record KH/0/00" in words(sokha.get(f"{address}?number=KH/0/00"))
    answer = sokha.get(f"{address}.csv?rule=TXT-008&number=KH/118205/24")
    assert answer["Content-Disposition"].endswith('"KH-000003-findings-TXT-008.csv"')
    [row] = csv.DictReader(io.StringIO(answer.getvalue().decode()))
    assert (row["record"], row["element"]) == ("KH/118205/24", "Applicant, name")
    whole = sokha.get(f"{address}.csv").getvalue().decode()
    assert len([*csv.DictReader(io.StringIO(whole))]) == 856
    assert sokha.get(f"{address}.xlsx?rule=TXT-008").getvalue().startswith(b"PK")


def test_two_causes_of_one_rule_have_their_own_findings(sokha):
    submission = builders.a_submission("KH", 9, received_at=builders.AT, records=9)
    builders.some_findings(submission, "PTY-001", 4, message="{no} has no applicant.")
    builders.some_findings(submission, "PTY-001", 3, message="{no} has 100% of an_applicant.")
    builders.with_report(submission)
    page = sokha.get("/submissions/KH-000009").content.decode()
    shown = re.findall(r"rule=PTY-001&amp;cause=(\d+)\">Show (\d+)", page)
    assert sorted(count for _, count in shown) == ["3", "4"]
    for cause, count in shown:
        found = words(sokha.get(f"/submissions/KH-000009/findings?rule=PTY-001&cause={cause}"))
        assert f"PTY-001: {count} findings" in found
    assert "7 findings" in words(sokha.get("/submissions/KH-000009/findings?rule=PTY-001"))


def test_a_running_submission_polls_and_an_ended_one_does_not(sokha):
    running = sokha.get("/submissions/KH-000005")
    assert 'hx-trigger="every 3s"' in running.content.decode()
    text = words(running)
    for fact in ("Checking: 64 % read", "76 of 118", "2,052", "451 MB of 704 MB", "about"):
        assert fact in text
    part = sokha.get("/submissions/KH-000005/heading", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part.headers
    for ended in ("KH-000003", "KH-000004", "KH-000006", "KH-000007"):
        assert "hx-trigger" not in sokha.get(f"/submissions/{ended}").content.decode()
        assert sokha.get(f"/submissions/{ended}/heading")["HX-Refresh"] == "true"


def test_a_session_that_ended_sends_a_polling_page_to_the_door(office):
    answer = Client().get("/submissions/KH-000005/heading", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/sign-in")


def test_pages_of_trouble_say_the_next_step(sokha):
    missing = sokha.get("/nowhere")
    assert missing.status_code == 404
    assert "There is no such page for you" in words(missing)
    failed = trouble.failed(RequestFactory().get("/"))
    assert failed.status_code == 500
    assert "This is our fault" in words(failed)
    expired = Client(enforce_csrf_checks=True).post("/sign-in", {})
    assert "This form is too old" in words(expired)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_told_apart_from_a_failure(office, monkeypatch, settings):
    person = Client(raise_request_exception=False)
    person.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    away = person.get("/history")
    monkeypatch.undo()
    assert (away.status_code, away["Retry-After"]) == (503, "30")
    assert "The hub is not at work" in words(away)
    assert away["X-Request-Id"] in words(away)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_session RENAME TO gone")
    failed = person.get("/history")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE gone RENAME TO django_session")
    assert failed.status_code == 500
    assert "This is our fault" in words(failed)
    assert failed["X-Request-Id"] in words(failed)


def test_a_file_no_longer_kept_is_not_found(sokha):
    submission = builders.a_submission("KH", 9, received_at=builders.AT)
    builders.objects.delete([builders.objects.received_key(submission.sha256)])
    assert sokha.get("/submissions/KH-000009/file").status_code == 404


def test_a_new_office_sees_where_to_begin(anong):
    assert "Put a file into /ipob_th/Trademarks/Full_Extraction" in words(anong.get("/history"))
    home = words(anong.get("/"))
    assert "Designs have not been sent yet" in home
    assert "Nobody receives its data" in home


@pytest.mark.parametrize(
    ("value", "language"),
    [
        ("SOKHA", ""), ("Café", ""), ("ស្ទឹងមាស", "km"), ("ທອງຄຳ", "lo"), ("ทองดี TD", "th"),
        ("ရွှေမြစ်", "my"), ("Sông Vàng đỏ", "vi"), ("سوڠاي امس", "ms-Arab"), ("", ""),
    ],
)  # fmt: skip
def test_the_script_of_a_value_tells_its_language(value, language):
    assert scripts.language_of(value) == language


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (1_310_440_118, "1.3 GB"),
        (220_118_400, "220 MB"),
    ],
)
def test_sizes(value, text):
    assert tags.size(value).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 s"),
        (59, "59 s"),
        (95, "1 min 35 s"),
        (1_900, "31 min"),
        (7_300, "2 h 1 min"),
        (400_000, "4 days"),
    ],
)
def test_durations(seconds, text):
    assert tags.duration(seconds).replace("\u00a0", " ") == text


def test_zones_name_the_city():
    assert zone_of("MM").label == "Naypyidaw (UTC+6:30)"
    assert zone_of(None).label == zone_of("XA").label == "UTC"
