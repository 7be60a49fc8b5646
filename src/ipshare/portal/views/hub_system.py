"""Storage, versions and health of the hub, for operators."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain import plural
from ipshare.portal import guard, words
from ipshare.portal.shell import page
from ipshare.store.models.accounts import Office
from ipshare.watch import health, outages, storage, versions
from ipshare.watch.health import Level

VERDICTS = {
    Level.OK: words.Verdict(tone="is-ok", icon="ok", word="Well"),
    Level.DEGRADED: words.Verdict(tone="is-warn", icon="warn", word="Needs attention"),
    Level.DOWN: words.Verdict(tone="is-error", icon="error", word="Down"),
}
LARGEST = 15  # tables that are named; the others are told together
KEPT = (
    ("Files as received, and their reports", "for good"),
    ("Records, their changes, findings, audit events, disclosures", "for good"),
    ("Shards that a submission was cut into", "until it has ended"),
    ("Bulk exports", "{days}"),
    (
        "Uploads that were cut off",
        "7 days after the last byte in the browser; over SFTP until they are removed",
    ),
    ("Jobs that failed", "30 days"),
    ("Letters that have left: to whom and when; their text goes at once", "{letters}"),
    ("Sessions that are over", "until the next night"),
    ("Logs", "five files of 10 MiB a process"),
)


@guard.needs(Permission.HUB_OPERATE, "GET")
def show_storage(request: HttpRequest) -> HttpResponse:
    """How much room everything takes."""
    at = timezone.now()
    offices = storage.offices(at)
    disk = storage.disk()
    recent = sum(one.recent for one in offices)
    files, sizes = storage.uploads()
    tables = storage.tables()
    context = {
        "now": at,
        "disk": disk,
        "here": storage.objects_here(),
        "store": settings.OBJECTS_URL if not storage.objects_here() else "",
        "database": storage.database(),
        "tables": tables[:LARGEST],
        "smaller": (len(tables[LARGEST:]), sum(one.size for one in tables[LARGEST:])),
        "offices": [(one, files[one.office], sizes[one.office]) for one in offices],
        "names": dict(Office.objects.values_list("code", "name")),
        "received": sum(one.size for one in offices),
        "recent": recent,
        "days_left": storage.days_left(disk.free, recent),
        "uploads": (files.total(), sizes.total()),
        "period": storage.PERIOD.days,
        "kept": [
            (
                what,
                how.format(
                    days=plural.counted(settings.EXPORT_DAYS, "day"),
                    letters=plural.counted(settings.LETTER_DAYS, "day"),
                ),
            )
            for what, how in KEPT
        ],
    }
    return page(request, "portal/hub-storage.html", context, here="hub-storage")


@guard.needs(Permission.HUB_OPERATE, "GET")
def show_versions(request: HttpRequest) -> HttpResponse:
    """What this hub is made of."""
    context = {"parts": versions.of_the_hub(), "migrations": versions.migrations()}
    return page(request, "portal/hub-versions.html", context, here="hub-versions")


@guard.needs(Permission.HUB_OPERATE, "GET")
def show_health(request: HttpRequest) -> HttpResponse:
    """Each part with its state in words."""
    at = timezone.now()
    found = health.parts(at)
    since = {one.part: one.began_at for one in outages.present()}
    context = {
        "now": at,
        "rows": [(part, VERDICTS[part.level], since.get(part.name)) for part in found],
        "past": outages.past(),
        "verdict": VERDICTS[health.worst(found)],
    }
    return page(request, "portal/hub-health.html", context, here="hub-health")
