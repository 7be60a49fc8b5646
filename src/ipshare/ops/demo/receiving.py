"""The third party's side: an access token, then its feed to the end, over HTTP and nothing else."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ipshare.ops.refusal import RefusalError


@dataclass(slots=True)
class Received:
    """What came, as the third party's own store holds it in the end."""

    records: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    withdrawn: int = 0
    bytes: int = 0
    pages: int = 0
    whoami: dict[str, Any] = field(default_factory=dict)

    def rights(self) -> Counter[str]:
        """How many live records of each right."""
        return Counter(right for _, right, _ in self.records)

    def elements(self, name: str) -> int:
        """In how many records an element of this name occurs, however deep."""
        return sum(_holds(record, name) for record in self.records.values())


def token(url: str, client_id: str, secret: str) -> str:
    """An OAuth2 access token by client credentials (RFC 6749, 4.4)."""
    pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    body = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": "read"}).encode()
    answer = _ask(f"{url}/oauth/token", {"Authorization": f"Basic {pair}"}, body)
    return str(json.loads(answer)["access_token"])


def pull(url: str, access: str) -> Received:
    """The feed from the beginning to its end."""
    headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
    received = Received(whoami=json.loads(_ask(f"{url}/api/v1/whoami", headers)))
    after = ""
    while True:
        query = f"?after={urllib.parse.quote(after)}" if after else ""
        body = _ask(f"{url}/api/v1/changes{query}", headers)
        page = json.loads(body)
        received.bytes += len(body)
        received.pages += 1
        for item in page["items"]:
            _apply(received, item)
        after = page["next"]
        if not page["more"]:
            return received


def _apply(received: Received, item: dict[str, Any]) -> None:
    if item["type"] == "put":
        received.records[(item["office"], item["right"], item["number"])] = item["record"]
    elif item["type"] == "withdraw":
        received.withdrawn += 1
        received.records.pop((item["office"], item["right"], item["number"]), None)


def _ask(url: str, headers: dict[str, str], body: bytes | None = None) -> bytes:
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 (the hub)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return bytes(answer.read())
    except urllib.error.HTTPError as trouble:
        said = trouble.read().decode("utf-8", "replace")
        raise RefusalError(f"{url} answered {trouble.code}: {said[:300]}") from trouble


def _holds(tree: Any, name: str) -> bool:
    if isinstance(tree, dict):
        return name in tree or any(_holds(value, name) for value in tree.values())
    return isinstance(tree, list) and any(_holds(value, name) for value in tree)
