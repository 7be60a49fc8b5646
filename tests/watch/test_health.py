"""Each part in words, and the worst of all for monitors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from ipshare.ops import worker
from ipshare.store.models.letters import Letter
from ipshare.watch import health
from ipshare.watch.health import Level

pytestmark = pytest.mark.django_db(transaction=True)


def level_of(name, at=None):
    return next(part for part in health.parts(at or datetime.now(UTC)) if part.name == name)


def test_without_workers_the_hub_is_down_and_says_what_to_start(client):
    part = level_of("Workers of the line")
    assert part.level == Level.DOWN
    assert "ipshare worker" in part.words
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "down"
    assert answer.json()["parts"]["Database"] == "ok"
    assert "ipshare worker" not in answer.content.decode()  # the sentences are for operators


def test_with_workers_it_is_well(client):
    with worker.present("line") as line, worker.present("push") as push:
        worker.Presence(line).register()
        worker.Presence(push).register()
        found = health.parts(datetime.now(UTC))
        assert [part for part in found if part.level != Level.OK and part.name != "Disk"] == []
        assert len(found) == 9


@pytest.mark.parametrize(("free", "level"), [(50, Level.OK), (8, Level.DEGRADED), (2, Level.DOWN)])
def test_a_disk_that_is_nearly_full(monkeypatch, free, level):
    monkeypatch.setattr(
        health.shutil, "disk_usage", lambda _: SimpleNamespace(total=100, free=free)
    )
    assert level_of("Disk").level == level


def test_an_object_store_that_cannot_be_written_to(settings, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    settings.OBJECTS_URL = str(tmp_path / "file" / "objects")
    assert level_of("Object store").level == Level.DOWN


def test_clocks_that_differ():
    part = level_of("Clock", datetime.now(UTC) - timedelta(seconds=90))
    assert part.level == Level.DEGRADED
    assert "time server" in part.words


def test_mail_that_is_not_taken():
    Letter.objects.create(to="a@moc.example", subject="s", body="b", queued_at=datetime.now(UTC))
    assert level_of("Mail").level == Level.OK
    Letter.objects.update(attempts=2)
    assert level_of("Mail").level == Level.DEGRADED


def test_without_the_database_it_still_answers(monkeypatch):
    def gone(name):
        raise health.Error

    monkeypatch.setattr(health, "_database", gone)
    found = health.parts(datetime.now(UTC))
    assert [part.name for part in found] == ["Database", "Object store", "Disk"]
    assert health.worst(found) == Level.DOWN
