"""Login by default without losing what was typed, and pages that are nobody else's."""

from django.contrib.auth import middleware
from django.http import HttpResponse

from tickets.models.submission import Submission, carries_key

from .errors import session_expired


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Django's rule that every view needs a login; a form sent after the session lapsed gets its text back.

    A script has no use for the login page (htmx would put it into the place of a fragment): it gets 401 and leaves the
    page as it is.
    """

    def handle_no_permission(self, request, view_func):
        if request.method == "POST":
            return session_expired(request)
        if request.htmx or not request.accepts("text/html"):
            return HttpResponse("登录已过期，请重新登录", status=401, content_type="text/plain")
        return super().handle_no_permission(request, view_func)


class PrivatePagesMiddleware:
    """Pages show consumers and live clocks: no cache between may keep them, and the browser asks again each time.

    Not ``no-store``: with it a browser's back button would lose what somebody had typed.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class OneActMiddleware:
    """A form that carries a key (the template function ``form_key``) counts once, however often it is sent."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method != "POST":
            return None
        if not carries_key(request.POST) or not request.user.is_authenticated:
            return None
        return Submission.once(request, lambda: view(request, *args, **kwargs))
