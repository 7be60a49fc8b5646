"""Requests to the hub: the access token and its renewal, answers as streams, problems as errors with a remedy."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import urllib3
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from ipshare.client.trouble import AgainError, NothingSharedError, NotInStepError, PullError

CHUNK = 256 * 1024
EARLY = 60.0
"""Seconds before its end at which an access token is renewed."""
_TIMEOUT = urllib3.Timeout(connect=15, read=120)
_HERE = {"localhost", "127.0.0.1", "::1"}
_OK, _UNAUTHORIZED, _FORBIDDEN, _TOO_MANY, _TROUBLE = 200, 401, 403, 429, 500
_MEANT = {"no-authorization": NothingSharedError, "not-in-step": NotInStepError}


class Body(Protocol):
    """An answer's bytes, as they come."""

    def __call__(self) -> Iterator[bytes]:
        """The pieces; ``AgainError`` where the connection breaks."""


class Hub:
    """The API of a hub, for one client."""

    def __init__(self, url: str, client_id: str, secret: str) -> None:
        """``url`` is the hub's address, e.g. https://hub.example."""
        self.url = address(url)
        self.client_id = client_id
        self._secret = secret
        self._token = ""
        self._until = 0.0
        self._pool = urllib3.PoolManager(maxsize=1, retries=False, timeout=_TIMEOUT)

    def read(self, path: str, **query: str) -> Any:
        """A JSON answer, whole."""
        with self.stream(path, "application/json", query) as pieces:
            body = b"".join(pieces())
        try:
            return msgspec.json.decode(body)
        except msgspec.DecodeError as strange:
            raise AgainError(f"{path} did not answer with JSON") from strange

    @contextmanager
    def stream(self, path: str, accept: str, query: Mapping[str, str]) -> Iterator[Body]:
        """An answer as it comes; a refused access token is renewed once."""
        answer = self._get(path, accept, query)
        if answer.status == _UNAUTHORIZED:
            answer.drain_conn()
            self._until = 0.0
            answer = self._get(path, accept, query)
        with _closing(answer):
            if answer.status != _OK:
                raise _refused(path, answer)
            yield lambda: _pieces(answer)

    def _get(self, path: str, accept: str, query: Mapping[str, str]) -> BaseHTTPResponse:
        if time.monotonic() > self._until:
            self._renew()
        target = f"{path}?{urlencode(query)}" if query else path
        return self._send(
            "GET", target, {"Authorization": f"Bearer {self._token}", "Accept": accept}
        )

    def _renew(self) -> None:
        """A new access token (RFC 6749 §4.4); the secret leaves this process here only."""
        pair = f"{quote(self.client_id, safe='')}:{quote(self._secret, safe='')}"
        headers = {
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer = self._send("POST", "/oauth/token", headers, b"grant_type=client_credentials")
        with _closing(answer):
            if answer.status in {400, 401}:
                raise PullError(
                    f"{self.url} does not accept this client id and secret; the office's portal shows the id "
                    "(App-client-id) and makes a new secret"
                )
            if answer.status != _OK:
                raise _refused("/oauth/token", answer)
            try:
                given = msgspec.json.decode(b"".join(_pieces(answer)))
                self._token = str(given["access_token"])
                lasts = float(given.get("expires_in", EARLY * 2))
            except (msgspec.DecodeError, KeyError, TypeError, ValueError) as strange:
                raise PullError(
                    f"{self.url}/oauth/token does not answer as a hub does; check the URL"
                ) from strange
        self._until = time.monotonic() + max(lasts - EARLY, lasts / 2)

    def _send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> BaseHTTPResponse:
        try:
            return self._pool.request(
                method,
                f"{self.url}{target}",
                headers=headers,
                body=body,
                preload_content=False,
                redirect=False,
            )
        except urllib3.exceptions.SSLError as trouble:
            raise PullError(
                f"the certificate of {self.url} cannot be trusted ({trouble}); check the URL, or let this "
                "machine know the certificate's issuer (SSL_CERT_FILE)"
            ) from trouble
        except HTTPError as trouble:
            raise AgainError(f"{self.url} does not answer ({_short(trouble)})") from trouble


def address(url: str) -> str:
    """The hub's address without a slash at its end; refuses one that would send the secret in clear."""
    parts = urlsplit(url if "//" in url else f"https://{url}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username:
        raise PullError(f"{url!r} is no address of a hub; give it as https://hub.example")
    if parts.scheme == "http" and parts.hostname not in _HERE:
        raise PullError(
            f"{url} would send the secret in clear; give the hub's https:// address (http:// is for a hub "
            "on this machine)"
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


@contextmanager
def _closing(answer: BaseHTTPResponse) -> Iterator[None]:
    """Give a connection back where its answer was read to the end, else close it."""
    try:
        yield
    except BaseException:
        answer.close()
        raise
    finally:
        answer.release_conn()


def _pieces(answer: BaseHTTPResponse) -> Iterator[bytes]:
    try:
        yield from answer.stream(CHUNK)
    except HTTPError as trouble:
        raise AgainError(f"the answer was cut ({_short(trouble)})") from trouble


def _refused(path: str, answer: BaseHTTPResponse) -> Exception:
    """The error of an answer that is not the one asked for."""
    body = b"".join(_pieces(answer))
    try:
        said: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        said = {}
    code, detail = str(said.get("code", "")), str(said.get("detail", ""))
    words = f"{path} answered {answer.status}{f' {code}' if code else ''}{f': {detail}' if detail else ''}"
    if answer.status == _TOO_MANY or answer.status >= _TROUBLE:
        return AgainError(words, wait=_asked_wait(answer.headers.get("Retry-After", "")))
    if code in _MEANT:
        return _MEANT[code](detail)
    remedy = ""
    if code == "cursor-not-valid":
        remedy = "; with --restart the copy is emptied and read again from the beginning"
    elif location := answer.headers.get("Location"):
        remedy = f"; use the address {location} instead"
    elif answer.status == _FORBIDDEN:
        remedy = "; ask the office"
    elif not said:
        remedy = "; is this the address of a hub?"
    return PullError(words + remedy)


def _asked_wait(header: str) -> float | None:
    """Seconds of a Retry-After header (RFC 9110 §10.2.3): a number, or a date."""
    if header.isdigit():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _short(trouble: Exception) -> str:
    reason = getattr(trouble, "reason", None) or trouble
    return str(reason).rpartition(": ")[2] or type(trouble).__name__
