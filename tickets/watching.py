"""What every page of a manager says about the deadline scan: quietly when it was, and aloud when it stopped."""

from django.http import HttpRequest

from merchants.access import Role

from .models.heartbeat import Beat
from .surroundings import surroundings


def last_scan(request: HttpRequest) -> Beat | None:
    """The last deadline scan, for managers; ``None`` for everybody else. It comes with the surroundings."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.role != Role.MANAGER:
        return None
    return surroundings(request)["scan"]
