"""What django-axes asks us when it counts wrong passwords."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
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


def client_username(request: HttpRequest, credentials: dict | None = None) -> str | None:
    """The name that somebody tries, cut where no account's name goes on: the count could not keep a longer one."""
    name = (credentials or request.POST).get("username")
    return name and name[:LONGEST_NAME]


def locked_out(request: HttpRequest, response=None, credentials=None) -> HttpResponse:
    """429 after too many wrong passwords, with how long to wait."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "merchants/locked.html", {"minutes": minutes}, status=429)
