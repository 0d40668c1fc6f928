from .alert import Alert, AlertLevel
from .attachment import Attachment, Purpose
from .calendar import Calendar, Shift, SpecialDay
from .catalogue import Category, Policy
from .delivery import Channel, Delivery
from .event import Event
from .extension import Extension
from .notice import Notice, NoticeKind
from .pause import Pause
from .preference import NoticePreference
from .result import Result
from .robot import Robot, RobotKind
from .round import Round
from .scan import DeadlineScan
from .snapshot import OrderSnapshot
from .ticket import Ticket, TicketDraft

__all__ = [
    "Alert",
    "AlertLevel",
    "Attachment",
    "Calendar",
    "Category",
    "Channel",
    "DeadlineScan",
    "Delivery",
    "Event",
    "Extension",
    "Notice",
    "NoticeKind",
    "NoticePreference",
    "OrderSnapshot",
    "Pause",
    "Policy",
    "Purpose",
    "Result",
    "Robot",
    "RobotKind",
    "Round",
    "Shift",
    "SpecialDay",
    "Ticket",
    "TicketDraft",
]
