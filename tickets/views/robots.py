"""群机器人: the groups that are told; a manager's are everybody's, a merchant owner's the own shop's."""

from django.contrib import messages
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from merchants.access import Role, allow

from ..lifecycle import Refused
from ..models import Delivery, Robot
from ..notice_forms import RobotForm

KEEPERS = frozenset({Role.MANAGER, Role.MERCHANT_OWNER})
NO_ROBOT = "群机器人不存在或无权查看"


@allow(*KEEPERS)
@require_safe
def robot_list(request: HttpRequest) -> HttpResponse:
    """The robots one keeps, how they are doing, and what waits for them."""
    robots = Robot.objects.for_user(request.user).select_related("merchant")
    # Each of these stays within a partial index: what a robot has sent in its life is never counted.
    theirs = Delivery.objects.filter(robot=OuterRef("pk"))
    waiting = theirs.filter(state=Delivery.State.WAITING)
    given_up = theirs.given_up().filter(
        Q(finished_at__gt=OuterRef("last_ok_at")) | Q(robot__last_ok_at__isnull=True)
    )
    how_many = waiting.order_by().values("robot").annotate(how_many=Count("pk")).values("how_many")
    robots = robots.annotate(
        waiting=Coalesce(Subquery(how_many), 0),
        waiting_error=Subquery(
            waiting.filter(attempts__gt=0).order_by("next_attempt_at").values("last_error")[:1]
        ),
        given_up_error=Subquery(given_up.order_by("-created_at", "-pk").values("last_error")[:1]),
    ).order_by(F("merchant__name").asc(nulls_first=True), "name", "pk")
    context = {"robots": robots, "is_merchant": request.user.is_merchant}
    return render(request, "tickets/robots.html", context)


@allow(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def robot_new(request: HttpRequest) -> HttpResponse:
    """Another group."""
    return _robot_form(request, Robot())


@allow(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def robot_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename, stop, another address."""
    return _robot_form(request, _find(request, pk))


@allow(*KEEPERS)
@require_POST
def robot_test(request: HttpRequest, pk: int) -> HttpResponse:
    """发送测试消息."""
    robot = _find(request, pk)
    try:
        robot.send_test(by_user=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"测试消息已发送到「{robot}」，请到群里查看")
    return redirect("notices:robots")


@allow(*KEEPERS)
@require_POST
def robot_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """The group is no longer told; what waits for it goes with it."""
    robot = _find(request, pk)
    name = str(robot)
    robot.delete()
    messages.success(request, f"已删除群机器人「{name}」")
    return redirect("notices:robots")


def _find(request: HttpRequest, pk: int) -> Robot:
    return Robot.objects.visible_or_404(request.user, NO_ROBOT, pk=pk)


def _robot_form(request: HttpRequest, robot: Robot) -> HttpResponse:
    is_new = robot.pk is None
    data = request.POST if request.method == "POST" else None
    form = RobotForm(data, instance=robot, by_user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"{'已新建' if is_new else '已修改'}群机器人「{robot}」")
        return redirect("notices:robots")
    # As it is kept: a refused form has put what was typed into the object itself.
    kept = robot if is_new else _find(request, robot.pk)
    context = {"form": form, "robot": kept, "is_new": is_new}
    return render(request, "tickets/robot_form.html", context, status=422 if form.is_bound else 200)
