"""What load balancers and monitors ask. No login, no names, no figures."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from merchants.access import public
from tickets.models import DeadlineScan, DeliveryRun


@public
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while this process answers and its database does; 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "error", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok"})


@public
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every migration is applied and the last deadline scan is at most five minutes old.

    The age of the delivery worker's last round is told, and no condition: without it people learn late, but nothing
    is lost, and pages tell the truth.
    """
    try:
        executor = MigrationExecutor(connection)
        migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        scan_age = DeadlineScan.age() if migrated else None
        delivery_age = DeliveryRun.age() if migrated else None
    except DatabaseError:
        return JsonResponse({"status": "error", "database": "unreachable"}, status=503)
    scanning = scan_age is not None and scan_age <= DeadlineScan.STALE_AFTER
    return JsonResponse(
        {
            "status": "ok" if migrated and scanning else "error",
            "migrations": "applied" if migrated else "missing",
            "deadline_scan_age_seconds": whole_seconds(scan_age),
            "delivery_age_seconds": whole_seconds(delivery_age),
        },
        status=200 if migrated and scanning else 503,
    )


def whole_seconds(age: timedelta | None) -> int | None:
    return None if age is None else round(age.total_seconds())
