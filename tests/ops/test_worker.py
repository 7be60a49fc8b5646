"""The worker: what a dead one had in hand goes on at once; what a job queues is committed with its rows."""

from __future__ import annotations

import argparse
import asyncio
import threading
import time

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.contrib.django.utils import connector_params

from ipshare.ingest import queue as line
from ipshare.ops import worker
from ipshare.store.models.accounts import Office

pytestmark = pytest.mark.django_db(transaction=True)


@app.task(name="tests.queue_and_fail", queue="line")
def queue_and_fail(*, code: str) -> None:
    with transaction.atomic():
        _write(code)
        raise RuntimeError(code)


@app.task(name="tests.queue", queue="line")
def queue(*, code: str) -> None:
    with transaction.atomic():
        _write(code)


@app.task(name="tests.fail_once", queue="line", retry=3)
def fail_once(*, code: str) -> None:
    """Fails the first time, while the same is asked for again; nobody else may do it meanwhile."""
    if Office.objects.filter(code=code).exists():
        Office.objects.filter(code=code).update(name="done")
        return
    _write(code)
    line.once("tests.fail_once", "mark", lock="mark", code=code)
    raise RuntimeError(code)


def _write(code):
    Office.objects.create(code=code, name=code, created_at="2026-01-01T00:00:00Z")
    app.configure_task("tests.seen", queue="later", schedule_in={"days": 1}).defer(code=code)


@pytest.fixture(autouse=True)
def empty_queue(transactional_db):
    """Django's flush between tests leaves procrastinate's tables alone."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")
    yield
    # a worker that ran here leaves the connection of its periodic jobs, which the next one would use
    asyncio.run(sync_to_async(connections.close_all)())


@pytest.fixture
def present():
    opened = []

    def open_one():
        one = worker.Presence(psycopg.connect(**connector_params(), autocommit=True))
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        one._connection.close()


def in_hand(number, **more):
    """A job that a worker has in hand."""
    job = app.configure_task("tests.seen", queue="line", **more).defer(code="XA")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
            [number, job],
        )
    return job


def state(job):
    return ProcrastinateJob.objects.values_list("status", "attempts").get(pk=job)


def take_over_in_the_end(one):
    end = time.monotonic() + 10
    while not (taken := one.take_over()):
        assert time.monotonic() < end
    return taken


def test_the_job_of_a_living_worker_is_left_to_it(present):
    job = in_hand(present().register())
    other = present()
    other.register()
    assert other.take_over() == 0
    assert state(job) == ("doing", 0)


def test_the_job_of_a_dead_worker_goes_on_at_once_and_is_not_to_blame(present):
    dead, heir = present(), present()
    number = dead.register()
    job = in_hand(number)
    heir.register()
    dead._connection.close()
    assert take_over_in_the_end(heir) == 1
    assert state(job) == ("todo", 0)
    assert heir.take_over() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers WHERE id = %s", [number])
        assert cursor.fetchone() == (0,)


def test_what_is_queued_again_meanwhile_is_not_queued_twice(present):
    """Of jobs that are queued once only one waits, whatever dead workers had in hand."""
    dead, heir = present(), present()
    number = dead.register()
    jobs = [in_hand(number, queueing_lock="once") for _ in range(2)]
    waiting = app.configure_task("tests.seen", queue="line", queueing_lock="once").defer(code="XA")
    other = [in_hand(number, queueing_lock="another") for _ in range(2)]
    heir.register()
    dead._connection.close()
    assert take_over_in_the_end(heir) == 4
    assert [state(job)[0] for job in (*jobs, waiting)] == ["aborted", "aborted", "todo"]
    assert sorted(state(job)[0] for job in other) == ["aborted", "todo"]


def test_the_job_of_a_worker_that_nobody_remembers_goes_on(present):
    job = in_hand(None)
    assert present().take_over() == 1
    assert state(job)[0] == "todo"


def test_a_job_that_kills_its_workers_ends_as_failed(present):
    heir = present()
    job = in_hand(None)
    for _ in range(worker.DEATHS):
        assert heir.take_over() == 1
        assert state(job)[0] == "todo"
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job])
    heir.take_over()
    assert state(job)[0] == "failed"


def test_a_new_worker_is_never_taken_for_a_dead_one(present):
    """Its row and its lock appear together, however closely others look."""
    stop, taken = threading.Event(), []
    watcher = present()

    def look():
        while not stop.is_set():
            before = watcher._connection.execute("SELECT count(*) FROM procrastinate_workers")
            taken.append(before.fetchone())
            watcher.take_over()

    looking = threading.Thread(target=look)
    looking.start()
    numbers = [present().register() for _ in range(20)]
    stop.set()
    looking.join()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers WHERE id = ANY(%s)", [numbers])
        assert cursor.fetchone() == (20,)
    assert taken


def test_what_a_job_queues_is_committed_with_its_rows_or_not_at_all(monkeypatch):
    monkeypatch.setitem(connections["default"].settings_dict, "CONN_MAX_AGE", 0)
    queue_and_fail.defer(code="XA")
    queue.defer(code="XB")
    assert worker.run(argparse.Namespace(once=True)) == 0
    assert [office.code for office in Office.objects.all()] == ["XB"]
    later = ProcrastinateJob.objects.filter(queue_name="later")
    assert [job.args for job in later] == [{"code": "XB"}]
    left = ProcrastinateJob.objects.exclude(queue_name="later")
    assert [(job.task_name, job.status) for job in left] == [("tests.queue_and_fail", "failed")]


def test_a_job_that_failed_gives_way_to_the_same_that_waits(monkeypatch):
    """Left in hand it would keep the other from being done for as long as its worker lives."""
    monkeypatch.setitem(connections["default"].settings_dict, "CONN_MAX_AGE", 0)
    line.once("tests.fail_once", "mark", lock="mark", code="XA")
    assert worker.run(argparse.Namespace(once=True)) == 0
    assert Office.objects.get().name == "done"
    left = ProcrastinateJob.objects.exclude(queue_name="later")
    assert [job.status for job in left] == ["aborted"]
