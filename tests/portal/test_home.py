"""The home of an office: each right's state with its reason, against the agreed rhythm; what waits."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection

from ipshare.accounts import clients, senders
from ipshare.domain.authorization import Conditions
from ipshare.domain.office import Right
from ipshare.domain.role import Held, Role
from ipshare.share import authorizations
from ipshare.store import latest
from ipshare.store.models.accounts import Office
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.credentials import ClientSecret
from ipshare.store.models.deliveries import Destination
from ipshare.store.models.holdings import Completeness, Rhythm
from ipshare.store.models.outages import Outage
from ipshare.store.models.proposals import Proposal
from ipshare.store.models.sharing import Client
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload
from portal import builders
from portal.conftest import signed_in

pytestmark = pytest.mark.django_db
AT = builders.AT


def words(response):
    """The page's text; every tag is a space."""
    body = response.content.decode().split("<main", 1)[-1].replace("\u00a0", " ")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body.replace("<wbr>", "")))


def agree(right, days):
    Rhythm.objects.create(office_id="KH", right=right, days=days, saved_at=AT, saved_by="x")


def party(name):
    return Office.objects.get(code="KH").authorizations.get(third_party__name=name)


def test_a_right_is_late_only_against_an_agreed_rhythm(sokha):
    Submission.objects.filter(office="KH", number__in=(5, 6)).delete()
    assert "late by" not in words(sokha.get("/")).lower()
    agree("patent", 1)
    home = words(sokha.get("/"))
    assert "Late by 1 day Was due" in home
    assert "agreed every day" in home
    assert "Patents: late by 1 day" in home
    assert "day 3 of 1" in home
    Rhythm.objects.update(days=7)
    home = words(sokha.get("/"))
    assert "late by" not in home.lower()
    assert "On time No open error in what is held. Next due" in home
    assert "day 3 of 7" in home


def test_a_refused_file_does_not_count_as_sent(sokha):
    Submission.objects.filter(office="KH", number=5).delete()
    builders.a_submission(
        "KH", 9, right="patent", state="refused", received_at=AT - timedelta(hours=1), ended_at=AT
    )
    agree("patent", 1)
    home = words(sokha.get("/"))
    assert "agreed every day. Updates KH-000009 was refused." in home
    found = latest.of("KH")[Right.PATENT]
    assert (found.newest.number, found.published.number) == (9, 2)
    assert found.sent.number == 2


def test_completeness_says_what_it_is_a_percentage_of(sokha):
    Completeness.objects.create(
        office_id="KH", right="trademark", counted_at=AT, records=13_000, complete=12_934, unknown=190,
        lacking={"applicant": 60, "image": 12, "class": 0},
    )  # fmt: skip
    home = words(sokha.get("/"))
    assert "99.4 % of 13,000 records have applicant, filing date, image, class, status" in home
    assert "190 were read before this was counted" in home
    assert "Lacking: applicant 60, image 12" in home
    assert "no figure Not counted yet" in home  # patents
    assert "no figure No records are held." in home  # designs


def test_it_never_rounds_up_to_complete(sokha):
    Completeness.objects.create(
        office_id="KH", right="trademark", counted_at=AT, records=13_190, complete=13_189, lacking={}
    )  # fmt: skip
    assert "99.9 % of" in words(sokha.get("/"))


def test_what_ends_soon_is_told_before_it_ends(sokha):
    authorizations.save(
        party("WIPO"), Conditions(rights=frozenset(Right), ends_at=AT + timedelta(days=19)),
        by="sokha.chan@moc.example", reason="Until the agreement is renewed", at=AT,
    )  # fmt: skip
    clients.add_secret(
        party("EUIPO").client, by="sokha.chan@moc.example", at=AT, expires_at=AT + timedelta(days=5)
    )
    home = words(sokha.get("/"))
    assert "The authorization of WIPO ends" in home
    assert "18 days left" in home or "19 days left" in home
    assert "An App-client-secret of EUIPO expires" in home
    authorizations.end(party("WIPO"), by="x@y.example", reason="It ran out sooner", at=AT)
    assert "The authorization of WIPO ends" not in words(sokha.get("/"))


def test_a_machine_whose_secret_expires_soon_is_told_to_who_keeps_its_client(sokha, operator):
    told = "An App-client-secret of your client “ផ្នែកពាណិជ្ជសញ្ញា” expires"
    answer = sokha.get("/")
    assert told in words(answer)
    one = Client.objects.get(office="KH", name="ផ្នែកពាណិជ្ជសញ្ញា")
    assert f"/keys-and-accounts/kh/senders/{one.pk}".encode() in answer.content
    builders.a_person("dara@moc.example", "KH", "Dara", builders.roles("viewer"))
    builders.a_person(
        "vuthy@moc.example", "KH", "Vuthy", builders.roles("data-officer", right=Right.PATENT)
    )
    for other in (signed_in("dara@moc.example"), signed_in("vuthy@moc.example")):
        assert "of your client" not in words(other.get("/"))
    assert "of your client" not in words(operator.get("/offices/kh"))
    senders.end(one, by="x", at=AT)
    assert told not in words(sokha.get("/"))


def test_a_destination_that_fails_is_told_with_its_reason(sokha):
    Destination.objects.create(
        authorization=party("WIPO"), name="pub-hub", kind="sftp", address={}, secret="", created_by="x",
        created_at=AT, due_at=AT, failures=5, failing_since=AT - timedelta(hours=3),
        trouble_words="The host key of sftp.wipo.example is another one.",
    )  # fmt: skip
    home = words(sokha.get("/"))
    assert "WIPO does not take deliveries: pub-hub" in home
    assert "The host key of sftp.wipo.example is another one." in home
    assert "5 attempts in a row since" in home


def test_what_waits_for_a_second_person_is_told(sokha):
    one = Proposal.objects.get(office="KH", authorization=party("JPO"), state="open")
    answer = sokha.get("/")
    home = words(answer)
    assert "Waits for a second person: JPO would gain 1 element group" in home
    assert f"Proposed by {one.proposed_by}: “{one.reason}” Nothing of it holds before" in home
    assert f"/proposals/{one.pk}".encode() in answer.content
    Proposal.objects.update(state="withdrawn")
    assert "Waits for a second person" not in words(sokha.get("/"))


def test_the_end_of_a_block_is_told_to_who_knows_its_right_alone(sokha):
    Proposal.objects.update(
        kind="lift", authorization=None, rights=["patent"], preview={"headline": "KH/2/P would go out again"}
    )  # fmt: skip
    assert "KH/2/P would go out again" in words(sokha.get("/"))
    marks = builders.roles("viewer", right=Right.TRADEMARK)
    builders.a_person("dara@moc.example", "KH", "Keo Dara", marks)
    assert "KH/2/P" not in words(signed_in("dara@moc.example").get("/"))


def test_with_everything_at_once_the_page_stays_small(sokha, django_assert_max_num_queries):
    for right in Right:
        agree(right, 7)
    for n in range(40):
        builders.a_submission("KH", 100 + n, received_at=AT - timedelta(days=200 + n), ended_at=AT)
    with django_assert_max_num_queries(15):
        assert sokha.get("/").status_code == 200


def test_only_who_may_sets_the_rhythm(sokha, anong, operator):
    fields = {"trademark": "7", "patent": "31", "design": ""}
    answer = sokha.post("/offices/kh/rhythm/save", fields)
    assert (answer.status_code, answer["Location"]) == (302, "/offices/kh")
    assert dict(Rhythm.objects.values_list("right", "days")) == {"trademark": 7, "patent": 31}
    assert AuditEvent.objects.filter(event="rhythm.saved", actor="sokha.chan@moc.example").count() == 2  # fmt: skip
    assert sokha.post("/offices/kh/rhythm/save", fields).status_code == 302
    assert AuditEvent.objects.filter(event="rhythm.saved").count() == 2
    assert operator.post("/offices/kh/rhythm/save", {**fields, "design": "92"}).status_code == 302
    assert Rhythm.objects.get(right="design").days == 92
    for bad in ({**fields, "design": "-1"}, {**fields, "design": "5"}, {"trademark": "7"}):
        assert sokha.post("/offices/kh/rhythm/save", bad).status_code == 422
    assert anong.post("/offices/kh/rhythm/save", fields).status_code == 404
    builders.a_person("dara@moc.example", "KH", "Keo Dara", frozenset({Held(role=Role.VIEWER)}))
    viewer = signed_in("dara@moc.example")
    assert viewer.get("/offices/kh/rhythm").status_code == 403
    assert viewer.post("/offices/kh/rhythm/save", fields).status_code == 403
    assert b"/rhythm" not in viewer.get("/").content


def test_a_person_of_one_right_sees_nothing_of_the_others(office):
    marks = frozenset({Held(role=Role.DATA_OFFICER, right=Right.TRADEMARK)})
    builders.a_person("dara@moc.example", "KH", "Keo Dara", marks)
    client = signed_in("dara@moc.example")
    home = words(client.get("/"))
    assert "KH-000004" in home
    for other in ("KH-000006", "3,118", "Designs"):
        assert other not in home.partition("What is shared")[0]
    rows = client.get("/history.csv?first=").getvalue().decode()
    assert "design" not in rows
    assert "patent" not in rows


def quiet(sokha):
    """KH with nothing that waits: every right published, without errors."""
    Submission.objects.filter(office="KH").exclude(number__in=(2, 3)).delete()
    Submission.objects.filter(office="KH").update(errors=0, withheld=0, withheld_whole=0)
    Proposal.objects.update(state="withdrawn")
    Submission.objects.filter(office="KH", number=3).update(ended_at=AT, received_at=AT)
    builders.a_submission("KH", 20, right="design", received_at=AT, ended_at=AT)
    HttpUpload.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM record")
        cursor.execute("DELETE FROM kept_back")
        cursor.execute("DELETE FROM kept_back_sum")
    ClientSecret.objects.update(expires_at=None)


def test_in_time_is_said_of_what_is_in_time_alone(sokha):
    quiet(sokha)
    home = words(sokha.get("/"))
    assert "Nothing. No submission is held, nothing is kept back, and the last publications" in home
    assert (
        "No rhythm is agreed for trademarks, patents and designs, so nothing is late there." in home
    )
    assert "in time" not in home
    agree("trademark", 7)
    agree("design", 7)
    home = words(sokha.get("/"))
    assert "Trademarks and designs are in time." in home
    assert "No rhythm is agreed for patents" in home
    builders.a_submission("KH", 21, right="design", state="rejected", received_at=AT, ended_at=AT)
    home = words(sokha.get("/"))
    assert "Trademarks are in time." in home
    assert "The last submission of designs was rejected by the office." in home
    assert "KH-000021: nothing of it was loaded; the state before it holds. Next due" in home


def test_the_last_weeks_are_a_picture_and_a_sentence(sokha):
    quiet(sokha)
    page = sokha.get("/")
    home = words(page)
    assert "1 submission came in, in 1 of 12 weeks. 1,2" in home
    assert "records went out, most in the week of" in home
    assert "1 submission came in, in 1 of 12 weeks. Nothing went out." in home
    assert "Not in the picture" not in home
    builders.a_submission("KH", 30, right="design", kind="Test", state="tested", received_at=AT)
    builders.a_submission("KH", 31, right="design", kind="Test", state="refused", received_at=AT)
    builders.a_submission("KH", 32, right="design", state="repeated", received_at=AT)
    home = words(sokha.get("/"))
    assert home.count("Not in the picture") == 1
    assert "Not in the picture: 2 tests and 1 file that had come before." in home
    svg = page.content.decode().split('class="weeks"')[1].split("</section>")[0]
    assert svg.count("<svg") == 3
    assert "style=" not in svg
    rows = re.findall(r"<tr><th scope=\"row\">", svg)
    assert len(rows) == 12


def test_an_outage_says_when_it_began_however_often_one_looks(sokha):
    began = AT - timedelta(minutes=47)
    Outage.objects.create(part="Workers of the line", words="w", began_at=began, told_at=AT)
    said = {
        re.search(r"since <time datetime=\"([^\"]+)", sokha.get("/").content.decode())[1]
        for _ in range(2)
    }
    assert {datetime.fromisoformat(one) for one in said} == {began}
    Outage.objects.update(ended_at=AT)
    assert "has not gone on with submissions" not in words(sokha.get("/"))


def test_what_third_parties_received_is_counted_of_the_rights_that_one_knows(office):
    builders.a_person(
        "dara@moc.example", "KH", "Dara", builders.roles("viewer", right=Right.PATENT)
    )
    home = words(signed_in("dara@moc.example").get("/"))
    assert "1,20" not in home  # the marks that JPO received
    assert "12 weeks" in home


def test_after_a_rejected_file_the_age_is_that_of_the_file_that_counts(sokha):
    Submission.objects.filter(office="KH", number=5).delete()
    agree("patent", 7)
    builders.a_submission(
        "KH", 9, right="patent", state="rejected", received_at=AT - timedelta(hours=1), ended_at=AT
    )
    home = words(sokha.get("/"))
    assert re.search(r"KH-000002 [^,]+, \d\d:\d\d 2 days ago, day 3 of 7; every week", home)
    assert re.search(r"KH-000009 of [^,]+, \d\d:\d\d was rejected and does not count", home)
    Submission.objects.filter(office="KH", number=2).delete()
    home = words(sokha.get("/"))
    assert re.search(
        r"none that counts every week KH-000009 of [^,]+, \d\d:\d\d was rejected", home
    )


def test_what_is_kept_back_is_told_whatever_came_later_and_leads_to_its_list(sokha):
    builders.a_submission(
        "KH", 9, received_at=AT, ended_at=AT
    )  # clean, and the newest of its right
    answer = sokha.get("/")
    home = words(answer)
    assert "118 records are kept back in trademarks 34 whole, 84 in part." in home
    assert "Published, with errors 1 record with open errors, 118 kept back." in home
    assert b'href="/register/kh/kept-back?right=trademark"' in answer.content


def test_what_is_kept_back_is_the_same_number_everywhere(sokha):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kept_back_sum SET unplaced = 2, partly = 0, whole = 118"
            " WHERE office = 'KH' AND \"right\" = 'trademark'"
        )
    home = words(sokha.get("/"))
    assert (
        "118 records are kept back in trademarks, and 2 came without a number 118 whole. Third"
        in home
    )
    assert "1 with open errors 118 kept back 2 without a number" in home
    listed = words(sokha.get("/register/kh/kept-back?right=trademark"))
    assert "Kept back: 118 records, and 2 without a number" in listed
    assert "Kept back whole 118 Kept back in part 0 Without a number 2" in listed
    assert "1\u201350 of 118" in listed


def test_open_errors_lead_to_the_records_that_have_them(sokha):
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE record SET facets = ROW (NULL, NULL, false, false, false, true, false, '{}')::facets
               WHERE number IN ('KH/3000/24', 'KH/3001/24') AND "right" = 'patent'"""
        )
    answer = sokha.get("/")
    assert "2 records have open errors in patents" in words(answer)
    assert b"/register/kh?right=patent&amp;only=errors" in answer.content
    listed = sokha.get("/register/kh?right=patent&only=errors").content.decode()
    assert "2\u00a0records</h2>" in listed


def test_what_was_not_taken_in_says_whose_it_is_and_can_be_put_away(sokha, anong, operator):
    answer = sokha.get("/")
    home = words(answer)
    assert (
        "Not taken in: KH_PT_Updates_20261126.zip KH_PT_Updates_20261126.zip is not whole" in home
    )
    assert f"Patents/Updates · sent over the API by client {builders.MACHINE} ·" in home
    assert "Trademarks/Updates · sent by sokha.chan@moc.example in the browser ·" in home
    assert b"/uploads/kh?right=patent&amp;kind=Updates" in answer.content
    chosen = sokha.get("/uploads/kh?right=patent&kind=Test").content.decode()
    assert re.findall(r'value="(\w+)"[^>]* checked', chosen) == ["patent", "Test"]
    one = HttpUpload.objects.get(name="KH_PT_Updates_20261126.zip")
    address, fields = "/uploads/kh/put-away", {"upload": str(one.pk)}
    assert anong.post(address, fields).status_code == 404
    assert operator.post(address, fields).status_code == 403
    builders.a_person("dara@moc.example", "KH", "Dara", builders.roles("viewer"))
    viewer = signed_in("dara@moc.example")
    assert viewer.post(address, fields).status_code == 403
    seen = viewer.get("/").content.decode()
    assert "KH_<wbr>PT_<wbr>Updates_" in seen
    assert "put-away" not in seen
    assert "/uploads/kh?" not in seen
    for _ in range(2):
        assert sokha.post(address, fields)["Location"] == "/"
    [event] = AuditEvent.objects.filter(event="upload.put-away")
    assert (event.actor, event.subject) == ("sokha.chan@moc.example", one.name)
    assert event.detail["sender"] == f"client {builders.MACHINE}"
    home = words(sokha.get("/"))
    assert "Not taken in: KH_PT" not in home
    assert "Not taken in: KH_TM" in home
    assert "KH_PT_Updates_20261126.zip" in words(sokha.get("/uploads/kh"))
    for bad in ("", "x", "00000000-0000-0000-0000-000000000000"):
        assert sokha.post(address, {"upload": bad}).status_code == 422


def test_of_many_files_that_were_not_taken_in_the_last_are_told(sokha):
    one = HttpUpload.objects.get(name="KH_PT_Updates_20261126.zip")
    for n in range(20):
        one.pk, one.name, one.ended_at = None, f"{n}.zip", AT - timedelta(minutes=n)
        one.save(force_insert=True)
    home = words(sokha.get("/"))
    assert home.count("Not taken in:") == 10
    assert "More files were not taken in" in home


def test_a_refused_file_waits_until_it_is_taken_or_put_away_whatever_came_later(sokha, anong):
    quiet(sokha)
    damaged = "Its bytes are damaged."
    flipped = builders.a_submission("KH", 40, state="refused", ended_at=AT, reason=damaged)
    builders.a_submission("KH", 41, state="refused", ended_at=AT, name="twice.zip")
    builders.a_submission("KH", 42, ended_at=AT)  # another good file of its right
    home = words(sokha.get("/"))
    assert (
        f"Refused in trademarks: {flipped.name} Its bytes are damaged. It waits here until" in home
    )
    assert "Refused in trademarks: twice.zip" in home
    assert "Published, with errors 2 files refused." in home
    builders.a_submission("KH", 43, ended_at=AT, name="twice.zip")  # made anew
    assert "twice.zip" not in words(sokha.get("/"))
    builders.a_submission("KH", 44, ended_at=AT, sha256=flipped.sha256, kind="Test", state="tested")
    address = f"/submissions/{flipped.reference}/put-away"
    assert f'action="{address}"' in sokha.get("/").content.decode()
    builders.a_person("dara@moc.example", "KH", "Dara", builders.roles("viewer"))
    viewer = signed_in("dara@moc.example")
    assert (viewer.post(address).status_code, anong.post(address).status_code) == (403, 404)
    assert "put-away" not in viewer.get("/").content.decode()
    for _ in range(2):
        assert sokha.post(address)["Location"] == "/"
    [event] = AuditEvent.objects.filter(event="submission.put-away")
    assert (event.actor, event.subject) == ("sokha.chan@moc.example", flipped.reference)
    assert "Refused in" not in words(sokha.get("/"))


def test_a_refused_extraction_waits_until_a_whole_register_is_taken(sokha):
    quiet(sokha)
    builders.a_submission("KH", 40, state="refused", ended_at=AT, kind="Full_Extraction")
    builders.a_submission("KH", 41, state="refused", ended_at=AT)
    builders.a_submission("KH", 42, ended_at=AT)
    assert words(sokha.get("/")).count("Refused in trademarks:") == 2
    builders.a_submission("KH", 43, ended_at=AT, kind="Full_Extraction")
    assert "Refused in" not in words(sokha.get("/"))
    for n in range(50, 65):
        builders.a_submission("KH", n, state="refused", ended_at=AT)
    home = sokha.get("/")
    assert words(home).count("Refused in trademarks:") == 10
    assert "More files of trademarks were refused" in words(home)
    assert "KH-000064" in words(
        sokha.get("/history?direction=in&first=&state=refused&right=trademark&office=KH")
    )


def test_a_submission_of_which_nothing_was_loaded_is_not_called_published(sokha):
    of_another = {"records": 2, "withheld": 2, "withheld_whole": 2, "errors": 2}
    builders.a_submission("KH", 40, ended_at=AT, reported="published", **of_another)
    page = words(sokha.get("/submissions/KH-000040"))
    assert "Nothing loaded, 2 kept back" in page
    assert "no record of this file went into the register." in page
    assert "Published" not in page.partition("Report")[0]
