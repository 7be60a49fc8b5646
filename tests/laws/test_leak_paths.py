"""The 26 leak paths of the domain (DOMAIN §4), each with the sharpest look that the API allows."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ipshare.domain.authorization import Conditions
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.http import waiting
from ipshare.ops.sample import pictures
from ipshare.share import blocks, items, preview
from ipshare.store.models.disclosures import Disclosure
from laws.leaks import (
    INSIDE,
    NO_EXAMINATION,
    NO_STAKEHOLDERS,
    NO_STATUS,
    OUTSIDE,
    SINCE,
    Case,
    a_file,
    answered,
    both,
    check,
    mark,
    patent,
    read,
    sent,
)
from share.histories import ALL, AT, a_reader, allow, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast", "still")]

SECRET = "Kosal Pich"
NAME = f"<com:Contact><com:Name><com:EntityName>{SECRET}</com:EntityName></com:Name></com:Contact>"
ENDED = "<tmk:TerminationDate>2025-02-03</tmk:TerminationDate>"
EVENT = (
    "<tmk:MarkEventBag><tmk:MarkEvent><tmk:MarkEventCategory>Registration renewed</tmk:MarkEventCategory>"
    "{}<tmk:MarkEventDate>2025-02-03</tmk:MarkEventDate></tmk:MarkEvent></tmk:MarkEventBag>"
)
RENEWED = (
    "<tmk:NationalTrademarkInformation><com:RenewalDate>2025-02-04</com:RenewalDate>"
    "</tmk:NationalTrademarkInformation>"
)
OPPOSABLE = (
    "<tmk:OppositionPeriodStartDate>2025-03-01</tmk:OppositionPeriodStartDate>"
    "<tmk:OppositionPeriodEndDate>2025-06-01</tmk:OppositionPeriodEndDate>"
)
OPPOSED = (
    "<tmk:OppositionBag><tmk:Opposition><com:OppositionDate>2025-03-09</com:OppositionDate><tmk:PlaintiffBag>"
    f"<tmk:Plaintiff>{NAME}</tmk:Plaintiff></tmk:PlaintiffBag></tmk:Opposition></tmk:OppositionBag>"
)
RECORD_TRANSFER = (
    "<tmk:MarkRecord><tmk:RecordTransfer><com:RecordIdentifier>T-77</com:RecordIdentifier>"
    "<com:RecordFilingDate>2025-04-01</com:RecordFilingDate></tmk:RecordTransfer></tmk:MarkRecord>"
)
BASIC_RECORD = (
    "<tmk:MarkRecord><tmk:BasicRecord><com:RecordIdentifier>B-1</com:RecordIdentifier>"
    "</tmk:BasicRecord></tmk:MarkRecord>"
)


def test_leak_01_change_stamps():
    """ETag, Last-Modified, order and digests stand still while only the owner changes."""
    later = sent(mark("1", applicant=SECRET))
    story = (both(mark("1"), mark("2")), (None, later), both(mark("2", words="SOKHA II")))
    check(Case(excluded=NO_STAKEHOLDERS, story=story, secrets=(SECRET,), every_way=True))
    check(Case(excluded=NO_STAKEHOLDERS, story=story, secrets=(SECRET,), ready=True))


def test_leak_02_delta_feed():
    """A record that only changes its status is in no delta; one that is sent again as it was neither."""
    expired = sent(mark("1", status="Expired", early=ENDED))
    story = (
        both(mark("1"), mark("2")),
        (None, expired),
        both(mark("3")),
        (expired, None),
        (sent(mark("2", operation="Update")), None),
    )
    check(Case(excluded=NO_STATUS, story=story, secrets=("Expired", "2025-02-03")))


def test_leak_03_presence():
    """Whether an element of a withheld group is there at all cannot be told."""
    full = mark("1", early=ENDED, late=EVENT.format("") + RENEWED)
    secrets = ("2025-02-03", "2025-02-04", "markEventBag", "MarkEventBag", "terminationDate")
    check(Case(excluded=NO_STATUS, story=((sent(mark("1")), sent(full)),), secrets=secrets[:2]))
    answers = check(Case(excluded=NO_STATUS, story=(both(full),)))
    told = b"".join(one.body for one in answers.values())
    assert not any(word.encode() in told for word in secrets), "leak: the name of an element"
    examined = mark(
        "1", late="<tmk:TradeDistinctivenessIndicator>true</tmk:TradeDistinctivenessIndicator>"
    )
    check(Case(excluded=NO_EXAMINATION, story=((sent(mark("1")), sent(examined)),)))


def test_leak_04_publication_events():
    """The section of a gazette tells a status and goes with it; who may not see publications sees none."""

    def published(section):
        first, second = (
            f"<tmk:Publication><com:PublicationIdentifier>{n}</com:PublicationIdentifier>{one}"
            f"<com:PublicationDate>2020-0{n}-01</com:PublicationDate></tmk:Publication>"
            for n, one in enumerate(("", section), 1)
        )
        return mark("1", more=f"<tmk:PublicationBag>{first}{second}</tmk:PublicationBag>")

    sections = [
        published(f"<tmk:PublicationSectionCategory>{one}</tmk:PublicationSectionCategory>")
        for one in ("Total refusals", "Registrations renewed")
    ]
    story = ((sent(published("")), sent(sections[0])), (sent(sections[1]), None))
    secrets = ("Total refusals", "Registrations renewed")
    check(Case(excluded=NO_STATUS, story=story, secrets=secrets, seen=("2020-02-01",)))
    hidden = {*NO_STATUS, G.PUBLICATION}
    story = ((sent(mark("1")), sent(sections[0])), (None, sent(published(""))))
    check(Case(excluded=frozenset(hidden), story=story, secrets=("2020-02-01", "2020-01-01")))


def test_leak_05_expiry_and_opposition_dates():
    """The time to oppose goes with the examination, the renewal with the events; the expiry is identity."""
    story = ((sent(mark("1")), sent(mark("1", more=OPPOSABLE))),)
    check(Case(excluded=NO_EXAMINATION, story=story, secrets=("2025-03-01", "2025-06-01")))
    expiry = "<com:ExpiryDate>2035-02-03</com:ExpiryDate>"
    story = ((sent(mark("1", early=expiry)), sent(mark("1", early=expiry, late=RENEWED))),)
    check(Case(excluded=NO_STATUS, story=story, secrets=("2025-02-04",), seen=("2035-02-03",)))


def test_leak_06_search():
    """A parameter over withheld elements is one that does not exist; nothing else finds by them."""
    story = (
        (
            sent(mark("1"), mark("2")),
            sent(mark("1", applicant=SECRET, status="Expired"), mark("2")),
        ),
        (None, sent(mark("2", applicant=SECRET))),
    )
    case = Case(
        excluded=NO_STAKEHOLDERS | NO_STATUS,
        story=story,
        secrets=(SECRET, "Expired"),
        every_way=True,
    )
    answers = check(case)
    refused = [
        answers[f"/api/v1/trademarks/XA?{one}"]
        for one in ("applicant=kosal", "status=expired", "sort=status", "examiner=kosal")
    ]
    assert len({(one.status, one.body) for one in refused}) == 1, "leak: withheld is not unknown"
    assert b"applicant" not in refused[0].body, "leak: the names of withheld parameters"


def test_leak_07_order_and_cursors():
    """Neither order nor cursors follow what is withheld: its values, or how often and when it changes."""

    def dated(number, day, owner="Sokha Trading Co., Ltd."):
        text = mark(number, applicant=owner, status=f"Status {day}")
        return text.replace(
            "<tmk:MarkCurrentStatusDate>2019-05-06", f"<tmk:MarkCurrentStatusDate>2024-01-{day}"
        )

    days = ("11", "12", "13")
    up = [dated(number, day) for number, day in zip("123", days, strict=True)]
    down = [dated(number, day) for number, day in zip("123", reversed(days), strict=True)]
    again = dated("2", "29", SECRET)
    story = (
        (sent(*up), sent(*down)),
        (None, sent(again)),
        (sent(dated("1", "28")), None),
        (None, sent(dated("3", "27"))),
        both(mark("1", words="SOK")),
    )
    case = Case(excluded=NO_STATUS | NO_STAKEHOLDERS, story=story, secrets=(SECRET, "2024-01-"))
    answers = check(case)
    records = [json.loads(one.body)["items"] for at, one in answers.items() if "XA?limit=1" in at]
    assert [one["number"] for [one] in records] == ["1", "2", "3"], "leak: an order of its own"


def test_leak_08_small_counts():
    """Records outside of the filter are in no count, no page boundary, no proof and no manifest."""
    outside = [mark(str(number), words="BEYOND") for number in range(4, 9)]
    far = {str(number): OUTSIDE for number in range(4, 9)}
    story = (
        (sent(mark("1"), mark("2")), sent(*outside[:4], mark("1"), mark("2"), facets=far)),
        (None, sent(outside[4], facets=far)),
        both(mark("3")),
    )
    case = Case(excluded=NO_STATUS, story=story, secrets=("BEYOND",), filter=SINCE, every_way=True)
    answers = check(case)
    manifest = json.loads(answers["export ndjson"].body)["manifest"]
    assert [part["records"] for part in manifest["parts"]] == [3], (
        "leak: counts of what is withheld"
    )


def test_leak_09_party_codes():
    """Codes of parties, which make one owner's portfolio of many records, go with their names."""

    def coded(number, code):
        name = "</com:LegalEntityName>"
        codes = f"<com:PartyIdentifier>{code}</com:PartyIdentifier>"
        return mark(number).replace(name, name + codes)

    one = sent(coded("1", "C-4711"), coded("2", "C-4711"))
    other = sent(coded("1", "C-4711"), coded("2", "C-0815"))
    check(Case(excluded=NO_STAKEHOLDERS, story=((one, other),), secrets=("C-4711", "C-0815")))


def test_leak_10_free_text():
    """Remarks in free text go out to nobody: not even an office knows what its examiners wrote there."""
    remark = f"<com:CommentText>ORIGINAL APPLICANT: {SECRET}</com:CommentText>"
    told = mark("1", more=remark, late=EVENT.format(remark))
    plain = mark("1", late=EVENT.format(""))
    for excluded in (NO_STAKEHOLDERS, frozenset()):
        story = ((sent(plain), sent(told)), (sent(told), None))
        check(
            Case(
                excluded=excluded,
                story=story,
                secrets=(SECRET, "ORIGINAL"),
                seen=("Registration renewed",),
            )
        )


def test_leak_10_free_text_of_events_and_disclaimers():
    described = (
        "<tmk:NationalMarkEvent><tmk:MarkEventDescriptionText>Assigned to Kosal Pich"
        "</tmk:MarkEventDescriptionText></tmk:NationalMarkEvent>"
    )
    limited = f"<tmk:UseLimitationText>With consent of {SECRET}</tmk:UseLimitationText>"
    told = mark("1", more=limited, late=EVENT.format(described))
    check(Case(excluded=NO_STAKEHOLDERS, story=(both(told),), secrets=(SECRET,)))


def test_leak_11_assignments():
    """Of a deal neither the parties, nor its record, nor its date, nor that there was one."""
    sold = (
        "<tmk:AssignmentBag><tmk:Assignment><tmk:AssignmentRecordedDate>2025-04-02</tmk:AssignmentRecordedDate>"
        f"<tmk:AssigneeBag><tmk:Assignee>{NAME}</tmk:Assignee></tmk:AssigneeBag></tmk:Assignment></tmk:AssignmentBag>"
    )
    records = f"<tmk:MarkRecordBag>{RECORD_TRANSFER}</tmk:MarkRecordBag>"
    story = (
        (sent(mark("1")), sent(mark("1", late=records + sold))),
        (sent(mark("1", late=sold)), None),
    )
    secrets = (SECRET, "2025-04-02", "2025-04-01", "T-77")
    check(Case(excluded=NO_STAKEHOLDERS, story=story, secrets=secrets))


def test_leak_12_agents_and_their_references():
    """Who is written to, and the number of its own that an agent has for the case."""
    reference = "<com:ApplicantFileReference>DFK/4711</com:ApplicantFileReference>"
    address = f"<com:CorrespondenceAddress>{NAME}</com:CorrespondenceAddress>"
    story = ((sent(mark("1")), sent(mark("1", early=reference, late=address))),)
    check(Case(excluded=NO_STAKEHOLDERS, story=story, secrets=(SECRET, "DFK/4711")))


def test_leak_13_priorities():
    """The holder of a priority is withheld; its number leads to another office's register, and stays."""

    def claimed(holder):
        text = "<com:ApplicationNumberText>2018-090922</com:ApplicationNumberText>"
        number = f"<com:ApplicationNumber>{text}</com:ApplicationNumber>"
        one = f"<com:PriorityCountryCode>JP</com:PriorityCountryCode>{number}{holder}"
        return mark(
            "1", more=f"<tmk:PriorityBag><tmk:Priority>{one}</tmk:Priority></tmk:PriorityBag>"
        )

    holder = f"<com:PriorityHolderName>{SECRET}</com:PriorityHolderName>"
    story = ((sent(claimed("")), sent(claimed(holder))), (None, sent(claimed(""))))
    check(Case(excluded=NO_STAKEHOLDERS, story=story, secrets=(SECRET,), seen=("2018-090922",)))


CITED = (
    "<pat:ReferenceCitationBag><pat:ReferenceCitation><com:PatentCitation><com:CitedPatentDocumentIdentification>"
    "<com:IPOfficeCode>US</com:IPOfficeCode><com:DocumentNumber>7654321</com:DocumentNumber>"
    f"<com:EntityName>{SECRET}</com:EntityName></com:CitedPatentDocumentIdentification></com:PatentCitation>"
    "</pat:ReferenceCitation><pat:ReferenceCitation><com:NPLCitation><com:NPLCitationText>Pich, K.: On clay"
    "</com:NPLCitationText></com:NPLCitation></pat:ReferenceCitation></pat:ReferenceCitationBag>"
)


def test_leak_14_citations():
    """Names in citations go with the stakeholders, other people's texts to nobody, all of it with the examination."""
    unnamed = CITED.replace(f"<com:EntityName>{SECRET}</com:EntityName>", "")
    story = ((sent(patent()), sent(patent(more=unnamed))),)
    secrets = (SECRET, "Pich, K.", "7654321")
    seen = ("Water filter",)
    check(
        Case(
            excluded=NO_EXAMINATION, story=story, secrets=secrets[1:], seen=seen, right=Right.PATENT
        )
    )
    story = ((sent(patent(more=CITED)), sent(patent(more=CITED.replace(SECRET, "Chan Mony")))),)
    seen = ("7654321",)
    check(
        Case(
            excluded=NO_STAKEHOLDERS,
            story=story,
            secrets=secrets[:2],
            seen=seen,
            right=Right.PATENT,
        )
    )


def test_leak_14_names_within_an_examination():
    """Who sees names and not the examination sees none of the names in it: they would tell that there is one."""
    for right, plain, examined in (
        (Right.PATENT, patent(), patent(more=CITED)),
        (Right.TRADEMARK, mark("1"), mark("1", late=OPPOSED)),
    ):
        story = ((sent(plain), sent(examined)),)
        check(Case(excluded=NO_EXAMINATION, story=story, seen=(), right=right))


def test_leak_15_document_lists():
    """A list of letters shows an examination as well as the letters would."""
    letters = (
        "<com:DocumentIncludedBag><com:DocumentIncluded><com:DocumentName>Offc Action Outgoing</com:DocumentName>"
        "<com:FileName>XSearch.pdf</com:FileName></com:DocumentIncluded></com:DocumentIncludedBag>"
    )
    kept = (
        "<tmk:TrademarkDocumentBag><tmk:TrademarkDocument><com:DocumentName>Response to Office Action"
        "</com:DocumentName></tmk:TrademarkDocument></tmk:TrademarkDocumentBag>"
    )
    secrets = ("Offc Action", "XSearch", "Response to")
    story = ((sent(mark("1")), sent(mark("1", late=kept, around=letters))),)
    check(Case(excluded=NO_EXAMINATION, story=story, secrets=secrets))


def test_leak_16_whole_documents():
    """A PDF of a front page cannot be restricted: it is let out only where nothing is."""
    pdf = a_file("1.pdf", f"%PDF-1.7 (73) {SECRET}".encode(), "")
    publish(1, [replace(read(mark("1")), images=("1.pdf",))], images=[pdf])
    reader = a_reader()
    address = "/api/v1/images/XA/trademark/1.pdf"
    assert SECRET.encode() in reader.get(address).getvalue()
    for excluded in (NO_STAKEHOLDERS, NO_STATUS, NO_EXAMINATION, {G.PUBLICATION}):
        allow(reader.authorization, excluded=excluded)
        held, none = (
            answered(reader, reader.get(address)),
            answered(reader, reader.get(f"{address}.pdf")),
        )
        assert (held.status, held.body) == (none.status, none.body), "leak: a whole document"
        assert held.status == 404, "leak: a whole document"


def test_leak_17_names_of_files():
    """The name of a file, and whether there is one, goes with the media; nobody can ask for it by guessing."""
    name = "<com:FileName>REFUSED_Kosal_Pich.png</com:FileName>"
    named = f"<tmk:MarkImageBag><tmk:MarkImage>{name}</tmk:MarkImage></tmk:MarkImageBag>"
    end = "</tmk:WordMarkSpecification>"
    pictured = mark("1").replace(end, end + named)
    story = ((sent(mark("1")), sent(pictured)),)
    check(Case(excluded=frozenset({G.MEDIA}), story=story, secrets=("REFUSED",)))
    picture = a_file("REFUSED_Kosal_Pich.png", pictures.jpeg("test", 1, 1), "JPEG")
    publish(1, [read(pictured)], images=[picture])
    reader = a_reader(excluded={G.MEDIA})
    found = [
        answered(reader, reader.get(f"/api/v1/images/XA/trademark/{name}"))
        for name in ("REFUSED_Kosal_Pich.png", "none.png")
    ]
    assert found[0].body == found[1].body, "leak: that there is such a file"
    assert found[0].status == found[1].status == 404, "leak: a file of a withheld group"


def test_leak_17_what_is_written_inside_of_pictures():
    """Author and place of a picture, comments in it: bytes, sizes, ranges and ETags are as without them."""
    plain = pictures.jpeg("test", 1, 1)
    exif = b"\xff\xe1\x00\x19Exif\0\0Artist " + SECRET.encode() + b"\xff\xfe\x00\x0cKosal Pich"
    drawn = b"<svg xmlns='http://www.w3.org/2000/svg'><title>Kosal Pich</title></svg>"
    names = ("1.jpg", "2.jpg", "3.svg")
    files = [a_file("1.jpg", plain, "JPEG"), a_file("2.jpg", plain[:2] + exif + plain[2:], "JPEG"),
             a_file("3.svg", drawn, "SVG")]  # fmt: skip
    publish(1, [replace(read(mark("1")), images=names)], images=files)
    for excluded in (NO_STAKEHOLDERS, NO_STATUS, NO_EXAMINATION):
        reader = a_reader(name=f"not {min(excluded)}", excluded=excluded)
        for asked in ({}, {"Range": "bytes=10-"}, {"Range": "bytes=-7"}, {"Range": "bytes=9999-"}):
            first, second, third = (
                answered(reader, reader.get(f"/api/v1/images/XA/trademark/{name}", **asked))
                for name in names
            )
            assert SECRET.encode() not in second.body, "leak: the author of a picture"
            headers = [
                [one for one in answer.headers if one[0] != "RateLimit"]  # it counts them
                for answer in (first, second)
            ]
            assert headers[0] == headers[1], "leak: that there is an author"
            assert first.body == second.body, "leak: that there is an author"
            assert third.status == 404, "leak: what is written in a drawing"
    everything = a_reader(name="XC").get("/api/v1/images/XA/trademark/2.jpg").getvalue()
    assert everything == plain[:2] + exif + plain[2:]


def test_leak_18_gaps():
    """What is taken out of a list leaves no hole, no empty item and no longer list."""

    def recorded(*which):
        return mark("1", late=f"<tmk:MarkRecordBag>{''.join(which)}</tmk:MarkRecordBag>")

    one = sent(recorded(BASIC_RECORD))
    story = (
        (one, sent(recorded(RECORD_TRANSFER, BASIC_RECORD, RECORD_TRANSFER))),
        (sent(recorded(BASIC_RECORD, RECORD_TRANSFER)), None),
    )
    answers = check(Case(excluded=NO_STAKEHOLDERS, story=story, secrets=("T-77",), seen=("B-1",)))
    record = json.loads(answers["/api/v1/trademarks/XA/1"].body)
    assert record["markRecordBag"] == {
        "markRecord": [{"basicRecord": {"recordIdentifier": "B-1"}}]
    }, "leak: a list with a hole"


def test_leak_19_transliterations():
    """A name in another script is that name."""
    person = (
        f"<com:PersonName><com:PersonFullName>{SECRET}</com:PersonFullName>"
        "<com:TransliterationName>កុសល ពេជ្រ</com:TransliterationName></com:PersonName>"
    )
    contact = f"<com:Contact><com:Name>{person}</com:Name></com:Contact>"
    plain = "<com:LegalEntityName>Sokha Trading Co., Ltd.</com:LegalEntityName>"
    story = ((sent(mark("1")), sent(mark("1").replace(plain, contact))),)
    check(Case(excluded=NO_STAKEHOLDERS, story=story, secrets=(SECRET, "កុសល")))


def test_leak_20_derived_data():
    """Nothing is worked out of what is withheld: not where owners live, nor whether they are complete or faulty."""
    plain = mark("1")
    foreign = plain.replace(
        "</com:LegalEntityName>",
        "</com:LegalEntityName><com:NationalityCode>QA</com:NationalityCode>",
    )
    faulty = {"1": replace(INSIDE, has_errors=True)}
    nobody = plain[: plain.index("<tmk:ApplicantBag>")] + "</tmk:Trademark>"
    story = (
        (sent(plain), sent(foreign, facets=faulty)),
        (None, sent(nobody, withheld={"1": {G.STAKEHOLDERS}}, facets=faulty)),
        both(mark("2")),
        (sent(nobody), None),
    )
    check(
        Case(excluded=NO_STAKEHOLDERS, story=story, secrets=(">QA<",), filter=SINCE, every_way=True)
    )


def test_leak_21_errors_and_notices():
    """What is blocked, withdrawn, outside or never was there is refused in the same words, and none is quoted."""
    publish(
        1,
        [read(mark(number, applicant=SECRET)) for number in "123"],
        facets={"1": INSIDE, "2": OUTSIDE, "3": INSIDE},
    )
    reader = a_reader()
    allow(reader.authorization, excluded=NO_STAKEHOLDERS, filter=SINCE)
    blocks.block(
        "XA", Right.TRADEMARK, "3", authorization=None, reason=f"order against {SECRET}", until=None,
        by="officer", at=AT,
    )  # fmt: skip
    addresses = [
        "trademarks/XA/2",
        "trademarks/XA/3",
        "trademarks/XA/9",
        "patents/XA/1",
        "trademarks/XC/1",
    ]
    pending = [answered(reader, reader.get(f"/api/v1/{one}")) for one in addresses]
    blocks.apply("XA", at=AT)
    found = [answered(reader, reader.get(f"/api/v1/{one}")) for one in addresses]
    told = {(one.status, one.body) for one in pending + found}
    assert len(told) == 1, "leak: it tells why there is no record"
    bad = [
        "changes?after=x",
        "trademarks?limit=0",
        "trademarks?applicant=Kosal",
        "trademarks/XA?words=*",
        "exports/XA/1",
    ]
    for address in (*bad, *addresses):
        body = reader.get(f"/api/v1/{address}").getvalue()
        assert SECRET.encode() not in body, "leak: an error that quotes"
        assert b"order against" not in body, "leak: the reason of a block"


def test_leak_22_ended_records_stay():
    """A right that has ended is shared as before: to leave it out would tell that it ended."""
    ended = mark("1", status="Expired", early=ENDED)
    story = (
        both(mark("1"), mark("2")),
        (None, sent(ended)),
        (sent(mark("2", status="Removed")), None),
    )
    answers = check(Case(excluded=NO_STATUS, story=story, secrets=("Expired", "Removed")))
    assert answers["/api/v1/trademarks/XA/1"].status == 200, "leak: an ended record is gone"


def test_leak_23_relations():
    """Reissues and reexaminations are examination; what became of the application that others came from is a status."""

    def related(name, status=""):
        number = (
            "<pat:PatentDocumentIdentification><pat:ApplicationIdentification><com:IPOfficeCode>XA</com:IPOfficeCode>"
            "<com:ApplicationNumber><com:ApplicationNumberText>9900{}</com:ApplicationNumberText></com:ApplicationNumber>"
            "</pat:ApplicationIdentification></pat:PatentDocumentIdentification>"
        )
        parent = f"<pat:ParentDocument>{number.format(1)}{status}</pat:ParentDocument>"
        child = f"<pat:ChildDocument>{number.format(2)}</pat:ChildDocument>"
        return f"<pat:RelatedDocumentBag><pat:{name}>{parent}{child}</pat:{name}></pat:RelatedDocumentBag>"

    again = patent(more=related("Reexamination"))
    common = {"right": Right.PATENT, "seen": ("Water filter",)}
    story = ((sent(patent()), sent(again)), (sent(patent(more=related("Reissue"))), None))
    check(Case(excluded=NO_EXAMINATION, story=story, secrets=("99001", "99002"), **common))
    granted, pending = (
        patent(
            more=related(
                "Division", f"<pat:ParentDocumentStatusCode>{one}</pat:ParentDocumentStatusCode>"
            )
        )
        for one in ("GRANTED", "PENDING")
    )
    story = ((sent(granted), sent(pending)), (sent(pending), None))
    check(Case(excluded=NO_STATUS, story=story, secrets=("GRANTED", "PENDING"), **common))


def test_leak_24_every_way_out():
    """Ready items, exports, previews and the register are one projection; nothing is kept by caches on the way."""
    hidden = sent(mark("1", applicant=SECRET), mark("2"))
    story = ((sent(mark("1"), mark("2")), hidden), (None, sent(mark("2", applicant=SECRET))))
    case = Case(
        excluded=NO_STAKEHOLDERS, story=story, secrets=(SECRET,), ready=True, every_way=True
    )
    answers = check(case)
    assert all(dict(one.headers).get("Cache-Control", "no-store") == "no-store" for at, one in answers.items()
               if "inside" not in at), "leak: an answer that may be kept"  # fmt: skip
    publish(1, [read(text) for text in hidden.records])
    everything = a_reader(name="XC")
    items.make_ready("XA")
    reader = a_reader(name="XD", excluded=NO_STAKEHOLDERS)
    for ready in (False, True):
        if ready:
            items.make_ready("XA")
        feed = {item["number"]: item["record"] for item in reader.page()["items"]}
        single = reader.get("/api/v1/trademarks/XA/1").content
        wanted = Conditions(rights=ALL, excluded=frozenset(NO_STAKEHOLDERS))
        shown = preview.of(everything.authorization, wanted, at=AT)
        [sample] = [one for effect in shown.effects for one in effect.samples if one.number == "1"]
        assert sample.now == single, "leak: a preview of its own"
        assert feed["1"] == json.loads(single), "leak: a feed of its own"
        assert SECRET.encode() not in sample.now, "leak: in a preview"
    for address in ("openapi.yaml", "vocabularies", "vocabularies/status-words"):
        assert SECRET.encode() not in reader.get(f"/api/v1/{address}").getvalue(), (
            "leak: an example"
        )


def test_leak_25_combined_entitlements():
    """One third party's cursors are nothing to another, ETags tell none apart, and what goes out has a version."""
    publish(1, [read(mark("1", applicant=SECRET))])
    whole, part = a_reader(), a_reader(name="XC", excluded=NO_STAKEHOLDERS)
    whole.pull_all()
    part.pull_all()
    taken = part.get(f"/api/v1/changes?after={whole.cursor}")
    assert taken.status_code == 400, "leak: a cursor of another client is taken"
    tags = [one.get("/api/v1/trademarks/XA/1")["ETag"] for one in (whole, part)]
    crossed = part.get("/api/v1/trademarks/XA/1", **{"If-None-Match": tags[0]})
    assert crossed.status_code == 200, "leak: an ETag of another client is known"
    allow(whole.authorization, excluded=NO_STAKEHOLDERS)
    [erase, *_] = whole.page()["items"]
    assert (erase["type"], erase["groups"]) == ("erase", ["stakeholders", "remarks"]), (
        "leak: kept after a narrowing"
    )
    assert SECRET not in whole.get("/api/v1/trademarks/XA/1").content.decode(), (
        "leak: after a narrowing"
    )
    rows = Disclosure.objects.order_by("pk").values_list("authorization_id", "version", "groups")
    mine = [row for row in rows if row[0] == whole.authorization.pk]
    assert {version for _, version, _ in mine} == {1, 2}, "leak: versions are not told apart"
    assert mine[0][2] & G.STAKEHOLDERS.bit, "leak: the ledger does not say what went out"
    assert not mine[-1][2] & G.STAKEHOLDERS.bit


def test_leak_26_time_and_size(monkeypatch):
    """As many bytes, and as many statements of SQL, whatever is withheld; and nobody is woken for it."""
    large = sent(mark("1", applicant=f"{SECRET} " * 400, late=EVENT.format("")))
    story = ((sent(mark("1")), sent(mark("1", applicant=SECRET))), (None, large), both(mark("2")))
    check(Case(excluded=NO_STAKEHOLDERS | NO_STATUS, story=story, secrets=(SECRET,)))
    publish(1, [read(mark("1"))])
    reader = a_reader(excluded=NO_STAKEHOLDERS)
    reader.pull_all()
    waited = []

    def pause(seconds):
        waited.append(seconds)
        publish(len(waited) + 1, [read(mark("1", applicant=f"{SECRET} {len(waited)}"))])

    monkeypatch.setattr(waiting, "pause", pause)
    monkeypatch.setattr(waiting, "LOOK_EVERY", 0.0)
    answer = reader.get(f"/api/v1/changes?wait=3&after={reader.cursor}")
    assert b'"items":[]' in answer.getvalue(), "leak: woken with something"
    assert len(waited) == 3, "leak: woken for what is withheld"
