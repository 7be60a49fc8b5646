"""The third party's side: its copy, kept by the client that third parties use, over HTTP and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipshare.client import verify
from ipshare.client.copy import Copy, Part
from ipshare.client.hub import Hub
from ipshare.client.page import Done
from ipshare.client.pull import Pull
from ipshare.client.trouble import NotInStepError, PullError
from ipshare.ops.pull_line import Line
from ipshare.ops.refusal import RefusalError

_TRIES = 5


@dataclass(slots=True)
class Received:
    """What the third party's copy holds in the end, and what came this time; ``proved`` counts proved records."""

    counts: dict[Part, int]
    elements: Counter[str]
    done: Done
    proved: int
    whoami: dict[str, Any]

    def rights(self) -> Counter[str]:
        """How many live records of each right."""
        return Counter({part.right: count for part, count in self.counts.items()})


class _Quiet(Line):
    def page(self, done: Done) -> None:
        """Nothing: it is over in a moment."""


def pull(url: str, client_id: str, secret: str, folder: Path) -> Received:
    """Bring the copy in the folder in step, and compare it with what the hub has signed."""
    try:
        hub = Hub(url, client_id, secret)
        with closing(Copy(folder)) as copy:
            reading = Pull(hub, copy, _Quiet())
            reading.claim()
            sharing = reading.catch_up()
            parts = [Part(office, right) for office, rights in sharing.items() for right in rights]
            return Received(
                counts=copy.counts(),
                elements=_elements(copy),
                proved=sum(_proved(reading, part) for part in parts),
                done=reading.done,
                whoami=hub.read("/api/v1/whoami"),
            )
    except PullError as trouble:
        raise RefusalError(str(trouble)) from trouble


def _proved(reading: Pull, part: Part) -> int:
    """How many records of a right are what the hub has signed: all of them, or the demo ends."""
    for _ in range(_TRIES):
        try:
            outcome = verify.compare(reading.hub, reading.copy, part)
        except NotInStepError:
            reading.catch_up()
            continue
        if not outcome.equal:
            raise RefusalError(
                f"the copy in {reading.copy.path.parent} is not what the hub has signed"
            )
        return outcome.count
    raise RefusalError("the register does not come to rest")


def _elements(copy: Copy) -> Counter[str]:
    """In how many records an element of each name occurs, however deep."""
    found: Counter[str] = Counter()
    for part in copy.counts():
        for _, record, _ in copy.records(part):
            found.update(_names(json.loads(record)))
    return found


def _names(tree: Any) -> set[str]:
    if isinstance(tree, dict):
        return {*tree}.union(*(_names(value) for value in tree.values()))
    return set().union(*(_names(value) for value in tree)) if isinstance(tree, list) else set()
