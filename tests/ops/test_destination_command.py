"""``ipshare destination``: the operator's machine adds, looks at and stops what is pushed."""

from __future__ import annotations

import argparse

import pytest

from ipshare.domain.authorization import Conditions
from ipshare.domain.office import Right
from ipshare.ops import commands, destination
from ipshare.ops.refusal import RefusalError
from ipshare.share import authorizations, destinations, push_sftp
from ipshare.store.models.deliveries import Destination

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


@pytest.fixture(autouse=True)
def party(cast, at):
    held, _, _ = authorizations.add_third_party("XA", "XB", "", by="officer", at=at)
    conditions = Conditions(rights=frozenset(Right))
    authorizations.save(held, conditions, by="officer", reason="test", at=at)
    return held


def run(*words):
    args = commands.parser().parse_args(["destination", *words])
    assert isinstance(args, argparse.Namespace)
    return getattr(destination, args.run.partition(":")[2])(args)


def test_an_endpoint_is_added_listed_paused_resumed_and_removed(capsys):
    run("add", "xa", "XB", "intake", "--http", "https://xb.example/in")
    secret = destinations.secret_of(Destination.objects.get())
    assert secret in capsys.readouterr().out
    run("list", "--office", "XA")
    shown = capsys.readouterr().out
    assert "https://xb.example/in" in shown
    assert secret not in shown
    states = {"pause": "paused", "resume": "waiting", "retry": "waiting", "remove": "removed"}
    for what, state in states.items():
        run(what, "XA", "XB", "intake")
        assert destinations.state_of(Destination.objects.get()) == state
    with pytest.raises(RefusalError, match="no destination intake"):
        run("pause", "XA", "XB", "intake")


def test_a_tree_and_a_bucket_are_read_from_urls_and_files(tmp_path, capsys):
    (tmp_path / "host.pub").write_text(push_sftp.a_key()[1])
    (tmp_path / "secret").write_text("the secret\n")
    address, key = "sftp://kh@xb.example:2022/in", str(tmp_path / "host.pub")
    run("add", "XA", "XB", "tree", "--sftp", address, "--host-key", key)
    assert "public key      ssh-ed25519" in capsys.readouterr().out
    run(
        "add", "XA", "XB", "store", "--s3", "s3://kh/asean", "--endpoint", "https://s3.xb.example",
        "--access-key-id", "AK", "--secret-file", str(tmp_path / "secret"),
    )  # fmt: skip
    assert "the secret" not in capsys.readouterr().out
    tree, store = Destination.objects.order_by("pk")
    assert destinations.where_of(tree) == "sftp://kh@xb.example:2022/in"
    assert destinations.where_of(store) == "kh/asean at s3.xb.example"
    assert destinations.secret_of(store) == "the secret"


def test_what_cannot_be_is_refused_in_words():
    with pytest.raises(RefusalError, match="no third party"):
        run("add", "XA", "XC", "intake", "--http", "https://xc.example/")
    with pytest.raises(RefusalError, match="--host-key"):
        run("add", "XA", "XB", "tree", "--sftp", "sftp://kh@xb.example/")
    with pytest.raises(RefusalError, match="secret access key"):
        run("add", "XA", "XB", "store", "--s3", "s3://kh", "--access-key-id", "AK")
    with pytest.raises(RefusalError, match="Give an address"):
        run("add", "XA", "XB", "x", "--http", "gopher://xb.example/")


def test_the_platform_is_told_of(capsys):
    assert run("platform") == 1
    assert "No platform is configured" in capsys.readouterr().out
