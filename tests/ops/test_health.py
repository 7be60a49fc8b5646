"""Health: 200 where a request can be answered, 503 with the reason where not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from ipshare.store import objects
from ipshare.watch import health as parts

pytestmark = pytest.mark.django_db


def test_live_asks_for_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_with_database_and_objects(client):
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "objects": "ok"}
    assert "no-store" in answer.headers["Cache-Control"]


def test_not_ready_while_a_migration_is_missing(client):
    parts._complete.clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'store' AND name > '0002'")
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert "ipshare migrate" in answer.json()["database"]


def test_not_ready_without_the_object_store(client, settings, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    settings.OBJECTS_URL = str(tmp_path / "file" / "objects")
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["objects"] == "does not answer"


def test_health_changes_nothing(client):
    assert client.post("/health/ready").status_code == 405


def test_asking_again_and_again_writes_once_a_minute(client, monkeypatch):
    parts._last.at = None
    written = []
    put = objects.put
    monkeypatch.setattr(objects, "put", lambda *given: written.append(given) or put(*given))
    for _ in range(3):
        assert client.get("/health").json()["parts"]["Object store"] == "ok"
    assert len(written) == 1
    at = parts._last.at
    parts.parts(at + timedelta(seconds=59), probe=False)
    assert len(written) == 1
    parts.parts(at + timedelta(seconds=61), probe=False)
    assert len(written) == 2
    parts.parts(at + timedelta(seconds=62))  # what operators look at is always fresh
    assert len(written) == 3
