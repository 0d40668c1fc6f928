"""System checks for settings and routes that contradict each other.

E001  a URL of ours without an access rule
E002  production (DEBUG off) on SITE_URL's host that ALLOWED_HOSTS does not admit
W001  (deploy) SITE_URL is not https: cookies and consumers' data would travel in the clear
W002  (deploy) the embedded database in production
E003  DEBUG together with an https SITE_URL
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.http.request import validate_host
from django.urls import URLPattern, URLResolver, get_resolver

OUR_PACKAGES = ("qinqin.", "merchants.", "orders.", "tickets.")


def our_routes(resolver: URLResolver | None = None, prefix: str = ""):
    """Every ``(route, view function, URL name)`` of this project, the Django admin left out."""
    resolver = resolver or get_resolver()
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from our_routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback, pattern.lookup_str


@register(Tags.urls)
def every_route_has_an_access_rule(app_configs, **kwargs) -> list[Error]:
    """A view without ``access.allow`` or ``access.public`` is a hole that nobody decided to make."""
    return [
        Error(
            f"The view of {route!r} has no access rule.",
            hint="Decorate it with merchants.access.allow.",
            id="qinqin.E001",
        )
        for route, view, _ in our_routes()
        if not hasattr(view, "access_rule")
    ]


@register(Tags.security)
def site_url_is_served(app_configs, **kwargs) -> list[Error]:
    """Links in mails lead to SITE_URL; a host that the product itself refuses would break each of them."""
    host = urlsplit(settings.SITE_URL).hostname
    errors = []
    if not settings.DEBUG and not validate_host(host, settings.ALLOWED_HOSTS):
        errors.append(
            Error(f"ALLOWED_HOSTS does not admit {host!r}, the host of SITE_URL.", id="qinqin.E002")
        )
    if settings.DEBUG and settings.SITE_IS_HTTPS:
        errors.append(Error("DEBUG is on although SITE_URL is https.", id="qinqin.E003"))
    return errors


@register(Tags.security, deploy=True)
def fit_for_production(app_configs, **kwargs) -> list[Warning]:
    """What is right on a desk and wrong in earnest."""
    warnings = []
    if not settings.SITE_IS_HTTPS:
        warnings.append(Warning("SITE_URL is not https.", id="qinqin.W001"))
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        warnings.append(
            Warning(
                "The embedded database serves one machine only.", hint="Set DATABASE_URL.", id="qinqin.W002"
            )
        )
    return warnings
