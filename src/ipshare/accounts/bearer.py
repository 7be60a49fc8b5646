"""OAuth2 client credentials (RFC 6749 §4.4): POST /oauth/token, and from an access token to its client.

Only this grant works. Secrets are kept hashed, access tokens as their SHA-256 (the toolkit's
``token_checksum``), so neither can be read out of the database.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.views.base import TokenView
from oauthlib.oauth2 import BackendApplicationServer  # type: ignore[import-untyped]

from ipshare.http import problem
from ipshare.http.problem import Problem
from ipshare.store.models.sharing import Client

USED_EVERY = timedelta(minutes=1)
"""How exactly the last use of a client is noted."""


class Validator(OAuth2Validator):
    """The toolkit's validator, narrowed to client credentials and to hashed tokens."""

    def _set_token_value(self, token_instance: Any, raw_token: str) -> None:
        token_instance._raw_token = raw_token  # noqa: SLF001 (the toolkit hashes and forgets it on save)
        token_instance.token = ""

    def validate_grant_type(
        self,
        client_id: str,  # noqa: ARG002
        grant_type: str,
        client: Client,
        request: Any,  # noqa: ARG002
        *args: Any,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> bool:
        """Client credentials, by a client that one of our offices made."""
        return grant_type == "client_credentials" and client.authorization_id is not None

    def _load_application(self, client_id: str | None, request: Any) -> Any:
        if client_id is None or "\0" in client_id:
            return None
        return super()._load_application(client_id, request)  # type: ignore[no-untyped-call]

    def validate_response_type(self, *_args: Any, **_kwargs: Any) -> bool:
        """There is no authorization endpoint."""
        return False


class Token(TokenView):
    """The token endpoint."""

    server_class = BackendApplicationServer
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """An access token for a client that proves its secret (Basic, or in the body)."""
        if any("\0" in value for values in request.POST.lists() for value in values[1]):
            return JsonResponse({"error": "invalid_request"}, status=400)
        return self.authorization_flow_token_response(request)

    def http_method_not_allowed(
        self, request: HttpRequest, *_args: Any, **_kwargs: Any
    ) -> HttpResponse:
        """Every other method."""
        del request
        return problem.response(problem.not_allowed("POST, OPTIONS"))


def _meant_for(token: Any, request: HttpRequest) -> bool:
    """Whether a token that names its audience (RFC 8707) names this address."""
    return bool(token.allows_audience(request.build_absolute_uri(request.path)))


def client_of(request: HttpRequest, *, at: datetime | None = None) -> Client:
    """The client behind the request's access token; the problem 401 where there is none."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Problem(
            "token-missing",
            "send the header Authorization: Bearer with an access token of POST /oauth/token",
            {"WWW-Authenticate": 'Bearer realm="ipshare"'},
        )
    at = at or timezone.now()
    held = (
        AccessToken.objects.filter(
            token_checksum=sha256(token.strip().encode("utf-8", "surrogateescape")).hexdigest(),
            expires__gt=at,
            application__authorization__isnull=False,
        )
        .select_related("application")
        .first()
    )
    if held is None or not _meant_for(held, request):
        raise Problem(
            "token-not-valid",
            "get a new access token with the client's id and secret at POST /oauth/token",
            {"WWW-Authenticate": 'Bearer realm="ipshare", error="invalid_token"'},
        )
    client = cast("Client", held.application)
    if client.last_used_at is None or at - client.last_used_at > USED_EVERY:
        Client.objects.filter(pk=client.pk).update(last_used_at=at)
    return client
