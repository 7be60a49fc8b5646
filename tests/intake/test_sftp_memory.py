"""What clients ask for and do not take costs the door little memory, however much of it there is."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest
from paramiko import sftp as wire

from intake.packages import package
from intake.sftp_clients import KEYS, UPDATES, connected, free_of_writers, wait_for
from ipshare.intake import answers

MIB = 1024 * 1024
PART = f"{UPDATES}/a.zip.part"
FILE = f"{UPDATES}/a.zip"
MUCH = 48 * MIB
"""More than one session may cost; less than what is asked for here."""


class Line(socket.socket):
    """A connection whose other end is not read while its gate is shut."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.connect(("127.0.0.1", port))

    def recv(self, *args):
        self.gate.wait(60)
        return super().recv(*args)


@contextmanager
def session(server, window):
    """An SFTP session of XA, and its line; the hub may send so many bytes before the client takes any."""
    line = Line(server.port)
    transport = paramiko.Transport(line, default_window_size=window)
    try:
        key = paramiko.Ed25519Key.from_private_key_file(str(KEYS[0] / "ipob_xa"))
        transport.connect(username="ipob_xa", pkey=key)
        channel = transport.open_session(window_size=window, max_packet_size=32 * 1024)
        channel.invoke_subsystem("sftp")
        yield paramiko.SFTPClient(channel), line
    finally:
        line.gate.set()
        transport.close()


def fill(client, path, size):
    with client.open(path, "wb") as file:
        file.set_pipelined()
        file.write(b"PK" * (size // 2))


def ask(client, file, offset, size):
    """Send a request to read, and do not wait for the answer."""
    message = paramiko.Message()
    message.add_int(7)
    message.add_string(file.handle)
    message.add_int64(offset)
    message.add_int(size)
    client._send_packet(wire.CMD_READ, message)


def forget_the_peak(server):
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5", "ascii")
    return _status(server, "VmRSS")


def peak(server):
    return _status(server, "VmHWM")


def _status(server, name):
    text = Path(f"/proc/{server.process.pid}/status").read_text("ascii")
    return int(text.split(f"{name}:")[1].split()[0]) * 1024


@pytest.mark.parametrize(
    ("window", "shut"),
    [(64 * 1024, False), (2**31 - 1, True)],
    ids=["the client takes no more bytes", "the client reads nothing off the line"],
)
def test_answers_that_nobody_takes_do_not_pile_up(server, window, shut):
    with session(server, window) as (client, line), connected(server) as other:
        fill(client, PART, 4 * MIB)
        with client.open(PART, "rb") as file:
            before = forget_the_peak(server)
            if shut:
                line.gate.clear()
            for _ in range(40):
                ask(client, file, 0, 4 * MIB)
            for _ in range(100):  # others are served meanwhile
                other.stat(PART)
            line.gate.set()
            for _ in range(40):
                kind, data = client._read_packet()
                assert (kind, len(data)) == (wire.CMD_DATA, 4 * MIB + 8)
        assert peak(server) - before < MUCH


def test_who_goes_while_answers_wait_leaves_nothing_held(server):
    with session(server, 64 * 1024) as (client, line):
        file = client.open(PART, "w+b")
        file.set_pipelined()
        file.write(bytes(4 * MIB))
        file.flush()
        client.stat(PART)
        for _ in range(10):
            ask(client, file, 0, 4 * MIB)
        line.shutdown(socket.SHUT_RDWR)
    assert wait_for(lambda: free_of_writers(server.uploads)) == 4 * MIB


def test_one_answer_has_a_greatest_size(server, xa):
    content = package(1, 3 * answers.AHEAD)
    with xa.open(FILE, "wb") as file:
        file.set_pipelined()
        file.write(content)
    with xa.open(FILE, "rb") as file:
        before = forget_the_peak(server)
        ask(xa, file, 0, 2**32 - 1)
        kind, data = xa._read_packet()
    assert kind == wire.CMD_DATA
    assert data[8:] == content[: answers.AHEAD]
    assert peak(server) - before < 2 * MUCH


def test_many_open_files_are_not_each_read_far_ahead(server, xa):
    content = package(1, 5 * MIB)
    with xa.open(FILE, "wb") as file:
        file.set_pipelined()
        file.write(content)
    before = forget_the_peak(server)
    files = [xa.open(FILE, "rb") for _ in range(60)]
    for file in files:
        assert file.read(100) == content[:100]
    assert peak(server) - before < MUCH
    assert files[0].read(1000) == content[100:1100]
