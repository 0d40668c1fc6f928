"""What somebody has written on a ticket and not sent: back into its form, or beside what has happened since."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from .addresses import address
from .forms import seen
from .lifecycle import TRANSITIONS
from .models import Draft, Ticket

# What a form sends and nobody has written.
UNWRITTEN = {
    "csrfmiddlewaretoken", "form_key", "next", "sheet", "pick", "look",
    "tray", "attachment", "drop", "same_anyway", "take_over_from",
}  # fmt: skip


def written(data: QueryDict, verb: str) -> dict[str, str]:
    """What a form holds, by the names of its fields without the prefix; files and hidden marks left out."""
    names = {name: name.removeprefix(f"{verb}-") for name in data}
    return {
        plain: data[name]
        for name, plain in names.items()
        if plain not in UNWRITTEN and not plain.startswith("seen_")
    }


def round_of(verb: str, round_no: int) -> int:
    """The round that a draft is about; none for what is said beside the course of the ticket (a note)."""
    return round_no if verb in TRANSITIONS else 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a form on a page has to know so that its draft is kept (templates/components/drafts.html)."""

    verb: str
    url: str
    draft: Draft | None = None
    restored: bool = False
    clear_url: str = ""
    # The draft is not in the form: it came too late, and the page shows it beside what happened.
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Unsent:
    """A text that no form on the page holds. ``again`` is what 重新提交 sends, where that is still possible."""

    verb: str
    label: str
    typed: list[dict[str, str]]
    round_no: int = 0
    saved_at: datetime | None = None
    url: str = ""
    again: list[tuple[str, str]] | None = None
    clear_url: str = ""


class Drafts:
    """One person's drafts on one ticket; ``kept`` are they (``Draft.objects.about``).

    A draft goes back into its form when the form is on the page (``verbs``) and still is about the round that the
    words were written for; every other one is ``unsent``. What is no transition (a note) is about no round.
    """

    def __init__(self, person, ticket: Ticket, kept: Iterable[Draft], verbs: set[str], form_for: Callable):
        self.person, self.ticket, self.verbs, self.form_for = person, ticket, verbs, form_for
        self.by_verb: dict[str, Draft] = {}
        self.others: list[Draft] = []
        for draft in kept:
            current = draft.round_no == self._round(draft.verb)
            if current and draft.verb in verbs:
                self.by_verb[draft.verb] = draft
            else:
                self.others.append(draft)

    def words(self, verb: str) -> dict[str, str]:
        """What the form of this verb begins with."""
        return self.by_verb[verb].fields if verb in self.by_verb else {}

    def sheet(self, verb: str, *, restored: bool = True, beside: bool = False) -> Sheet:
        """What the form of this verb carries; ``restored`` is not so where it shows what was just sent."""
        draft = self.by_verb.get(verb)
        place = {"verb": verb, "round": self._round(verb)}
        return Sheet(
            verb=verb,
            url=self._url("draft", place),
            draft=draft,
            restored=restored and not beside and draft is not None,
            beside=beside and draft is not None,
            clear_url=self._url("draft_clear", place),
        )

    def unsent(self, without: str = "") -> list[Unsent]:
        """The texts to show beside what has happened, but for one verb's that the page shows already."""
        return [self._from_draft(draft) for draft in self.others if draft.verb != without]

    def unsent_form(self, verb: str, form) -> Unsent:
        """What a ``form`` holds that came too late: to copy, and to send anew where the person may still act."""
        return self._unsent(verb, form)

    def _from_draft(self, draft: Draft) -> Unsent:
        prefix = "" if draft.verb == "submit" else f"{draft.verb}-"
        data = {prefix + name: text for name, text in draft.fields.items()}
        form = self.form_for(draft.verb, self.ticket, self.person, data)
        place = {"verb": draft.verb, "round": draft.round_no}
        return self._unsent(
            draft.verb,
            form,
            round_no=draft.round_no,
            saved_at=draft.saved_at,
            clear_url=self._url("draft_clear", place),
        )

    def _unsent(self, verb: str, form, **about) -> Unsent:
        again = self._again(form) if verb in self.verbs else None
        url = address(verb, self.ticket.number) if again else ""
        label = TRANSITIONS[verb].label if verb in TRANSITIONS else form.what
        return Unsent(verb, label, form.typed(), url=url, again=again, **about)

    def _again(self, form) -> list[tuple[str, str]]:
        """The fields of a form as they were filled in, for the round and the state of now."""
        now = seen(self.ticket)
        names = {name: form.add_prefix(name) for name in form.fields}
        return [(sent, str(now.get(name) or form.data.get(sent) or "")) for name, sent in names.items()]

    def _round(self, verb: str) -> int:
        return round_of(verb, self.ticket.round_no)

    def _url(self, name: str, place: dict) -> str:
        # Names of verbs and numbers: nothing in them has to be quoted.
        asked = "&".join(f"{key}={value}" for key, value in place.items())
        return f"{address(name, self.ticket.number)}?{asked}"
