"""What a calendar makes of a span: a deadline tried out, without a ticket."""

from datetime import datetime, timedelta

from . import time_line
from .explaining import Explanation
from .timeliness import moment_words, span_words
from .worktime import ServiceTime, Stretch

# More steps than this nobody reads; the last of them is the one before the deadline.
MOST_STEPS = 40


def try_out(service: ServiceTime, start: datetime, span: timedelta) -> Explanation:
    """The account of a deadline ``span`` of service time after ``start``.

    Raises ``NoServiceTime`` when the calendar never gets there.
    """
    due_at = service.add(start, span)
    stretches = list(service.stretches(start, due_at))
    line = time_line.TimeLine(
        [
            time_line.Stretch("left" if each.counts else "skipped", each.start, each.end, _words(each))
            for each in stretches
        ]
    )
    steps = [_words(stretch) for stretch in stretches]
    if len(steps) > MOST_STEPS:
        steps = [*steps[: MOST_STEPS - 1], f"……中间 {len(steps) - MOST_STEPS} 段从略", steps[-1]]
    summary = f"{moment_words(due_at)} 截止（从 {moment_words(start)} 起计时 {span_words(span)}）"
    marks = [line.mark("start", "开始", start), line.mark("due", "截止", due_at)]
    legend = [(kind, "计时" if kind == "left" else words) for kind, words in line.legend()]
    return Explanation(line.pieces(), marks, legend, steps, summary)


def _words(stretch: Stretch) -> str:
    length = span_words(stretch.end - stretch.start)
    what = f"计时 {length}" if stretch.counts else f"{stretch.why}，不计时 {length}"
    return f"{moment_words(stretch.start)} 至 {moment_words(stretch.end)} {what}"
