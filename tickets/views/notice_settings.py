"""消息设置: how a person wants to be told."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from merchants.access import WORKING_ROLES, allow

from ..models import NoticePreference
from ..notice_forms import SettingsForm


@allow(*WORKING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    """One's own address, kinds, quiet hours, and what the screen does."""
    preference = NoticePreference.of(request.user)
    form = SettingsForm(request.POST if request.method == "POST" else None, preference=preference)
    if request.method == "POST" and form.is_valid():
        preference.change(by_user=request.user, **form.chosen())
        messages.success(request, "已保存消息设置")
        return redirect("notices:settings")
    return render(
        request, "tickets/notice_settings.html", {"form": form}, status=422 if form.is_bound else 200
    )
