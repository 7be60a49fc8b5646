"""The hub's signing key: made once, readable by nobody else; one of the environment must be an Ed25519 key."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization

from accounts.signers import EC, ED
from ipshare.config import env


@pytest.fixture(autouse=True)
def _none_in_the_environment(monkeypatch):
    for name in ("IPSHARE_SIGNING_KEY", "IPSHARE_SIGNING_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


def pem_of(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def test_it_is_made_once_and_kept_for_the_hub_alone(tmp_path):
    made = env.signing_key("IPSHARE_SIGNING_KEY", tmp_path)
    assert env.signing_key("IPSHARE_SIGNING_KEY", tmp_path) == made
    [kept] = tmp_path.iterdir()
    assert (kept.name, kept.stat().st_mode & 0o777) == ("signing_key", 0o600)


def test_it_may_come_from_the_environment(tmp_path, monkeypatch):
    file = tmp_path / "key.pem"
    file.write_text(pem_of(ED))
    monkeypatch.setenv("IPSHARE_SIGNING_KEY_FILE", str(file))
    assert env.signing_key("IPSHARE_SIGNING_KEY", tmp_path / "data") == pem_of(ED).strip()
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("given", "said"), [("hello", "cannot be read"), (pem_of(EC), "is no Ed25519 key")]
)
def test_what_is_no_such_key_stops_the_start(tmp_path, monkeypatch, given, said):
    monkeypatch.setenv("IPSHARE_SIGNING_KEY", given)
    with pytest.raises(env.SettingMissingError, match=f"IPSHARE_SIGNING_KEY {said}"):
        env.signing_key("IPSHARE_SIGNING_KEY", tmp_path)
