"""SFTP accounts and their keys: what is taken, what is refused, what opens the door."""

from __future__ import annotations

import subprocess

import pytest

from ipshare.accounts import keys, sftp
from ipshare.share import authorizations
from ipshare.store.models.accounts import SftpAccount, SftpKey
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.sharing import ThirdParty

PASSWORD = "correct horse battery staple"


def pair(folder, *options: str) -> str:
    """The public line of a new key pair."""
    path = folder / "-".join(["key", *options])
    subprocess.run(
        ["ssh-keygen", "-q", *(options or ("-t", "ed25519")), "-N", "", "-C", "a@b c", "-f", path],
        check=True,
    )
    return path.with_name(path.name + ".pub").read_text("utf-8")


@pytest.fixture(scope="module")
def ed25519(tmp_path_factory):
    return pair(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def account(cast, at):
    return sftp.open_account("XA", at=at)


@pytest.mark.parametrize(
    "options",
    [("-t", "ed25519"), ("-t", "ecdsa", "-b", "256"), ("-t", "ecdsa", "-b", "521"), ("-t", "rsa", "-b", "3072")],
)  # fmt: skip
def test_sound_kinds_are_taken_with_ssh_keygen_s_fingerprint(account, at, tmp_path, options):
    line = pair(tmp_path, *options)
    key = keys.add(account, line, "", at)
    path = tmp_path / ("-".join(["key", *options]) + ".pub")
    told = subprocess.run(
        ["ssh-keygen", "-l", "-f", path], capture_output=True, text=True, check=True
    )
    assert key.fingerprint == told.stdout.split()[1]
    assert key.label == "a@b c"
    assert keys.authenticate("ipob_xa", line, at) == account
    event = AuditEvent.objects.get(event="key.added")
    assert (event.office_id, event.subject, event.detail["fingerprint"]) == (
        "XA",
        "ipob_xa",
        key.fingerprint,
    )


def test_a_short_rsa_key_is_refused(account, at, tmp_path):
    with pytest.raises(keys.KeyRefusedError, match="2048 bits; make one with at least 3072"):
        keys.add(account, pair(tmp_path, "-t", "rsa", "-b", "2048"), "", at)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----",
            "private key: never send",
        ),
        ("PuTTY-User-Key-File-3: ssh-ed25519\n", "private key: never send"),
        ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----", "RFC 4716"),
        ("", "0 lines"),
        ("ssh-ed25519 AAAA\nssh-ed25519 AAAA", "2 lines"),
        ("hello", "'hello' is not a kind of key"),
        ("ssh-dss AAAAB3NzaC1kc3MAAACBAJ", "'ssh-dss' is not a kind"),
        ("ssh-ed25519", "cannot be read"),
        ("ssh-ed25519 !!!!", "cannot be read"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==", "cannot be read"),
        ('command="id" ssh-ed25519 AAAA', "is not a kind of key"),
        ("ssh-ed25519-cert-v01@openssh.com AAAA", "is not a kind of key"),
        ("x" * 20_000, "too long"),
    ],
)
def test_junk_is_refused_with_a_reason(account, at, text, reason):
    with pytest.raises(keys.KeyRefusedError, match=reason):
        keys.add(account, text, "junk", at)
    assert not SftpKey.objects.exists()


def test_a_key_is_added_once_and_does_not_come_back(account, at, ed25519):
    key = keys.add(account, ed25519, "server", at)
    with pytest.raises(keys.KeyRefusedError, match=r"the key SHA256:.* opens ipob_xa already"):
        keys.add(account, ed25519, "server", at)
    keys.revoke(key, at)
    keys.revoke(key, at)
    assert AuditEvent.objects.filter(event="key.revoked").count() == 1
    with pytest.raises(keys.KeyRefusedError, match="was revoked on 2026-11-23; make a new pair"):
        keys.add(account, ed25519, "server", at)


def test_a_key_opens_its_own_account_until_it_is_revoked(account, at, ed25519):
    other = sftp.open_account("XB", at=at)
    key = keys.add(account, ed25519, "server", at)
    assert keys.find("ipob_xa", ed25519) == key
    assert SftpKey.objects.get().last_used_at is None
    assert keys.authenticate("ipob_xa", ed25519, at) == account
    assert SftpKey.objects.get().last_used_at == at
    assert SftpAccount.objects.get(pk=account.pk).last_used_at == at
    assert keys.authenticate(other.username, ed25519, at) is None
    assert keys.authenticate("ipob_xa", "junk", at) is None
    keys.revoke(key, at)
    assert keys.authenticate("ipob_xa", ed25519, at) is None


def test_a_closed_account_is_not_opened(account, at, ed25519):
    keys.add(account, ed25519, "server", at)
    sftp.set_password(account, PASSWORD, at)
    sftp.close_account(account, at)
    assert keys.authenticate("ipob_xa", ed25519, at) is None
    assert sftp.authenticate_password("ipob_xa", PASSWORD) is None


def test_a_password_opens_an_account(account, at):
    assert sftp.authenticate_password("ipob_xa", "") is None
    sftp.set_password(account, PASSWORD, at)
    assert PASSWORD not in SftpAccount.objects.get().password
    assert sftp.authenticate_password("ipob_xa", PASSWORD) == account
    assert sftp.authenticate_password("ipob_xa", PASSWORD + "!") is None
    assert sftp.authenticate_password("ipob_xb", PASSWORD) is None
    sftp.set_password(account, None, at)
    assert sftp.authenticate_password("ipob_xa", PASSWORD) is None


def test_accounts_are_opened_with_clear_refusals(cast, at):
    operator = sftp.open_account(None, at=at, quota_bytes=5)
    assert (operator.username, operator.office_id, operator.quota_bytes) == ("operator", None, 5)
    assert sftp.open_account("xa", at=at, username="ipas-server").office_id == "XA"
    for facts, reason in [
        ({"office": "ZZ"}, "no office has the code ZZ"),
        ({"office": "XA", "username": "ipas-server"}, "there is an account ipas-server already"),
        ({"office": "XA", "username": "../x"}, "cannot be a user name"),
        ({"office": "XA", "username": "Root"}, "cannot be a user name"),
        ({"office": "XA", "username": "xa2", "password": "short"}, "too short"),
    ]:
        with pytest.raises(sftp.AccountRefusedError, match=reason):
            sftp.open_account(facts.pop("office"), at=at, **facts)


@pytest.mark.parametrize(
    ("name", "username"),
    [("JPO", "jpo"), ("WIPO (Geneva)", "wipo-geneva"), ("Operator", ""), ("IPOB_KH", ""), ("ญี่ปุ่น", "")],
)  # fmt: skip
def test_a_third_party_has_an_account_of_its_own(cast, at, name, username):
    party = ThirdParty.objects.create(name=name, created_at=at)
    account = sftp.open_account(None, third_party=party, at=at)
    assert account.username == (username or f"third-party-{party.pk}")
    assert (account.third_party_id, account.office_id) == (party.pk, None)
    with pytest.raises(sftp.AccountRefusedError, match="not of both"):
        sftp.open_account("XA", third_party=party, at=at)
    for taken in ("operator", "ipob_xb"):
        with pytest.raises(sftp.AccountRefusedError, match="the hub's own accounts"):
            sftp.open_account(None, third_party=party, username=taken, at=at)


def test_every_office_of_a_third_party_is_told_of_its_account(cast, at, ed25519):
    for office in ("XA", "XC"):
        authorization, _, _ = authorizations.add_third_party(office, "JPO", "", by="o", at=at)
    account = sftp.open_account(None, third_party=authorization.third_party, at=at)
    key = keys.add(account, ed25519, "server", at)
    assert sftp.goes_on(account, key.pk)
    keys.revoke(key, at)
    assert not sftp.goes_on(account, key.pk)
    assert sftp.goes_on(account, None)
    sftp.close_account(account, at)
    assert not sftp.goes_on(account, None)
    for office in ("XA", "XC"):
        told = AuditEvent.objects.filter(office=office, subject="jpo").order_by("pk")
        assert [one.event for one in told] == [
            "sftp-account.opened",
            "key.added",
            "key.revoked",
            "sftp-account.closed",
        ]
        assert told[0].detail == {"third_party": "JPO"}
    assert not AuditEvent.objects.filter(office="XB").exists()
