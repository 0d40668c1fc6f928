from .alert import Alert, AlertLevel
from .calendar import Calendar, Shift, SpecialDay
from .catalogue import Category, Policy
from .delivery import Channel, Delivery
from .draft import Draft
from .event import Event
from .extension import Extension
from .notice import Notice, NoticeKind
from .pause import Pause
from .preference import NoticePreference
from .presence import Presence
from .result import Result
from .robot import Robot, RobotKind
from .round import Round
from .scan import DeadlineScan
from .snapshot import OrderSnapshot
from .submission import Submission
from .ticket import Ticket, TicketDraft

__all__ = [
    "Alert",
    "AlertLevel",
    "Calendar",
    "Category",
    "Channel",
    "DeadlineScan",
    "Delivery",
    "Draft",
    "Event",
    "Extension",
    "Notice",
    "NoticeKind",
    "NoticePreference",
    "OrderSnapshot",
    "Pause",
    "Policy",
    "Presence",
    "Result",
    "Robot",
    "RobotKind",
    "Round",
    "Shift",
    "SpecialDay",
    "Submission",
    "Ticket",
    "TicketDraft",
]
