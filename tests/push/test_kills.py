"""kill -9 at every step of a delivery: nothing is lost, nothing is doubled."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from django.db import connection

from ipshare.share import destinations
from ipshare.store.models.deliveries import Delivery
from ipshare.store.models.disclosures import Disclosure
from push.conftest import deliver, http, lines, sftp
from share.histories import a_record, publish, withdrawn

pytestmark = pytest.mark.django_db(transaction=True)

CHILD = """
import os, signal, inspect, importlib
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {database!r}
settings.PUSH_NETWORKS = ("127.0.0.0/8",)
settings.OBJECTS_URL = {objects!r}
django.setup()
from django.utils import timezone
from ipshare.share import deliveries
module = importlib.import_module("ipshare.share.{module}")
real = getattr(module, {function!r})
def die(moment):
    if moment == {when!r}:
        os.kill(os.getpid(), signal.SIGKILL)
async def awaited(*args, **kwargs):
    die("before")
    await real(*args, **kwargs)
    die("after")
def called(*args, **kwargs):
    die("before")
    real(*args, **kwargs)
    die("after")
setattr(module, {function!r}, awaited if inspect.iscoroutinefunction(real) else called)
deliveries.deliver({destination}, clock=timezone.now)
"""


def killed(destination, module, function, when, settings):
    """One turn in a process that kills itself before or after the first call of a function."""
    code = CHILD.format(
        database=connection.settings_dict["NAME"], objects=str(settings.OBJECTS_URL), module=module,
        function=function, when=when, destination=destination.pk,
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], check=False, capture_output=True, text=True, timeout=100
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize(
    ("module", "function", "when"),
    [
        ("preparing", "_keep", "after"),
        ("deliveries", "_attempt", "before"),
        ("deliveries", "_about_to_leave", "after"),
        ("push_sftp", "_write", "after"),
        ("push_sftp", "_rename", "after"),
        ("deliveries", "_acknowledge", "before"),
        ("deliveries", "_acknowledge", "after"),
    ],
)
def test_after_a_kill_an_sftp_tree_holds_everything_once(
    party, ssh, settings, module, function, when
):
    publish(1, [a_record("1", text="t"), a_record("2")])
    destination = sftp(party, ssh)
    killed(destination, module, function, when, settings)
    deliver(destination)
    publish(2, [withdrawn("2"), a_record("3")])
    deliver(destination)
    found = sorted(path.name for path in ssh.folder.rglob("*") if path.is_file())
    assert found == ["XA_TM_000001.zip", "XA_TM_000002.zip"]
    settled(destination)


@pytest.mark.parametrize(
    ("module", "function", "when"),
    [
        ("deliveries", "_about_to_leave", "before"),
        ("push", "run", "before"),
        ("push_http", "post", "after"),
        ("deliveries", "_acknowledge", "after"),
    ],
)
def test_after_a_kill_an_endpoint_has_accepted_everything_once(
    party, web, settings, module, function, when
):
    publish(1, [a_record("1", text="t"), a_record("2")])
    destination, _ = http(party, web)
    killed(destination, module, function, when, settings)
    deliver(destination)
    publish(2, [withdrawn("2"), a_record("3")])
    deliver(destination)
    for _, headers, body in web.got:  # an id that comes again brings the same bytes
        assert web.accepted[headers["webhook-id"]] == body
    applied = [
        [(item["type"], item["number"]) for item in lines(web.accepted[name])]
        for name in sorted(web.accepted)
    ]
    assert applied[0] == [("put", "1"), ("put", "2")]
    assert sorted(applied[1]) == [("put", "3"), ("withdraw", "2")]
    settled(destination)


def settled(destination):
    states = Delivery.objects.order_by("number").values_list("number", "state")
    assert list(states) == [(1, "delivered"), (2, "delivered")]
    assert Disclosure.objects.filter(groups__gt=0).count() == 2
    destination.refresh_from_db()
    assert destinations.state_of(destination) == "in-step"
