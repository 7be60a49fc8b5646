"""What django-allauth asks of the portal: no sign-up, no messages and letters of its own, our addresses."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts import people
from ipshare.http import address
from ipshare.portal import browsers
from ipshare.store.models.accounts import User


class SecondStep(AuthenticateStage):
    """Between the password and the session: the second step, for whoever has one."""

    urlname = "portal:second-step"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Send them to its page; the sign-in waits in the session."""
        if not self._should_handle(self.request):
            return None, True
        return HttpResponseRedirect(reverse(self.urlname)), True


class Accounts(DefaultAccountAdapter):
    """Accounts are given by invitation; everything that is written and told is ours."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 (allauth's name)
        """Nobody signs up."""
        return False

    def get_login_stages(self) -> list[str]:
        """What stands between the password and the session."""
        return ["ipshare.portal.adapter.SecondStep"]

    def get_client_ip(self, request: HttpRequest) -> str:
        """The person's address, not the proxy's."""
        return address.of(request) or "0.0.0.0"  # noqa: S104 (no address is known)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say what was done in their own words."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Letters go through accounts.letters."""
        raise NotImplementedError(template_prefix)

    def respond_user_inactive(
        self,
        request: HttpRequest,  # noqa: ARG002 (allauth's names)
        user: User,  # type: ignore[override]  # noqa: ARG002
    ) -> HttpResponse:
        """An account or an office that was closed meanwhile: no word about which."""
        return HttpResponseRedirect(reverse("portal:sign-in"))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:  # noqa: ARG002
        """Asked by portal.confirming instead, for every page alike."""
        return False

    def post_login(  # type: ignore[override]
        self, request: HttpRequest, user: User, **kwargs: Any
    ) -> HttpResponse:
        """The session has begun: write it down."""
        response = super().post_login(request, user, **kwargs)
        ways = {record.get("type") or record["method"] for record in records(request, user)}
        agent = request.headers.get("User-Agent", "")
        people.signed_in(
            user,
            address.of(request),
            timezone.now(),
            ways=ways,
            browser=browsers.name_of(agent) if agent else "",
        )
        return response


class Factors(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are kept encrypted."""

    def encrypt(self, text: str) -> str:
        """As the secret is kept."""
        return _cipher(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(
            text.encode()
        ).decode()  # fmt: skip

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again."""
        kept = encrypted_text.encode()
        return _cipher(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).decrypt(kept).decode()

    def _get_site_name(self) -> str:
        return "ipshare"


def records(request: HttpRequest, person: User) -> list[dict[str, Any]]:
    """How and when (``at``, seconds of the epoch) this session's person showed who they are."""
    return get_authentication_records(request, person)


@cache
def _cipher(*secrets: str) -> MultiFernet:
    def key(secret: str) -> bytes:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ipshare second step 1")
        return base64.urlsafe_b64encode(derived.derive(secret.encode()))

    return MultiFernet([Fernet(key(secret)) for secret in secrets])
