"""问题类型与原因: the guide beside the merchant's answer, and the reasons that people choose from."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from merchants.access import Role, allow

from ..category_forms import GuideForm, ReasonCodeForm
from ..models import Category, ReasonCode, ReasonKind
from .deadlines import found, saved


@allow(Role.MANAGER)
@require_safe
def category_list(request: HttpRequest) -> HttpResponse:
    """Every kind of problem with its guide, and every reason."""
    codes = list(ReasonCode.objects.select_related("category"))
    context = {
        "categories": Category.objects.order_by("-is_active", "position", "name"),
        "kinds": [
            {"label": kind.label, "codes": [code for code in codes if code.kind == kind]}
            for kind in ReasonKind
        ],
    }
    return render(request, "tickets/categories.html", context)


@allow(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def category_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another guide; answers already given stay as they are."""
    category = found(Category, pk, "问题类型不存在")
    form = GuideForm(request.POST if request.method == "POST" else None, instance=category)
    if form.is_valid():
        form.save()
        messages.success(request, f"已保存「{category}」的填写指引")
        return redirect("tickets:categories")
    context = {"form": form, "category": category}
    return render(request, "tickets/category_form.html", context, status=422 if form.is_bound else 200)


@allow(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def reason_new(request: HttpRequest) -> HttpResponse:
    """One more reason."""
    return _reason_form(request, ReasonCode())


@allow(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def reason_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, another place, out of use; what was chosen before keeps the name it had."""
    return _reason_form(request, found(ReasonCode, pk, "原因不存在"))


def _reason_form(request: HttpRequest, code: ReasonCode) -> HttpResponse:
    title = f"修改{code.get_kind_display()}" if code.pk else "新建原因"
    form = ReasonCodeForm(request.POST if request.method == "POST" else None, instance=code)
    if form.is_valid() and saved(form, form.save):
        messages.success(request, f"已保存原因「{code}」")
        return redirect("tickets:categories")
    context = {"form": form, "title": title}
    return render(request, "tickets/reason_form.html", context, status=422 if form.is_bound else 200)
