"""Measures an SFTP upload to the hub against OpenSSH's own server: same client, same file, same disk, loopback.

``python benchmarks/bench_sftp.py [--mib 256] [--rounds 3]`` prints both figures and the ratio, per round and of the
best of each. Run it on a machine that does nothing else: the client alone keeps a core busy. The hub does more than
OpenSSH for it: it hashes, looks at the zip directory, fsyncs, and commits a submission.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
SERVERS = (
    "/usr/lib/openssh/sftp-server",
    "/usr/libexec/openssh/sftp-server",
    "/usr/lib/ssh/sftp-server",
)
OPTIONS = ["-q", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
           "-o", "LogLevel=ERROR", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes"]  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nothing listens on port {port}")


def make_zip(path: Path, mib: int) -> None:
    """A stored zip of random bytes, other ones each time, so that nothing is repeated."""
    with (
        zipfile.ZipFile(path, "w") as archive,
        archive.open("data.bin", "w", force_zip64=True) as member,
    ):
        for _ in range(mib):
            member.write(os.urandom(2**20))


def openssh(folder: Path, key: Path) -> tuple[subprocess.Popen[bytes], int]:
    """OpenSSH's server with its defaults."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "host"], check=True
    )
    port = free_port()
    server = next((one for one in SERVERS if Path(one).exists()), "internal-sftp")
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile {folder}/pid\n"
        f"AuthorizedKeysFile {key}.pub\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nSubsystem sftp {server}\n",
        encoding="utf-8",
    )
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    process = subprocess.Popen(
        [SSHD, "-D", "-f", folder / "sshd_config", "-E", folder / "sshd.log"]
    )
    wait(port)
    return process, port


def hub(folder: Path, key: Path) -> tuple[subprocess.Popen[bytes], int]:
    """The hub's server with an office XA, whose account the key opens."""
    sys.path.insert(0, str(HERE / "src"))
    os.environ["IPSHARE_DATA"] = str(folder / "hub")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ipshare.config.settings")
    from ipshare.ops import embedded

    os.environ["DATABASE_URL"] = embedded.start(folder / "hub")
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from ipshare.accounts import keys, sftp
    from ipshare.store.models.accounts import Office

    call_command("migrate", verbosity=0)
    now = timezone.now()  # noqa: TID251 (a command reads the clock)
    Office.objects.create(code="XA", name="Office XA", created_at=now)
    keys.add(sftp.open_account("XA", at=now), Path(f"{key}.pub").read_text("utf-8"), "bench", now)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", "import django; django.setup(); from ipshare.intake import sftp; sftp.main()",
         "--port", str(port)],
        env={**os.environ, "PYTHONPATH": str(HERE / "src")},
    )  # fmt: skip
    wait(port)
    return process, port


def upload(  # noqa: PLR0917 (who sends what where)
    port: int, user: str, key: Path, file: Path, target: str, client: list[str]
) -> float:
    """Seconds for one ``put``, sign-in included."""
    start = time.perf_counter()
    subprocess.run(
        ["sftp", *OPTIONS, *client, "-i", key, "-P", str(port), "-b", "-", f"{user}@127.0.0.1"],
        input=f"put {file} {target}\n".encode(), stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    return time.perf_counter() - start


def measure(mib: int, rounds: int, client: list[str]) -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory(prefix="bench-sftp-") as name:
        folder = Path(name)
        (folder / "theirs").mkdir()
        key = folder / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        reference, their_port = openssh(folder, key)
        ours, our_port = hub(folder, key)
        times: dict[str, list[float]] = {"openssh": [], "hub": []}
        try:
            for number in range(rounds):
                file = folder / f"{number}.zip"
                make_zip(file, mib)
                kept = folder / "theirs" / file.name
                theirs = upload(their_port, getpass.getuser(), key, file, str(kept), client)
                target = f"/ipob_xa/Trademarks/Updates/{file.name}"
                mine = upload(our_port, "ipob_xa", key, file, target, client)
                times["openssh"].append(theirs)
                times["hub"].append(mine)
                print(f"round {number + 1}: OpenSSH {mib / theirs:6.0f} MiB/s   hub {mib / mine:6.0f} MiB/s   "
                      f"ratio {theirs / mine:.2f}", flush=True)  # fmt: skip
                kept.unlink()
                file.unlink()
        finally:
            for process in (ours, reference):
                process.send_signal(signal.SIGTERM)
                process.wait(60)
        best = {who: min(seconds) for who, seconds in times.items()}
    ratio = best["openssh"] / best["hub"]
    print(
        f"best:    OpenSSH {mib / best['openssh']:6.0f} MiB/s   hub {mib / best['hub']:6.0f} MiB/s   ratio {ratio:.2f}"
    )
    return [{"name": f"SFTP upload of {mib} MiB", "value": round(mib / best["hub"], 1), "unit": "MiB/s",
             "reference": round(mib / best["openssh"], 1), "ratio": round(ratio, 3)}]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument(
        "--client", nargs="*", default=[], help="further options of sftp, e.g. -c aes128-ctr"
    )
    chosen = parser.parse_args()
    figures = measure(chosen.mib, chosen.rounds, chosen.client)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
