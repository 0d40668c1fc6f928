"""The figures as tables, for the terminal and for docs/performance.md between its two marker lines."""

import math
import statistics
from collections.abc import Callable
from pathlib import Path

from .asking import ADMIN, LIMIT, PRODUCT, Asked
from .house import BASE
from .measuring import Figure

DOCS = BASE / "docs" / "performance.md"
BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"
PAGES = {
    "list": "列表", "last page": "末页", "detail": "详情", "number": "按单号搜索", "form": "提交：打开",
    "post": "提交：发送", "act": "提交：动作",
}  # fmt: skip
WHO = {LIMIT: "裸 SQL", PRODUCT: "本系统", ADMIN: "Django admin"}
HEADINGS = [
    "页面", "谁", "次/秒", "应用 CPU", "数据库 CPU", "p50", "p99", "SQL", "KB", "次/秒 ÷ 裸", "CPU ÷ 裸",
    "admin 的 CPU ÷ 本系统",
]  # fmt: skip

Figures = dict[tuple[str, str], Figure]


def rows(figures: Figures) -> list[list[str]]:
    """A line for each target, the three of a page together."""
    return [_row(figures, figures[page, who]) for page in PAGES for who in WHO if (page, who) in figures]


def _row(figures: Figures, figure: Figure) -> list[str]:
    limit, admin = (figures.get((figure.page, who)) for who in (LIMIT, ADMIN))
    compared = figure.who != LIMIT and limit
    return [
        PAGES[figure.page],
        WHO[figure.who],
        f"{figure.rate:.1f}",
        f"{figure.app_ms:.2f} ms",
        f"{figure.database_ms:.2f} ms",
        f"{figure.percentile(0.5):.1f} ms",
        f"{figure.percentile(0.99):.1f} ms",
        "—" if figure.statements is None else str(figure.statements),
        f"{figure.kilobytes:.1f}",
        f"{figure.rate / limit.rate:.3f}" if compared and limit.rate else "—",
        f"{figure.cpu_ms / limit.cpu_ms:.2f}" if compared and limit.cpu_ms else "—",
        f"{admin.cpu_ms / figure.cpu_ms:.1f}" if admin and figure.who == PRODUCT and figure.cpu_ms else "—",
    ]


def search_rows(asked: list[Asked]) -> list[list[str]]:
    """The database's milliseconds of each kind of search; a term counts with the median of its repetitions."""
    lines = []
    for kind in dict.fromkeys(each.kind for each in asked):
        times = sorted(statistics.median(each.milliseconds) for each in asked if each.kind == kind)
        p95 = times[max(0, math.ceil(0.95 * len(times)) - 1)]
        lines.append(
            [
                kind,
                str(len(times)),
                f"{statistics.median(times):.1f} ms",
                f"{p95:.1f} ms",
                f"{times[-1]:.1f} ms",
            ]
        )
    return lines


def goal_rows(figures: Figures, asked: list[Asked]) -> list[list[str]]:
    """What was promised, and what was measured of it."""

    def rate(page: str, who: str) -> float:
        return figures[page, who].rate

    def cpu(page: str, who: str) -> float:
        return figures[page, who].cpu_ms

    goals: list[tuple[str, str, Callable[[], str]]] = [
        (
            "列表，次/秒 ÷ 裸 SQL",
            "≥ 0.25，目标 0.60",
            lambda: f"{rate('list', PRODUCT) / rate('list', LIMIT):.2f}",
        ),
        ("列表，次/秒 ÷ admin", "≥ 100", lambda: f"{rate('list', PRODUCT) / rate('list', ADMIN):.1f}"),
        ("末页 CPU ÷ 首页 CPU", "≤ 1.2", lambda: f"{cpu('last page', PRODUCT) / cpu('list', PRODUCT):.2f}"),
        (
            "详情，次/秒 ÷ 裸 SQL",
            "≥ 0.2，目标 0.50",
            lambda: f"{rate('detail', PRODUCT) / rate('detail', LIMIT):.2f}",
        ),
        ("详情，次/秒 ÷ admin", "≥ 10", lambda: f"{rate('detail', PRODUCT) / rate('detail', ADMIN):.1f}"),
        ("提交的动作，CPU ÷ 裸事务", "≤ 3", lambda: f"{cpu('act', PRODUCT) / cpu('act', LIMIT):.1f}"),
        ("提交的整个请求，CPU ÷ 裸页面", "—", lambda: f"{cpu('post', PRODUCT) / cpu('post', LIMIT):.1f}"),
    ]
    times = {kind: p95 for kind, _, _, p95, _ in search_rows(asked)}
    goals += [
        ("搜索中文，数据库时间 p95", "≤ 50 ms", lambda: f"常见 {times['常见']}，少见 {times['少见']}"),
        ("按单号搜索，数据库时间 p95", "≤ 5 ms", lambda: times["单号"]),
    ]
    lines = []
    for what, goal, measured in goals:
        try:
            lines.append([what, goal, measured()])
        except (KeyError, ZeroDivisionError):  # not measured in this run
            lines.append([what, goal, "—"])
    return lines


def growth_rows(small: Figures, large: Figures) -> list[list[str]]:
    """The product's processor time at both sizes."""
    return [
        [PAGES[page], f"{small[page, PRODUCT].cpu_ms:.2f} ms", f"{large[page, PRODUCT].cpu_ms:.2f} ms",
         f"{large[page, PRODUCT].cpu_ms / small[page, PRODUCT].cpu_ms:.2f}"]
        for page in PAGES
        if (page, PRODUCT) in small and (page, PRODUCT) in large and small[page, PRODUCT].cpu_ms
    ]  # fmt: skip


def markdown(headings: list[str], lines: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [headings, ["---"] * len(headings), *lines])


def write(text: str, path: Path = DOCS) -> None:
    """Puts the text between the marker lines."""
    before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path} 里没有标记行 {BEGIN} 和 {END}")
    path.write_text(f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}", encoding="utf-8")
