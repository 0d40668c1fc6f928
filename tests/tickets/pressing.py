"""The buttons of a ticket's page, as tests press them, and what comes back."""

from django.utils import timezone

from tests.factories import (
    ANSWER,
    REASON,
    reason_code,
)
from tests.pages import read
from tickets.lifecycle import Outcome
from tickets.models import Ticket

ALREADY_HANDLED = "该工单已处理，请刷新后查看"


TEXTS = {
    "signs": "Tom & Jerry <b>\"粗体\"</b> &amp; '引号' </textarea><script>1</script> {{ 7 * 7 }} %s",
    "emoji": "已联系消费者👶🏻🍼，今天下午补发新的奶瓶，请放心",
    "lines": "第一行写明经过\r\n\r\n  第二行写明结论\r\n\t第三行写明补偿",
    "edges": "\r\n 开头有空行，结尾也有空行，请原样退还给我 \r\n\r\n",
    "long": "已联系消费者，安排补发并赔付运费。" * 530,
}


def address(ticket: Ticket, verb: str) -> str:
    return f"/tickets/{ticket.number}/{verb}/"


def answer(text: str = ANSWER, outcome: str | None = "solved", seen_round: int | str = 1) -> dict:
    sent = {"result": text, "outcome": outcome, "seen_round": seen_round}
    return {name: value for name, value in sent.items() if value is not None}


def forms_of(page, ticket: Ticket, verb: str) -> list:
    return [form for form in read(page).all("form") if form["action"].startswith(address(ticket, verb))]


def form_of(page, ticket: Ticket, verb: str):
    [form] = forms_of(page, ticket, verb)
    return form


def messages_of(page) -> list[str]:
    return [line.text for line in read(page).all("p", class_="message")]


def given_back(page) -> list[str]:
    """The texts that a page offers for copying."""
    return [field.value for field in read(page).all("textarea", readonly=True)]


# ---- too late: somebody was quicker ----


def cancelled_meanwhile(ticket, kefu, shangjia):
    ticket.cancel(by_user=kefu, reason=REASON)
    return f"王客服（客服）于 {words(ticket)} 撤销工单"


def submitted_meanwhile(ticket, kefu, shangjia):
    ticket.submit(by_user=shangjia, outcome=Outcome.SOLVED, text=ANSWER)
    return f"钱店长（亲贝母婴旗舰店）于 {words(ticket)} 提交处理结果"


def returned_meanwhile(ticket, kefu, shangjia):
    ticket.submit(by_user=shangjia, outcome=Outcome.SOLVED, text=ANSWER)
    ticket.return_to_merchant(by_user=kefu, reason=REASON, code=reason_code("return"))
    return f"王客服（客服）于 {words(ticket)} 退回商家"


def completed_meanwhile(ticket, kefu, shangjia):
    ticket.submit(by_user=shangjia, outcome=Outcome.SOLVED, text=ANSWER)
    ticket.approve(by_user=kefu)
    return f"王客服（客服）于 {words(ticket)} 审核通过"


def words(ticket: Ticket) -> str:
    return timezone.localtime(ticket.handled_at).strftime("%m月%d日 %H:%M")
