"""The cast of push: XA gives, XB receives on systems of its own, XC must get nothing."""

from __future__ import annotations

import json
import subprocess

import pytest
from django.utils import timezone

from ipshare.domain.authorization import Conditions
from ipshare.domain.delivery import DestinationKind
from ipshare.domain.office import Right
from ipshare.share import authorizations, deliveries, destinations, push
from ipshare.store.models.deliveries import Destination
from push import peers
from share.histories import AT


@pytest.fixture(autouse=True)
def _localhost(settings, monkeypatch):
    """Destinations may lie on this machine; what waits for an answer waits less."""
    settings.PUSH_NETWORKS = ("127.0.0.0/8",)
    monkeypatch.setattr(push, "LOOK_EVERY", 0.05)


@pytest.fixture(scope="session")
def s3(tmp_path_factory):
    with peers.seaweed(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


@pytest.fixture
def ssh(tmp_path):
    folder = tmp_path / "sshd"
    folder.mkdir()
    with peers.openssh(folder) as server:
        yield server


@pytest.fixture
def web():
    with peers.endpoint() as server:
        yield server


@pytest.fixture
def party(cast):
    """XB's authorization of XA's trademarks, patents and designs."""
    return a_party("XB")


def a_party(name, **conditions):
    authorization, _, _ = authorizations.add_third_party("XA", name, "", by="officer", at=AT)
    allow(authorization, **conditions)
    return authorization


def allow(authorization, **conditions):
    conditions.setdefault("rights", frozenset(Right))
    return authorizations.save(
        authorization, Conditions(**conditions), by="officer", reason="test", at=AT
    )


def http(authorization, end, name="web"):
    """A destination at an HTTP endpoint; the signing secret comes with it."""
    added = destinations.add(
        authorization, name, DestinationKind.HTTP, {"url": end.url}, by="officer", at=AT
    )
    return added.destination, added.secret


def sftp(authorization, server, name="sftp"):
    added = destinations.add(
        authorization, name, DestinationKind.SFTP, server.address(), by="officer", at=AT
    )
    server.let_in(added.public_key)
    return added.destination


def bucket(authorization, server, prefix, name="bucket"):
    address = {
        "bucket": "inbox", "endpoint": server.endpoint, "access_key_id": server.access_key_id, "prefix": prefix,
    }  # fmt: skip
    added = destinations.add(
        authorization, name, DestinationKind.BUCKET, address, secret=server.secret, by="officer", at=AT
    )  # fmt: skip
    return added.destination


def deliver(destination):
    """One turn of a destination; what it looks like afterwards."""
    deliveries.deliver(destination.pk, clock=timezone.now)
    return Destination.objects.get(pk=destination.pk)


def again(destination):
    """One turn, however long it was to wait."""
    Destination.objects.filter(pk=destination.pk).update(due_at=AT)
    return deliver(destination)


def lines(body):
    return [json.loads(line) for line in body.splitlines()]


def keyscan(port):
    """A host key as ssh-keyscan prints it."""
    done = subprocess.run(
        ["ssh-keyscan", "-p", str(port), "-t", "ed25519", "127.0.0.1"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]
