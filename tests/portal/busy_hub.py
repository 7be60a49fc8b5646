"""A hub at work, for the pages of operators: jobs of every state, a worker, outages, unmapped codes, a late office."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

from procrastinate.contrib.django import app

from ipshare.accounts import invitations, offices
from ipshare.ops import worker
from ipshare.store.models.holdings import Rhythm
from ipshare.store.models.outages import Outage
from ipshare.store.models.submissions import Submission
from portal import builders
from portal.builders import AT
from watch.test_jobs import put

BY = "operator@hub.example"


@contextmanager
def at_work():
    """Everything that an operator may have to look at; while it lasts a worker of the line is alive."""
    running = Submission.objects.get(office="KH", number=5)
    _offices()
    _codes()
    _outages()
    _jobs(running)
    invitations.invite(
        None, "rina.tan@hub.example", "Rina Tan", [], by=BY, at=AT - timedelta(hours=5)
    )
    invitations.invite(
        None, "aung.min@hub.example", "Aung Min", [], by=BY, at=AT - timedelta(days=8)
    )
    with worker.present("line") as held:
        number = worker.Presence(held).register()
        put("doing", worker=number, submission_id=running.pk)
        yield


def _offices():
    """One that has sent nothing, and one of which patents are overdue."""
    offices.enter(
        "MM", "Myanmar, Intellectual Property Department of the Ministry of Commerce", "my en",
        at=AT - timedelta(days=40), by=BY,
    )  # fmt: skip
    builders.an_office("LA", "Lao PDR")
    builders.a_submission(
        "LA",
        1,
        right="patent",
        received_at=AT - timedelta(days=70),
        ended_at=AT - timedelta(days=70),
    )
    Rhythm.objects.create(
        office_id="LA", right="patent", days=31, saved_at=AT - timedelta(days=200), saved_by=BY
    )


def _codes():
    one = builders.a_submission("TH", 1, received_at=AT - timedelta(days=3))
    for rule, value, count, proposed in (
        ("STA-002", "รอประกาศโฆษณา", 214, ""),
        ("STA-002", "ABANDONNED", 31, "Application discontinued"),
        ("PTY-004", "UK", 12, "GB"),
        ("TMK-020", "27.5.1;26.4.2;24.17.5;1.15.21;3.7.16", 1, ""),
    ):
        builders.some_findings(
            one, rule, count, severity="warning", effect="flag", value=value, proposed=proposed,
            message="It has no agreed meaning.", record=f"{rule[-2:]}01{{n}}",
        )  # fmt: skip


def _outages():
    Outage.objects.create(
        part="Mail", words="3 letters wait; the mail server did not take 3 of them.",
        began_at=AT - timedelta(days=2, minutes=41), told_at=AT - timedelta(days=2, minutes=40),
        ended_at=AT - timedelta(days=2),
    )  # fmt: skip
    Outage.objects.create(
        part="Workers of push", words="None is alive. Nothing is delivered to destinations until one is.",
        began_at=AT - timedelta(minutes=3), told_at=AT - timedelta(minutes=2),
    )  # fmt: skip


def _jobs(running):
    put(
        "failed",
        submission_id=running.pk,
        failed_with="OSError: [Errno 28] No space left on device",
    )
    put("failed", submission_id=1)
    for first in (1, 9, 17):
        app.configure_task("ingest.check_shards", queue="line").defer(
            submission_id=running.pk, first=first, last=first + 7
        )
    app.configure_task("share.extend_search", queue="line").defer(office="KH")
    app.configure_task(
        "accounts.deliver_letter", queue="letters", schedule_in={"minutes": 4}
    ).defer(letter_id=1)
