from .catalogue import Category, Policy
from .event import Event
from .result import Result
from .round import Round
from .scan import DeadlineScan
from .snapshot import OrderSnapshot
from .ticket import Ticket, TicketDraft

__all__ = [
    "Category",
    "DeadlineScan",
    "Event",
    "OrderSnapshot",
    "Policy",
    "Result",
    "Round",
    "Ticket",
    "TicketDraft",
]
