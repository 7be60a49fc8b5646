"""Every task of the queue has words for operators, and so has every schedule."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django import app

from ipshare.watch import jobs, task_words


def test_every_task_says_what_it_does():
    app.perform_import_paths()
    own = [
        name for name in app.tasks if not name.startswith(("builtin", "procrastinate", "tests."))
    ]
    assert own
    assert {name for name in own if len(task_words.does(name)) < 15} == set()
    assert task_words.does("gone.with_an_upgrade") == ""


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("* * * * *", "every minute"),
        ("13 * * * *", "every hour, at minute 13"),
        ("5 1 * * *", "every day at 01:05 UTC"),
        ("*/5 * * * *", "*/5 * * * *"),
        ("0 */2 * * *", "0 */2 * * *"),
        ("0 6 * * 1", "0 6 * * 1"),
    ],
)
def test_a_schedule_in_words(cron, words):
    assert task_words.often(cron) == words


@pytest.mark.django_db
def test_no_task_of_this_version_has_a_schedule_without_words():
    assert all(task_words.often(one.cron).startswith("every ") for one in jobs.periodic())
