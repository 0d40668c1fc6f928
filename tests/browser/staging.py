"""What a journey begins with, written into the demo's database: orders and tickets of the merchant 禾屿, for whom
``shangjia`` and ``dianyuan`` work, opened by ``kefu``. Everything is named by its number, as people name it.
"""

from collections.abc import Callable

from merchants.models import Merchant, User
from tests.factories import (
    OrderFactory,
    TicketFactory,
    completed_ticket,
    returned_ticket,
    submit,
    submitted_ticket,
)
from tests.processes import Site
from tests.rows import kinds_of
from tickets.clock import database_now
from tickets.models import Draft, Ticket

SHOP = "heyu"
PROBLEM = "收到的奶粉罐凹进去一大块，拉环旁边有渗粉，消费者要求换货。"


class Stage:
    """Makes what a test needs; ``about`` goes to the factories of tests/factories.py."""

    def __init__(self, site: Site) -> None:
        self.site = site
        with site.database():
            self.shop_name = Merchant.objects.get(code=SHOP).name
            self.names = dict(User.objects.values_list("username", "name"))

    def forget_drafts(self) -> None:
        """Nobody has anything half written: what other journeys left would come back into the forms of this one."""
        with self.site.database():
            Draft.objects.all().delete()

    def order(self, **about) -> str:
        """A new order of 禾屿; its number."""
        with self.site.database():
            return self._order(**about).number

    def ticket(self, **about) -> str:
        """待商家处理."""
        return self._play(TicketFactory, about)

    def submitted(self, **about) -> str:
        """待客服审核."""
        return self._play(submitted_ticket, about)

    def returned(self, **about) -> str:
        """待商家处理, round 2."""
        return self._play(returned_ticket, about)

    def completed(self, **about) -> str:
        """已完结."""
        return self._play(completed_ticket, about)

    def answer(self, number: str) -> None:
        """The merchant answers, elsewhere, now."""
        with self.site.database():
            submit(Ticket.objects.get(number=number), database_now())

    def cancel(self, number: str, reason: str = "消费者撤回了投诉") -> None:
        """Customer service cancels, elsewhere, now."""
        with self.site.database():
            Ticket.objects.get(number=number).cancel(by_user=self._person("kefu"), reason=reason)

    def kinds(self, number: str) -> list[str]:
        """What has happened to the ticket, in order."""
        with self.site.database():
            return kinds_of(Ticket.objects.get(number=number))

    def _play(self, factory: Callable[..., Ticket], about: dict) -> str:
        with self.site.database():
            cast = {"order": self._order(), "by_user": self._person("kefu"), "problem": PROBLEM}
            return factory(**(cast | about)).number

    def _order(self, **about):
        return OrderFactory(merchant=Merchant.objects.get(code=SHOP), **about)

    def _person(self, username: str) -> User:
        return User.objects.get(username=username)
