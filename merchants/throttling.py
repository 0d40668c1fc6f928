"""Who is asking, and how often: for django-axes, which counts wrong passwords, and for pages without a login."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

LONGEST_NAME = AbstractUser.username.field.max_length


def client_address(request: HttpRequest) -> str:
    """The address a request comes from.

    Behind the proxy of a production site it is the last entry of ``X-Forwarded-For``: the one our own proxy wrote,
    not one that the sender could have made up.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.SITE_IS_HTTPS and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return request.META.get("REMOTE_ADDR", "")


def too_many(what: str, who: str, limit: int, seconds: int) -> bool:
    """Whether ``who`` has done ``what`` more than ``limit`` times within ``seconds``, this time included.

    Counted by each process for itself, in windows that stand still: a brake, not a lock.
    """
    key = f"throttle:{what}:{who}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > limit
    except ValueError:  # it has just run out
        return False


def client_username(request: HttpRequest, credentials: dict | None = None) -> str | None:
    """The name that somebody tries, cut where no account's name goes on: the count could not keep a longer one."""
    name = (credentials or request.POST).get("username")
    return name and name[:LONGEST_NAME]


def locked_out(request: HttpRequest, response=None, credentials=None) -> HttpResponse:
    """429 after too many wrong passwords, with how long to wait."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "merchants/locked.html", {"minutes": minutes}, status=429)
