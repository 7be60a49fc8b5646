"""The queue and its workers as operators see them; a failed job is retried, a waiting one cancelled, each once."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django import app

from intake.sftp_clients import wait_for
from ipshare.ops import worker
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.jobs import JobFailure
from ipshare.watch import jobs
from portal import builders

pytestmark = pytest.mark.django_db


def put(status="todo", *, worker=None, failed_with="", mark=None, **args):
    """A job of a state, with the events that bring it there."""
    task = app.configure_task("quality.write_report", queue="line", queueing_lock=mark)
    number = task.defer(**args)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s, worker_id = %s WHERE id = %s",
            [status, worker, number],
        )
    if failed_with:
        JobFailure.objects.create(
            job=number, at=builders.AT, trouble=failed_with, places=["a.py:1 f"], trace="c0ffee"
        )
    return number


def test_queues_count_by_state_and_tell_the_oldest():
    before = datetime.now(UTC)
    put(submission_id=1)
    put("doing", submission_id=2)
    put("failed", submission_id=3)
    app.configure_task("quality.write_report", queue="line", schedule_in={"hours": 1}).defer(
        submission_id=4
    )
    line, push, _ = jobs.queues()
    assert (line.waiting, line.later, line.running, line.failed) == (1, 1, 1, 1)
    assert abs((line.oldest_at - before).total_seconds()) < 60
    assert (push.name, push.waiting, push.oldest_at) == ("push", 0, None)


def test_a_failed_job_is_not_retried_beside_the_same_that_waits(at):
    failed = put("failed", mark="search:KH", office="KH")
    put(mark="search:KH", office="KH")
    with pytest.raises(jobs.JobRefusedError, match="the same work waits already"):
        jobs.retry(failed, by="operator@hub.example", at=at)
    assert [job.id for job in jobs.lists()["failed"]] == [failed]
    assert not AuditEvent.objects.exists()


def test_jobs_are_named_by_what_they_are_about():
    builders.an_office("KH", "Cambodia")
    submission = builders.a_submission("KH", 17)
    put("failed", submission_id=submission.pk, failed_with="OSError: No space left on device")
    [job] = jobs.lists()["failed"]
    assert (job.about, job.trouble, job.trace) == (
        "KH-000017",
        "OSError: No space left on device",
        "c0ffee",
    )
    assert job.at is not None
    assert jobs.lists()["running"] == []


def test_a_failed_job_is_retried_and_a_waiting_one_cancelled_once(at):
    failed, waits = put("failed", submission_id=1), put(submission_id=2)
    jobs.retry(failed, by="operator@hub.example", at=at)
    assert {job.id for job in jobs.lists()["waiting"]} == {failed, waits}
    with pytest.raises(jobs.JobRefusedError, match="it has not failed"):
        jobs.retry(failed, by="operator@hub.example", at=at)
    jobs.cancel(waits, by="operator@hub.example", at=at)
    with pytest.raises(jobs.JobRefusedError, match="does not wait any more"):
        jobs.cancel(waits, by="operator@hub.example", at=at)
    with pytest.raises(jobs.JobRefusedError, match="not in the queue any more"):
        jobs.retry(10**9, by="operator@hub.example", at=at)
    assert [event.event for event in AuditEvent.objects.order_by("pk")] == [
        "job.retried",
        "job.cancelled",
    ]


@pytest.mark.django_db(transaction=True)
def test_workers_are_those_that_hold_their_lock():
    with worker.present("push") as held:
        number = worker.Presence(held).register()
        put("doing", worker=number, submission_id=1)
        [alive] = jobs.workers(jobs.lists()["running"])
        assert (alive.number, alive.queue, alive.address) == (number, "push", "this machine")
        assert alive.job.task == "quality.write_report"
    assert isinstance(held, psycopg.Connection)
    wait_for(
        lambda: not jobs.workers()
    )  # PostgreSQL sees the end of a connection by itself, a moment later


def test_periodic_tasks_are_listed_before_their_first_run():
    found = {one.task: one for one in jobs.periodic()}
    assert found["share.lift_ended_blocks"].cron == "* * * * *"
    assert found["share.lift_ended_blocks"].last_at is None
