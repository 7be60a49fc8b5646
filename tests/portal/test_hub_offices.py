"""Offices as operators see them: list, add, change, close; every deed in the audit, nothing half done."""

from __future__ import annotations

import csv
import io
import subprocess
from datetime import timedelta

import pytest

from ipshare.accounts import invitations, keys, roles, sftp
from ipshare.domain.office import Right
from ipshare.domain.role import Held, Role
from ipshare.store import holdings
from ipshare.store.models.accounts import Office, SftpAccount, SftpKey
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.holdings import Rhythm
from ipshare.store.models.letters import Letter
from ipshare.store.models.submissions import Submission
from portal import builders
from portal.conftest import signed_in

pytestmark = pytest.mark.django_db
FACTS = {"code": "tl", "name": "Timor-Leste", "languages": "pt", "hold_percent": "2.5"}


@pytest.fixture(scope="module")
def public_key(tmp_path_factory):
    file = tmp_path_factory.mktemp("key") / "id"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "dili-1", "-f", file], check=True
    )
    return file.with_suffix(".pub").read_text()


def marks():
    return holdings.counts("KH")[Right.TRADEMARK]


def test_the_list_tells_each_office_s_state(operator):
    page = operator.get("/hub/offices").content.decode()
    assert f"{marks():,}" in page
    assert "Held submission" in page
    assert "Nothing received" in page  # Thailand
    assert "Thailand" not in operator.get("/hub/offices?words=kh").content.decode()
    assert "Cambodia" not in operator.get("/hub/offices?shown=closed").content.decode()
    assert "No office fits" in operator.get("/hub/offices?words=zz").content.decode()
    assert "Thailand" not in operator.get("/hub/offices?shown=waiting").content.decode()


def agreed(days):
    """KH sends marks and patents every so many days; TH has agreed on as much and never sent anything."""
    for office, right in (("KH", "patent"), ("KH", "trademark"), ("TH", "trademark")):
        Rhythm.objects.update_or_create(
            office_id=office,
            right=right,
            defaults={"days": days, "saved_at": builders.AT, "saved_by": "x"},
        )


def test_what_is_overdue_is_said_and_found(operator):
    Submission.objects.filter(office="KH").exclude(state="tested").update(
        received_at=builders.AT - timedelta(days=20)
    )
    agreed(7)
    page = operator.get("/hub/offices?shown=overdue").content.decode()
    assert "nothing of trademarks, patents for too long" in page
    assert "Thailand" not in page.partition('id="list"')[2]  # nothing was ever sent
    agreed(30)
    assert "No office fits" in operator.get("/hub/offices?shown=overdue").content.decode()


def test_the_list_as_a_file(operator):
    content = b"".join(operator.get("/hub/offices.csv").streaming_content).decode()
    kh, th = csv.DictReader(io.StringIO(content))
    assert (kh["office"], kh["trademarks"], kh["held"]) == ("KH", str(marks()), "1")
    assert th["last_received"] == ""
    xlsx = b"".join(operator.get("/hub/offices.xlsx").streaming_content)
    assert xlsx.startswith(b"PK")


def test_the_list_asks_few_questions(operator, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        operator.get("/hub/offices")


def test_an_office_is_there_with_account_and_key_at_once(operator, public_key):
    answer = operator.post("/hub/offices/add", FACTS | {"key": public_key})
    assert answer.status_code == 302
    office = Office.objects.get(code="TL")
    assert (str(office.hold_percent), office.languages, office.active) == ("2.50", "pt", True)
    account = SftpAccount.objects.get(office="TL")
    assert account.username == "ipob_tl"
    assert SftpKey.objects.get(account=account).label == "dili-1"
    told = AuditEvent.objects.filter(office="TL").order_by("pk")
    assert [event.event for event in told] == ["office.added", "sftp-account.opened", "key.added"]
    assert {event.actor for event in told} == {"operator@hub.example"}
    page = operator.get(answer["Location"]).content.decode()
    assert "/ipob_tl/Trademarks" in page
    assert "never used" in page


def test_every_fault_of_a_new_office_is_shown_at_once(operator):
    wrong = {
        "code": "KH", "name": "", "languages": "tl xx", "hold_percent": "1.234", "key": "no key", "label": "",
        "administrator": "nobody",
    }  # fmt: skip
    answer = operator.post("/hub/offices/add", wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    for told in (
        "KH is an office of the hub already: Cambodia.",
        "Write the name of the office.",
        "xx is no language code of ISO 639-1; give e.g. km en.",
        "Write at most two digits after the point.",
        "Write an e-mail address",
        'id="key-error"',
    ):
        assert told in page, told


def test_machines_are_told_the_address_that_they_use(operator, settings):
    settings.SFTP_ADDRESS = "sftp.hub.example:2022"
    page = operator.get("/hub/offices/kh").content.decode()
    assert "sftp.hub.example, port 2022" in page
    assert "127.0.0.1" not in page


def test_the_first_administrator_is_invited_with_the_office(operator):
    person = {
        "administrator": "Maria@DNPI.example",
        "administrator_name": "Maria Ximenes",
        "rhythm": "31",
    }
    assert operator.post("/hub/offices/add", FACTS | person).status_code == 302
    [invitation] = invitations.waiting("TL")
    assert (invitation.email, invitation.invited_by) == (
        "maria@dnpi.example",
        "operator@hub.example",
    )
    assert invitation.roles == roles.listed({Held(role=Role.ADMINISTRATOR)})
    assert Letter.objects.get().to == "maria@dnpi.example"
    assert {*Rhythm.objects.filter(office="TL").values_list("right", "days")} == {
        (right.value, 31) for right in Right
    }


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": "ZZ"}, "ZZ is no WIPO ST.3 code"),
        ({"code": "SU"}, "SU is a former code"),
        ({"code": "xx"}, "XX stands for unknown offices in WIPO ST.3"),
        ({"code": "KH"}, "KH is an office of the hub already"),
        ({"name": " "}, "Write the name"),
        ({"languages": "pt tetum"}, "tetum is no language code"),
        ({"hold_percent": "101"}, "from 0 to 100"),
        ({"key": "-----BEGIN OPENSSH PRIVATE KEY-----"}, "this is a private key"),
        ({"key": "ssh-ed25519 AAAA"}, "cannot be read"),
        ({"administrator": "nobody"}, "Write an e-mail address"),
        ({"administrator": "a@b.example"}, "Write the name of the administrator"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_added(operator, changed, said):
    before = Office.objects.count(), SftpAccount.objects.count()
    answer = operator.post("/hub/offices/add", FACTS | changed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert (Office.objects.count(), SftpAccount.objects.count()) == before
    assert not AuditEvent.objects.filter(event="office.added").exists()


def test_the_form_knows_the_offices_of_the_region(operator):
    page = operator.get("/hub/offices/add?code=TL").content.decode()
    assert 'value="Timor-Leste"' in page
    assert 'href="?code=VN"' in page
    assert 'href="?code=KH"' not in page


def test_settings_are_changed_with_what_they_were(operator):
    facts = {"name": "Cambodia, DIP", "languages": "KM, en", "hold_percent": "3"}
    assert operator.post("/hub/offices/kh", facts).status_code == 302
    event = AuditEvent.objects.get(event="office.changed")
    assert event.detail["was"] == {"name": "Cambodia", "languages": "en", "hold_percent": "1.00"}
    assert event.detail["now"]["languages"] == "km en"
    operator.post("/hub/offices/kh", facts)
    assert AuditEvent.objects.filter(event="office.changed").count() == 1
    wrong = operator.post("/hub/offices/kh", facts | {"hold_percent": "many"})
    assert wrong.status_code == 422
    assert b"Write a percentage" in wrong.content


def test_a_closed_office_opens_nothing_and_comes_back_as_it_was(operator, sokha, public_key):
    account = SftpAccount.objects.get(username="ipob_kh")
    sftp.set_password(account, "a long enough password", builders.AT)
    key = keys.add(account, public_key, "", builders.AT)
    assert operator.post("/hub/offices/kh/doors", {"reason": "short"}).status_code == 422
    reason = {"reason": "The ministry asked for it on 20 November"}
    assert operator.post("/hub/offices/kh/doors", reason).status_code == 302
    assert sokha.get("/").status_code == 302
    assert keys.find("ipob_kh", public_key) is None
    assert sftp.authenticate_password("ipob_kh", "a long enough password") is None
    assert not sftp.goes_on(account, key.pk)
    assert b"Closed" in operator.get("/hub/offices/kh").content
    event = AuditEvent.objects.get(event="office.closed")
    assert event.detail == reason
    operator.post("/hub/offices/kh/doors", {"reason": "Opened again, as agreed"})
    assert keys.find("ipob_kh", public_key) == key
    assert sftp.goes_on(account, key.pk)
    assert signed_in("sokha.chan@moc.example").get("/").status_code == 200
