from .acknowledgement import Acknowledgement
from .alert import Alert, AlertLevel
from .calendar import Calendar, Shift, SpecialDay
from .catalogue import Category, Policy
from .delivery import Channel, Delivery, DeliveryRun
from .event import Event
from .exemption import Exemption
from .extension import Extension
from .incident import Incident, IncidentStep
from .notice import Notice, NoticeKind
from .pause import Pause
from .preference import NoticePreference
from .rating import Rating
from .result import Result
from .reveal import Reveal
from .robot import Robot, RobotKind
from .round import Round
from .scan import DeadlineScan
from .snapshot import OrderSnapshot
from .ticket import Ticket, TicketDraft

__all__ = [
    "Acknowledgement",
    "Alert",
    "AlertLevel",
    "Calendar",
    "Category",
    "Channel",
    "DeadlineScan",
    "Delivery",
    "DeliveryRun",
    "Event",
    "Exemption",
    "Extension",
    "Incident",
    "IncidentStep",
    "Notice",
    "NoticeKind",
    "NoticePreference",
    "OrderSnapshot",
    "Pause",
    "Policy",
    "Rating",
    "Result",
    "Reveal",
    "Robot",
    "RobotKind",
    "Round",
    "Shift",
    "SpecialDay",
    "Ticket",
    "TicketDraft",
]
