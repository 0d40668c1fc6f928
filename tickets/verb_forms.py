"""Which form each verb of a ticket has, and what it asks for."""

from .forms import (
    ExtendForm,
    GrantForm,
    HoldForm,
    NoteForm,
    RateForm,
    ReasonForm,
    RemindForm,
    ResultForm,
    ResumeForm,
    ReturnForm,
    SayForm,
    SeenReasonForm,
    TurnForm,
    seen,
)
from .handover_forms import AssignForm, ClaimForm, MergeForm, TransferForm
from .models import MessageAudience, Ticket

REASONS = {
    "return": "退回原因",
    "cancel": "撤销原因",
    "reopen": "重新打开的原因",
    "hold": "挂起原因",
    "extend": "延期原因",
    "decline": "不同意的原因",
    "assign": "转派原因",
    "transfer": "转派原因",
    "merge": "合并原因",
}
FORMS = {
    "approve": NoteForm,
    "grant": GrantForm,
    "remind": RemindForm,
    "resume": ResumeForm,
    "cancel": SeenReasonForm,
    "hold": HoldForm,
    "extend": ExtendForm,
    "claim": ClaimForm,
    "release": TurnForm,
    "assign": AssignForm,
    "transfer": TransferForm,
    "merge": MergeForm,
    "return": ReturnForm,
    "rate": RateForm,
}
# What can be said beside the course of the ticket: to whom, and what is asked for.
SAYINGS = {
    "message": (MessageAudience.SHARED, "留言内容"),
    "note": (MessageAudience.INTERNAL, "备注内容"),
}


def form_for(
    verb: str, ticket: Ticket, user, data=None, words: dict[str, str] | None = None, read=None
) -> TurnForm:
    """The form of one verb for this person, empty, with what was sent, or with the ``words`` of a draft.

    A form that is only shown takes what can be chosen from what its page has ``read`` (tickets/reading/page.py).
    """
    options = {"initial": (words or {}) | seen(ticket), "prefix": None if verb == "submit" else verb}
    if verb == "submit":
        if read:
            options |= {"unsolved": read.unsolved, "platform": read.platform}
        return ResultForm(data, ticket=ticket, **options)
    if verb in SAYINGS:
        return SayForm(data, what=SAYINGS[verb][1], **options)
    if verb in REASONS:
        options["what"] = REASONS[verb]
    if verb == "assign":
        options |= {"tickets": [ticket], "user": user}
        if read:
            options["workers"] = [each for each in read.workers if each.pk != ticket.assignee_id]
    if verb in ("transfer", "merge"):
        options["user"] = user
    if verb == "claim" and ticket.holder:
        options["initial"]["take_over_from"] = ticket.holder.pk
    if verb == "return":
        options["ticket"] = ticket
        if read:
            options["reasons"] = getattr(read, "return")
    return FORMS.get(verb, ReasonForm)(data, **options)
