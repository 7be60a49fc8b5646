"""The story of the demo, in the order that it happens."""

from __future__ import annotations

import argparse
import json
import signal
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ipshare.domain import plural
from ipshare.ops.demo.hub import Hub
from ipshare.ops.refusal import RefusalError

if TYPE_CHECKING:
    from ipshare.domain.authorization import View
    from ipshare.ops.sample.package import Package

OFFICE, THIRD_PARTY = "KH", "JPO"
_BY = "officer@kh.example"


def run(args: argparse.Namespace) -> int:
    """Tell the story, then stay up until Ctrl-C."""
    from ipshare.ops.demo import samples  # noqa: PLC0415

    begun = time.monotonic()
    data = Path(args.data or "var/demo").resolve()
    hub = Hub(data)
    try:
        for name in (signal.SIGINT, signal.SIGTERM):  # a shell has what runs behind ignore SIGINT
            signal.signal(name, signal.default_int_handler)
        print(f"Starting a hub in {_short(data)} …", flush=True)
        hub.start()
        print("Sample registers, some as ST.96 and some as the ST.66 of IPAS offices", flush=True)
        packages = samples.make(data / "samples", seed=args.seed, records=args.records)
        hub.wait()
        import django  # noqa: PLC0415 (its settings are in the environment only now)

        django.setup()
        _tell(hub, packages, begun)
        while hub.runs() and not args.stop:
            time.sleep(0.5)
        if not args.stop:
            raise RefusalError(f"the hub has ended; its log is {data / 'log' / 'serve.log'}")
    except KeyboardInterrupt:
        pass
    finally:
        print("\nStopping …", flush=True)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        hub.stop()
    print("Everything has stopped. The data stays.")
    return 0


def _tell(hub: Hub, packages: list[Package], begun: float) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from ipshare.ops.demo import cast, progress, receiving, sending, telling  # noqa: PLC0415

    telling.say("The offices of the region, their officers and their SFTP keys")
    sign_ins = cast.enter(hub.data, at=timezone.now())
    fingerprint = sending.trust(hub)

    fresh = sending.waiting(packages)
    there = len(packages) - len(fresh)
    if fresh:
        telling.say(
            f"Uploading {plural.counted(len(fresh), 'package')} over SFTP with the OpenSSH client"
        )
        sending.send(hub, fresh, _sent)
    if there:
        telling.say(f"{plural.counted(there, 'package')} had been sent before")
    telling.say("Checking and publishing")
    progress.wait(hub)
    telling.say("What each office got (its report lies in Feedback/ and in the portal)")
    telling.offices()

    told_before = (hub.data / "jpo.json").exists()
    client_id, secret, view = _authorize(hub, at=timezone.now())
    telling.agreed(OFFICE, THIRD_PARTY, view)
    telling.say(f"{THIRD_PARTY} gets an OAuth2 access token and pulls its feed (ipshare pull)")
    copy = hub.data / "jpo-copy"
    try:
        got = receiving.pull(hub.url, client_id, secret, copy)
    except RefusalError as trouble:
        if not told_before:
            raise
        telling.say(
            f"  {THIRD_PARTY} received nothing this time: {trouble}"
        )  # revoked since, or ended
    else:
        telling.received(OFFICE, THIRD_PARTY, got, _short(copy))
    telling.say(f"All of that took {time.monotonic() - begun:.0f} s, the start of the hub with it")
    operator = sending.command(hub, OFFICE)
    words = [_short(Path(word)) for word in operator]
    telling.stay(hub.url, sign_ins, words, fingerprint, _short(hub.data))


def _sent(package: Package) -> None:
    from ipshare.ops.demo.sending import folder_of  # noqa: PLC0415

    size = plural.sized(package.path.stat().st_size)
    print(f"  {folder_of(package)}/{package.path.name}  {size}", flush=True)


def _authorize(hub: Hub, *, at: datetime) -> tuple[str, str, View]:
    """The third party's credentials and what it may see; a secret is shown once, so it keeps its own."""
    from ipshare.domain.authorization import Conditions  # noqa: PLC0415
    from ipshare.domain.group import Restriction  # noqa: PLC0415
    from ipshare.domain.office import Right  # noqa: PLC0415
    from ipshare.share import authorizations, authorized  # noqa: PLC0415
    from ipshare.store.models.sharing import Authorization  # noqa: PLC0415

    kept = hub.data / "jpo.json"
    held = Authorization.objects.filter(office_id=OFFICE, third_party__name=THIRD_PARTY).first()
    if held is None:
        held, client, secret = authorizations.add_third_party(
            OFFICE, THIRD_PARTY, "Japan Patent Office", by=_BY, at=at
        )
        credentials = {"client_id": client.client_id, "secret": secret}
    elif kept.exists():
        credentials = json.loads(kept.read_text())
    else:
        secret = authorizations.rotate_secret(held, by=_BY, at=at)
        credentials = {"client_id": held.client.client_id, "secret": secret}
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(credentials))
    if held.version == 0:
        conditions = Conditions(
            rights=frozenset({Right.TRADEMARK, Right.PATENT}),
            excluded=Restriction.WITHOUT_STAKEHOLDERS.groups,
        )
        authorizations.save(held, conditions, by=_BY, reason="the demo's agreement", at=at)
    view = authorized.view_at(held, at)
    return credentials["client_id"], credentials["secret"], view


def _short(path: Path) -> str:
    """A path as seen from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
