from collections.abc import Callable

from django.conf import settings
from django.contrib.messages import add_message, get_messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.crypto import salted_hmac

from qinqin.prepared import prepared_cursor, typed

from .planned import PlannedSaves

FIELD = "form_key"
KEY_LENGTH = 64
# Other at every sending, or nothing that may leave a trace, not even in a checksum.
UNTOLD = {"csrfmiddlewaretoken", FIELD}


class Submission(PlannedSaves):
    """A form that has been sent: its key, and the answer it got. The same form sent again is the same act.

    A key is drawn for every form that is shown. ``content`` tells the same sending from another one out of the same
    page (somebody went back and wrote something else): that is a new act.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="提交人", related_name="+"
    )
    key = models.CharField("表单编号", max_length=KEY_LENGTH)
    content = models.CharField("内容摘要", max_length=64)
    location = models.CharField("答复的地址", max_length=2_000, blank=True)
    told = models.JSONField("答复的话", default=list)
    created_at = models.DateTimeField("提交时间")

    class Meta:
        verbose_name = verbose_name_plural = "已提交的表单"
        constraints = [
            models.UniqueConstraint(fields=["person", "key", "content"], name="submission_once"),
        ]
        indexes = [models.Index(fields=["created_at"], name="submission_age")]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def once(cls, request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
        """The answer to a form: ``act()``, or what the same form of the same person was answered before.

        Both happen in one transaction, so two at the same moment wait for each other: the second finds the first one's
        answer. Only a redirect is an answer to remember; a form that came back (a field was wrong, somebody was
        quicker) can be sent again with the same key.
        """
        with transaction.atomic():
            which = {
                "person_id": request.user.pk,
                "key": request.POST[FIELD],
                "content": fingerprint(request),
            }
            pk = cls._take(**which)
            if pk is None:
                return cls.objects.get(**which)._again(request)
            waiting = len(peek_messages(request))
            answer = act()
            mine = cls(pk=pk)
            if isinstance(answer, HttpResponseRedirect):
                told = [
                    [item.level, str(item.message), item.extra_tags or ""]
                    for item in peek_messages(request)[waiting:]
                ]
                mine.location, mine.told = answer.url, told
                mine.save(update_fields=["location", "told"])
            else:
                mine.delete()
            return answer

    @classmethod
    def _take(cls, person_id: int, key: str, content: str) -> int | None:
        """Write the row, before anything is done; ``None`` where it is there. One statement, without a savepoint."""
        with prepared_cursor() as cursor:
            cursor.execute(
                "INSERT INTO tickets_submission (person_id, key, content, location, told, created_at)"
                " VALUES (%s, %s, %s, '', '[]', CURRENT_TIMESTAMP) ON CONFLICT DO NOTHING RETURNING id",
                [typed(person_id), key, content],
            )
            taken = cursor.fetchone()
        return taken and taken[0]

    def _again(self, request: HttpRequest) -> HttpResponse:
        for level, words, tags in self.told:
            add_message(request, level, words, tags)
        return HttpResponseRedirect(self.location)


def carries_key(data: QueryDict) -> bool:
    """Whether a form brought a key that may be one of ours."""
    key = data.get(FIELD, "")
    return 16 <= len(key) <= KEY_LENGTH and key.isascii() and key.isprintable()


def fingerprint(request: HttpRequest) -> str:
    """One short text for everything that was sent and where to; passwords are left out of it."""
    sent = [request.path]
    for name, values in sorted(request.POST.lists()):
        if name not in UNTOLD and "password" not in name:
            sent += [name, *values]
    for name, files in sorted(request.FILES.lists()):
        sent += [name, *(f"{file.name} {file.size}" for file in files)]
    return salted_hmac("tickets.submission", repr(sent), algorithm="sha256").hexdigest()


def peek_messages(request: HttpRequest) -> list:
    """The messages that the next page will show, left where they are."""
    storage = get_messages(request)
    found = list(storage)
    storage.used = False
    return found
