"""What the tasks of the queue do, and how often, in words: for operators who do not know their names."""

from __future__ import annotations

from procrastinate.contrib.django import app


def does(task: str) -> str:
    """The first sentence of a task's own description, without its stop; empty where this version has no such task."""
    # A process that only asks has not imported every task.
    app.perform_import_paths()  # type: ignore[no-untyped-call]
    known = app.tasks.get(task)
    text = known.func.__doc__ if known else None
    return (text or "").partition("\n")[0].rstrip(".")


def often(cron: str) -> str:
    """A schedule in words; one that is not of every minute, hour or day stays as it is written."""
    minute, hour, *days = cron.split()
    if days != ["*", "*", "*"] or not (minute.isdecimal() or (minute, hour) == ("*", "*")):
        return cron
    if minute == "*":
        return "every minute"
    if hour == "*":
        return f"every hour, at minute {int(minute)}"
    return f"every day at {int(hour):02}:{int(minute):02} UTC" if hour.isdecimal() else cron
