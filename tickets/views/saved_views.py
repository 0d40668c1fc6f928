"""常用筛选: a person's own and those that their side shares; kept from the list, changed on a page of their own."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from merchants.access import WORKING_ROLES, NotVisible, allow

from ..filtering import read_query, words_of
from ..models import SavedView
from ..models.phrase import keeps_shared
from ..models.saved_view import MOST_VIEWS
from ..saved_view_forms import RenameViewForm, SaveViewForm

NO_VIEW = "常用筛选不存在或无权修改"


@allow(*WORKING_ROLES)
@require_safe
def saved_view_list(request: HttpRequest) -> HttpResponse:
    """Those one can use, one's own first; at most twice ``MOST_VIEWS``."""
    views = list(SavedView.objects.for_user(request.user).with_start(request.user))
    lines = list(zip(views, words_of(views), strict=True))
    context = {
        "own": [line for line in lines if not line[0].is_shared],
        "shared": [line for line in lines if line[0].is_shared],
        "keeps_shared": keeps_shared(request.user),
        "most": MOST_VIEWS,
    }
    return render(request, "tickets/saved_views.html", context)


@allow(*WORKING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def saved_view_new(request: HttpRequest) -> HttpResponse:
    """The filter in the address, to be kept under a name or in place of another."""
    asked = request.POST.get("query", "") if request.method == "POST" else request.META["QUERY_STRING"]
    try:
        query = read_query(QueryDict(asked).dict(), request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("tickets:list")
    form = SaveViewForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            view = _keep(request.user, query, data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if data["start"]:
                view.start_for(by_user=request.user)
            messages.success(request, f"已保存常用筛选「{view}」")
            return redirect(f"{reverse('tickets:list')}?{query}")
    [words] = words_of([SavedView(query=query)])
    context = {"form": form, "query": query, "words": words, "most": MOST_VIEWS}
    return render(request, "tickets/saved_view_new.html", context, status=422 if form.is_bound else 200)


@allow(*WORKING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def saved_view_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name."""
    view = _kept(request, pk)
    form = RenameViewForm(request.POST if request.method == "POST" else None, initial={"name": view.name})
    if form.is_bound and form.is_valid():
        try:
            view.rename(form.cleaned_data["name"], by_user=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已改名为「{view}」")
            return redirect("tickets:saved_views")
    context = {"form": form, "title": "修改名称"}
    return render(request, "tickets/saved_view_form.html", context, status=422 if form.is_bound else 200)


@allow(*WORKING_ROLES)
@require_POST
def saved_view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody needs it any more."""
    view = _kept(request, pk)
    view.discard(by_user=request.user)
    messages.success(request, f"已删除常用筛选「{view}」")
    return redirect("tickets:saved_views")


@allow(*WORKING_ROLES)
@require_POST
def saved_view_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up, or down."""
    _kept(request, pk).move(-1 if request.POST.get("step") == "up" else 1, by_user=request.user)
    return redirect("tickets:saved_views")


@allow(*WORKING_ROLES)
@require_POST
def saved_view_start(request: HttpRequest, pk: int) -> HttpResponse:
    """工单管理 opens with it (``on``), or no longer; also with one that somebody else keeps for the side."""
    view = SavedView.objects.for_user(request.user).filter(pk=pk).first()
    if view is None:
        raise NotVisible(NO_VIEW)
    if request.POST.get("on"):
        view.start_for(by_user=request.user)
        messages.success(request, f"以后打开工单管理时使用「{view}」")
    else:
        view.not_start_for(by_user=request.user)
        messages.success(request, "以后打开工单管理时不使用筛选")
    return redirect("tickets:saved_views")


def _kept(request: HttpRequest, pk: int) -> SavedView:
    view = SavedView.objects.kept_by(request.user).filter(pk=pk).first()
    if view is None:
        raise NotVisible(NO_VIEW)
    return view


def _keep(user, query: str, data: dict) -> SavedView:
    if view := data["over"]:
        view.overwrite(query, by_user=user)
        return view
    view = SavedView(name=data["name"], query=query)
    view.put(by_user=user, shared=data.get("shared", False))
    return view
