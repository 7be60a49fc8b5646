"""What lies between a client and the hub: passes requests on, and breaks, stalls or refuses when it is told to."""

from __future__ import annotations

import contextlib
import http.client
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Wire:
    """A forwarder in front of a hub; ``plan`` says what happens to the next requests for changes, in turn.

    ``("cut", n)``: the connection breaks after n bytes of the body; ``("pause", n)``: nothing more comes after n
    bytes until ``go_on`` is set (``stalled`` tells that it is so); ``("stall", n)``: then the connection breaks, for
    what a killed hub had sent may all lie in the sockets' buffers; ``("answer", status, headers)``.
    """

    def __init__(self, port, *, limit=None):
        self.plan = queue.SimpleQueue()
        self.limit = limit
        self.asked = []
        self.stalled = threading.Event()
        self.go_on = threading.Event()
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                wire.pass_on(self, port)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()

    def step(self, path):
        if not path.startswith("/api/v1/changes"):
            return ("pass",)
        self.asked.append(path)
        try:
            return self.plan.get_nowait()
        except queue.Empty:
            return ("pass",)

    def pass_on(self, handler, port):
        step = self.step(handler.path)
        if step[0] == "answer":
            handler.send_response(step[1])
            for name, value in {**step[2], "Content-Length": "0"}.items():
                handler.send_header(name, value)
            handler.end_headers()
            return
        handler.close_connection = True
        with contextlib.suppress(OSError, http.client.HTTPException):
            hub = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            with contextlib.closing(hub):
                self._relay(handler, hub, step)

    def _relay(self, handler, hub, step):
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        path = handler.path
        if self.limit:
            path = path.replace("limit=5000", f"limit={self.limit}")
        hub.request(handler.command, path, body, dict(handler.headers))
        answer = hub.getresponse()
        handler.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "content-length", "connection"}:
                handler.send_header(name, value)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.send_header("Connection", "close")
        handler.end_headers()
        sent = 0
        while piece := answer.read(100):
            if step[0] != "pass" and sent >= step[1]:
                handler.wfile.flush()
                if step[0] == "cut":
                    return
                self.stalled.set()
                assert self.go_on.wait(60)
                if step[0] == "stall":
                    return
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            sent += len(piece)
        handler.wfile.write(b"0\r\n\r\n")
