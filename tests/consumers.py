"""A consumer like no other, and a ticket on which everybody has written about them, for tests of what shows."""

from datetime import timedelta

from django.utils import timezone

from tests.factories import answerer, submit, ticket_on_hold
from tickets.clock import database_now
from tickets.models import Ticket

DAYS = timedelta(days=1)
NAME, ACCOUNT, PHONE = "诸葛晓岚", "岚岚的小窝", "13987654321"
STREET = "文三路90号3栋501室"
ADDRESS = f"浙江省杭州市西湖区{STREET}"
SAID = f"{NAME}（{ACCOUNT}）住{STREET}，电话{PHONE}"
TRACES = [NAME, ACCOUNT, PHONE, STREET, "诸葛"]


def ticket_with_everything(order, kefu, zhuguan) -> Ticket:
    """Answered late after a hold and an extension, looked into, returned, completed, rated: the consumer everywhere."""
    start = database_now() - 490 * DAYS
    ticket = ticket_on_hold(order=order, by_user=kefu, problem=SAID, opened_ago=490 * DAYS)
    ticket.reveal(by_user=kefu, field="phone", reason=SAID)
    ticket.resume(by_user=kefu, at=start + timedelta(minutes=30))
    ticket.ask_extension(
        by_user=answerer(ticket),
        reason=SAID,
        due_wanted=ticket.due_at + timedelta(hours=1),
        at=start + timedelta(minutes=40),
    )
    ticket.decline_extension(by_user=kefu, reason=SAID, at=start + timedelta(minutes=50))
    submit(ticket, start + timedelta(hours=9), text=SAID + "，已安排补发。")
    round_ = ticket.rounds.get()
    round_.acknowledge(by_user=zhuguan, note=SAID)
    round_.exempt(by_user=zhuguan, reason=SAID)
    round_.revoke_exemption(by_user=zhuguan, reason=SAID)
    incident = round_.open_incident(by_user=zhuguan)
    incident.analyse(by_user=zhuguan, text=SAID)
    incident.plan(by_user=zhuguan, text=SAID, responsible="王店长", due_on=timezone.localdate())
    incident.evaluate(by_user=zhuguan, text=SAID, is_effective=True)
    incident.conclude(by_user=zhuguan, text=SAID)
    ticket.approve(by_user=kefu, note=SAID, at=start + timedelta(hours=10))
    ticket.rate(by_user=kefu, stars=5, words=SAID, at=start + timedelta(hours=11))
    return ticket
