"""Uploads over SFTP with the OpenSSH client, as an office's own machine does it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from ipshare.domain.office import root_folder
from ipshare.intake import sftp
from ipshare.ops.demo import cast
from ipshare.ops.demo.hub import HOST, Hub
from ipshare.ops.refusal import RefusalError
from ipshare.ops.sample.package import Package
from ipshare.store.models.submissions import Submission


def folder_of(package: Package) -> str:
    """The folder of the SFTP tree that a package goes to."""
    return f"/{root_folder(package.office)}/{package.right.folder}/{package.kind}"


def command(hub: Hub, code: str | None, *options: str) -> list[str]:
    """The sftp command that an office's machine runs, trusting the hub's kept host key and no other."""
    known = hub.data / "keys" / "known_hosts"
    user = root_folder(code) if code else cast.OPERATOR
    return [
        "sftp",
        "-q",
        *options,
        "-P",
        str(hub.sftp_port),
        "-i",
        str(cast.key_file(hub.data, code)),
        "-o",
        f"UserKnownHostsFile={known}",
        "-o",
        "IdentitiesOnly=yes",
        f"{user}@{HOST}",
    ]


def trust(hub: Hub) -> str:
    """Write the hub's host key for the client; its fingerprint, which an office compares."""
    private = sftp.host_key(hub.data)
    show = ["ssh-keygen", "-y", "-f", str(private)]
    made = subprocess.run(show, check=True, capture_output=True, text=True)  # noqa: S603
    known = hub.data / "keys" / "known_hosts"
    known.write_text(f"[{HOST}]:{hub.sftp_port} {made.stdout.strip()}\n")
    return sftp.host_fingerprint(hub.data)


def waiting(packages: list[Package]) -> list[Package]:
    """Those that were not sent before."""
    return [one for one in packages if not _is_there(one)]


def send(hub: Hub, packages: list[Package], sent: Callable[[Package], None]) -> None:
    """Put each package into its folder, one connection per office."""
    for code in sorted({package.office for package in packages}):
        these = [one for one in packages if one.office == code]
        batch = "".join(
            f'put "{one.path}" "{folder_of(one)}/{one.path.name}.part"\n'
            f'rename "{folder_of(one)}/{one.path.name}.part" "{folder_of(one)}/{one.path.name}"\n'
            for one in these
        )
        done = subprocess.run(  # noqa: S603 (our own words)
            command(hub, code, "-b", "-"), input=batch, capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["it said nothing"]
            raise RefusalError(f"sftp for {code} ended with {done.returncode}: {said[-1]}")
        for one in these:
            sent(one)


def _is_there(package: Package) -> bool:
    return Submission.objects.filter(
        office_id=package.office,
        right=package.right,
        kind=package.kind,
        name=package.path.name,
        size=package.path.stat().st_size,
    ).exists()
