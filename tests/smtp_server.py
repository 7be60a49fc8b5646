"""A mail server for tests: real SMTP over a real socket, in threads; what it took is in ``letters``."""

from __future__ import annotations

import base64
import email
import email.policy
import socketserver
import threading
from contextlib import contextmanager, suppress


class MailServer(socketserver.ThreadingTCPServer):
    """Takes letters. ``answers`` gives the reply to an address that is not simply taken; ``hang`` answers nothing."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.letters, self.users, self.answers = [], [], {}
        self.arrived = threading.Condition()
        self.hang = threading.Event()
        self.released = threading.Event()

    @property
    def port(self):
        return self.server_address[1]

    def wait(self, count, seconds=30):
        """The letters, when there are at least so many."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.letters) >= count, seconds), self.letters
        return self.letters

    def to(self, address):
        """The letters to one address, in the order in which they came."""
        return [one for one in self.letters if one["To"] == address]


class Dialogue(socketserver.StreamRequestHandler):
    """One connection: RFC 5321, as much of it as a client needs."""

    timeout = 30

    def handle(self):
        with suppress(ConnectionError):  # a client that is killed
            self._talk()

    def _talk(self):
        if self.server.hang.is_set():
            self.server.released.wait(30)
            return
        self.say("220 mail.example ESMTP")
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            if not self.answer(verb.upper(), rest):
                return

    def answer(self, verb, rest):
        if verb == "EHLO":
            self.say("250-mail.example\r\n250-8BITMIME\r\n250 AUTH PLAIN")
        elif verb == "AUTH":
            _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
            self.server.users.append((user, password))
            self.say("235 welcome")
        elif verb == "RCPT":
            address = rest.partition("<")[2].rstrip(">").partition(">")[0]
            self.say(self.server.answers.get(address, "250 ok"))
        elif verb == "DATA":
            self.say("354 go on")
            lines = iter(self.rfile.readline, b".\r\n")
            raw = b"".join(
                one.removeprefix(b".") if one.startswith(b"..") else one for one in lines
            )
            with self.server.arrived:
                self.server.letters.append(
                    email.message_from_bytes(raw, policy=email.policy.default)
                )
                self.server.arrived.notify_all()
            self.say("250 taken")
        elif verb == "QUIT":
            self.say("221 bye")
            return False
        else:
            self.say("250 ok" if verb in {"MAIL", "RSET", "NOOP", "HELO"} else "502 not known")
        return True

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server():
    """One that runs."""
    with MailServer() as server:
        running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        running.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            running.join()
