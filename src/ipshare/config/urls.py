"""Every address of the hub."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from ipshare.ops import health, metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health.whole),
    path("metrics", metrics.show),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("", include("ipshare.intake.urls")),
    path("", include("ipshare.share.urls")),
    path("", include("ipshare.portal.urls")),
]

handler404 = "ipshare.portal.views.trouble.not_found"
handler403 = "ipshare.portal.views.trouble.forbidden"
handler500 = "ipshare.portal.views.trouble.failed"
