"""OAuth2 client credentials (RFC 6749 §4.4): POST /oauth/token, and from an access token to its client.

Only this grant works. A client proves who it is by a secret or by a signed assertion. Secrets are kept
hashed, access tokens as their SHA-256 (the toolkit's ``token_checksum``), so neither can be read out of
the database. A token remembers the secret or key that it was got with, and ends with it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.views.base import TokenView
from oauthlib.oauth2 import BackendApplicationServer  # type: ignore[import-untyped]
from oauthlib.oauth2.rfc6749 import errors  # type: ignore[import-untyped]

from ipshare.accounts import assertions, clients
from ipshare.accounts.assertions import AssertionRefusedError
from ipshare.http import problem
from ipshare.http.problem import Problem
from ipshare.store import access
from ipshare.store.access import Allowed, Holder
from ipshare.store.models.credentials import ClientKey, ClientSecret, TokenSource
from ipshare.store.models.sharing import Client
from ipshare.trace import context

USED_EVERY = timedelta(minutes=1)
"""How exactly the last use of a client is noted."""
_PROOFS = ("client_id", "client_secret", "client_assertion", "client_assertion_type")
_COLUMNS = (
    "id", "client_id", "name", "authorization_id", "third_party_id", "office_id", "rights", "last_used_at",
)  # fmt: skip


class Validator(OAuth2Validator):
    """The toolkit's validator, narrowed to client credentials, our secrets and keys, and hashed tokens."""

    def _set_token_value(self, token_instance: Any, raw_token: str) -> None:
        token_instance._raw_token = raw_token  # noqa: SLF001 (the toolkit hashes and forgets it on save)
        token_instance.token = ""

    def authenticate_client(self, request: Any, *_args: Any, **_kwargs: Any) -> bool:
        """Whether the request proves, in one way, that it comes from a client that one of our offices made."""
        source = _source(request, timezone.now())
        if source is None:
            return False
        request.client, request.client_id = source.client, source.client.client_id
        request.source = source
        return True

    def _check_secret(self, *_args: Any, **_kwargs: Any) -> bool:
        """The toolkit's own column opens nothing."""
        return False

    def validate_grant_type(
        self,
        client_id: str,  # noqa: ARG002
        grant_type: str,
        client: Client,
        request: Any,  # noqa: ARG002
        *args: Any,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> bool:
        """Client credentials, by a client of an authorization, of a third party or of an office that is open."""
        sends = client.office is not None and client.office.active
        reads = client.authorization_id is not None or client.third_party_id is not None
        return grant_type == "client_credentials" and (reads or sends)

    def validate_scopes(
        self,
        client_id: str,
        scopes: Sequence[str],
        client: Client,
        request: Any,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """What the kind of a client is for; what it may do in particular is read at each request."""
        del client_id, request, args, kwargs
        return set(scopes) == set(_scopes(client))

    def get_default_scopes(
        self, client_id: str, request: Any, *_args: Any, **_kwargs: Any
    ) -> list[str]:
        """The same for a request that names none."""
        del client_id
        return _scopes(request.client)

    def _load_application(self, client_id: str | None, request: Any) -> Any:
        if client_id is None or "\0" in client_id:
            return None
        return super()._load_application(client_id, request)  # type: ignore[no-untyped-call]

    def validate_response_type(self, *_args: Any, **_kwargs: Any) -> bool:
        """There is no authorization endpoint."""
        return False

    def _save_bearer_token(
        self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any
    ) -> None:
        if request.source.expires_at is not None:
            left = int((request.source.expires_at - timezone.now()).total_seconds())
            token["expires_in"] = max(1, min(token["expires_in"], left))
        super()._save_bearer_token(token, request, *args, **kwargs)  # type: ignore[no-untyped-call]

    def _create_access_token(
        self, expires: Any, request: Any, token: Any, source_refresh_token: Any = None
    ) -> Any:
        made = super()._create_access_token(expires, request, token, source_refresh_token)  # type: ignore[no-untyped-call]
        secret = isinstance(request.source, ClientSecret)
        TokenSource.objects.create(token=made, **{"secret" if secret else "key": request.source})
        return made


def _scopes(client: Client) -> list[str]:
    return ["read"] if client.office_id is None else ["send"]


def _source(request: Any, at: datetime) -> ClientSecret | ClientKey | None:
    """The secret or key that a request for a token proves; None where it proves none."""
    if any(name in request.duplicate_params for name in _PROOFS):
        raise errors.InvalidRequestError("a parameter was given twice", request=request)
    basic = _basic(request)
    text, signed = request.client_secret, getattr(request, "client_assertion", None)
    if [basic is not None, bool(text), signed is not None].count(True) > 1:
        raise errors.InvalidRequestError(
            "prove who you are in one way: a secret in the header, in the body, or an assertion",
            request=request,
        )
    if signed is not None:
        return _by_assertion(request, signed, at)
    client_id, text = basic or (request.client_id or "", text or "")
    return clients.secret_of(client_id, text, at=at)


def _by_assertion(request: Any, signed: str, at: datetime) -> ClientKey | None:
    if getattr(request, "client_assertion_type", None) != assertions.TYPE:
        raise errors.InvalidRequestError(
            f"client_assertion_type must be {assertions.TYPE}", request=request
        )
    try:
        key = assertions.key_of(signed, at=at)
    except AssertionRefusedError as refused:
        raise errors.InvalidClientError(str(refused), request=request) from refused
    if key is None or request.client_id not in {None, key.client.client_id}:
        return None
    return key


def _basic(request: Any) -> tuple[str, str] | None:
    """Client id and secret of the header (RFC 6749 §2.3.1, form-encoded); empty ones where it cannot be read."""
    scheme, _, content = (request.headers.get("HTTP_AUTHORIZATION") or "").partition(" ")
    if not scheme:
        return None
    try:
        decoded = base64.b64decode(content, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    client_id, _, text = decoded.partition(":")
    return (unquote_plus(client_id), unquote_plus(text)) if scheme.lower() == "basic" else ("", "")


class Token(TokenView):
    """The token endpoint."""

    server_class = BackendApplicationServer
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """An access token for a client that proves its secret (Basic, or in the body) or signs an assertion."""
        if request.headers.get("Transfer-Encoding"):
            return _not_read("say the size of the body in Content-Length")
        try:
            sent = request.POST.lists()
        except (BadRequest, MultiPartParserError, SuspiciousOperation):
            return _not_read("send the parameters as application/x-www-form-urlencoded")
        if any("\0" in value for values in sent for value in values[1]):
            return _not_read("a parameter holds NUL")
        try:
            answer = self.authorization_flow_token_response(request)
        except Exception as trouble:  # noqa: BLE001 (logged; the client sees nothing of it)
            return problem.server_trouble(request, trouble, context.current())
        if answer.status_code == 401:  # noqa: PLR2004
            answer.headers["WWW-Authenticate"] = 'Basic realm="ipshare"'  # RFC 6749 5.2
        return answer

    def http_method_not_allowed(
        self, request: HttpRequest, *_args: Any, **_kwargs: Any
    ) -> HttpResponse:
        """Every other method."""
        del request
        return problem.response(problem.not_allowed("POST, OPTIONS"))


def _not_read(why: str) -> JsonResponse:
    return JsonResponse({"error": "invalid_request", "error_description": why}, status=400)


class SignedIn(NamedTuple):
    """A client that has shown its access token, and each authorization that it may use at present."""

    client: Client
    allowed: Sequence[Allowed]


def signed_in(request: HttpRequest, *, at: datetime | None = None) -> SignedIn:
    """Who the request's access token is of; the problem 401 where it is of nobody."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Problem(
            "token-missing",
            "send the header Authorization: Bearer with an access token of POST /oauth/token",
            {"WWW-Authenticate": 'Bearer realm="ipshare"'},
        )
    at = at or timezone.now()
    checksum = sha256(token.strip().encode("utf-8", "surrogateescape")).hexdigest()
    holder = access.by_checksum(checksum, at=at)
    if holder is None or not _meant_for(holder, request):
        raise Problem(
            "token-not-valid",
            "get a new access token with the client's id and secret at POST /oauth/token",
            {"WWW-Authenticate": 'Bearer realm="ipshare", error="invalid_token"'},
        )
    client = Client.from_db("default", _COLUMNS, holder.of_client)
    client.signed_in_by = holder.token
    if client.last_used_at is None or at - client.last_used_at > USED_EVERY:
        Client.objects.filter(pk=client.pk).update(last_used_at=at)
    return SignedIn(client, holder.allowed)


def goes_on(client: Client, *, at: datetime) -> Sequence[Allowed] | None:
    """What a client may use now whose request is being answered; None where its access token is not good any more."""
    if client.signed_in_by is None:
        return None
    holder = access.by_token(client.signed_in_by, at=at)
    return None if holder is None else holder.allowed


def _meant_for(holder: Holder, request: HttpRequest) -> bool:
    """Whether a token that names its audience (RFC 8707) names this address."""
    if not holder.resource:
        return True
    token = AccessToken(resource=holder.resource)
    here = request.build_absolute_uri(request.path)
    return bool(token.allows_audience(here))  # type: ignore[no-untyped-call]
