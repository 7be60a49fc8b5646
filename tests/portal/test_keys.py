"""Keys and accounts: what opens an office's SFTP account, and which clients read its data."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone
from python_calamine import CalamineWorkbook

from ipshare.accounts import clients, host_key, keys, people, sftp
from ipshare.domain.role import Held, Role
from ipshare.intake import sftp as server
from ipshare.share import authorizations, organisations
from ipshare.store.models.accounts import SftpAccount, SftpKey
from ipshare.store.models.audit import AuditEvent
from portal import builders
from portal.conftest import signed_in
from portal.test_guard import content

pytestmark = pytest.mark.django_db
HERE = "/keys-and-accounts/xa"


@pytest.fixture
def officer(cast):
    builders.a_person("sokha@xa.example", "XA")
    return signed_in("sokha@xa.example")


@pytest.fixture
def stranger(cast):
    builders.a_person("anong@xc.example", "XC")
    return signed_in("anong@xc.example")


@pytest.fixture(scope="module")
def short_rsa(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "rsa"
    command = ["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", path]
    subprocess.run(command, check=True)
    return path.with_suffix(".pub").read_text()


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def add(officer, key, label=""):
    return officer.post(f"{HERE}/add", {"key": key, "label": label})


def test_an_office_without_an_account_is_told_how_to_begin(officer):
    said = text_of(officer.get(HERE))
    assert "No key yet" in said
    assert "ssh-keygen -t ed25519" in said
    assert "ipob_xa" in said
    assert not SftpAccount.objects.exists()


def test_the_first_key_opens_the_account_and_who_did_it_is_kept(officer):
    line = builders.a_public_key(comment="export@xa")
    assert add(officer, line).status_code == 302
    account = SftpAccount.objects.get(office="XA")
    assert keys.authenticate("ipob_xa", line, timezone.now()) == account
    said = text_of(officer.get(HERE))
    assert "export@xa, Ed25519" in said
    assert "1 key valid" in said
    assert {
        e.actor for e in AuditEvent.objects.filter(event__in=["key.added", "sftp-account.opened"])
    } == {"sokha@xa.example"}


def test_a_private_key_is_named_and_kept_nowhere(officer, caplog):
    for private in (
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE\n-----END",
        "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE",
        "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nb3BlbnNzaC1rZXkt",
    ):
        answer = add(officer, private, "mine")
        assert answer.status_code == 422
        assert "This is a private key" in text_of(answer)
        assert "b3BlbnNzaC1r" not in answer.content.decode()
    assert not SftpAccount.objects.exists()
    assert not SftpKey.objects.exists()
    assert not AuditEvent.objects.filter(event="key.added").exists()
    assert "b3Blbn" not in caplog.text


def test_weak_doubled_and_unreadable_keys_are_refused_with_what_to_do(officer, short_rsa):
    line = builders.a_public_key()
    add(officer, line, "first")
    for pasted, told in (
        (short_rsa, "2048 bits; make one with at least 3072"),
        (line, "The key SHA256:"),
        ("hello", "is not a kind of key that the hub takes (ed25519, ecdsa (nistp256, 384, 521) and rsa)"),
        (f"{line}\n{line}", "2 lines were given"),
        ("", "Paste the public key"),
        ("x" * 20_000, "at most"),
        ("\0", ""),
    ):  # fmt: skip
        answer = add(officer, pasted)
        assert answer.status_code == 422, pasted[:40]
        assert told in text_of(answer).replace("&#x27;", "'")
    assert SftpKey.objects.count() == 1


def test_a_revoked_key_opens_nothing_stays_listed_and_cannot_come_back(officer):
    line = builders.a_public_key()
    add(officer, line, "old laptop")
    row = SftpKey.objects.get().pk
    assert officer.post(f"{HERE}/revoke", {"row": row}).status_code == 302
    assert keys.authenticate("ipob_xa", line, timezone.now()) is None
    said = text_of(officer.get(HERE))
    assert "Revoked keys" in said
    assert "old laptop" in said
    assert "was revoked on" in text_of(add(officer, line))
    assert officer.post(f"{HERE}/revoke", {"row": row}).status_code == 302  # twice changes nothing
    assert AuditEvent.objects.filter(event="key.revoked").count() == 1
    assert officer.post(f"{HERE}/revoke", {"row": "x"}).status_code == 422


def test_a_key_of_another_office_or_of_a_third_party_is_not_found(officer, stranger, at):
    add(officer, builders.a_public_key())
    theirs = SftpKey.objects.get()
    assert stranger.post("/keys-and-accounts/xc/revoke", {"row": theirs.pk}).status_code == 404
    assert stranger.post(f"{HERE}/revoke", {"row": theirs.pk}).status_code == 404
    assert content(stranger.get(HERE)) == content(stranger.get("/keys-and-accounts/zz"))
    made, _, _ = authorizations.add_third_party("XA", "JPO", "", by="o", at=at)
    account = sftp.open_account(None, third_party=made.third_party, at=at)
    of_jpo = keys.add(account, builders.a_public_key(), "", at)
    assert officer.post(f"{HERE}/revoke", {"row": of_jpo.pk}).status_code == 404
    assert not SftpKey.objects.exclude(revoked_at=None).exists()


def test_a_password_is_made_shown_once_replaced_and_removed(officer):
    posted = officer.post(f"{HERE}/password", {"what": "make"})
    assert (posted.status_code, posted["Location"]) == (302, f"{HERE}#made"), "a reload makes none"
    answer = officer.get(HERE)
    assert answer["Cache-Control"] == "private, no-store"
    first = re.search(r"Password</dt>.*?<code>([^<]+)</code>", answer.content.decode(), re.DOTALL)[
        1
    ]
    assert len(first) >= 20
    assert sftp.authenticate_password("ipob_xa", first)
    assert first not in officer.get(HERE).content.decode()
    again = officer.post(f"{HERE}/password", {"what": "make"}, follow=True).content.decode()
    assert "Copy this password now" in again
    assert first not in again
    assert sftp.authenticate_password("ipob_xa", first) is None
    assert officer.post(f"{HERE}/password", {"what": "remove"}).status_code == 302
    assert SftpAccount.objects.get().password == ""
    assert officer.post(f"{HERE}/password", {"what": "both"}).status_code == 422
    told = AuditEvent.objects.filter(event="sftp-account.password-set").order_by("pk")
    assert [event.detail["password"] for event in told] == ["new", "new", "none"]
    assert all(first not in str(event.detail) for event in AuditEvent.objects.all())


def test_the_host_key_is_the_one_that_the_server_shows(officer, settings, tmp_path):
    settings.DATA = tmp_path
    assert "not known on this machine" in text_of(officer.get(HERE))
    shown = server.host_fingerprint(tmp_path)
    assert host_key.public(tmp_path).fingerprint == shown
    settings.SFTP_ADDRESS = "sftp.ipshare.example:2022"
    page = officer.get(HERE).content.decode()
    assert shown in page
    assert "sftp -P 2022 -i ~/.ssh/id_ed25519 ipob_xa@sftp.ipshare.example" in page
    assert f"[sftp.ipshare.example]:2022 {host_key.public(tmp_path).line}" in page


def test_the_sftp_account_of_a_third_party_is_shown_without_its_use(officer, office):
    """Its use may have been for another office."""
    sokha = signed_in("sokha.chan@moc.example")
    account = SftpAccount.objects.get(third_party__name="JPO")
    before = text_of(sokha.get("/keys-and-accounts/kh"))
    sftp.note_use(account, timezone.now())
    SftpKey.objects.filter(account=account).update(last_used_at=timezone.now())
    after = text_of(sokha.get("/keys-and-accounts/kh"))
    assert "jpo" in before
    assert re.sub("value=.*?>", "", before) == re.sub("value=.*?>", "", after)
    assert "KIPO" not in before  # ended


def test_whoever_is_no_administrator_is_told_so(cast):
    everything_else = {Held(role=role) for role in Role if role != Role.ADMINISTRATOR}
    people.add("lao@xa.example", "Lao", "XA", builders.PASSWORD, builders.AT, roles=everything_else)
    other = signed_in("lao@xa.example")
    for address in (HERE, f"{HERE}/clients", f"{HERE}/clients.csv"):
        assert other.get(address).status_code == 403
    assert add(other, builders.a_public_key()).status_code == 403
    assert "Keys and accounts" not in text_of(other.get("/"))


# --- API clients


def test_expiring_and_dead_clients_are_marked(sokha, office):
    said = text_of(sokha.get("/keys-and-accounts/kh/clients"))
    assert "Expires in 9 days" in said
    assert "1 client with a credential that expires within 14 days" in said
    assert "Ended" in said
    wipo = builders.Office.objects.get(code="KH").authorizations.get(third_party__name="WIPO")
    clients.revoke_secret(wipo.client.secrets.get(), by="x", at=timezone.now())
    assert "No way in" in text_of(sokha.get("/keys-and-accounts/kh/clients"))


def test_clients_are_found_by_name_and_id(sokha, office):
    jpo = builders.Office.objects.get(code="KH").authorizations.get(third_party__name="JPO")
    here = "/keys-and-accounts/kh/clients"
    for words in ("jpo", "japan patent", jpo.client.client_id[:12]):
        page = sokha.get(here, {"words": words}).content.decode()
        assert page.count(jpo.client.client_id) >= 1
        assert "WIPO" not in page
    assert "No client like that" in text_of(sokha.get(here, {"words": "nobody\0"}))


def test_a_client_over_offices_shows_only_what_it_did_here(sokha, office):
    kh = builders.Office.objects.get(code="KH").authorizations.get(third_party__name="JPO")
    client, _ = organisations.add_client("JPO", by="operator", at=builders.AT)
    here = "/keys-and-accounts/kh/clients"
    assert client.client_id not in sokha.get(here).content.decode()
    assert "No client like that" in text_of(sokha.get(here, {"words": client.client_id}))
    organisations.decide(kh, allowed=True, by="sokha", at=builders.AT)
    client.last_used_at = timezone.now() - timedelta(days=1000)  # for another office
    client.save()
    page = text_of(sokha.get(here, {"words": client.client_id}))
    assert client.client_id in page
    assert "never used" in page


def test_the_table_comes_as_csv_and_xlsx(sokha, anong, office):
    content = b"".join(sokha.get("/keys-and-accounts/kh/clients.csv")).decode()
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["Third party"] for row in rows] == ["EUIPO", "JPO", "WIPO", "KIPO"]
    assert rows[1]["State"] == "Expires in 9 days"
    book = b"".join(sokha.get("/keys-and-accounts/kh/clients.xlsx"))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet] == ["Third party", "EUIPO", "JPO", "WIPO", "KIPO"]
    assert anong.get("/keys-and-accounts/kh/clients.csv").status_code == 404
    assert Browser().get("/keys-and-accounts/kh/clients.csv").status_code == 302


def test_no_page_asks_the_database_much(sokha, office, django_assert_max_num_queries):
    sokha.get("/keys-and-accounts/kh")  # that the session is in use is written down now and then
    for address in ("/keys-and-accounts/kh", "/keys-and-accounts/kh/clients"):
        with django_assert_max_num_queries(15):
            sokha.get(address)
