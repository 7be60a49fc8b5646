"""Whether the hub lives and can work, for load balancers and for ``ipshare serve`` itself."""

from __future__ import annotations

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ipshare.store import objects
from ipshare.watch import health as parts


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def whole(request: HttpRequest) -> JsonResponse:
    """Every part in a word, for monitors; the sentences are for operators (the portal's page of health).

    Anybody may ask, as often as they like: it writes to the object store once a minute at most.
    """
    found = parts.parts(timezone.now(), probe=False)
    level = parts.worst(found)
    body = {"status": level.value, "parts": {part.name: part.level.value for part in found}}
    return JsonResponse(body, status=503 if level == parts.Level.DOWN else 200)


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """What a request needs is there: the database with all its tables, and the object store."""
    seen = {"database": _database(), "objects": _objects()}
    well = all(state == "ok" for state in seen.values())
    return JsonResponse(
        {"status": "ok" if well else "not ready", **seen}, status=200 if well else 503
    )


def _database() -> str:
    try:
        if parts.missing_tables():
            return "tables are not up to date: run ipshare migrate"
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "does not answer"
    return "ok"


def _objects() -> str:
    try:
        objects.delete(["health/none"])
    except Exception:  # noqa: BLE001 (each kind of store has its own errors; all mean the same here)
        return "does not answer"
    return "ok"
