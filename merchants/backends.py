"""Who can be logged in at all."""

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend


class ActivePeopleBackend(ModelBackend):
    """Accounts that are active and whose merchant, if they have one, is active too.

    Asked on every request as well, so that switching off an account or a merchant ends running sessions.
    """

    def user_can_authenticate(self, user) -> bool:
        return super().user_can_authenticate(user) and (user.merchant_id is None or user.merchant.is_active)

    def get_user(self, user_id):
        user = get_user_model().objects.select_related("merchant").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
