"""批量 on the list: choose tickets, choose what to do, say what has to be said, and hear what became of each."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from merchants.access import WORKING_ROLES, allow
from merchants.throttling import client_address

from .. import bulk as many
from ..clock import database_now
from ..exchange.exports import send_csv
from ..exchange.lists import TicketList
from ..lifecycle import TRANSITIONS
from .listing import rows_of

NOTHING_CHOSEN = "请先勾选工单"
NO_VERB = "请选择要做的操作"
TONES = {"cancel": "bad", "approve": "ok", "remind": "warn"}


@allow(*WORKING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """The choice with the verb's form; sent from there, the verb is done to each ticket. 导出 is a download."""
    if request.method != "POST":
        return redirect("tickets:list")
    picks = many.read_picks(request.POST.getlist("ticket"))
    verb = request.POST.get("verb", "")
    error = NOTHING_CHOSEN if not picks else many.TOO_MANY if len(picks) > many.MOST else ""
    if verb == "export" and not error:
        return _export(request, picks)
    if verb not in many.verbs_offered(request.user):
        return _page(request, picks, error=error or NO_VERB)
    confirmed = request.POST if "confirmed" in request.POST else None
    form = many.form_for(verb, list(many.chosen(picks, request.user)), request.user, confirmed)
    if error or not confirmed or not form.is_valid():
        status = 422 if error or confirmed else 200
        return _page(request, picks, verb, form, error=error, status=status)
    done = many.run(verb, picks, request.user, form.cleaned_data)
    return _outcome(request, verb, done, form)


def _page(
    request: HttpRequest, picks: list, verb: str = "", form=None, *, error: str = "", status: int = 200
) -> HttpResponse:
    """The choice, and either the form of the verb or what is wrong with the choice."""
    numbers = [pick.number for pick in picks]
    rows = {row["number"]: row for row in rows_of(numbers, request.user, database_now())}
    context = {
        "verb": verb,
        "label": TRANSITIONS[verb].label if verb else "批量处理",
        "tone": TONES.get(verb, ""),
        "form": form,
        "error": error,
        "offered": many.verbs_offered(request.user),
        "lines": [(pick, rows.get(pick.number)) for pick in picks],
        "back": _back(request),
    }
    return render(request, "tickets/bulk.html", context, status=422 if error else status)


def _outcome(request: HttpRequest, verb: str, done: list, form) -> HttpResponse:
    """What became of each; those that were refused are chosen again, as they are now, with what was typed."""
    numbers = [line.pick.number for line in done]
    rows = {row["number"]: row for row in rows_of(numbers, request.user, database_now())}
    refused = [(line, rows.get(line.pick.number)) for line in done if line.why]
    sources = TRANSITIONS[verb].sources
    context = {
        "verb": verb,
        "label": TRANSITIONS[verb].label,
        "tone": TONES.get(verb, ""),
        "form": form,
        "refused": refused,
        "done": [(line, rows.get(line.pick.number)) for line in done if not line.why],
        # Those that could be done as they are now; the others wait for somebody else, or are over.
        "again": {
            row["number"]: many.Pick(row["number"], row["round_no"], row["status"])
            for _, row in refused
            if row and row["status"] in sources
        },
        "back": _back(request),
    }
    return render(request, "tickets/bulk_done.html", context)


def _export(request: HttpRequest, picks: list) -> HttpResponse:
    """The chosen rows with the columns of the list, in the order in which they stand there."""
    listed = TicketList(QueryDict(), request.user, database_now())
    key_of = dict(many.chosen(picks, request.user).values_list("number", "pk"))
    columns = listed.chosen([])
    rows = list(listed.rows([key_of[pick.number] for pick in picks if pick.number in key_of], columns))
    return send_csv(
        listed.noun, [column.heading for column in columns], rows, count=len(rows), by_user=request.user,
        what=listed.noun, conditions=[f"勾选的 {len(picks)} 张"], from_address=client_address(request),
    )  # fmt: skip


def _back(request: HttpRequest) -> str:
    """The list that the choice was made on."""
    back = request.POST.get("back", "")
    here = reverse("tickets:list")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith(here)
    return back if is_ours else here
