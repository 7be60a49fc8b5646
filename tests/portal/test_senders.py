"""Clients that send, in the portal: made, rotated and ended by whoever may, for the rights that they have."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.signers import ED, pem_of
from intake.packages import package
from intake.senders import Sender, a_sender
from ipshare.accounts import clients, senders
from ipshare.domain.office import Right
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.sharing import Client as ApiClient
from portal import builders
from portal.conftest import signed_in
from share.histories import Comparing

pytestmark = pytest.mark.django_db
PAGE = "/keys-and-accounts/kh/senders"


@pytest.fixture(autouse=True)
def kh(db, settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    settings.OBJECTS_URL = str(tmp_path / "objects")
    settings.UPLOADS.mkdir()
    builders.an_office("KH", "Cambodia")
    builders.a_person("sokha.chan@moc.example", "KH")
    return signed_in("sokha.chan@moc.example")


def marks_officer():
    roles = builders.roles("data-officer", right=Right.TRADEMARK)
    builders.a_person("dara.lim@moc.example", "KH", "Lim Dara", roles)
    return signed_in("dara.lim@moc.example")


def value(page, what):
    return re.search(rf"{what}</dt>.*?<code[^>]*>([^<]+)<", page, re.DOTALL)[1]


def test_a_client_is_made_and_its_secret_is_shown_once(kh):
    answer = kh.post(
        f"{PAGE}/add", {"name": "registry server", "rights": ["patent", "design"], "days": "365"}
    )
    made = ApiClient.objects.get(name="registry server")
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}/{made.pk}#secret")
    page = kh.get(f"{PAGE}/{made.pk}").content.decode()
    text = value(page, "App-client-secret")
    machine = Sender(made, text, Comparing()).sign_in()
    assert machine.put(package(), right="patent").status_code == 201
    assert machine.put(package(), right="trademark").status_code == 403
    shown = kh.get(f"{PAGE}/{made.pk}").content.decode()
    assert text not in shown
    assert made.client_id in shown
    assert "registry server" in kh.get(PAGE).content.decode()
    event = AuditEvent.objects.get(event="sender.added")
    assert (event.actor, event.detail["rights"]) == ("sokha.chan@moc.example", ["patent", "design"])
    again = kh.post(f"{PAGE}/add", {"name": "registry server", "rights": ["patent"]})
    assert (again.status_code, "already" in again.content.decode()) == (422, True)
    none = kh.post(f"{PAGE}/add", {"name": "other"})
    assert (none.status_code, "at least one right" in none.content.decode()) == (422, True)


def test_secrets_change_over_and_are_revoked_and_the_client_is_ended(kh):
    machine = a_sender("KH")
    page = f"{PAGE}/{machine.client.pk}"
    made = kh.post(f"{page}/secret", {"others": "keep"}, follow=True)
    assert made.redirect_chain == [(f"{page}#secret", 302)], "a reload makes no other"
    second = value(made.content.decode(), "App-client-secret")
    full = kh.post(f"{page}/secret", {"others": "keep"})
    assert (full.status_code, "at most 2" in full.content.decode()) == (422, True)
    first = machine.client.secrets.get(number=1)
    kh.post(f"{page}/revoke", {"what": "secret", "row": first.pk})
    assert machine.put(package()).status_code == 401
    machine.secret = second
    assert machine.sign_in().put(package()).status_code == 201
    assert kh.post(f"{page}/key", {"key": pem_of(ED), "label": "pair"}).status_code == 302
    assert "pair" in kh.get(page).content.decode()
    assert kh.post(f"{page}/end").status_code == 302
    assert machine.put(package()).status_code == 401
    shown = kh.get(page).content.decode()
    assert "it sends nothing any more" in shown
    assert "Make a new secret" not in shown
    assert kh.post(f"{page}/secret", {"others": "keep"}).status_code == 422
    assert not clients.live_at(machine.client.keys.all(), timezone.now()).exists()


def test_a_role_for_one_right_makes_and_sees_clients_of_that_right(kh):
    dara = marks_officer()
    assert dara.post(f"{PAGE}/add", {"name": "marks", "rights": ["trademark"]}).status_code == 302
    for rights in (["patent"], ["trademark", "patent"]):
        refused = dara.post(f"{PAGE}/add", {"name": "more", "rights": rights})
        assert (rights, refused.status_code) == (rights, 403)
    assert not ApiClient.objects.filter(name="more").exists()
    whole, patents = (
        a_sender("KH", name="whole register"),
        a_sender("KH", [Right.PATENT], "patents"),
    )
    page = dara.get(PAGE).content.decode()
    assert "marks" in page
    assert "whole register" not in page
    assert 'value="patent"' not in page
    for one in (whole, patents):
        for deed in ("", "/secret", "/key", "/revoke", "/end"):
            address = f"{PAGE}/{one.client.pk}{deed}"
            answer = dara.post(address) if deed else dara.get(address)
            unknown = dara.post(f"{PAGE}/999999{deed}") if deed else dara.get(f"{PAGE}/999999")
            assert (deed, answer.status_code, unknown.status_code) == (deed, 404, 404)
    assert dara.get("/keys-and-accounts/kh").status_code == 403
    assert "Clients that send" in dara.get("/history").content.decode()


def test_who_only_looks_and_other_offices_see_nothing_of_it(kh):
    builders.a_person("vannak@moc.example", "KH", "Chea Vannak", builders.roles("viewer"))
    builders.an_office("TH", "Thailand")
    builders.a_person("anong@dip.example", "TH", "Anong Suk")
    own = a_sender("KH").client.pk
    assert signed_in("vannak@moc.example").get(PAGE).status_code == 403
    anong = signed_in("anong@dip.example")
    assert [anong.get(f"{PAGE}{more}").status_code for more in ("", f"/{own}")] == [404, 404]
    assert anong.get(f"/keys-and-accounts/th/senders/{own}").status_code == 404
    assert Client().get(PAGE).status_code == 302


def test_what_a_machine_sends_stands_among_the_files_and_can_be_cancelled(kh):
    machine = a_sender("KH", name="export server")
    where = machine.begin(package(), filename="half.zip")["Location"]
    machine.put(package(2), name="whole.zip")
    page = kh.get("/uploads/kh").content.decode()
    assert page.count("export server") == 2
    assert "data-again" not in page, "a person does not go on with what a machine sends"
    begun = kh.post(
        "/uploads/kh/files",
        headers={
            "Tus-Resumable": "1.0.0", "Upload-Length": "5",
            "Upload-Metadata": "filename aGFsZi56aXA=,right dHJhZGVtYXJr,kind VXBkYXRlcw==",
        },
    )  # fmt: skip
    assert (begun.status_code, "export server" in begun.content.decode()) == (409, True)
    assert kh.post("/uploads/kh/cancel", {"upload": where.rpartition("/")[2]}).status_code == 302
    assert machine.tus("HEAD", where).status_code == 404
    senders.end(machine.client, by="x", at=timezone.now())
