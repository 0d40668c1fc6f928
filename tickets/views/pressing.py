"""A button pressed: how it is asked for anywhere, and what comes of it on a page that is no ticket's."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from ..lifecycle import Refused

# Looking at a button's address changes nothing: it leads to the page that has the button (a reload after an error, a
# login in between).
press_or_look = require_http_methods(["GET", "HEAD", "POST"])


def press(
    request: HttpRequest, form, act: Callable[[dict], str], page: Callable[..., HttpResponse], done: Callable
) -> HttpResponse:
    """Done (to ``done()``), a field is wrong (422: ``page`` with the form), or refused (409: ``page`` with the
    sentence and what was typed). ``act`` gets the cleaned data and gives the sentence of success.
    """
    if form.is_valid():
        try:
            said = act(form.cleaned_data)
        except Refused as refusal:
            return page(status=409, refused=str(refusal), typed=form.typed())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, said)
            return redirect(done())
    return page(status=422, form=form)
