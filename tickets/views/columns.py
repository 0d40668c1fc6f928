"""列设置: which columns a person's ticket list has."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from merchants.access import WORKING_ROLES, allow

from ..columns import COLUMNS, FREE, USUAL, choose_columns, columns_of


@allow(*WORKING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def list_columns(request: HttpRequest) -> HttpResponse:
    """The boxes; sent, the choice is kept (``usual``: the columns that one begins with)."""
    if request.method == "POST":
        keys = [column.key for column in USUAL] if "usual" in request.POST else request.POST.getlist("column")
        choose_columns(request.user, keys)
        messages.success(request, "已保存列设置")
        return redirect("tickets:list")
    shown = {column.key for column in columns_of(request.user)}
    context = {
        "boxes": [{"key": each.key, "label": each.label, "on": each.key in shown} for each in FREE],
        "always": [column.label for column in COLUMNS if column.always],
    }
    return render(request, "tickets/columns.html", context)
