"""What each role finds in the menu."""

from functools import cache

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse

from .access import Role

JOBS = ("导出与导入", "exchange:jobs")
SERVICE_DESK = (
    "客服工作台",
    [
        ("工单管理", "tickets:list"),
        ("新建工单", "tickets:new"),
        ("批量建单", "exchange:open_tickets"),
        ("待客服审核", "tickets:review"),
        ("快捷短语", "tickets:phrases"),
        JOBS,
    ],
)
DEADLINE_DESK = (
    "时效管理",
    [
        ("超时工单", "tickets:overdue"),
        ("异常处理", "tickets:incidents"),
        ("商户时效统计", "tickets:timeliness"),
        ("时限与节假日", "tickets:deadlines"),
        ("问题类型与原因", "tickets:categories"),
    ],
)
PRIVACY = ("信息安全", [("敏感信息查看日志", "tickets:sensitive"), ("导出记录", "exchange:records")])
ORDERS = ("订单", [("订单查询", "orders:list"), ("订单导入", "exchange:import_orders")])
MERCHANT_DESK = (
    "联营系统 › 运营管理",
    [("工单管理", "tickets:list"), ("快捷短语", "tickets:phrases"), ("我的导出", "exchange:jobs")],
)
OWNER_DESK = (
    "联营系统 › 运营管理",
    [
        ("工单管理", "tickets:list"),
        ("本店时效", "tickets:timeliness"),
        ("快捷短语", "tickets:phrases"),
        ("我的导出", "exchange:jobs"),
    ],
)

NOTICES = [("消息", "notices:inbox"), ("消息设置", "notices:settings")]
ROBOTS = ("群机器人", "notices:robots")

MENUS: dict[str, list[tuple[str, list[tuple[str, str]]]]] = {
    Role.SUPPORT: [SERVICE_DESK, ORDERS, ("通知", NOTICES)],
    Role.MANAGER: [
        SERVICE_DESK,
        DEADLINE_DESK,
        ORDERS,
        PRIVACY,
        ("通知", [*NOTICES, ROBOTS, ("未送达", "notices:undelivered")]),
    ],
    Role.MERCHANT_STAFF: [MERCHANT_DESK, ("通知", NOTICES)],
    Role.MERCHANT_OWNER: [
        OWNER_DESK,
        ("店铺设置", [("员工账号", "staff:list")]),
        ("通知", [*NOTICES, ROBOTS]),
    ],
    Role.ADMIN: [("系统管理", [("后台管理", "admin:index")])],
}

# Pages that are not in the menu themselves: the item under which a person finds them.
VERBS = [
    "submit",
    "approve",
    "return",
    "cancel",
    "reopen",
    "hold",
    "resume",
    "remind",
    "extend",
    "grant",
    "decline",
    "claim",
    "release",
    "assign",
    "transfer",
    "merge",
    "add_evidence",
    "note",
    "message",
    "rate",
    "invite",
    "reveal",
]
DEADLINE_PAGES = [
    "policy_new",
    "policy_edit",
    "calendar_new",
    "calendar_edit",
    "holiday_add",
    "holiday_library",
    "holiday_upload",
]
LIST_PAGES = ["saved_views", "saved_view_new", "saved_view_edit", "columns"]
LATE_PAGES = ["late_round", "acknowledge", "exempt", "unexempt", "open_incident", "overdue_acknowledge"]
BELONGS_TO = {
    "tickets:detail": "tickets:list",
    "tickets:bulk": "tickets:list",
    **{f"tickets:{page}": "tickets:list" for page in LIST_PAGES},
    **{f"tickets:{verb}": "tickets:list" for verb in VERBS},
    **{f"tickets:{page}": "tickets:deadlines" for page in DEADLINE_PAGES},
    "notices:robot_new": "notices:robots",
    "notices:robot_edit": "notices:robots",
    **{f"tickets:{page}": "tickets:overdue" for page in LATE_PAGES},
    **dict.fromkeys(["tickets:incident", "tickets:incident_step"], "tickets:incidents"),
    "tickets:timeliness_list": "tickets:timeliness",
    **{f"tickets:{page}": "tickets:phrases" for page in ["phrase_new", "phrase_edit"]},
    **{f"tickets:{page}": "tickets:categories" for page in ["category_edit", "reason_new", "reason_edit"]},
    "orders:detail": "orders:list",
    "exchange:export_tickets": "tickets:list",
    "exchange:export_orders": "orders:list",
    **{f"exchange:{page}": "exchange:jobs" for page in ["job", "confirm", "cancel"]},
    "staff:new": "staff:list",
    "staff:edit": "staff:list",
}


def nav(request: HttpRequest) -> list[dict]:
    """The menu of the person who asks: sections of items; the item of the page being shown is ``current``."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    here = request.resolver_match.view_name if request.resolver_match else ""
    return _sections(user.role, BELONGS_TO.get(here, here), get_script_prefix())


@cache
def _sections(role: str, here: str, prefix: str) -> list[dict]:
    return [
        {
            "label": label,
            "items": [{"label": text, "url": reverse(name), "current": name == here} for text, name in items],
        }
        for label, items in MENUS[role]
    ]
