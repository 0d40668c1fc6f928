"""消费者评价: the page behind the one-time link, and the button that makes the link."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from merchants.access import SERVICE_ROLES, allow, public
from merchants.throttling import client_address, too_many

from ..came_from import to_ticket
from ..clock import database_now
from ..forms import ConsumerRatingForm, TurnForm
from ..lifecycle import Refused
from ..models import Rating
from ..models.rating import AlreadyRated
from .detail import find, ticket_page

# Many consumers share an address of their mobile network; nobody guesses a key of 192 bits.
REQUESTS, SECONDS = 120, 600


@public
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """The consumer's page: the merchant's name, stars, words. Looking changes nothing; sending counts once."""
    if too_many("rating", client_address(request), REQUESTS, SECONDS):
        return _plain(request, {"state": "busy"}, 429)
    rating = Rating.objects.of_link(token)
    if rating is not None and rating.stars is not None:
        return _plain(request, {"state": "done"})
    if rating is None or not rating.is_awaited(database_now()):
        return _plain(request, {"state": "gone"}, 404)
    form = ConsumerRatingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            rating.ticket.rate(stars=asked["stars"], words=asked["words"], seen_round=rating.round.number)
        except AlreadyRated:
            pass
        except ValidationError as error:
            form.add_error(None, error)
        except Refused:
            return _plain(request, {"state": "gone"}, 404)
        if not form.errors:
            return _private(redirect(request.path))
    context = {"state": "form", "form": form, "merchant": rating.ticket.merchant}
    return _plain(request, context, 422 if form.errors else 200)


def _plain(request: HttpRequest, context: dict, status: int = 200) -> HttpResponse:
    return _private(render(request, "tickets/rate.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """For no search engine, no cache, and no other site: the address is the key.

    Not ``no-referrer``: with it a browser sends the form with ``Origin: null``, which the CSRF check must refuse.
    """
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "strict-origin"
    response["Cache-Control"] = "no-store"
    return response


@allow(*SERVICE_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, number: str) -> HttpResponse:
    """评价链接: made anew and shown once, for customer service to copy."""
    ticket = find(request, number)
    if request.method != "POST":
        return to_ticket(request, ticket)
    form = TurnForm(request.POST, prefix="invite")
    form.is_valid()
    try:
        address = ticket.invite_rating(by_user=request.user, seen_round=form.cleaned_data.get("seen_round"))
    except Refused as refusal:
        return ticket_page(request, find(request, number), status=409, refused=str(refusal))
    response = render(request, "tickets/invited.html", {"ticket": ticket, "address": address})
    response["Cache-Control"] = "no-store"
    return response
