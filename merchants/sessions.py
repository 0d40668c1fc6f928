"""Where logins are kept (``SESSION_ENGINE``): session, person and merchant in one statement, and nothing is written.

Nothing is remembered between two requests: whoever was switched off, got another password or was logged out elsewhere
is out with the very next one.
"""

from functools import cache

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from qinqin.prepared import Prepared

from .models import Merchant, Session, User

PEOPLE = [field.attname for field in User._meta.concrete_fields]
MERCHANTS = [field.attname for field in Merchant._meta.concrete_fields]


class SessionStore(db.SessionStore):
    """Django's, in our table. After ``load`` the ``person`` is the one whose login this is, or ``None``."""

    person: User | None = None

    @classmethod
    def get_model_class(cls):
        return Session

    def load(self) -> dict:
        found = _found().rows(key=self.session_key, now_at=timezone.now()) if self.session_key else []
        if not found:
            self._session_key = None
            return {}
        [(data, *values)] = found
        self.person = _person(values)
        return self.decode(data)

    def create_model_instance(self, data: dict) -> Session:
        session = super().create_model_instance(data)
        session.user_id = data.get(SESSION_KEY)
        return session


@cache
def _found() -> Prepared:
    return Prepared(
        lambda slots: Session.objects.filter(
            session_key=slots.text("key"), expire_date__gt=slots.now_at
        ).values_list(
            "session_data",
            *(f"user__{name}" for name in PEOPLE),
            *(f"user__merchant__{name}" for name in MERCHANTS),
        )
    )


def _person(values: list) -> User | None:
    """The person with the merchant, from the columns of both."""
    person, merchant = values[: len(PEOPLE)], values[len(PEOPLE) :]
    if person[0] is None:
        return None
    user = User.from_db("default", PEOPLE, person)
    user.merchant = Merchant.from_db("default", MERCHANTS, merchant) if user.merchant_id else None
    return user
