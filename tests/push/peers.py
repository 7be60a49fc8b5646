"""The other end of push: real peers on free ports, each in a process or thread of its own."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
SERVERS = ("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server")  # fmt: skip
WEED = Path(sys.executable).with_name("weed")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, seconds=60):
    """Until something listens."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the peer has ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        threading.Event().wait(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


def ended(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(20)


@dataclass
class S3:
    """SeaweedFS's S3 gateway."""

    endpoint: str
    access_key_id: str = "AK"
    secret: str = "SK"


@contextmanager
def seaweed(folder):
    """An S3-compatible server; buckets come with their first object."""
    identity = {
        "name": "jpo",
        "credentials": [{"accessKey": "AK", "secretKey": "SK"}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    grpc = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    flags = [f"-{name}.port={port}" for name, port in ports.items()]
    flags += [f"-{name}.port.grpc={port}" for name, port in grpc.items()]
    flags += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.port.https=0"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [WEED, "server", f"-dir={folder}", "-s3", f"-s3.config={folder}/s3.json", "-ip=127.0.0.1",
             "-ip.bind=127.0.0.1", "-volume.max=16", "-master.volumeSizeLimitMB=64", *flags],
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        wait_for(ports["s3"], process)
        yield S3(f"http://127.0.0.1:{ports['s3']}")
    finally:
        process.kill()  # asked to end it takes longer than anybody waits
        process.wait()


@dataclass
class Ssh:
    """OpenSSH's server, and the folder that it lets the hub write to."""

    port: int
    host_key: str
    folder: Path
    authorized: Path
    username: str = field(default_factory=getpass.getuser)

    def let_in(self, public_key):
        self.authorized.write_text(public_key + "\n")

    def address(self):
        return {
            "host": "127.0.0.1", "port": self.port, "username": self.username,
            "host_key": self.host_key, "folder": str(self.folder),
        }  # fmt: skip


@contextmanager
def openssh(folder):
    """sshd with its sftp-server; keys are let in by ``let_in``."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "host"], check=True
    )
    (folder / "tree").mkdir()
    (folder / "authorized").write_text("")
    port = free_port()
    server = next((one for one in SERVERS if Path(one).exists()), "internal-sftp")
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile {folder}/pid\n"
        f"AuthorizedKeysFile {folder}/authorized\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n"
        f"Subsystem sftp {server}\n"
    )
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    process = subprocess.Popen([SSHD, "-D", "-f", folder / "config", "-E", folder / "log"])
    try:
        wait_for(port, process)
        host_key = (folder / "host.pub").read_text().strip()
        yield Ssh(port, host_key, folder / "tree", folder / "authorized")
    finally:
        ended(process)


class _Answering(socketserver.StreamRequestHandler):
    """One request, answered as the endpoint says at present."""

    def handle(self):
        end = self.server.endpoint
        headers = {}
        first = self.rfile.readline().decode()
        while line := self.rfile.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if end.behave == "hang":
            end.stop.wait(60)
            return
        wanted, body = int(headers.get("content-length", 0)), b""
        while len(body) < wanted:
            if end.behave == "slow":
                end.reading.set()
                end.stop.wait(0.1)
            piece = self.rfile.read1(
                min(4096 if end.behave == "slow" else 1 << 20, wanted - len(body))
            )
            if not piece:
                end.cut.append(len(body))
                end.was_cut.set()
                return
            body += piece
        end.got.append((first.split()[1], headers, body))
        if end.behave == "close":
            return
        end.accepted.setdefault(headers.get("webhook-id"), body)
        if end.behave == "lose":
            return
        status = end.behave if isinstance(end.behave, int) else 200
        if isinstance(end.behave, bytes):
            self.wfile.write(end.behave)
            return
        more = "".join(f"{name}: {value}\r\n" for name, value in end.headers.items())
        content = end.pages.get(first.split()[1], b"")
        self.wfile.write(
            f"HTTP/1.1 {status} -\r\nConnection: close\r\nContent-Length: {len(content)}\r\n{more}\r\n".encode()
            + content
        )


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_):
        """A cut connection is what these tests are about."""
        self.endpoint.was_cut.set()


@dataclass
class Endpoint:
    """An HTTP server that keeps what it gets; ``behave``: ok, a status, hang, slow, close, lose, or bytes to answer."""

    port: int = 0
    behave: object = "ok"
    headers: dict = field(default_factory=dict)
    pages: dict = field(default_factory=dict)
    got: list = field(default_factory=list)
    accepted: dict = field(default_factory=dict)
    cut: list = field(default_factory=list)
    was_cut: threading.Event = field(default_factory=threading.Event)
    reading: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/inbox"


@contextmanager
def endpoint():
    """An HTTP endpoint in a thread."""
    end = Endpoint()
    with _Server(("127.0.0.1", 0), _Answering) as server:
        server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        server.endpoint = end
        end.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        try:
            yield end
        finally:
            end.stop.set()
            server.shutdown()
