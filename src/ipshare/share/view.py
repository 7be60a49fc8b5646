"""From a client to its view: read from the tables at every request, never kept in a token."""

from __future__ import annotations

from ipshare.domain.authorization import View, view_of
from ipshare.share import authorizations
from ipshare.store.models.sharing import Authorization, Client


def of_client(client: Client) -> View:
    """What a client sees now; an ended authorization, or one never saved, sees nothing."""
    authorization = Authorization.objects.get(client=client)
    return view_of(
        office=authorization.office_id,
        authorization=authorization.pk,
        version=authorization.version,
        conditions=authorizations.conditions_of(authorization),
    )


def holds(view: View) -> bool:
    """Whether the conditions are still those of the view."""
    return Authorization.objects.filter(pk=view.authorization, version=view.version).exists()
