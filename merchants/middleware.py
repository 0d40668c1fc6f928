"""Who is asking."""

from django.conf import settings
from django.contrib import auth
from django.contrib.auth import middleware
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from .models import User


class AuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Django's, with the person that came with the session; whatever is not as usual is left to Django."""

    def process_request(self, request) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: person_of(request))


def person_of(request):
    """The person whose login the request shows, or Django's anonymous one. Asked once per request."""
    if not hasattr(request, "_cached_user"):
        request._cached_user = _came_with_session(request) or auth.get_user(request)
    return request._cached_user


def _came_with_session(request) -> User | None:
    """By the rules of ``auth.get_user``: a known way of logging in, an account that may, the password of that time."""
    session = request.session
    whose, way = session.get(auth.SESSION_KEY), session.get(auth.BACKEND_SESSION_KEY)
    person = session.person
    if person is None or str(person.pk) != str(whose) or way not in settings.AUTHENTICATION_BACKENDS:
        return None
    backend, proof = auth.load_backend(way), session.get(auth.HASH_SESSION_KEY)
    may = getattr(backend, "user_can_authenticate", None)
    if not proof or may is None or not may(person):
        return None
    return person if constant_time_compare(proof, person.get_session_auth_hash()) else None
