"""The one place that decides who sees what and who may use which page.

Every look-up of a thing starts from a query set's ``for_user(user)``; every view carries an access rule. What a
person may not see does not exist for them: the answer is the same 404, with the same words.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404


class Role(models.TextChoices):
    SUPPORT = "support", "客服"
    MERCHANT_STAFF = "merchant_staff", "商户员工"
    MERCHANT_OWNER = "merchant_owner", "商户管理员"
    MANAGER = "manager", "主管"
    ADMIN = "admin", "系统管理员"


MERCHANT_ROLES = frozenset({Role.MERCHANT_STAFF, Role.MERCHANT_OWNER})
SERVICE_ROLES = frozenset({Role.SUPPORT, Role.MANAGER})
WORKING_ROLES = MERCHANT_ROLES | SERVICE_ROLES


class NotVisible(Http404):
    """The thing does not exist, or this person may not see it; nobody is told which."""


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to a merchant. ``merchant_path`` is the way from the row to its merchant."""

    merchant_path = "merchant"

    def for_user(self, user) -> "ScopedQuerySet":
        """The rows this person may see: customer service all, a merchant's people their own, others none."""
        if user.role in SERVICE_ROLES:
            return self
        if user.role in MERCHANT_ROLES and user.merchant_id:
            return self.filter(**{self.merchant_path: user.merchant_id})
        return self.none()

    def visible_or_404(self, user, sentence: str, **lookup):
        """The one row that fits ``lookup`` and that this person may see.

        Raises ``NotVisible`` with ``sentence`` both when there is none and when it belongs to somebody else.
        """
        if any(
            "\x00" in str(value) for value in lookup.values()
        ):  # PostgreSQL would refuse the question itself
            raise NotVisible(sentence)
        row = self.for_user(user).filter(**lookup).first()
        if row is None:
            raise NotVisible(sentence)
        return row


def allow(*roles: Role) -> Callable:
    """View decorator: these roles only (403 for others). Without roles: everybody who is logged in."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if roles and request.user.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access_rule = frozenset(roles) or "everybody"
        return guarded

    return decorate


def public(view):
    """View decorator: no login is needed, and somebody decided so."""
    view.access_rule = "public"
    return login_not_required(view)
