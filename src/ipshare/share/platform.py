"""The central WIPO data platform, where there is one: what it offers, and whether it is available now.

No description of the platform's services is published. What is relied on here are WIPO's conventions for
published services alone: an OpenAPI 3.0.x document that says in ``x-oas-url`` where it is published, in
``servers`` where the services answer, and, if it has one, a path that ends in ``/health``. The hub asks only
before it delivers to the platform, in that destination's own turn, with little patience: nothing waits for it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import msgspec
import urllib3
from django.conf import settings

from ipshare.domain.delivery import PushError, Trouble
from ipshare.store.models.deliveries import Destination

PATIENCE = 3.0
"""Seconds that the platform may take to answer."""
REMEMBERED = 60.0
"""Seconds for which an answer holds."""
_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What the platform's document says. ``health`` is an address, or empty where it names none."""

    title: str
    version: str
    published_at: str
    servers: tuple[str, ...]
    health: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Whether the platform can be used now, and why not in words."""

    available: bool
    words: str
    description: Description | None = None


class _Info(msgspec.Struct):
    title: str = ""
    version: str = ""


class _Server(msgspec.Struct):
    url: str = ""


class _Document(msgspec.Struct):
    openapi: str
    info: _Info
    paths: dict[str, dict[str, msgspec.Raw]]
    servers: list[_Server] = []
    x_oas_url: str = msgspec.field(default="", name="x-oas-url")


_remembered: dict[str, tuple[float, Availability]] = {}


def look() -> Availability:
    """Whether the platform is available; the answer is remembered for a minute. Never raises."""
    url = settings.PLATFORM_URL
    if not url:
        return Availability(
            available=False, words="No platform is configured (IPSHARE_PLATFORM_URL)."
        )
    asked, found = _remembered.get(url, (0.0, None))
    if found is None or time.monotonic() - asked > REMEMBERED:
        found = _look(url)
        _remembered[url] = (time.monotonic(), found)
    return found


def ask(destination: Destination, *, at: datetime) -> None:
    """PushError where a destination is the platform's and the platform is not available."""
    if not settings.PLATFORM_URL:
        return
    given = destination.address.get("url") or destination.address.get("endpoint") or ""
    host = urlsplit(given).netloc or str(destination.address.get("host", ""))
    found = look()
    servers = found.description.servers if found.description else (settings.PLATFORM_URL,)
    if host in {urlsplit(server).netloc for server in servers} and not found.available:
        raise PushError(Trouble.UNAVAILABLE, found.words)


def _look(url: str) -> Availability:
    try:
        described = discover(url)
    except (urllib3.exceptions.HTTPError, OSError) as trouble:
        return Availability(
            available=False, words=f"The platform does not answer ({type(trouble).__name__})."
        )
    except ValueError as trouble:
        return Availability(available=False, words=str(trouble))
    if not described.health:
        return Availability(
            available=True, words="It names no health service.", description=described
        )
    try:
        status = _get(described.health)[0]
    except (urllib3.exceptions.HTTPError, OSError):
        status = 0
    healthy = status == 200  # noqa: PLR2004
    words = "It is available." if healthy else f"Its health service answers {status or 'nothing'}."
    return Availability(available=healthy, words=words, description=described)


def discover(url: str) -> Description:
    """What the document at an address says; ValueError where it is none that the hub knows how to read."""
    status, content = _get(url)
    if status != 200:  # noqa: PLR2004
        raise ValueError(f"The platform's document answers {status}.")
    try:
        document = msgspec.json.decode(content, type=_Document)
    except msgspec.DecodeError as trouble:
        raise ValueError("The platform's document is no OpenAPI document in JSON.") from trouble
    if not document.openapi.startswith("3.0."):
        raise ValueError(f"The platform's document is OpenAPI {document.openapi[:20]}, not 3.0.x.")
    servers = tuple(urljoin(url, server.url) for server in document.servers) or (urljoin(url, "/"),)
    path = next(
        (
            path
            for path, does in document.paths.items()
            if path.endswith("/health") and "get" in does
        ),
        None,
    )
    return Description(
        title=document.info.title,
        version=document.info.version,
        published_at=document.x_oas_url or url,
        servers=servers,
        health=f"{servers[0].rstrip('/')}{path}" if path else "",
    )


def _get(url: str) -> tuple[int, bytes]:
    """Status and content of an answer, of 4 MiB at most."""
    with urllib3.PoolManager(retries=False, timeout=PATIENCE) as pool:
        answer = pool.request("GET", url, preload_content=False, redirect=False)
        try:
            return answer.status, answer.read(_LARGEST)
        finally:
            answer.close()
