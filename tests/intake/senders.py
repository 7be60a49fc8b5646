"""A machine of an office, with its API client and its access token."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from ipshare.accounts import senders
from ipshare.domain.office import Right
from ipshare.store.models.accounts import Office
from share.histories import AT, Comparing

BODY = "application/offset+octet-stream"


@dataclass
class Sender:
    """What a machine has to send with."""

    client: object
    secret: str
    browser: Comparing
    token: str = ""

    def sign_in(self):
        """The client-credentials exchange."""
        basic = base64.b64encode(f"{self.client.client_id}:{self.secret}".encode()).decode()
        answer = self.browser.post(
            "/oauth/token",
            {"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {basic}"},
        )
        assert answer.status_code == 200, answer.content
        self.token = answer.json()["access_token"]
        assert answer.json()["scope"] == "send"
        return self

    def ask(self, method, address, body=b"", content_type="application/octet-stream", **headers):
        """One request with the token."""
        given = {"Authorization": f"Bearer {self.token}", **headers}
        return self.browser.generic(method, address, body, content_type=content_type, headers=given)

    def get(self, address, **headers):
        """Read an address."""
        return self.ask("GET", address, **headers)

    def put(
        self,
        content,
        name="KH_TM_Updates_20261127.zip",
        right="trademark",
        kind="Updates",
        **headers,
    ):
        """A whole file, with its length."""
        address = f"/api/v1/submissions/{right}/{kind}/{name}"
        return self.ask("PUT", address, content, **{"Content-Length": str(len(content)), **headers})

    def tus(self, method, address, body=b"", **headers):
        """One request of tus."""
        return self.ask(method, address, body, BODY, **{"Tus-Resumable": "1.0.0", **headers})

    def begin(self, content, **metadata):
        """Announce a file."""
        said = {
            "filename": "KH_TM_Updates_20261127.zip",
            "right": "trademark",
            "kind": "Updates",
            "sha256": hashlib.sha256(content).hexdigest(),
            **metadata,
        }
        pairs = (
            f"{key} {base64.b64encode(value.encode()).decode()}"
            for key, value in said.items()
            if value
        )
        headers = {"Upload-Length": str(len(content)), "Upload-Metadata": ",".join(pairs)}
        return self.tus("POST", "/api/v1/submissions", **headers)

    def append(self, where, offset, body, **headers):
        """Send some bytes."""
        return self.tus("PATCH", where, body, **{"Upload-Offset": str(offset), **headers})


def a_sender(office, rights=tuple(Right), name="export server"):
    """A client of an office that has signed in."""
    client, _, text = senders.add(
        Office.objects.get(code=office), name, rights, by="officer", at=AT
    )
    return Sender(client, text, Comparing()).sign_in()
