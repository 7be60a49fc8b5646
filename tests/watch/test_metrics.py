"""Metrics: who gets them, that they are what Prometheus reads, and that they say what the database says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from portal import builders

pytestmark = pytest.mark.django_db


def read(client, **asked):
    answer = client.get("/metrics", **asked)
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def value(found, name, **labels):
    return found[name, tuple(sorted(labels.items()))]


def test_they_say_what_the_database_says(client):
    builders.an_office("KH", "Cambodia")
    builders.a_submission("KH", 1)
    builders.a_submission("KH", 2, state="held")
    found = read(client)
    for state in ("published", "held"):
        of = {"office": "KH", "right": "trademark", "state": state}
        assert value(found, "ipshare_submissions", **of) == 1
    assert value(found, "ipshare_jobs", queue="line", state="failed") == 0
    assert value(found, "ipshare_workers", queue="push") == 0
    assert value(found, "ipshare_health", part="Database") == 0
    assert value(found, "ipshare_disk_bytes", what="free") > 0
    assert value(found, "ipshare_database_bytes") > 0


def test_a_process_that_was_killed_as_it_began_to_count_hides_nothing(client):
    left = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]) / "histogram_999999999.db"
    left.touch()
    try:
        client.get("/sign-in")
        assert any(name == "ipshare_http_request_seconds_count" for name, _ in read(client))
    finally:
        left.unlink()


def test_what_another_process_forgets_in_this_instant_hides_nothing(client):
    """A name without a file behind it is what is left between the look into the folder and the look at the file."""
    left = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]) / f"gauge_all_{os.getpid()}0.db"
    left.symlink_to("gone")
    try:
        assert any(name == "ipshare_workers" for name, _ in read(client))
    finally:
        left.unlink(missing_ok=True)


def test_requests_are_counted_by_route_and_not_by_address(client):
    of = {"route": "portal:sign-in", "method": "GET", "status": "200"}
    before = read(client).get(("ipshare_http_request_seconds_count", tuple(sorted(of.items()))), 0)
    client.get("/sign-in")
    client.get("/no/such/page")
    found = read(client)
    assert value(found, "ipshare_http_request_seconds_count", **of) == before + 1
    routes = {
        dict(labels)["route"]
        for name, labels in found
        if name.endswith("_seconds_count") and "route" in dict(labels)
    }
    assert "none" in routes
    assert not any("such" in route for route in routes)


def test_events_are_counted(client):
    before = read(client).get(("ipshare_sign_in_failures_total", (("door", "portal"),)), 0)
    client.post("/sign-in", {"email": "nobody@moc.example", "password": "wrong"})
    assert value(read(client), "ipshare_sign_in_failures_total", door="portal") == before + 1


def test_they_are_for_the_networks_and_the_token_of_the_settings(client, settings):
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 404
    settings.METRICS_TOKEN = "a long token"
    for given, status in (("Bearer a long token", 200), ("Bearer another", 404), ("", 404)):
        answer = client.get("/metrics", REMOTE_ADDR="203.0.113.7", headers={"Authorization": given})
        assert (given, answer.status_code) == (given, status)


def test_a_proxy_on_this_machine_opens_them_to_nobody(client, settings):
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404
    settings.TRUSTED_PROXIES = settings.METRICS_NETWORKS
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 200
