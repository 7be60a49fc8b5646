"""One record: every element under its group, findings where they belong, its files, its history, and who sees what."""

from __future__ import annotations

import html
import json
import re
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.db import connection

from ipshare.accounts import clients
from ipshare.domain.authorization import Conditions, Filter
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.share import authorizations, authorized, blocks, single
from ipshare.store.models.sharing import Authorization
from ipshare.store.models.submissions import Submission
from portal import builders, registers
from portal.builders import AT
from portal.conftest import signed_in
from portal.registers import IMAGE, NUMBER, PAPER
from share import histories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register")]
RECORD = f"/register/kh/records/trademark/{NUMBER}"


@pytest.fixture
def sokha(register):
    return signed_in("sokha.chan@moc.example")


@pytest.fixture
def anong(register):
    return signed_in("anong@dip.example")


def party(name):
    return Authorization.objects.get(office="KH", third_party__name=name)


def seen_at(name, number=NUMBER):
    return f"/register/kh/as-seen/{party(name).pk}/trademark/{number}"


def words(answer):
    """The text of a page's main part, without its tags."""
    assert answer.status_code == 200
    main = answer.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def save(name, **changes):
    chosen = {"rights": frozenset(Right)} | changes
    authorizations.save(
        party(name), Conditions(**chosen), by="x", reason="for the test", at=AT - timedelta(days=1)
    )


def test_every_element_stands_under_its_group_with_its_inid_code(sokha):
    page = words(sokha.get(RECORD))
    for text in (
        "Application number INID 210 KH/118204/24",
        "Filing date INID 220 2024-05-14",
        "Words of the mark INID 541 ស្ទឹងមាស STUNG MEAS",
        "Translation INID 566 Golden River",
        "Colours claimed INID 591 gold, dark green",
        f"Name {registers.NAME} Name in Latin letters Stung Meas Food Co., Ltd",
        "Staff name Examiner Chea",
        "ST.13 KH50",
    ):
        assert text in page
    order = [
        page.index(f" {name} goes to ")
        for name in ("Identity", "Text", "Goods", "Stakeholders", "Examination")
    ]
    assert order == sorted(order)
    assert "Stakeholders goes to EUIPO, WIPO; not JPO" in page
    assert f'<span lang="km">{registers.NAME}</span>' in sokha.get(RECORD).content.decode()


def test_findings_stand_at_their_elements_with_the_failing_part_marked(sokha):
    page = sokha.get(RECORD).content.decode()
    assert "<mark>KH/M/</mark>" in page
    assert 'KH/M/<ins class="value">2025/104411</ins>' in page
    assert "STUENG MEA<mark>S</mark>" in page
    events = page.split('aria-labelledby="g-events"')[1].split("</section>")[0]
    assert "STA-004" in events
    assert "kept back by a finding" in events


def test_a_finding_that_stands_at_no_value_names_its_element(sokha):
    """The same sentence stood twice, once for each of two dates."""
    page = sokha.get(RECORD).content.decode()
    assert "Date of termination INID 141 : KH/118204/24 has ended" in words(sokha.get(RECORD))
    at = page.split("KH/M/</mark>")[1].split("</dd>")[0]
    assert "INID" not in at  # it stands under its element already


def test_history_and_receivers(sokha):
    page = words(sokha.get(RECORD))
    assert re.search(
        r"Changed: Goods, Media Updates, KH-000003 .* Came into the register Full_Extraction, KH-000001",
        page,
    )
    assert "JPO: Record API, version 1, without stakeholder information" in page


def test_a_record_that_is_blocked_for_one_does_not_go_to_it(sokha):
    jpo = party("JPO")
    blocks.block(
        "KH",
        Right.TRADEMARK,
        NUMBER,
        authorization=jpo,
        until=None,
        reason="Order 15/2026",
        by="x",
        at=AT,
    )
    page = words(sokha.get(RECORD))
    assert "Blocked for JPO" in page
    assert "Identity goes to EUIPO, WIPO; not JPO" in page
    assert "Does not go to" not in page


def test_a_record_that_the_conditions_leave_out_does_not_go_there(
    sokha, django_assert_max_num_queries
):
    """It stood *goes to JPO*, though the filter of JPO let it out to nobody."""
    save("JPO", filter=Filter(filed_from=date(2024, 5, 15)))
    save("WIPO", filter=Filter(filed_from=date(2024, 5, 14)))
    sokha.get(RECORD)  # the first of a minute also writes the session
    with django_assert_max_num_queries(13):
        page = words(sokha.get(RECORD))
    assert "Identity goes to EUIPO, WIPO; not JPO" in page
    assert "Does not go to JPO . Its conditions leave this record out" in page
    assert single.read(authorized.view_at(party("JPO"), AT), Right.TRADEMARK, NUMBER) is None
    assert single.read(authorized.view_at(party("WIPO"), AT), Right.TRADEMARK, NUMBER)


def test_blocks_are_told_and_stand_in_the_history(sokha):
    blocks.block(
        "KH",
        Right.TRADEMARK,
        NUMBER,
        authorization=None,
        until=None,
        reason="Order 15/2026",
        by="x",
        at=AT,
    )
    page = words(sokha.get(RECORD))
    assert "Blocked for every third party" in page
    assert "goes to" not in page
    assert "Identity withheld from" in page
    blocks.apply("KH", at=AT)
    assert "Blocked for every third party Blocks" in words(sokha.get(RECORD))


def test_a_withdrawn_record_keeps_its_address(sokha):
    newest = Submission.objects.get(office="KH", number=3)
    histories.publish(newest.pk, [histories.withdrawn(NUMBER, office="KH")], office="KH", at=AT)
    page = words(sokha.get(RECORD))
    assert "This record was withdrawn" in page
    assert "Withdrawn Updates, KH-000003" in page
    assert "Golden River" not in page
    assert sokha.get(f"/register/kh/xml/trademark/{NUMBER}").status_code == 404


def test_a_newer_version_that_was_kept_back_is_told(sokha):
    newer = Submission.objects.create(
        **{**{f.name: getattr(Submission.objects.get(office="KH", number=3), f.name)
              for f in Submission._meta.fields if f.name not in {"id", "number"}}, "number": 41}
    )  # fmt: skip
    newer.findings.create(
        record=NUMBER, rule="NUM-003", severity="error", effect="withhold", withholds=ElementGroup.IDENTITY.bit,
        path="ApplicationNumber", value="KH/118204/77", message="The year disagrees.", file="a.xml",
    )  # fmt: skip
    page = words(sokha.get(RECORD))
    assert "A newer version of this record was kept back" in page
    kept = "in the version that was kept back, not in what stands here"
    assert (
        f"The year disagrees. NUM-003 Keeps back until corrected. As sent KH/118204/77 . KH-000041 : {kept}"
        in page
    )
    # what was found in the version that stands is told as before
    assert 'Registration number "KH/M/" is not a number' in html.unescape(page)
    assert page.count("KH-000041 :") == 1
    assert page.count(kept) == 2  # a group of the version that stands had been kept back, too


def test_what_was_kept_back_is_not_shown_at_what_was_accepted_before(sokha):
    Submission.objects.get(office="KH", number=3).findings.create(
        record=NUMBER, rule="DAT-013", severity="error", effect="withhold", withholds=ElementGroup.IDENTITY.bit,
        path="RegistrationDate", message="It has no registration date. Send the date.", file="a.xml",
    )  # fmt: skip
    identity = sokha.get(RECORD).content.decode().split('aria-labelledby="g-identity"')[1]
    assert identity.index("It has no registration date") < identity.index("2025-08-07")


def test_a_record_whose_findings_name_no_number_says_which_report_does(sokha):
    newest = Submission.objects.get(office="KH", number=3)
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO kept_back (office, "right", number, submission_id, groups)'
            " VALUES ('KH', 'trademark', 'KH24', %s, 1)",
            [newest.pk],
        )
    page = sokha.get("/register/kh/records/trademark/KH24")
    assert (
        "It was sent with KH-000003 , and kept back by what was found in it: its report says what"
        in words(page)
    )
    assert b'href="/submissions/KH-000003#causes"' in page.content
    assert sokha.get("/register/kh/records/trademark/KH25").status_code == 404
    assert sokha.get("/register/kh/records/patent/KH24").status_code == 404


def test_the_whole_record_as_xml_and_json(sokha):
    xml = sokha.get(f"/register/kh/xml/trademark/{NUMBER}")
    assert registers.NAME in xml.content.decode()
    assert "Examiner Chea" in xml.content.decode()
    assert xml["Content-Disposition"] == 'attachment; filename="KH-118204-24.xml"'
    held = json.loads(sokha.get(f"/register/kh/json/trademark/{NUMBER}").content)
    assert held["applicationDate"] == "2024-05-14"


def test_pictures_are_shown_and_anything_else_is_a_download(sokha):
    address = f"/register/kh/files/trademark/{IMAGE}"
    whole = sokha.get(address)
    assert (whole["Content-Type"], whole["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert "sandbox" in whole["Content-Security-Policy"]
    assert "Content-Disposition" not in whole
    part = sokha.get(address, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.getvalue()) == (206, b"PNG")
    paper = sokha.get(f"/register/kh/files/trademark/{PAPER}")
    assert paper["Content-Disposition"] == f'attachment; filename="{PAPER}"'
    assert sokha.get("/register/kh/files/trademark/nothing.png").status_code == 404
    page = sokha.get(RECORD).content.decode()
    assert f'<img src="{address}"' in page
    assert f'<a class="id" href="/register/kh/files/trademark/{PAPER}" download>' in page


def test_as_a_third_party_sees_it_are_the_bytes_of_the_api(sokha):
    jpo = party("JPO")
    client = jpo.client
    _, secret = clients.add_secret(client, by="x", at=AT)
    reader = histories.Reader(
        authorization=jpo, client_id=client.client_id, secret=secret
    ).sign_in()
    api = reader.get(f"/api/v1/trademarks/KH/{NUMBER}")
    seen = sokha.get(f"/register/kh/as-seen-json/{jpo.pk}/trademark/{NUMBER}")
    assert (api.status_code, api.content) == (200, seen.content)
    page = words(sokha.get(seen_at("JPO")))
    assert "You see this record as JPO sees it" in page
    assert "Golden River" in page
    for secret_word in (registers.NAME, "Stung Meas Food", "NUM-012"):
        assert secret_word not in page
    assert sokha.get(f"/register/kh/as-seen-files/{jpo.pk}/trademark/{IMAGE}").status_code == 200
    assert sokha.get(f"/register/kh/as-seen-files/{jpo.pk}/trademark/{PAPER}").status_code == 404
    assert (
        sokha.get(f"/register/kh/as-seen-files/{party('WIPO').pk}/trademark/{PAPER}").status_code
        == 200
    )


def test_why_a_third_party_does_not_get_a_record(sokha):
    def why():
        return words(sokha.get(seen_at("WIPO")))

    assert "You see this record as WIPO sees it" in why()
    save("WIPO", rights=frozenset({Right.PATENT}))
    assert "does not include trademarks" in why()
    save("WIPO", filter=Filter(filed_from=date(2025, 1, 1), without_errors=True))
    page = why()
    assert "only records filed on or after 2025-01-01" in page
    assert "only records without open errors" in page
    save("WIPO", starts_at=AT + timedelta(days=1))
    assert "has not begun yet" in why()
    save("WIPO")
    blocks.block(
        "KH",
        Right.TRADEMARK,
        NUMBER,
        authorization=party("WIPO"),
        until=None,
        reason="Order 16/2026",
        by="x",
        at=AT,
    )
    assert "A block keeps the record from this third party: Order 16/2026" in why()
    assert "You see this record as EUIPO sees it" in words(sokha.get(seen_at("EUIPO")))
    assert "The authorization was ended" in words(sokha.get(seen_at("KIPO")))
    assert "withdrawn: nobody receives it" in words(sokha.get(seen_at("JPO", "KH/7/24")))


def test_a_number_may_hold_anything_that_an_office_writes(sokha):
    odd = ["KH/1 %2F?#&/24", "ก 123/ข", "<b>7</b>", "..x", "a//b/"]
    newest = Submission.objects.get(office="KH", number=1)
    registers.publish(
        newest,
        [
            registers.a_mark(n.replace("&", "&amp;").replace("<", "&lt;"), **registers.STUNG_MEAS)
            for n in odd
        ],
        at=AT,
    )
    listed = sokha.get("/register/kh", {"q": "stung", "sort": "number"}).content.decode()
    for number in odd:
        address = f"/register/kh/records/trademark/{quote(number)}"
        assert f'href="{address}"' in listed
        assert sokha.get(address).status_code == 200


def test_another_office_and_unknown_things_are_the_same_404(sokha, anong):
    jpo = party("JPO").pk
    for address in (
        RECORD, f"/register/kh/files/trademark/{IMAGE}", seen_at("JPO"),
        f"/register/kh/as-seen-files/{jpo}/trademark/{IMAGE}", f"/register/kh/xml/trademark/{NUMBER}",
    ):  # fmt: skip
        assert anong.get(address).status_code == 404
        assert anong.get(address.replace("/kh/", "/th/")).status_code == 404
        assert sokha.get(address.replace("118204", "999999")).status_code == 404
    assert sokha.get("/register/kh/records/copyright/1").status_code == 404
    assert sokha.get("/register/kh/records/trademark/%00").status_code == 404
    assert sokha.get("/register/kh/records/patent/" + NUMBER).status_code == 404


def test_a_role_for_one_right_opens_no_other_register(sokha, register):
    builders.a_person(
        "patents@moc.example", "KH", roles=builders.roles("viewer", right=Right.PATENT)
    )
    only = signed_in("patents@moc.example")
    assert only.get(RECORD).status_code == 404
    assert only.get("/register/kh?right=trademark").status_code == 404
    page = only.get("/register/kh").content.decode()
    assert "Nothing is held yet" in page
    assert "right=trademark" not in page
    assert NUMBER not in only.get("/find", {"q": "stung"}).content.decode()


def test_other_pages_lead_to_the_record(sokha):
    for address in (
        "/submissions/KH-000003/findings",
        f"/disclosures/kh?first=&number={quote(NUMBER)}",
    ):
        assert f'href="{RECORD}"' in sokha.get(address).content.decode()
    first = sokha.get("/data-exchange-authorizations/kh/blocks").content.decode()
    assert "KH/1/24" in first
