"""``ipshare client`` and ``ipshare statement``: every deed of the portal's page from the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from accounts.signers import EC, ED, pem_of
from ipshare.accounts import clients as secrets
from ipshare.http import signing
from ipshare.ops import clients, commands, statement
from ipshare.ops.refusal import RefusalError
from ipshare.share import authorizations
from ipshare.store.models.credentials import ClientKey, ClientSecret, RevocationStatement
from ipshare.store.models.sharing import Authorization
from share.histories import AT, allow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


def call(line):
    args = commands.parser().parse_args(line.split())
    room, _, function = args.run.rpartition(".")[2].partition(":")
    return getattr({"clients": clients, "statement": statement}[room], function)(args)


@pytest.fixture
def jpo():
    """XA's authorization for JPO."""
    made, _, _ = authorizations.add_third_party("XA", "JPO", "", by="officer", at=AT)
    allow(made)
    return made


@pytest.fixture
def key(tmp_path):
    file = tmp_path / "key.pem"
    file.write_text(pem_of(ED))
    return file


def test_a_secret_beside_the_first_and_in_place_of_all(jpo, capsys):
    client = jpo.client.client_id
    call(f"client secret {client} --days 90")
    text = re.search(r"App-client-secret  (\S+)", capsys.readouterr().out)[1]
    assert secrets.secret_of(client, text, at=AT)
    with pytest.raises(RefusalError, match="secrets 1 and 2 are live"):
        call(f"client secret {client}")
    call(f"client secret {client} --end-others")
    call(f"client revoke {client} --secret 3")
    assert not ClientSecret.objects.filter(revoked_at=None).exists()
    call("client list")
    said = capsys.readouterr().out
    assert text not in said
    assert said.count("revoked 20") == 3


def test_a_key_is_added_and_revoked(jpo, key, capsys):
    client = jpo.client.client_id
    call(f"client key {client} {key} --label Tokyo")
    thumbprint = ClientKey.objects.get().thumbprint
    call("client list --office XA")
    assert f"key {thumbprint}  valid  never used  Tokyo" in capsys.readouterr().out
    call(f"client revoke {client} --key {thumbprint}")
    assert "access tokens that ended with it: 0" in capsys.readouterr().out


def test_the_client_over_offices_is_made_allowed_and_forbidden(jpo, capsys):
    call("client organisation JPO")
    assert "App-client-secret" in capsys.readouterr().out
    call("client allow XA JPO")
    assert Authorization.objects.get().allows_organisation
    call("client forbid xa JPO")
    assert not Authorization.objects.get().allows_organisation
    call("client list")
    assert "over offices  JPO" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("client secret nobody", "there is no client nobody"),
        ("client secret {client} --days 0", "--days is 0; give 1 to 3650"),
        ("client revoke {client} --secret 9", "has no such one"),
        ("client revoke {client} --key x", "has no such one"),
        ("client key {client} /nowhere", "cannot be read"),
        ("client organisation EPO", "no third party of any office"),
        ("client allow XA EPO", "EPO is no third party of XA"),
        ("client allow XZ JPO", "ipshare office add XZ"),
    ],
)
def test_what_is_refused_is_named_with_its_remedy(jpo, line, said):
    with pytest.raises(RefusalError, match=re.escape(said)):
        call(line.format(client=jpo.client.client_id))


@pytest.fixture
def stated(jpo, tmp_path):
    """A statement as the office downloads it, and the hub's public key as anybody does."""
    authorizations.end(jpo, by="officer", reason="over", at=AT)
    (tmp_path / "a.jws").write_text(RevocationStatement.objects.get().signed + "\n")
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [signing.public_key()]}))
    return tmp_path


def test_a_statement_is_verified_where_there_is_no_hub(stated):
    env = {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    command = [sys.executable, "-m", "ipshare", "statement", "a.jws", "--keys", "jwks.json"]
    done = subprocess.run(command, cwd=stated, capture_output=True, text=True, check=True, env=env)
    assert json.loads(done.stdout)["thirdParty"] == "JPO"
    assert "the signature is right" in done.stderr
    text = (stated / "a.jws").read_text()
    (stated / "a.jws").write_text(text[:-9] + "AAAA\n")
    done = subprocess.run(command, cwd=stated, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 2
    assert "a.jws proves nothing" in done.stderr
    assert done.stdout == ""


def test_what_cannot_be_verified_is_said(stated):
    (stated / "other.json").write_text(json.dumps({"keys": [{"kid": "x"}]}))
    (stated / "bad.json").write_text("{")
    for keys, said in (("other", "none of these public keys"), ("bad", "is no JSON")):
        with pytest.raises(RefusalError, match=said):
            call(f"statement {stated}/a.jws --keys {stated}/{keys}.json")
    with pytest.raises(RefusalError, match="cannot be read"):
        call(f"statement {stated}/none --keys {stated}/jwks.json")


def test_a_key_that_is_no_key_is_refused(jpo, tmp_path):
    (tmp_path / "key.pem").write_text("hello")
    with pytest.raises(RefusalError, match=r"key\.pem: the key cannot be read"):
        call(f"client key {jpo.client.client_id} {tmp_path}/key.pem")
    (tmp_path / "key.pem").write_text(pem_of(EC))
    assert call(f"client key {jpo.client.client_id} {tmp_path}/key.pem") == 0


def test_a_machine_of_an_office_is_made_used_and_ended(capsys):
    call("client add XA --name export-server --right trademark --right design --days 30")
    said = capsys.readouterr().out
    client = re.search(r"App-client-id +(\S+)", said)[1]
    text = re.search(r"App-client-secret +(\S+)", said)[1]
    assert "it sends trademark, design of XA" in said
    held = secrets.secret_of(client, text, at=AT)
    assert held.client.rights == ["trademark", "design"]
    assert held.expires_at is not None
    with pytest.raises(RefusalError, match="already"):
        call("client add XA --name export-server")
    call("client add XB --name all")
    call("client list --office XA")
    said = capsys.readouterr().out
    assert f"export-server  {client}  sends trademark, design" in said
    assert "XB" not in said.partition("client_id")[2]
    call(f"client end {client}")
    assert secrets.secret_of(client, text, at=AT) is None
    call("client list --office XA")
    assert "ended 20" in capsys.readouterr().out


def test_a_third_party_s_client_is_not_ended_so(jpo):
    with pytest.raises(RefusalError, match="end its authorization"):
        call(f"client end {jpo.client.client_id}")
