"""Sends a history through the line while its processes are killed; exits with what was lost, doubled or half done.

``python -m laws.kill_trials FOLDER --trials 200 --databases 40 --seed 1`` (from the folder tests): a hub of its
own, with its own PostgreSQL as in production. Each trial is one SIGKILL, or one of every process of PostgreSQL.
After each burst the line runs to its end, and all that it made is compared with what an undisturbed run, one
submission at a time, made of the same history.
"""

from __future__ import annotations

import argparse
import os
import pickle
import random
import select
import signal
import sys
import time
import traceback
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil

from ipshare.ops import embedded, parent

BURST = 6
SHARD_BYTES = 6_000
PATIENCE = 120


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--trials", type=int, default=200)
    arguments.add_argument("--databases", type=int, default=40)
    arguments.add_argument("--bursts", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=1)
    args = arguments.parse_args()
    parent.adopt_orphans()  # as ``ipshare serve``: a killed PostgreSQL is buried by us
    os.environ["DATABASE_URL"] = embedded.start(args.folder)
    os.environ["IPSHARE_DATA"] = str(args.folder)
    os.environ["IPSHARE_SHARD_BYTES"] = str(SHARD_BYTES)
    os.environ["DJANGO_SETTINGS_MODULE"] = "ipshare.config.settings"
    os.environ["IPSHARE_LOG_LEVEL"] = "CRITICAL"
    try:
        _warm_up()
        return Trials(args).run()
    finally:
        embedded.leave(args.folder)


def _warm_up() -> None:
    """Import and load all that a worker needs, and make two databases; no connection stays open."""
    import django

    django.setup()
    import psycopg
    from django.core.management import call_command
    from django.db import connections

    from ipshare.check import run
    from ipshare.ingest import pipeline
    from ipshare.intake import landing
    from ipshare.ops import worker
    from ipshare.quality import report

    assert all((pipeline, landing, worker, report))
    assert run.rules_version()
    call_command("migrate", interactive=False, verbosity=0)
    _make_offices()
    connections.close_all()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE DATABASE undisturbed TEMPLATE ipshare")


def _make_offices() -> None:
    from ipshare.store.models.accounts import Office
    from laws.kill_history import START

    for code in ("XA", "XB"):
        Office.objects.create(code=code, name=code, created_at=START, hold_percent=30)


def fork(function, *parameters) -> int:
    """A process that calls a function and ends with its status; nothing of ours is cleaned up in it.

    What is forked must not have used the object store: the threads of its runtime do not come along.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    mine = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    parent.die_with(mine)
    try:
        status = function(*parameters) or 0
    except BaseException:  # noqa: BLE001 - told to the one who waits
        if os.environ.get("KILL_SHOW"):
            traceback.print_exc()
        status = 1
    os._exit(status)


def answer_of(function, *parameters):
    """What a function answers in a process of its own; its trouble is raised here."""
    reading, writing = os.pipe()

    def tell() -> int:
        os.close(reading)
        try:
            told = (True, function(*parameters))
        except BaseException:  # noqa: BLE001 - told to the one who asked
            told = (False, traceback.format_exc())
        with os.fdopen(writing, "wb") as out:
            pickle.dump(told, out)
        return 0

    pid = fork(tell)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        well, answer = pickle.load(told)  # noqa: S301 - our own process
    os.waitpid(pid, 0)
    if not well:
        raise AssertionError(answer)
    return answer


def work(*, once: bool) -> int:
    from ipshare.ops import worker

    return worker.run(argparse.Namespace(once=once))


def sent(folder: Path, delivery) -> Path:
    """The file as it was uploaded; the object store keeps the very same one, so each has its own."""
    path = folder / "sent" / str(delivery.at.timestamp())
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(delivery.content)
    return path


def land(path: Path, delivery) -> int:
    from ipshare.intake import landing

    landing.land(
        path, office=delivery.office, right=delivery.right, kind=delivery.kind, name=delivery.name,
        door="sftp", sender="kill", at=delivery.at,
    )  # fmt: skip
    return 0


def decide() -> bool:
    """The offices decide on what is held, as the history says; whether there was something."""
    from ipshare.ingest import pipeline
    from ipshare.store.models.submissions import Submission
    from laws.kill_history import START

    held = list(Submission.objects.filter(state="held").order_by("pk"))
    for one in held:
        move = pipeline.release if "release" in one.name else pipeline.reject
        move(one, by="officer", reason="as it is", at=START)
    return bool(held)


def finish() -> None:
    """Run the line to its end, decisions and all."""
    from django.db import connection

    end = time.monotonic() + PATIENCE
    while True:
        wait_for(fork(lambda: work(once=True)))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
            )
            if cursor.fetchone()[0]:
                assert time.monotonic() < end, "the line does not come to its end"
                continue
        if not decide():
            return


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def wait_for(pid: int) -> None:
    _, status = os.waitpid(pid, 0)
    assert status == 0, f"a process ended with status {status}"


def undisturbed(bursts, folder: Path) -> list[dict]:
    """What the line makes of the history, one submission at a time, in a database of its own."""
    from django.conf import settings
    from django.db import connections

    from laws import kill_snapshot
    from line import drain

    _elsewhere(settings, connections, folder)
    taken = []
    for burst in bursts:
        for delivery in burst:
            land(sent(folder, delivery), delivery)
            drain()
            while decide():
                drain()
        taken.append(kill_snapshot.take())
    connections.close_all()
    return taken


def _elsewhere(settings, connections, folder: Path) -> None:
    folder.mkdir()
    settings.DATA, settings.OBJECTS_URL = folder, str(folder / "objects")
    settings.DATABASES["default"]["NAME"] = "undisturbed"
    connections["default"].settings_dict["NAME"] = "undisturbed"


def look():
    from laws import kill_snapshot

    return kill_snapshot.take(), kill_snapshot.left_lying()


class Trials:
    """The history, the processes that carry it on, and the dice."""

    def __init__(self, args) -> None:
        self._args = args
        self._dice = random.Random(args.seed)  # noqa: S311
        self._workers: list[int] = []
        self._killed: Counter[str] = Counter()
        self._seconds: Counter[str] = Counter()

    def run(self) -> int:
        from laws.kill_history import History

        history = History(self._args.seed)
        bursts, models = [], []
        for _ in range(self._args.bursts):
            bursts.append(history.burst(BURST))
            models.append(history.model())
        begun = time.monotonic()
        expected = answer_of(undisturbed, bursts, self._args.folder / "undisturbed")
        self._seconds["undisturbed"] = time.monotonic() - begun
        for number, burst in enumerate(bursts):
            wrong = self._of_model(models[number], expected[number])
            begun = time.monotonic()
            self._burst(number, burst)
            self._seconds["trials"] += time.monotonic() - begun
            begun = time.monotonic()
            answer_of(finish)
            self._seconds["finish"] += time.monotonic() - begun
            wrong += self._compare(expected[number])
            if wrong:
                say(f"burst {number} of seed {self._args.seed} ({[d.shape for d in burst]}):")
                say(f"{dict(self._killed)}; {dict(self._seconds)}")
                say("\n".join([*wrong[:20], f"{len(wrong)} differences"]))
                return 1
        say(f"{sum(self._killed.values())} kills: {dict(self._killed)}; {dict(self._seconds)}")
        return 0

    def _of_model(self, model, expected) -> list[str]:
        """The undisturbed run itself is right: the numbers that are live are those of the inputs."""
        wrong = []
        for (office, right), numbers in model.items():
            live = {
                row["number"]
                for row in expected["record"].values()
                if row["live"] and (row["office"], row["right"]) == (office, right)
            }
            if live != numbers:
                wrong.append(
                    f"{office} {right}: not live {sorted(numbers - live)}, live {sorted(live - numbers)}"
                )
        return wrong

    def _compare(self, expected) -> list[str]:
        from laws import kill_snapshot

        got, lying = answer_of(look)
        return kill_snapshot.differences(expected, got) + lying

    def _burst(self, number: int, burst) -> None:
        """Deliver a burst while workers work, and kill."""
        share = self._args.trials / self._args.bursts
        trials = round(share * (number + 1)) - round(share * number)
        share = self._args.databases / self._args.bursts
        databases = round(share * (number + 1)) - round(share * number)
        blows = ["postgres"] * databases + self._dice.choices(
            ["worker", "both workers", "landing"], [6, 1, 2], k=trials - databases
        )
        self._dice.shuffle(blows)
        for place, delivery in enumerate(burst):
            mine = blows[place::BURST]
            landings = mine.count("landing")
            self._deliver(delivery, landings)
            for blow in mine:
                self._keep_working()
                if blow != "landing":
                    self._strike(blow)
        self._keep_working()
        for worker in self._workers:
            os.kill(worker, signal.SIGTERM)
        for worker in self._workers:
            os.waitpid(worker, 0)
        self._workers = []

    def _keep_working(self) -> None:
        alive = []
        for worker in self._workers:
            ended, _ = os.waitpid(worker, os.WNOHANG)
            if not ended:
                alive.append(worker)
        self._workers = alive
        while len(self._workers) < 2:
            self._workers.append(fork(lambda: work(once=False)))

    def _deliver(self, delivery, kills: int) -> None:
        """A door lands a file, and again until it is told that it is done."""
        path = sent(self._args.folder, delivery)
        for _ in range(kills):
            door = fork(land, path, delivery)
            self._kill_after(self._dice.uniform(0, 0.04), door)
            self._count("landing", os.waitpid(door, 0)[1] == signal.SIGKILL)
        wait_for(fork(land, path, delivery))

    def _strike(self, blow: str) -> None:
        victims = self._workers if blow == "both workers" else [self._dice.choice(self._workers)]
        moment = self._dice.choice((0.05, 0.2, 0.5)) * self._dice.random() + 0.05
        if blow == "postgres":
            family = self._postgres()
            self._kill_after(moment, *self._dice.sample(family, len(family)))
            for pid in family:  # the first process first: then the others are ours to bury
                with suppress(ChildProcessError):
                    os.waitpid(pid, 0)
            self._restart()
            self._count(blow, busy=True)
            return
        self._kill_after(moment, *victims)
        for victim in victims:
            with suppress(ChildProcessError):
                os.waitpid(victim, 0)
        self._workers = [one for one in self._workers if one not in victims]
        self._count(blow, self._in_hand())

    def _postgres(self) -> list[int]:
        pid = int((self._args.folder / "postgres" / "postmaster.pid").read_text().split()[0])
        postmaster = psutil.Process(pid)
        return [postmaster.pid, *(child.pid for child in postmaster.children(recursive=True))]

    def _restart(self) -> None:
        begun = time.monotonic()
        embedded.start(self._args.folder)
        self._seconds["recovery"] += time.monotonic() - begun

    def _kill_after(self, seconds: float, *victims: int) -> None:
        """The instant of a kill is the experiment; nothing waits for anything by it."""
        select.select([], [], [], seconds)
        for victim in victims:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)

    def _in_hand(self) -> bool:
        """Whether a dead worker left a job that it had begun."""
        import psycopg

        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            row = connection.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
            ).fetchone()
        return bool(row and row[0])

    def _count(self, blow: str, busy: bool) -> None:  # noqa: FBT001
        self._killed[f"{blow}, {'in the midst' if busy else 'idle'}"] += 1


if __name__ == "__main__":
    sys.exit(main())
