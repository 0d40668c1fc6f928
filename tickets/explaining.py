"""How a deadline came about: what counted, what did not and why, for the eye and in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .models import Extension, Pause, Round
from .time_line import KINDS, Mark, Piece, Stretch, TimeLine
from .timeliness import moment_words, span_words


@dataclass(frozen=True, slots=True)
class Explanation:
    """One round's deadline: the line to look at, the steps to read."""

    pieces: list[Piece]
    marks: list[Mark]
    legend: list[tuple[str, str]]
    steps: list[str]
    summary: str


def explain(
    round_: Round,
    pauses: list[Pause],
    extensions: list[Extension],
    now: datetime,
    mask: Callable[[str], str],
) -> Explanation:
    """The account of a round's deadline at ``now``; ``mask`` makes its words fit to be shown (``masker``).

    Reads nothing from the database.
    """
    stop = round_.submitted_at or round_.closed_at or round_.paused_at
    reached = stop or now
    start, end = round_.started_at, max(round_.due_at, reached)

    blocked = [(*_stretch(piece), "skipped", piece["why"]) for piece in round_.skipped]
    blocked += [
        (pause.started_at, pause.ended_at or reached, "paused", mask(pause.reason)) for pause in pauses
    ]
    blocked = [(max(low, start), min(high, end), kind, why) for low, high, kind, why in blocked]
    blocked = sorted(piece for piece in blocked if piece[0] < piece[1])
    stretches: list[Stretch] = []

    def put(kind: str, low: datetime, high: datetime, words: str) -> None:
        if low < high:
            text = f"{moment_words(low)}–{moment_words(high)} {KINDS[kind]}{f'：{words}' if words else ''}"
            stretches.append(Stretch(kind, low, high, text))

    def put_counted(low: datetime, high: datetime) -> None:
        """Counted time, cut at the deadline and at now."""
        for kind, a, b in (
            ("counted", low, min(high, reached, round_.due_at)),
            ("left", max(low, reached), min(high, round_.due_at)),
            ("late", max(low, round_.due_at), min(high, reached)),
        ):
            put(kind, a, b, "")

    at = start
    for low, high, kind, words in blocked:
        put_counted(at, low)
        put(kind, max(low, at), high, words)
        at = max(at, high)
    put_counted(at, end)
    line = TimeLine(stretches)
    marks = [
        line.mark("warn", "一般预警", round_.warn_at),
        line.mark("critical", "重要预警", round_.critical_at),
        line.mark("start", "开始", start),
        line.mark("due", "原截止" if round_.paused_at and round_.is_open else "截止", round_.due_at),
        line.mark("now", _name_of_now(round_, stop), reached),
    ]
    steps = _steps(round_, pauses, extensions, mask)
    return Explanation(line.pieces(), marks, line.legend(), steps, _summary(round_, pauses))


def _name_of_now(round_: Round, stop: datetime | None) -> str:
    if round_.submitted_at:
        return "提交"
    if stop is None:
        return "现在"
    return "停止" if round_.closed_at else "挂起"


def _stretch(piece: dict[str, str]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(piece["start"]), datetime.fromisoformat(piece["end"])


def _steps(
    round_: Round, pauses: list[Pause], extensions: list[Extension], mask: Callable[[str], str]
) -> list[str]:
    steps = [(round_.started_at, f"{moment_words(round_.started_at)} 轮到商家处理，开始计时")]
    for piece in round_.skipped:
        low, high = _stretch(piece)
        steps.append((low, f"{moment_words(low)} 至 {moment_words(high)} {piece['why']}，不计时"))
    for pause in pauses:
        end = (
            f"{moment_words(pause.ended_at)} 恢复"
            if pause.ended_at
            else f"预计 {moment_words(pause.until)} 恢复"
        )
        steps.append(
            (
                pause.started_at,
                f"{moment_words(pause.started_at)} 挂起，{end}：{mask(pause.reason)}",
            )
        )
    steps += [
        (
            extension.answered_at,
            f"{moment_words(extension.answered_at)} 同意延期，截止时间由 {moment_words(extension.due_before)}"
            f" 改为 {moment_words(extension.due_wanted)}",
        )
        for extension in extensions
        if extension.answer == Extension.Answer.GRANTED
    ]
    words = [text for _, text in sorted(steps, key=lambda step: step[0])]
    if round_.paused_at and not round_.closed_at:
        return [*words, "计时已暂停，恢复后按剩余时间重新计算截止时间"]
    return [*words, f"{moment_words(round_.due_at)} 截止"]


def _summary(round_: Round, pauses: list[Pause]) -> str:
    calendar = round_.calendar.name if round_.calendar else "7×24"
    return f"按「{calendar}」计时，时限 {span_words(counted_time(round_, pauses, round_.due_at))}"


def counted_time(round_: Round, pauses: list[Pause], until: datetime) -> timedelta:
    """The service time of a round from its start to ``until``, without the pauses that have ended.

    Up to the deadline it is read from the round's own account, so that editing a calendar changes no past. The pause
    in which a round stands, or was cancelled, has not moved its deadline, so it is not taken off either.
    """
    held = [
        (pause.started_at, pause.ended_at)
        for pause in pauses
        if pause.ended_at and pause.started_at != round_.paused_at
    ]
    edge = min(until, round_.due_at)
    counted = (
        edge - round_.started_at - _covered([*map(_stretch, round_.skipped), *held], round_.started_at, edge)
    )
    if until > edge:
        service = round_.service_time()
        counted += service.between(edge, until)
        counted -= sum(
            (
                service.between(max(low, edge), min(high, until))
                for low, high in held
                if high > edge and low < until
            ),
            timedelta(),
        )
    return counted


def _covered(stretches: list[tuple[datetime, datetime]], start: datetime, end: datetime) -> timedelta:
    """How much of the time from ``start`` to ``end`` lies in any of the stretches."""
    covered, reached = timedelta(), start
    for low, high in sorted(stretches):
        low, high = max(low, reached), min(high, end)
        if low < high:
            covered, reached = covered + (high - low), high
    return covered
