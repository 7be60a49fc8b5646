"""``GET /metrics``: for the networks and the token that the settings name; for everybody else there is no such page."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from ipshare.http import address
from ipshare.watch import metrics


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """What the hub measures of itself, in the text format of Prometheus."""
    if not _may(request):
        raise Http404
    return HttpResponse(metrics.text(timezone.now()), content_type=CONTENT_TYPE_LATEST)


def _may(request: HttpRequest) -> bool:
    """The token, where one is set; else the networks. Behind a proxy that is not trusted, everybody is the proxy."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    if request.headers.get("X-Forwarded-For") and not settings.TRUSTED_PROXIES:
        return False  # a proxy on this machine is no reason to answer whoever is behind it
    return address.inside(address.of(request), [str(one) for one in settings.METRICS_NETWORKS])
