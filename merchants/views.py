"""Coming in, and the merchant owner's staff accounts."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_http_methods, require_safe

from .access import Role, allow, public
from .forms import StaffForm
from .models import User

NO_STAFF = "员工账号不存在或无权查看"

login = public(
    auth_views.LoginView.as_view(template_name="merchants/login.html", redirect_authenticated_user=True)
)
logout = allow()(auth_views.LogoutView.as_view())
password_change = allow()(
    auth_views.PasswordChangeView.as_view(
        template_name="merchants/password_change.html", success_url=reverse_lazy("password_changed")
    )
)


@allow()
@require_safe
def password_changed(request: HttpRequest) -> HttpResponse:
    """After a change of password: say so, and go on working."""
    messages.success(request, "密码已修改")
    return redirect("home")


@allow()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the page where this role works."""
    return redirect("admin:index" if request.user.role == Role.ADMIN else "tickets:list")


@allow(Role.MERCHANT_OWNER)
@require_safe
def staff_list(request: HttpRequest) -> HttpResponse:
    """The staff accounts of the owner's own merchant."""
    staff = User.objects.staff_of(request.user).values("pk", "username", "name", "is_active", "last_login")
    return render(request, "merchants/staff_list.html", {"staff": staff.order_by("-is_active", "username")})


@allow(Role.MERCHANT_OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_new(request: HttpRequest) -> HttpResponse:
    """A new staff account for the owner's own merchant."""
    return _staff_form(request, User(is_active=True), "已新建员工账号")


@allow(Role.MERCHANT_OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename, give a new password, or switch off one of the owner's staff."""
    person = User.objects.staff_of(request.user).visible_or_404(request.user, NO_STAFF, pk=pk)
    return _staff_form(request, person, "已保存员工账号")


def _staff_form(request: HttpRequest, person: User, done: str) -> HttpResponse:
    form = StaffForm(request.POST if request.method == "POST" else None, instance=person, owner=request.user)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, f"{done}：{saved.name}（{saved.username}）")
        return redirect("staff:list")
    status = 422 if form.is_bound else 200
    return render(request, "merchants/staff_form.html", {"form": form, "person": person}, status=status)
