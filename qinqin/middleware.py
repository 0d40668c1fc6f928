"""Login by default, without losing what somebody typed into a page whose session has lapsed."""

from django.contrib.auth import middleware

from .errors import session_expired


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Django's rule that every view needs a login; a form sent after the session lapsed gets its text back."""

    def handle_no_permission(self, request, view_func):
        if request.method == "POST":
            return session_expired(request)
        return super().handle_no_permission(request, view_func)
