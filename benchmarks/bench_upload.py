"""Measures an upload in the browser's way: a real tus client against ``ipshare web``, its speed and its memory.

``python benchmarks/bench_upload.py [--mib 2048] [--piece 32]`` prints MiB/s and the largest resident set of any web
process while the file came in, and while nothing did. The client alone keeps a core busy.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent.parent


def make_zip(path: Path, mib: int) -> None:
    with (
        zipfile.ZipFile(path, "w") as archive,
        archive.open("README", "w", force_zip64=True) as member,
    ):
        for _ in range(mib):
            member.write(os.urandom(2**20))


def hub(folder: Path) -> tuple[subprocess.Popen[bytes], str, dict[str, str]]:
    """A web process with an office KH, and the headers of somebody of it who has signed in."""
    sys.path.insert(0, str(HERE / "src"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ["IPSHARE_DATA"] = str(folder / "hub")
    os.environ["IPSHARE_HTTP_PORT"] = str(port)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ipshare.config.settings")
    from ipshare.ops import embedded

    os.environ["DATABASE_URL"] = embedded.start(folder / "hub")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from ipshare.accounts import people
    from ipshare.store.models.accounts import Office

    call_command("migrate", verbosity=0)
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    now = timezone.now()  # noqa: TID251 (a command reads the clock)
    Office.objects.create(code="KH", name="Cambodia", created_at=now)
    person = people.add("sokha@moc.example", "Chan Sokha", "KH", "temple bells at seven", now)
    client = Client()
    client.force_login(person)
    client.get("/uploads/kh", headers={"Host": "localhost"})
    cookies = {name: client.cookies[name].value for name in ("sessionid", "csrftoken")}
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies["csrftoken"],
    }
    process = subprocess.Popen([sys.executable, "-m", "ipshare", "web"], env=os.environ.copy())
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    return process, f"http://127.0.0.1:{port}", headers


class Memory:
    """The largest resident set of any of the processes, looked at all the time."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        root = psutil.Process(process.pid)
        self.family = [root, *root.children(recursive=True)]
        self.most = 0
        self.done = False
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self.done:
            self.most = max(self.most, *(one.memory_info().rss for one in self.family))
            time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=2048)
    parser.add_argument("--piece", type=int, default=32, help="MiB of one request; 0: all in one")
    chosen = parser.parse_args()
    from tusclient.client import TusClient

    with tempfile.TemporaryDirectory(prefix="bench-upload-") as name:
        folder = Path(name)
        file = folder / "KH_TM_Updates_20261127.zip"
        make_zip(file, chosen.mib)
        process, url, headers = hub(folder)
        from ipshare.ops import embedded

        try:
            client = TusClient(f"{url}/uploads/kh/files", headers=headers)
            metadata = {"filename": file.name, "right": "trademark", "kind": "Updates"}
            for warm in range(4):  # each process has answered once
                small = folder / f"{warm}.zip"
                make_zip(small, 1)
                client.uploader(str(small), metadata={**metadata, "filename": small.name}).upload()
            memory = Memory(process)
            time.sleep(0.5)
            idle = memory.most
            size = file.stat().st_size
            piece = chosen.piece * 2**20 or size
            began = time.perf_counter()
            send(client, headers, file, metadata, piece)
            took = time.perf_counter() - began
            memory.done = True
            print(f"{size / 2**20:.0f} MiB in {took:.1f} s: {size / 2**20 / took:.0f} MiB/s; "
                  f"largest web process {memory.most / 2**20:.0f} MiB, before {idle / 2**20:.0f} MiB")  # fmt: skip
        finally:
            process.terminate()
            process.wait(60)
            embedded.leave(folder / "hub")


def send(client, headers, file, metadata, piece) -> None:
    """By tuspy; a request larger than its memory should hold, by the file itself as the body."""
    if piece < 2**30:
        client.uploader(str(file), metadata=metadata, chunk_size=piece).upload()
        return
    import requests

    where = client.uploader(str(file), metadata=metadata).create_url()
    head = {
        **headers,
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
    }
    with file.open("rb") as body:
        answer = requests.patch(where, data=body, headers=head, timeout=600)
    assert answer.status_code == 204, answer.text


if __name__ == "__main__":
    main()
