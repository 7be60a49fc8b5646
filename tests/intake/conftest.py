"""A real SFTP door on a free port, its clients, and the cast with accounts."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from django.contrib.auth.hashers import make_password

from intake.sftp_clients import KEYS, PASSWORD, OpenSsh, connected, running
from ipshare.accounts import keys, sftp
from ipshare.store.models.accounts import Office


@pytest.fixture(scope="session")
def shared_server(django_db_setup, tmp_path_factory):
    with running(tmp_path_factory.mktemp("sftpd")) as server:
        yield server


@pytest.fixture(scope="session")
def key_files(tmp_path_factory):
    """A key pair per account, as ssh-keygen makes them."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ipob_xa", "ipob_xb", "operator", "stranger", "xb", "xc"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name],
            check=True,
        )
    KEYS[:] = [folder]
    return folder


@pytest.fixture(scope="session")
def password_hash():
    """PASSWORD as Django keeps it: made once, since it takes long on purpose."""
    return make_password(PASSWORD)


@pytest.fixture
def people(transactional_db, at, key_files, password_hash):
    """Offices XA, XB, XC; accounts of XA, XB and the operators, with a password and a key each."""
    for code in ("XA", "XB", "XC"):
        Office.objects.create(code=code, name=f"Office {code}", created_at=at)
    accounts = {}
    for office in ("XA", "XB", None):
        account = sftp.open_account(office, at=at)
        account.password = password_hash
        account.save()
        text = (key_files / f"{account.username}.pub").read_text("utf-8")
        keys.add(account, text, "test", at)
        accounts[account.username] = account
    return accounts


@pytest.fixture
def server(shared_server, people):
    yield shared_server
    shutil.rmtree(shared_server.uploads)
    shared_server.uploads.mkdir()


@pytest.fixture
def xa(server):
    with connected(server) as client:
        yield client


@pytest.fixture
def xb(server):
    with connected(server, "ipob_xb") as client:
        yield client


@pytest.fixture
def operator(server):
    with connected(server, "operator") as client:
        yield client


@pytest.fixture
def openssh(server, key_files, tmp_path):
    if shutil.which("sftp") is None:
        pytest.skip("OpenSSH's sftp is not installed")
    return OpenSsh(server, key_files, "ipob_xa", tmp_path)
