from .acknowledgement import Acknowledgement
from .alert import Alert, AlertLevel
from .attachment import Attachment
from .calendar import Calendar, Shift, SpecialDay
from .catalogue import Category, Policy
from .delivery import Channel, Delivery, DeliveryRun
from .draft import Draft
from .event import Event
from .exemption import Exemption
from .export_record import ExportRecord
from .extension import Extension
from .incident import Incident, IncidentStep
from .job import Job, JobKind, JobState
from .message import Mention, Message, MessageAudience
from .notice import Notice, NoticeKind
from .pause import Pause
from .phrase import Phrase
from .preference import NoticePreference
from .presence import Presence
from .purpose import Purpose
from .rating import Rating
from .reason import ReasonCode, ReasonKind
from .result import Result
from .reveal import Reveal
from .robot import Robot, RobotKind
from .round import Round
from .saved_view import SavedView, StartView
from .scan import DeadlineScan
from .search_document import SearchDocument
from .snapshot import OrderSnapshot
from .submission import Submission
from .ticket import Ticket, TicketDraft

__all__ = [
    "Acknowledgement",
    "Alert",
    "AlertLevel",
    "Attachment",
    "Calendar",
    "Category",
    "Channel",
    "DeadlineScan",
    "Delivery",
    "DeliveryRun",
    "Draft",
    "Event",
    "Exemption",
    "ExportRecord",
    "Extension",
    "Incident",
    "IncidentStep",
    "Job",
    "JobKind",
    "JobState",
    "Mention",
    "Message",
    "MessageAudience",
    "Notice",
    "NoticeKind",
    "NoticePreference",
    "OrderSnapshot",
    "Pause",
    "Phrase",
    "Policy",
    "Presence",
    "Purpose",
    "Rating",
    "ReasonCode",
    "ReasonKind",
    "Result",
    "Reveal",
    "Robot",
    "RobotKind",
    "Round",
    "SavedView",
    "SearchDocument",
    "Shift",
    "SpecialDay",
    "StartView",
    "Submission",
    "Ticket",
    "TicketDraft",
]
