"""What a page that stands open asks every few seconds (static/js/notices.js): is there anything new for me?"""

from hashlib import blake2s

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from merchants.access import WORKING_ROLES, allow

from ..bell import bell
from ..clock import database_now
from ..models import Notice, NoticeKind, NoticePreference
from ..models.notice import address_of, without_heading

# So many of the newest are told with their words; of more than these nobody would read single announcements.
TOLD = 5


@allow(*WORKING_ROLES)
@require_safe
def fresh(request: HttpRequest) -> HttpResponse:
    """The unread notices as JSON; 304 without a body while they are the same: one statement beside the login's."""
    # The digest is one person's: an answer to another, kept by a browser that both use, never counts as unchanged.
    digest = blake2s(f"{request.user.pk}:{bell(request).ids}".encode(), digest_size=12).hexdigest()
    etag = f'"{digest}"'
    response = get_conditional_response(request, etag=etag) or state(request)
    response["ETag"] = etag
    return response


def state(request: HttpRequest) -> JsonResponse:
    """What the bell shows, the newest unread notices, and how the person wants to hear of them."""
    unread = bell(request)
    preference = NoticePreference.of(request.user)
    quiet = preference.is_quiet(database_now())
    newest = Notice.objects.for_user(request.user).filter(pk__in=unread.ids[:TOLD])
    return JsonResponse(
        {
            "shown": unread.shown,
            "label": unread.label,
            "notices": [
                {
                    "id": values["id"],
                    "title": NoticeKind(values["kind"]).label,
                    "text": without_heading(values["kind"], values["text"]),
                    "url": address_of(values["kind"], values["ticket__number"], values["key"]),
                    # Within the quiet hours only 紧急预警 is heard.
                    "still": quiet and values["kind"] != NoticeKind.URGENT,
                }
                for values in newest.values("id", "key", "kind", "text", "ticket__number")
            ],
            "on_screen": preference.on_screen,
            "with_sound": preference.with_sound,
        }
    )
