"""批量: one verb for many tickets. Each goes through its own verb in a transaction of its own, or says why not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import OperationalError

from merchants.access import NotVisible

from .forms import NoteForm, ReasonForm, RemindForm, TurnForm
from .handover_forms import AssignForm
from .history import act_words
from .lifecycle import TRANSITIONS, AlreadyHandled, Refused, Status
from .models import Event, Ticket
from .models.ticket import NOT_VISIBLE
from .verb_forms import REASONS

MOST = 200
TOO_MANY = f"一次最多处理{MOST}张工单，请分几次处理"
BUSY = "系统繁忙，这张没有处理，请再试一次"
# What may be done to many at once, in the order of the buttons. Everything else wants a look at the ticket itself.
VERBS = ["claim", "remind", "approve", "assign", "cancel"]


@dataclass(frozen=True)
class Pick:
    """A ticket that somebody chose, and what its row showed then: round and state."""

    number: str
    round_no: int
    status: str

    def __str__(self) -> str:
        return f"{self.number}~{self.round_no}~{self.status}"

    @classmethod
    def read(cls, text: str) -> "Pick | None":
        """From what a row's box sends; ``None`` for what no row has sent."""
        number, _, seen = text.partition("~")
        round_no, _, status = seen.partition("~")
        if (
            not number
            or "\x00" in text
            or not round_no.isascii()
            or not round_no.isdigit()
            or len(round_no) > 5
        ):
            return None
        return cls(number, int(round_no), status) if status in Status.values else None


@dataclass(frozen=True)
class Done:
    """What became of one ticket: nothing in ``why`` when the verb was done."""

    pick: Pick
    why: str = ""
    happened: str = ""


def read_picks(texts: Iterable[str]) -> list[Pick]:
    """The chosen tickets, each once, in the order of the list."""
    picks = [pick for text in texts if (pick := Pick.read(text))]
    return list({pick.number: pick for pick in picks}.values())


def verbs_offered(user) -> dict[str, str]:
    """The verbs this person may use on many tickets, with their words."""
    return {verb: TRANSITIONS[verb].label for verb in VERBS if user.role in TRANSITIONS[verb].roles}


def form_for(verb: str, tickets: list[Ticket], user, data=None) -> TurnForm:
    """What has to be said once for all of them."""
    if verb == "assign":
        return AssignForm(data, tickets=tickets, user=user, what=REASONS[verb])
    if verb == "cancel":
        return ReasonForm(data, what=REASONS[verb])
    return {"approve": NoteForm, "remind": RemindForm}.get(verb, TurnForm)(data)


def run(verb: str, picks: list[Pick], user, said: dict) -> list[Done]:
    """Do ``verb`` to each ticket that is still where its row showed it. ``said`` is the form's cleaned data."""
    found = {ticket.number: ticket for ticket in chosen(picks, user)}
    return [_one(verb, pick, found.get(pick.number), user, said) for pick in picks]


def chosen(picks: list[Pick], user):
    """The tickets of the choice that this person may see."""
    return Ticket.objects.for_user(user).filter(number__in=[pick.number for pick in picks])


def _one(verb: str, pick: Pick, ticket: Ticket | None, user, said: dict) -> Done:
    if ticket is None:
        return Done(pick, NOT_VISIBLE)
    transition = TRANSITIONS[verb]
    if pick.status not in transition.sources:
        return Done(pick, f"{Status(pick.status).label}的工单不能{transition.label}")
    try:
        ACTS[verb](ticket, {"by_user": user, "seen_round": pick.round_no, "seen_status": pick.status}, said)
    except AlreadyHandled as refusal:
        return Done(pick, str(refusal), _what_happened(ticket))
    except (Refused, NotVisible) as refusal:
        return Done(pick, str(refusal))
    except ValidationError as refusal:
        return Done(pick, "；".join(refusal.messages))
    except OperationalError:
        return Done(pick, BUSY)
    return Done(pick)


def _claim(ticket: Ticket, seen: dict, said: dict) -> None:
    ticket.claim(**seen)


def _remind(ticket: Ticket, seen: dict, said: dict) -> None:
    ticket.remind(**seen, note=said["note"])


def _approve(ticket: Ticket, seen: dict, said: dict) -> None:
    ticket.approve(**seen, note=said["note"])


def _assign(ticket: Ticket, seen: dict, said: dict) -> None:
    ticket.assign(**seen, to=said["to"], reason=said["reason"])


def _cancel(ticket: Ticket, seen: dict, said: dict) -> None:
    ticket.cancel(**seen, reason=said["reason"])


ACTS: dict[str, Callable[[Ticket, dict, dict], None]] = {
    "claim": _claim,
    "remind": _remind,
    "approve": _approve,
    "assign": _assign,
    "cancel": _cancel,
}


def _what_happened(ticket: Ticket) -> str:
    """Who did what last, and where the ticket is now."""
    act = Event.objects.filter(ticket=ticket, actor__isnull=False).order_by("-occurred_at", "-id").first()
    now = f"现在是{ticket.get_status_display()}"
    return f"{act_words(act)}，{now}" if act else now
