"""From a client to its view: read from the tables at every request, never kept in a token."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from ipshare.domain.authorization import View
from ipshare.share import authorizations
from ipshare.store.models.sharing import Authorization, Client


def of_client(client: Client, *, at: datetime | None = None) -> View:
    """What a client sees now; an authorization that has ended, or was never saved, sees nothing."""
    authorization = Authorization.objects.get(client=client)
    return authorizations.view_at(authorization, at or timezone.now())


def holds(view: View) -> bool:
    """Whether the conditions are still those of the view."""
    authorization = Authorization.objects.get(pk=view.authorization)
    return authorizations.view_at(authorization, timezone.now()) == view
