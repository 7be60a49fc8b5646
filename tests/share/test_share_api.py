"""The API's single answers: a record, a picture, the conditions, and what is refused."""

from __future__ import annotations

import zlib

import pytest
from django.db import connection

from ipshare.domain.digest import digest
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import authorizations, images, sending
from ipshare.store import objects
from ipshare.store.models.disclosures import Disclosure
from ipshare.store.stage import ImageFile
from share.histories import AT, a_reader, a_record, allow, publish, withdrawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
PICTURE = bytes(range(256)) * 20


def test_a_record_is_served_without_what_is_withheld():
    publish(1, [a_record("KH/49703/13", text="t", examination="x")])
    reader = a_reader(excluded={G.EXAMINATION})
    for number in ("KH/49703/13", "KH%2F49703%2F13"):
        answer = reader.get(f"/api/v1/trademarks/XA/{number}")
        assert answer.status_code == 200
        assert answer.json() == {"identity": "KH/49703/13", "text": "t"}
        assert answer["Cache-Control"] == "no-store"
        assert answer["Vary"] == "Accept, Authorization"


def test_unknown_foreign_withdrawn_and_unauthorized_are_the_same_answer():
    publish(1, [a_record("1"), a_record("2")])
    publish(2, [withdrawn("2")])
    publish(3, [a_record("1", right=Right.PATENT)], right=Right.PATENT)
    publish(4, [a_record("9", office="XB")], office="XB")
    reader, stranger = a_reader(rights={Right.TRADEMARK}), a_reader(name="XC", rights=())
    answers = [
        (
            answer.status_code,
            answer.content,
            [(name, value) for name, value in answer.items() if name != "RateLimit"],
        )
        for answer in (
            reader.get("/api/v1/trademarks/XA/7"),
            reader.get("/api/v1/trademarks/XA/2"),
            reader.get("/api/v1/trademarks/XB/9"),
            reader.get("/api/v1/trademarks/ZZ/9"),
            reader.get("/api/v1/patents/XA/1"),
            reader.get("/api/v1/trademarks/XA/%00"),
            reader.get("/api/v1/images/XA/trademark/none.jpg"),
            stranger.get("/api/v1/trademarks/XA/1"),
            stranger.get("/api/v1/trademarks/XA/7"),
        )
    ]
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)


def test_an_etag_is_of_the_visible_documents_and_the_conditions():
    publish(1, [a_record("1", text="t", examination="x")])
    reader = a_reader(excluded={G.EXAMINATION})
    etag = reader.get("/api/v1/trademarks/XA/1")["ETag"]
    publish(2, [a_record("1", text="t", examination="y")])
    again = reader.get("/api/v1/trademarks/XA/1", **{"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    publish(3, [a_record("1", text="u", examination="y")])
    changed = reader.get("/api/v1/trademarks/XA/1", **{"If-None-Match": etag})
    assert changed.status_code == 200
    allow(reader.authorization)
    assert reader.get("/api/v1/trademarks/XA/1")["ETag"] not in {etag, changed["ETag"]}


def test_a_record_as_st96():
    publish(1, [a_record("1")])
    answer = a_reader().get("/api/v1/trademarks/XA/1", Accept="application/xml")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    assert b"TrademarkApplication" in answer.content


def test_what_is_not_offered_is_not_acceptable():
    publish(1, [a_record("1")])
    reader = a_reader()
    for address in ("/api/v1/trademarks/XA/1", "/api/v1/changes", "/api/v1/whoami"):
        answer = reader.get(address, Accept="text/html")
        assert (answer.status_code, answer["Content-Type"]) == (406, "application/problem+json")


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("application/JSON;charset=UTF-8;q=0.5", "application/json"),
        ("text/html, application/xml; charset=utf-8", "application/xml"),
        (
            "application/json;charset=utf-8;q=0.1, application/xml;version=1;q=0.2",
            "application/xml",
        ),
        ("application/json;charset=utf-8;q=0", None),
    ],
)
def test_parameters_of_an_accepted_type_are_passed_over(accept, media):
    publish(1, [a_record("1")])
    answer = a_reader().get("/api/v1/trademarks/XA/1", Accept=accept)
    assert answer.status_code == (406 if media is None else 200)
    assert answer["Content-Type"] == (media or "application/problem+json")


def test_an_answer_without_a_body_tells_of_no_length():
    publish(1, [a_record("1")])
    reader = a_reader()
    etag = reader.get("/api/v1/trademarks/XA/1")["ETag"]
    same = reader.get("/api/v1/trademarks/XA/1", **{"If-None-Match": etag})
    options = reader.browser.options("/api/v1/whoami")
    for answer, status in ((same, 304), (options, 204)):
        assert answer.status_code == status
        assert not {"Content-Length", "Content-Type"} & set(answer.headers)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods_are_answered_as_problems(method):
    reader = a_reader()
    for address in ("/api/v1/changes", "/api/v1/openapi.yaml", "/api/v1/nothing"):
        answer = getattr(reader.browser, method)(address)
        assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
        assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_head_and_options_have_no_body():
    publish(1, [a_record("1")])
    reader = a_reader()
    headers = {"Authorization": f"Bearer {reader.token}"}
    for address in ("/api/v1/changes", "/api/v1/whoami", "/api/v1/trademarks/XA/1"):
        head = reader.browser.head(address, headers=headers)
        assert (head.status_code, head.getvalue()) == (200, b"")
        assert head["Content-Type"] == reader.get(address)["Content-Type"]
        options = reader.browser.options(address)
        assert (options.status_code, options["Allow"]) == (204, "GET, HEAD, OPTIONS")


def test_the_conditions_in_words_for_machines():
    reader = a_reader(rights={Right.DESIGN, Right.TRADEMARK}, excluded={G.STAKEHOLDERS})
    answer = reader.get("/api/v1/whoami").json()
    assert answer["rights"] == ["trademark", "design"]
    assert answer["withheld"] == ["stakeholders", "remarks"]
    assert "unclassified" not in answer["groups"]
    assert (answer["office"], answer["thirdParty"], answer["version"]) == ("XA", "XB", 1)


def test_an_address_that_is_not_there_is_a_problem():
    answer = a_reader().get("/api/v2/anything")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_failure_of_our_own_shows_a_reference_and_nothing_else(monkeypatch, caplog):
    def fail(*_args, **_kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("ipshare.share.view.of_allowed", fail)
    answer = a_reader().get("/api/v1/changes")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert b"secret detail" not in answer.content
    assert answer.json()["detail"].split("reference ")[1][:12] in caplog.text


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_clients_are_told_to_come_again(monkeypatch):
    reader = a_reader()
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    answers = [
        reader.get("/api/v1/changes"),
        reader.get("/api/v1/whoami"),
        reader.browser.post(
            "/oauth/token",
            {
                "grant_type": "client_credentials",
                "client_id": reader.client_id,
                "client_secret": reader.secret,
            },
        ),
    ]
    monkeypatch.undo()
    for answer in answers:
        assert (answer.status_code, answer["Retry-After"]) == (503, "30")
        assert answer.json()["code"] == "database-away"
    assert reader.sign_in().get("/api/v1/whoami").status_code == 200


@pytest.fixture
def pictures(cast, tmp_path, settings):
    """A package of two pictures, one stored and one deflated, and the records that refer to them."""
    settings.OBJECTS_URL = str(tmp_path)
    squeeze = zlib.compressobj(wbits=-15)
    deflated = squeeze.compress(PICTURE) + squeeze.flush()
    objects.put("package", b"head" + PICTURE + deflated + b"tail")
    common = {
        "object": "package",
        "size": len(PICTURE),
        "digest": digest(PICTURE),
        "format": "JPEG",
    }
    images = [
        ImageFile(
            name="a/1.jpg", place=4, stored_size=len(PICTURE), method=0, width=1, height=1, **common
        ),
        ImageFile(
            name="2.jpg", place=4 + len(PICTURE), stored_size=len(deflated), method=8, width=1, height=1, **common
        ),
        ImageFile(name="3.jpg", place=4, stored_size=8, method=0, width=1, height=1, **common),
    ]  # fmt: skip
    publish(
        1,
        [
            a_record("1", media="m", images=("a/1.jpg",)),
            a_record("2", media="m", images=("2.jpg",)),
        ],
        images=images,
    )


@pytest.mark.usefixtures("pictures")
@pytest.mark.parametrize("name", ["a/1.jpg", "a%2F1.jpg", "2.jpg"])
def test_a_picture_is_read_out_of_the_package_whole_and_by_range(name):
    reader = a_reader()
    address = f"/api/v1/images/XA/trademark/{name}"
    whole = reader.get(address)
    assert (whole.status_code, whole["Content-Type"]) == (200, "image/jpeg")
    assert whole.getvalue() == PICTURE
    ends = {"5-9": (5, 9), "5110-": (5110, 5119), "-3": (5117, 5119), "0-99999": (0, 5119)}
    for asked, (first, last) in ends.items():
        part = reader.get(address, Range=f"bytes={asked}")
        assert part.status_code == 206
        assert part.getvalue() == PICTURE[first : last + 1]
        assert part["Content-Range"] == f"bytes {first}-{last}/5120"
        assert part["Content-Length"] == str(last - first + 1)
    beyond = reader.get(address, Range="bytes=5120-")
    assert (beyond.status_code, beyond["Content-Range"]) == (416, "bytes */5120")
    assert reader.get(address, Range="bytes=0-1,4-5").status_code == 200
    assert reader.get(address, Range="bytes=0-1", **{"If-Range": '"other"'}).status_code == 200
    assert reader.get(address, **{"If-None-Match": whole["ETag"]}).status_code == 304


@pytest.mark.usefixtures("pictures")
def test_a_picture_is_served_only_with_its_group_its_right_and_a_record_that_refers_to_it():
    reader = a_reader()
    assert reader.get("/api/v1/images/XA/trademark/3.jpg").status_code == 404
    assert reader.get("/api/v1/images/XA/patent/2.jpg").status_code == 404
    publish(2, [withdrawn("2")])
    assert reader.get("/api/v1/images/XA/trademark/2.jpg").status_code == 404
    allow(reader.authorization, excluded={G.MEDIA})
    assert reader.get("/api/v1/images/XA/trademark/a/1.jpg").status_code == 404


@pytest.mark.usefixtures("pictures")
def test_a_picture_that_is_leaving_ends_with_the_authorization(monkeypatch):
    monkeypatch.setattr(sending, "LOOK_EVERY", -1)
    monkeypatch.setattr(sending, "CHUNK", 1024)
    reader = a_reader()
    body = iter(reader.get("/api/v1/images/XA/trademark/2.jpg").streaming_content)
    assert next(body) == PICTURE[:1024]
    authorizations.end(reader.authorization, by="officer", reason="", at=AT)
    assert list(body) == []


@pytest.mark.usefixtures("pictures")
def test_a_picture_that_was_being_made_at_the_end_is_not_let_out_nor_in_the_ledger(monkeypatch):
    reader = a_reader()
    shown = images.shown

    def ended(*args):
        authorizations.end(reader.authorization, by="officer", reason="", at=AT)
        return shown(*args)

    monkeypatch.setattr(images, "shown", ended)
    assert reader.get("/api/v1/images/XA/trademark/2.jpg").status_code == 401
    assert not Disclosure.objects.exists()
