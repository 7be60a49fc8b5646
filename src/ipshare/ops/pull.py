"""``ipshare pull``: a third party's own copy, kept in step with the feed of a hub somewhere."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ipshare.client.copy import Copy, Part
from ipshare.client.hub import Hub
from ipshare.client.pull import Pull
from ipshare.client.trouble import NotInStepError, PullError
from ipshare.ops.pull_line import Line
from ipshare.ops.refusal import RefusalError

if TYPE_CHECKING:
    from ipshare.client.verify import Outcome

STATUS_DIFFERS = 1
PARQUET_EVERY = 600.0
"""Seconds between two writings of Parquet files while it follows."""
_SECRET = "IPSHARE_CLIENT_SECRET"  # noqa: S105 (its name)
_TRIES = 20


def run(args: argparse.Namespace) -> int:
    """Bring the copy in step; verify it, follow the feed, write Parquet files, as asked."""
    try:
        hub = Hub(args.url, _client_id(args), _secret(args))
        copy = Copy(Path(args.into))
        try:
            return _run(args, hub, copy)
        finally:
            copy.close()
    except PullError as trouble:
        raise RefusalError(str(trouble)) from trouble


def _run(args: argparse.Namespace, hub: Hub, copy: Copy) -> int:
    line = Line()
    files = _parquet(copy, line) if args.format == "parquet" else None
    only = args.office.upper() if args.office else None
    pull = Pull(hub, copy, line, only=only, patient=args.follow)
    pull.claim(restart=args.restart)
    sharing = pull.catch_up()
    line.in_step(pull.done, copy.counts())
    equal = verify(pull, line, sharing) if args.verify else True
    if files:
        files()
    if args.follow:
        _follow(pull, line, files)
    return 0 if equal else STATUS_DIFFERS


def _follow(pull: Pull, line: Line, files: Callable[[], None] | None) -> None:
    """Stay in step until Ctrl-C."""
    line.say("staying in step; Ctrl-C ends it")
    written = time.monotonic()
    try:
        while True:
            if pull.look():
                line.in_step(pull.done, pull.copy.counts())
            if files and time.monotonic() - written > PARQUET_EVERY:
                files()
                written = time.monotonic()
    except KeyboardInterrupt:
        line.say("ended; the copy goes on from here the next time")
        if files:
            files()


def verify(pull: Pull, line: Line, sharing: dict[str, list[str]]) -> bool:
    """Compare the copy with the hub's proofs of the day, office by office and right by right."""
    outcomes = [
        _verify(pull, Part(office, right)) for office, rights in sharing.items() for right in rights
    ]
    for outcome in outcomes:
        line.verified(outcome)
    return all(outcome.equal for outcome in outcomes)


def _verify(pull: Pull, part: Part) -> Outcome:
    from ipshare.client import verify as verifying  # noqa: PLC0415 (needs cryptography)

    for _ in range(_TRIES):
        try:
            return pull.persist(partial(verifying.compare, pull.hub, pull.copy, part))
        except NotInStepError:
            pull.catch_up()
    raise PullError(
        f"the register of {part.office} changes faster than this copy can follow: verify it later"
    )


def _client_id(args: argparse.Namespace) -> str:
    if not args.client_id:
        raise PullError("--client-id is missing: the office's portal shows it as App-client-id")
    return str(args.client_id)


def _secret(args: argparse.Namespace) -> str:
    """The secret, which is never on the command line: others on this machine can read that."""
    file = args.secret_file or os.environ.get(f"{_SECRET}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as trouble:
            raise PullError(
                f"the secret cannot be read from {file}: {trouble.strerror}"
            ) from trouble
    if given := os.environ.get(_SECRET):
        return given
    if sys.stdin.isatty():
        return getpass.getpass("App-client-secret: ")
    raise PullError(
        f"the secret is missing: set {_SECRET}, or {_SECRET}_FILE, or give --secret-file FILE"
    )


def _parquet(copy: Copy, line: Line) -> Callable[[], None]:
    from ipshare.client import parquet  # noqa: PLC0415 (needs pyarrow)

    def write() -> None:
        for file in parquet.write(copy):
            line.say(f"written: {file}")

    return write
