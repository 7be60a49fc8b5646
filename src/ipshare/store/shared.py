"""What an authorization shares, by its versions."""

from __future__ import annotations

from ipshare.domain.office import Right
from ipshare.store.models.sharing import Authorization, AuthorizationVersion


def rights_of(authorization: Authorization) -> frozenset[Right]:
    """The rights that it shares; where it shares none, those of the newest version that had any."""
    found = AuthorizationVersion.objects.filter(authorization=authorization, rights__len__gt=0)
    newest = found.order_by("-number").values_list("rights", flat=True).first()
    return frozenset(map(Right, newest or ()))
