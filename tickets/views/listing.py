"""工单管理: the list everybody works from."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from merchants.access import WORKING_ROLES, allow
from qinqin.addresses import address
from qinqin.paging import SIZE, Page, query_without

from .. import bulk, came_from
from ..columns import columns_of
from ..filtering import ViewBar
from ..lifecycle import Status, Urgency
from ..list_page import COLUMNS, counts_of, page_in, rows_by_key
from ..mentions import mask_row
from ..models import Ticket
from ..models.queries import TABS
from ..ordering import SORTS, ordering_for
from ..search import HOLDERS, SearchForm
from ..searching.snippets import with_hits
from ..surroundings import surroundings
from ..tabs import tab_links
from ..timeliness import countdown

NEWEST = "-created"
URGENCIES, STATUSES = dict(Urgency.choices), dict(Status.choices)


@allow(*WORKING_ROLES)
@require_safe
@vary_on_headers("HX-Request")
def ticket_list(request: HttpRequest) -> HttpResponse:
    """Tabs with counts, the search bar, one page of rows; for htmx only the part that changes."""
    form = SearchForm(request.GET, user=request.user)
    form.is_valid()
    if masked := form.masked_query():
        return redirect(f"{reverse('tickets:list')}?{urlencode(masked)}")
    # The quiet refresh shows neither the chips nor a list that it was not asked for.
    views = None if request.htmx else ViewBar.of(form)
    if views and views.start and not request.GET:
        return redirect(f"{reverse('tickets:list')}{views.start}")
    tab = request.GET.get("tab") if request.GET.get("tab") in TABS else "todo"
    sort, ordering = ordering_for(request.GET.get("sort", ""), tab)
    size = bulk.MOST if request.GET.get("per") == str(bulk.MOST) else SIZE
    search = form.search
    if search and search.condition is None:
        found, now = form.apply(Ticket.objects.for_user(request.user)), surroundings(request)["now"]
        counts, sort = search.counts(found, now), NEWEST
        pager = search.page(found, tab, now, rows_by_key, request.GET, counts[tab], size)
    else:
        counts = counts_of(request, form)
        pager = page_in(request, form, tab, ordering, counts[tab], size)
    now = request.surroundings["now"]
    context = {
        "form": form,
        "tabs": tab_links(TABS, counts, tab, query_without(request.GET, "tab", "sort"), name="tab"),
        "rows": with_hits([_row(values, now) for values in pager.rows], search),
        "search": search,
        "bulk_verbs": bulk.verbs_offered(request.user),
        "per": _per(request, size, pager),
        "holders": _holders(request) if request.user.is_merchant else [],
        "sorts": _sorts(request, sort),
        "pager": pager,
        "views": views,
        "columns": columns_of(request.user),
        "mark": came_from.mark(request),
        "filtered": bool(form.asked),
        "export_url": f"{reverse('exchange:export_tickets')}?{urlencode(query_without(request.GET, 'per'))}",
        "refresh_url": request.get_full_path(),
        "now": now,
    }
    return render(request, "tickets/_rows.html" if request.htmx else "tickets/list.html", context)


def rows_of(numbers: list[str], user, now) -> list[dict]:
    """The rows of these tickets as the list shows them, in this order; without those hidden from the person."""
    found = Ticket.objects.for_user(user).filter(number__in=numbers).values(*COLUMNS)
    rows = {values["number"]: _row(values, now) for values in found}
    return [rows[number] for number in numbers if number in rows]


def _per(request: HttpRequest, size: int, pager: Page) -> dict | None:
    """The way to as many rows as can be handled at once, or back; ``None`` where one page shows all of them."""
    if size == SIZE and not (pager.next_url or pager.prev_url):
        return None
    other = {"per": str(bulk.MOST)} if size == SIZE else {}
    return {
        "label": f"每页{bulk.MOST if other else SIZE}张",
        "url": "?" + urlencode(query_without(request.GET, "per") | other),
    }


def _holders(request: HttpRequest) -> list[dict]:
    """The quick ways to what is one's own and to what nobody has taken yet."""
    rest, current = query_without(request.GET, "holder"), request.GET.get("holder", "")
    return [
        {
            "label": label if key else "不限",
            "url": "?" + urlencode(rest | ({"holder": key} if key else {})),
            "current": key == current,
        }
        for key, label in HOLDERS.items()
    ]


def _sorts(request: HttpRequest, current: str) -> dict[str, dict]:
    """For each sortable column: the address that sorts by it (or turns it round), and how it is sorted now."""
    rest = query_without(request.GET, "sort")
    sorts = {}
    for key in SORTS:
        ascending, descending = current == key, current == f"-{key}"
        turned = key if descending else f"-{key}" if ascending else key if key == "due" else f"-{key}"
        sorts[key] = {
            "url": "?" + urlencode(rest | {"sort": turned}),
            "direction": "asc" if ascending else "desc" if descending else "",
        }
    return sorts


def _row(values: dict, now) -> dict:
    status = values["status"]
    return {
        **values,
        "url": address("tickets:detail", values["number"]),
        "order_url": address("orders:detail", values["order_number"]),
        "merchant_name": values["merchant__name"],
        "holder": values["assignee__name"],
        "category": values["category__name"],
        "problem": mask_row(values["problem"], values, "order__"),
        "urgency_label": URGENCIES[values["urgency"]],
        "status_label": STATUSES[status],
        "countdown": countdown(
            status, values["warn_at"], values["due_at"], values["stopped_at"], now, values["critical_at"]
        ),
    }
