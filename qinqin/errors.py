"""Pages for what went wrong. Each says what happened, what to do next, and gives back what was typed."""

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

# Fields that are not somebody's words, or must never be shown again.
UNSHOWN = {
    "csrfmiddlewaretoken",
    "next",
    "form_key",
    "sheet",
    "seen_status",
    "take_over_from",
    "ticket",
    "verb",
    "back",
    "tray",
    "attachment",
    "drop",
    "outcome",
    "urgency",
    "password",
    "old_password",
    "new_password1",
    "new_password2",
    "password1",
    "password2",
    "url",
    "secret",
    "mailed0",
    "mailed1",
    "mailed2",
    "up_to",
    "shown",
}


def typed_texts(request: HttpRequest) -> list[str]:
    """What the person had written in the form just sent (texts worth copying, never passwords)."""
    if request.method != "POST":
        return []
    return [
        value
        for name, values in request.POST.lists()
        if name.rpartition("-")[2] not in UNSHOWN
        for value in values
        if len(value.strip()) > 3
    ]


def session_expired(request: HttpRequest) -> HttpResponse:
    """401 for a form that arrives without a login; its text is on the page, to copy after logging in again."""
    back = request.META.get("HTTP_REFERER", "")
    path = back.removeprefix(f"{request.scheme}://{request.get_host()}")
    login = reverse("login")
    if path.startswith("/") and not path.startswith("//"):
        login = f"{login}?{urlencode({'next': path})}"
    return render(request, "expired.html", {"typed": typed_texts(request), "login_url": login}, status=401)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose protection token does not fit (an old tab, a login in between)."""
    return render(request, "csrf.html", {"typed": typed_texts(request)}, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a request that no page of ours sends (too much text at once, a foreign host name)."""
    return render(None, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the page exists and is not for this person's role."""
    return render(request, "403.html", {"typed": typed_texts(request)}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same answer for what does not exist and for what one may not see."""
    from merchants.access import NotVisible

    sentence = str(exception) if isinstance(exception, NotVisible) else "页面不存在"
    return render(request, "404.html", {"sentence": sentence, "typed": typed_texts(request)}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, rendered without anything that may be what broke.

    503 where it was the database, away or too busy: no fault of the person, who gets back what was typed.
    """
    if isinstance(sys.exception(), OperationalError):
        return render(None, "503.html", {"typed": typed_texts(request)}, status=503)
    return render(None, "500.html", status=500)
