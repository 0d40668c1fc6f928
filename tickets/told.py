"""Who was told about a round, when, and through what: the inbox and the outbox, read together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .models import Channel, Delivery, Notice, NoticeKind

INBOX = "站内"
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Told:
    """One person or group, told once."""

    who: str
    kind: str
    channel: str
    at: datetime
    state: str
    tone: str


STATES = {
    Delivery.State.WAITING: "info",
    Delivery.State.SENT: "ok",
    Delivery.State.GIVEN_UP: "bad",
}


def told_about(rounds: Iterable[Key]) -> dict[Key, list[Told]]:
    """For ``(ticket id, round number)`` pairs: what was told about each, oldest first. Two statements."""
    told: dict[Key, list[Told]] = {key: [] for key in rounds}
    tickets = {ticket for ticket, _ in told}
    notices = Notice.objects.filter(ticket__in=tickets).values_list(
        "ticket_id", "round_no", "recipient__name", "kind", "created_at", "read_at"
    )
    for ticket, round_no, who, kind, at, read_at in notices:
        if (ticket, round_no) in told:
            state, tone = ("已读", "ok") if read_at else ("未读", "idle")
            line = Told(who, NoticeKind(kind).label, INBOX, at, state, tone)
            told[ticket, round_no].append(line)
    deliveries = Delivery.objects.filter(ticket__in=tickets).values_list(
        "ticket_id", "round_no", "person__name", "robot__name", "kind", "channel", "created_at", "finished_at", "state"
    )  # fmt: skip
    for ticket, round_no, person, robot, kind, channel, at, finished_at, state in deliveries:
        if (ticket, round_no) in told:
            line = Told(
                robot or person, NoticeKind(kind).label, Channel(channel).label, finished_at or at,
                Delivery.State(state).label, STATES[state],
            )  # fmt: skip
            told[ticket, round_no].append(line)
    return {key: sorted(lines, key=lambda line: line.at) for key, lines in told.items()}


def summary(lines: list[Told]) -> list[tuple[str, int]]:
    """How many were told through each channel, and how many could not be reached."""
    counts = {}
    for line in lines:
        words = line.state if line.tone == "bad" else line.channel
        counts[words] = counts.get(words, 0) + 1
    return list(counts.items())
