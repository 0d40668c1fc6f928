"""The small marks of a list's rows as HTML: a page has hundreds of them, and most are the same again and again.

Each ends with a line break, as a word ends with a blank.
"""

from functools import lru_cache

from markupsafe import Markup

from .lifecycle import Outcome, Status, Urgency
from .timeliness import Countdown, moment_words

TONES_OF_STATUS = {
    Status.WAITING_MERCHANT: "info",
    Status.WAITING_REVIEW: "review",
    Status.COMPLETED: "ok",
}
# An honest failure is an answer like any other: none of these is an alarm.
TONES_OF_OUTCOME = {Outcome.SOLVED: "ok", Outcome.PARTLY: "info", Outcome.PLATFORM: "review"}
TONES_OF_URGENCY = {Urgency.IMPORTANT: "warn", Urgency.URGENT: "bad"}
NOTHING = Markup('<span class="quiet">—</span>\n')


@lru_cache(maxsize=512)
def badge(label: str, tone: str = "idle") -> Markup:
    """A coloured dot and its word."""
    return Markup('<span class="badge" data-tone="{}">{}</span>\n').format(tone, label)


def status(key: str, label: str) -> Markup:
    """The state of a ticket."""
    return badge(label, TONES_OF_STATUS.get(key, "idle"))


def outcome(key: str, label: str) -> Markup:
    """How the merchant says it went."""
    return badge(label, TONES_OF_OUTCOME.get(key, "idle"))


@lru_cache(maxsize=64)
def urgency(key: str, label: str) -> Markup:
    """一般 stays quiet, 重要 and 紧急 are framed."""
    tone = Markup(' data-tone="{}"').format(TONES_OF_URGENCY[key]) if key in TONES_OF_URGENCY else ""
    return Markup('<span class="mark"{}>{}</span>\n').format(tone, label)


def countdown(clock: Countdown | None) -> Markup:
    """What is left or how late, with what static/js/live.js needs to keep a running one true. Its words are ours."""
    if not clock or not clock.state:
        return NOTHING
    runs = (
        f' data-due="{int(clock.due_at.timestamp())}" data-warn="{int(clock.warn_at.timestamp())}"'
        f' data-critical="{int(clock.critical_at.timestamp())}"'
        if clock.running
        else ""
    )
    until = f' title="截止 {moment_words(clock.due_at)}"' if clock.due_at else ""
    return Markup(  # noqa: S704 - moments, numbers and our own words
        f'<span class="countdown" data-state="{clock.state}" data-level="{clock.level}"'
        f"{runs}{until}>{clock.text}</span>\n"
    )
