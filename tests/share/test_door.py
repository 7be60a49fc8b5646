"""What an office allows at the door: channels, networks, kinds of files; and how that is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from ipaddress import ip_network

import pytest

from ipshare.domain.authorization import Channel, Conditions, Filter, Route
from ipshare.domain.digest import digest
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import authorizations, blocks
from ipshare.store import objects
from ipshare.store.stage import ImageFile
from share.histories import ALL, AT, a_reader, a_record, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
ROUTES = ("/api/v1/changes", "/api/v1/trademarks/XA/1", "/api/v1/images/XA/trademark/1.jpg")


def save(reader, **conditions):
    wanted = replace(Conditions(rights=ALL), **conditions)
    authorizations.save(reader.authorization, wanted, by="officer", reason="test", at=AT)
    return reader


def test_without_the_channel_api_nothing_goes_out_through_it():
    publish(1, [a_record("1")])
    reader = save(a_reader(), channels=frozenset({Channel.PUSH}))
    for address in ROUTES:
        answer = reader.get(address)
        assert (answer.status_code, answer.json()["code"]) == (403, "channel-not-authorized")
    assert reader.get("/api/v1/whoami").json()["conditions"]["channels"] == ["push"]


@pytest.mark.parametrize("address", [*ROUTES, "/api/v1/whoami", "/api/v1/policy"])
def test_requests_from_other_networks_are_refused(address):
    publish(1, [a_record("1")])
    reader = save(a_reader(), networks=("192.0.2.0/24", "2001:db8::/32"))
    answer = reader.get(address)
    assert (answer.status_code, answer.json()["code"]) == (403, "network-not-authorized")
    assert "127.0.0.1" in answer.json()["detail"]
    assert "192.0.2" not in answer.content.decode()
    assert "RateLimit" not in answer.headers  # nor counted: it is not known to be the client
    reader.browser.defaults["REMOTE_ADDR"] = "192.0.2.9"
    assert reader.get(address).status_code in {200, 404}


def test_a_network_cannot_be_claimed(settings):
    reader = save(a_reader(), networks=("192.0.2.0/24",))
    claimed = {"X-Forwarded-For": "192.0.2.9"}
    assert reader.get("/api/v1/whoami", **claimed).status_code == 403
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.0/8"),)
    assert reader.get("/api/v1/whoami", **claimed).status_code == 200


def test_pictures_and_documents_each_need_their_yes(tmp_path, settings):
    settings.OBJECTS_URL = str(tmp_path)
    objects.put("package", b"content")
    common = {"object": "package", "place": 0, "stored_size": 7, "size": 7, "method": 0,
              "digest": digest(b"content"), "width": 1, "height": 1}  # fmt: skip
    kinds = {"1.jpg": "JPEG", "2.tif": "TIFF", "3.mp3": "", "4.pdf": "", "5": "", "6.jpg": "SVG"}
    files = [ImageFile(name=name, format=kind, **common) for name, kind in kinds.items()]
    publish(1, [a_record("1", media="m", images=tuple(kinds))], images=files)
    reader = a_reader()

    def served():
        return {
            name
            for name in kinds
            if reader.get(f"/api/v1/images/XA/trademark/{name}").status_code == 200
        }

    assert served() == set(kinds)
    save(reader, images=False)
    assert served() == {"4.pdf", "5"}
    save(reader, documents=False)
    assert served() == set(kinds) - {"4.pdf", "5"}
    withheld, unknown = (
        reader.get(f"/api/v1/images/XA/trademark/{name}") for name in ("4.pdf", "none.pdf")
    )
    assert (withheld.status_code, withheld.content) == (404, unknown.content)


FULL = {
    "excluded": frozenset({G.STAKEHOLDERS}),
    "filter": Filter(filed_from=date(2020, 1, 1), route=Route.NATIONAL, published_only=True),
    "documents": False,
    "channels": frozenset({Channel.API, Channel.BULK}),
    "networks": ("127.0.0.0/8",),
    "requests_per_minute": 77,
    "starts_at": datetime(2026, 1, 1, tzinfo=UTC),
    "ends_at": datetime(2099, 1, 1, tzinfo=UTC),
    "purpose": "examination",
    "terms": "no resale",
}


def test_the_conditions_are_told_in_full(settings):
    reader = save(a_reader(), **FULL)
    assert reader.get("/api/v1/whoami").json()["conditions"] == {
        "filter": {"filedFrom": "2020-01-01", "publishedOnly": True, "route": "national"},
        "images": True,
        "documents": False,
        "channels": ["api", "bulk"],
        "fromNamedNetworksOnly": True,
        "requestsPerMinute": 77,
        "bytesPerDay": settings.BYTES_PER_DAY,
        "startsAt": "2026-01-01T00:00:00Z",
        "endsAt": "2099-01-01T00:00:00Z",
        "purpose": "examination",
        "terms": "no resale",
    }


def test_documents_are_not_told_as_going_out_while_a_group_is_withheld():
    reader = save(a_reader(), excluded=frozenset({G.STAKEHOLDERS}))
    assert reader.get("/api/v1/whoami").json()["conditions"]["documents"] is False
    reader = save(reader)
    assert reader.get("/api/v1/whoami").json()["conditions"]["documents"] is True


def test_the_conditions_as_odrl():
    reader = save(a_reader(), **FULL, rights=frozenset({Right.TRADEMARK}))
    answer = reader.get("/api/v1/policy")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/ld+json")
    policy = answer.json()
    assert isinstance(policy["@context"], dict)  # nothing has to be fetched
    assert (policy["type"], policy["assigner"], policy["assignee"]) == (
        "Agreement", "urn:ipshare:office:XA", "urn:ipshare:third-party:XB",
    )  # fmt: skip
    assert policy["rights"] == "no resale"
    [permission] = policy["permission"]
    assert permission["target"]["uid"] == "urn:ipshare:register:XA:trademark"
    said = {
        one["leftOperand"]: one["rightOperand"]
        for one in permission["constraint"] + permission["target"]["refinement"]
    }
    assert said["deliveryChannel"] == ["api", "bulk"]
    assert said["ipshare:requestsPerMinute"] == 77
    assert said["ipshare:filedFrom"] == "2020-01-01"
    assert "stakeholders" not in said["ipshare:elementGroup"]
    [prohibition] = policy["prohibition"]
    assert prohibition["target"]["refinement"][0]["rightOperand"] == ["stakeholders", "remarks"]
    assert "127.0" not in answer.content.decode()


def test_nothing_shared_is_a_policy_that_forbids_everything():
    policy = a_reader(rights=()).get("/api/v1/policy").json()
    assert "permission" not in policy
    [prohibition] = policy["prohibition"]
    assert len(prohibition["target"]["refinement"][0]["rightOperand"]) == 12


def test_blocks_of_records_are_not_told():
    publish(1, [a_record("1")])
    reader = a_reader()
    before = reader.get("/api/v1/whoami").content, reader.get("/api/v1/policy").content
    blocks.block(
        "XA",
        Right.TRADEMARK,
        "1",
        authorization=None,
        until=None,
        by="officer",
        reason="court",
        at=AT,
    )
    assert (reader.get("/api/v1/whoami").content, reader.get("/api/v1/policy").content) == before
