"""``python -m tests.benchmarks.pages``: measures, prints the tables and writes them to docs/performance.md."""

import argparse
import json
import signal
import subprocess
import sys
from pathlib import Path

from qinqin.children import end_with_parent

from . import table
from .ending import undisturbed
from .house import BASE
from .run import Options, Outcome, measure, packed, unpacked


def main() -> None:
    # An end from outside cleans up, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = read_arguments()
    how = Options(options.rounds, options.seconds, options.submissions, options.terms, memory=options.memory)
    if options.only_product:
        how.only, how.terms, how.memory = ("product", "limit"), 0, 0
    data = options.data or options.directory / str(options.tickets)
    small = compared(options) if options.compare else None
    outcome = measure(data.resolve(), options.tickets, options.merchants, how)
    if options.figures:
        options.figures.write_text(json.dumps(packed(outcome)), encoding="utf-8")
        return
    text = told(outcome, small)
    print(text)
    if not options.no_docs:
        table.write(text)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages", description=__doc__)
    parser.add_argument(
        "--tickets", type=int, default=1_000_000, help="size of the mall (default %(default)s)"
    )
    parser.add_argument("--merchants", type=int, default=200)
    parser.add_argument("--compare", type=int, metavar="SIZE", help="a smaller mall, for the growth from it")
    parser.add_argument(
        "--directory",
        type=Path,
        default=BASE / "var" / "bench",
        help="where malls are kept (default var/bench)",
    )
    parser.add_argument("--data", type=Path, help="the data directory of PostgreSQL itself, instead")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of everything (default %(default)s)")
    parser.add_argument(
        "--seconds", type=float, default=3, help="of each page in each round (default %(default)s)"
    )
    parser.add_argument("--submissions", type=int, default=60, help="in each round (default %(default)s)")
    parser.add_argument(
        "--terms", type=int, default=4, help="search terms of each length (default %(default)s)"
    )
    parser.add_argument("--memory", type=int, default=10_000, help="requests to watch a worker through")
    parser.add_argument("--no-docs", action="store_true", help="only print, leave docs/performance.md alone")
    parser.add_argument("--only-product", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--figures", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def compared(options: argparse.Namespace) -> Outcome:
    """The same at another size, by a process of its own: Django is set up for one database in each.

    It stops its servers itself. In a session of its own it hears of Ctrl-C from here only, and is waited for.
    """
    figures = options.directory.resolve() / f"{options.compare}.json"
    figures.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.benchmarks.pages", "--tickets", str(options.compare)]
    command += [
        "--merchants",
        str(options.merchants),
        "--directory",
        str(options.directory),
        "--only-product",
    ]
    command += ["--rounds", str(options.rounds), "--seconds", str(options.seconds)]
    command += ["--submissions", str(options.submissions), "--figures", str(figures)]
    run = subprocess.Popen(command, cwd=BASE, start_new_session=True, preexec_fn=end_with_parent)
    try:
        status = run.wait()
    finally:
        with undisturbed():
            run.terminate()
            run.wait()
    if status:
        raise SystemExit(f"{options.compare:,} 张工单的测量失败（状态 {status}）")
    return unpacked(json.loads(figures.read_text(encoding="utf-8")))


def told(outcome: Outcome, small: Outcome | None) -> str:
    """All tables."""
    parts = [
        f"{outcome.when}，{outcome.tickets:,} 张工单，结束时系统负载 {outcome.load:.1f}。",
        table.markdown(table.HEADINGS, table.rows(outcome.figures)),
    ]
    goals = table.goal_rows(outcome.figures, outcome.asked)
    parts.append(table.markdown(["目标", "应为", "量到"], goals))
    if outcome.asked:
        headings = ["搜索（数据库时间）", "词数", "中位数", "p95", "最长"]
        parts.append(table.markdown(headings, table.search_rows(outcome.asked)))
    if small:
        headings = ["CPU（应用+数据库）", f"{small.tickets:,} 张", f"{outcome.tickets:,} 张", "倍数"]
        parts.append(table.markdown(headings, table.growth_rows(small.figures, outcome.figures)))
    parts.append(f"时限检查，没有到期的：{outcome.scan_ms:.1f} ms。")
    if len(outcome.memory) > 1:
        (_, before), (requests, after) = outcome.memory[0], outcome.memory[-1]
        parts.append(f"最大的工作进程：{before:.0f} MB，再经过 {requests:,} 次请求后 {after:.0f} MB。")
    return "\n\n".join(parts)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("已中断，服务器都已停止。") from None
