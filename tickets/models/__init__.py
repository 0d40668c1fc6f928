from .alert import Alert, AlertLevel
from .calendar import Calendar, Shift, SpecialDay
from .catalogue import Category, Policy
from .event import Event
from .extension import Extension
from .pause import Pause
from .result import Result
from .round import Round
from .scan import DeadlineScan
from .snapshot import OrderSnapshot
from .ticket import Ticket, TicketDraft

__all__ = [
    "Alert",
    "AlertLevel",
    "Calendar",
    "Category",
    "DeadlineScan",
    "Event",
    "Extension",
    "OrderSnapshot",
    "Pause",
    "Policy",
    "Result",
    "Round",
    "Shift",
    "SpecialDay",
    "Ticket",
    "TicketDraft",
]
