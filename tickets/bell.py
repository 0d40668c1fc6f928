"""The bell in the top bar: how much a person has not read yet."""

from dataclasses import dataclass

from django.http import HttpRequest

from merchants.access import WORKING_ROLES

from .models.notice import MOST_COUNTED
from .surroundings import surroundings


@dataclass(frozen=True)
class Bell:
    """``ids`` are the newest unread notices; with ``MOST_COUNTED`` of them there may be more."""

    ids: list[int]

    @property
    def shown(self) -> str:
        """The number beside the bell; empty where there is nothing."""
        if len(self.ids) >= MOST_COUNTED:
            return f"{MOST_COUNTED - 1}+"
        return str(len(self.ids) or "")

    @property
    def label(self) -> str:
        """The bell for ears."""
        return f"消息，{self.shown} 条未读" if self.ids else "消息"

    @property
    def newest(self) -> int:
        """Up to here the person can have seen what there is; 0 where nothing is unread."""
        return max(self.ids, default=0)


def bell(request: HttpRequest) -> Bell | None:
    """The bell of the person who asks; ``None`` for those who are never told anything."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.role not in WORKING_ROLES:
        return None
    return Bell(surroundings(request)["unread"])
