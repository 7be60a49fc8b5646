"""The client of a whole third party: made by the hub's operator, used for an office only where it allows that."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ipshare.accounts import clients
from ipshare.accounts.clients import CredentialRefusedError
from ipshare.store import audit
from ipshare.store.models.sharing import Authorization, Client, ThirdParty


def add_client(name: str, *, by: str, at: datetime) -> tuple[Client, str]:
    """The client of a third party over offices, and its secret's text; every office concerned is told.

    It reads nothing until an office allows it for its own authorization.
    """
    with transaction.atomic():
        third_party = ThirdParty.objects.select_for_update().filter(name=name).first()
        if third_party is None:
            raise CredentialRefusedError(
                f"{name} is no third party of any office: an office adds it to its authorizations first"
            )
        held = Client.objects.filter(third_party=third_party).first()
        if held is not None:
            raise CredentialRefusedError(
                f"{name} has its client already, {held.client_id}; for another secret: "
                f"ipshare client secret {held.client_id}"
            )
        client, _, text = clients.issue(third_party, name=f"{name} over offices", by=by, at=at)
        clients.tell("organisation-client.added", client, by=by, at=at)
    return client, text


def decide(authorization: Authorization, *, allowed: bool, by: str, at: datetime) -> bool:
    """Let the third party's client over offices use this authorization, or not; whether that is a change."""
    with transaction.atomic():
        held = Authorization.objects.select_for_update(of=("self",)).get(pk=authorization.pk)
        if held.allows_organisation == allowed:
            return False
        held.allows_organisation = allowed
        held.save(update_fields=["allows_organisation"])
        audit.write(
            "organisation-client.allowed" if allowed else "organisation-client.forbidden",
            at=at,
            actor=by,
            office=held.office_id,
            subject=held.third_party.name,
        )
    authorization.allows_organisation = allowed
    return True
