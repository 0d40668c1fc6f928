"""An answer that says again what came back: questioned before it is sent, marked for customer service."""

from datetime import timedelta

import pytest

from tests.factories import ANSWER, reopened_ticket, returned_ticket, send_back, submit
from tests.pages import read, signed_in
from tickets.models import Result
from tickets.sameness import alike, folded, same

ASKED = "与上次被退回的处理结果相同，仍要提交请勾选确认"
SAME = [ANSWER, f"　{ANSWER}！！\r\n", "已联系消费者 核实情况；今天下午安排补发（运费由我们承担）"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("已补发 SF123", "已补发：ｓｆ１２３。"),
        ("OK, Done!", "ok\u200b done"),
        ("退款\n128 元", "退款128元"),
    ],
)
def test_case_width_blanks_and_punctuation_do_not_tell_texts_apart(one, other):
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("已补发", "已退款"), ("SF123", "SF124"), ("好的👍", "好的👎"), ("\U000323b0号", "\U000323b1号")],
)
def test_words_numbers_and_signs_do(one, other):
    assert not same(one, other)


def test_a_word_changed_in_a_long_text_is_all_but_the_same():
    text = "已联系消费者核实情况，今天下午安排补发，运费由我们承担，预计后天送达，请放心。"
    assert alike(text, text.replace("后天", "明天"))
    assert not alike(text, text.replace("今天下午安排补发", "改为全额退款给您"))
    assert not alike(text, text[: len(text) // 2])


def test_the_longest_texts_are_compared_without_end_of_patience():
    one, other = "甲乙丙丁戊" * 2_000, "戊丁丙乙甲" * 2_000
    assert not alike(one, other)
    assert alike(one, one[:5_000] + "新" + one[5_000:])


def test_folding_keeps_what_is_said():
    assert folded(" Ａb，\u200b 1。😀\U000323b0") == "ab1😀\U000323b0"


def send(ticket, person, text, **also):
    about = {"outcome": "solved", "result": text, "seen_round": ticket.round_no} | also
    return signed_in(person).post(f"/tickets/{ticket.number}/submit/", about)


@pytest.mark.parametrize("text", SAME)
def test_the_same_again_is_questioned_and_taken_once_confirmed(text, dianyuan, order_a):
    ticket = returned_ticket(order=order_a)
    page = send(ticket, dianyuan, text)
    form = read(page).one("form", action=f"/tickets/{ticket.number}/submit/#result")
    assert (page.status_code, form.errors()) == (422, [ASKED])
    assert form.one("textarea").value == text
    assert form.one("input", name="same_anyway")["type"] == "checkbox"
    assert not Result.objects.filter(round__number=2).exists()
    assert send(ticket, dianyuan, text, same_anyway="on").status_code == 302
    assert Result.objects.filter(round__number=2).exists()


def test_something_new_is_taken_at_once_and_sees_no_box(dianyuan, order_a):
    ticket = returned_ticket(order=order_a)
    assert "same_anyway" not in signed_in(dianyuan).get(ticket.get_absolute_url()).text
    assert send(ticket, dianyuan, f"{ANSWER}单号 SF001").status_code == 302


def test_what_was_accepted_before_may_be_said_again(dianyuan, order_a):
    assert send(reopened_ticket(order=order_a), dianyuan, ANSWER).status_code == 302


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        (SAME[2], "与上次相同"),
        (ANSWER.replace("下午", "晚上"), ""),
        ((ANSWER * 3).replace("下午", "晚上", 1), ""),
    ],
)
def test_customer_service_sees_a_mark_where_nothing_is_new(text, mark, kefu, dianyuan, order_a):
    ticket = returned_ticket(order=order_a)
    submit(ticket, ticket.handled_at + timedelta(minutes=5), text=text)
    for person, seen in ((kefu, mark), (dianyuan, "")):
        page = read(signed_in(person).get(ticket.get_absolute_url()))
        for block in ("result", "progress"):
            assert [
                m.text for m in page.one("section", id=block).all("span", class_="mark") if "上次" in m.text
            ] == ([seen] if seen else [])


def test_a_little_change_is_marked_as_little(kefu, order_a):
    long = ANSWER + "预计后天送达，届时会再次致电消费者确认，如有问题全额退款，请客服放心。"
    ticket = returned_ticket(order=order_a, text=long)
    submit(ticket, ticket.handled_at + timedelta(minutes=5), text=long.replace("后天", "明天"))
    assert "与上次几乎相同" in signed_in(kefu).get(ticket.get_absolute_url()).text


def test_each_answer_is_held_against_the_one_that_came_back_before_it(kefu, order_a):
    ticket = returned_ticket(order=order_a)
    submit(ticket, ticket.handled_at + timedelta(minutes=1), text="换了一种说法：明天上门取件并退款")
    send_back(ticket, ticket.handled_at + timedelta(minutes=1))
    submit(ticket, ticket.handled_at + timedelta(minutes=1), text=ANSWER)
    assert "与上次" not in signed_in(kefu).get(ticket.get_absolute_url()).text
