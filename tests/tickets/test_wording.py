"""What counts as a result (product.md, Words on the screens), through every door that a result can come in by."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from tests.factories import CategoryFactory, TicketFactory, answerer, submitted_ticket
from tests.pages import signed_in
from tests.rows import rows_of
from tickets.lifecycle import Outcome
from tickets.models import Result, TicketDraft
from tickets.wording import TEXT_LIMIT, check_note, check_result, check_text

MISSING = "请填写处理结果"
TOO_SIMPLE = "处理结果过于简单，请写明处理经过和结论（至少10个字）"
UNSOLVED_TOO = "未处理成功也需说明实际情况"

# Nothing of these would be seen on paper.
INVISIBLE = {
    "nothing": "",
    "blanks": " " * 30,
    "tabs and line breaks": "\t\r\n \n" * 6,
    "ideographic spaces": "\u3000" * 20,
    "no-break and thin spaces": "\u00a0\u2009\u202f\u205f" * 5,
    "zero-width spaces": "\u200b" * 20,
    "zero-width joiners": "\u200c\u200d" * 10,
    "word joiners": "\u2060" * 20,
    "Hangul filler": "\u3164" * 20,
    "Hangul choseong filler": "\u115f" * 20,
    "Hangul jungseong filler": "\u1160" * 20,
    "half-width Hangul filler": "\uffa0" * 20,
    "Braille blanks": "\u2800" * 20,
    "Mongolian vowel separators": "\u180e" * 20,
    "byte order marks": "\ufeff" * 20,
    "soft hyphens": "\u00ad" * 20,
    "tag characters": "".join(chr(0xE0020 + n) for n in range(30)),
    "bidi marks": "\u200e\u200f\u202a\u202e\u2066\u2069\u061c" * 4,
    "variation selectors": "\ufe0f\ufe00\U000e0100" * 8,
    "combining grapheme joiners": "\u034f" * 20,
    "combining marks on nothing": "\u0301\u0302\u0303\u0304" * 6,
    "Khmer inherent vowels": "\u17b4\u17b5" * 10,
    "blank hieroglyphs": "\U00013441\U00013442" * 10,
    "NUL": "\x00" * 20,
    "control characters": "\x07\x1b\x7f" * 8,
    "halves of surrogate pairs": "\ud800\udfff" * 10,
    "code points that will never be characters": "\U0002fffe\U0002ffff\U0003fffe\U0003ffff" * 5,
    "many kinds at once": "\u200b \u3164\u2800\u00ad\ufeff\u3000\u115f\u2060" * 5,
}
# These would be seen, and say nothing.
HOLLOW = {
    "punctuation": "。，、；：？！……——（）《》",
    "dots": "." * 40,
    "ASCII punctuation": "-=+_*&^%$#@!~" * 2,
    "one ideograph": "哈" * 40,
    "one letter": "a" * 40,
    "two letters, both cases": "aAbB" * 10,
    "two ideographs": "好的" * 20,
    "one ideograph with variation selectors": "好\ufe00好\ufe01好\U000e0100" * 8,
    "three ideographs": "已处理",
    "nine ideographs": "已经联系消费者处理",
    "nine letters": "it is done",
    "nine ideographs and much punctuation": "已经联系消费者处理。。。。！！！！！！",
    "nine ideographs and blanks between": " 已 经 联 系 消 费 者 处 理 ",
    "few ideographs stretched by zero-width spaces": "\u200b".join("已经处理好了"),
    "few ideographs stretched by fillers": "已处理" + "\u3164" * 30,
    "few ideographs stretched by hieroglyphs": "已处理" + "\U00013441\U00013442" * 10,
    "digits": "13812345678 20261123",
    "full-width digits": "１２３４５６７８９０１２",
    "Arabic digits": "٠١٢٣٤٥٦٧٨٩٠١",
    "circled digits": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫",
    "Roman numerals": "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ",
    "a time": "2026-11-23 14:05:00.000",
    "emoji": "😀👍🙏🎉💯🔥" * 4,
    "a family of emoji": "👩\u200d👩\u200d👧\u200d👦" * 12,
    "flags": "🇨🇳🇭🇰🇲🇴" * 6,
    "modifier letters": "ʰʲʳʷʸˠˡˢˣˤʹʺʻʼ",
    "Arabic stretching": "ـ" * 30,
    "box drawing": "┌─┐│└┘" * 5,
    "mathematics": "∑∏∫√∞≈≠≤≥÷×" * 2,
    "keycaps": "1\ufe0f\u20e32\ufe0f\u20e3" * 8,
    "the hint of the field": "请写明处理经过和结论，至少10个字；未处理成功也请写明实际情况。",
    "the hint without its punctuation": "请写明处理经过和结论 至少１０个字 未处理成功也请写明实际情况",
    "the sentence of the refusal": "处理结果过于简单，请写明处理经过和结论（至少10个字）",
    "what failure is told": "未处理成功也需说明实际情况！！",
}
HONEST = {
    "plain": "已联系消费者，今天下午安排补发。",
    "exactly ten ideographs": "已经联系消费者并补发",
    "ten ideographs between punctuation": "【已】经、联、系、消、费、者、并、补、发！",
    "with emoji": "已联系消费者😀，今天补发新的连体衣👶🏻，请放心🙏",
    "with a family of emoji": "已和这家人👩\u200d👩\u200d👧\u200d👦沟通清楚，同意换货",
    "with digits": "已退款 128.50 元，于 2026-11-23 14:05 原路退回消费者",
    "with a ticket number": "同 GD20261123-000042，已合并到该工单一起处理",
    "line breaks": "处理经过：\n1. 电话联系消费者\n2. 当天补发\n\n结论：消费者满意",
    "indented paragraphs": "经过如下：\n\u3000\u3000电话联系消费者，约定上门取件。\n\u3000\u3000次日换新。",
    "tabs": "商品\t数量\n连体衣\t两件\n均已重新发出",
    "mixed with Latin": "已用 SF Express 补发 size 73 的连体衣",
    "English": "Replacement shipped today by courier.",
    "traditional": "已聯繫消費者，今日下午補發，運費由我們負擔。",
    "full-width letters": "ＳＫＵ－ＡＢＣ１２３ 已补发，请消费者查收",
    "full-width punctuation": "已核实：属实；方案：退款＋赠券（消费者同意）。",
    "quotes and brackets": "消费者表示“可以接受”，我们《三包政策》照办",
    "Japanese": "お客様に連絡し、新しい商品を発送しました。",
    "Korean": "고객님께 연락하여 새 상품을 발송했습니다.",
    "Russian": "Связались с клиентом, товар отправлен.",
    "Uyghur": "خېرىدار بىلەن ئالاقىلاشتۇق، مال ئەۋەتىلدى",
    "Tibetan": "ཉོ་མཁན་ལ་འབྲེལ་བ་བྱས་ནས་ཅ་ལག་གསར་པ་བསྐུར་ཡོད།",
    "accents": "Đã liên hệ khách hàng và gửi hàng mới",
    "Extension B": "消费者姓𠮷，地址在𠀋街，已电话核实并补发",
    "Extension G": "\U00030edd\U00030ede面馆的订单，已与消费者核实补发",
    "Extension I": "\U0002ebf0\U0002ebf1二字为姓名，已与消费者核实补发",
    "Extension J": "\U000323b0\U000323b1二字为姓名，已与消费者核实补发",
    "nothing but Extension J": "".join(chr(0x323B0 + n) for n in range(12)),
    "compatibility ideographs": "消费者\U0002f800\uf900两字已核实，今天安排补发",
    "ideographic variation sequences": "消费者姓葛\U000e0100，已核实并安排今天补发",
    "markup is only text": "<b>已补发</b> &amp; 请查收 <script>alert(1)</script>",
    "quotes of SQL": "已补发'; DROP TABLE tickets_ticket; -- 请查收",
    "template braces": "已补发 {{ 7*7 }} {% raw %} %s %(x)s 请消费者查收",
    "zero-width characters inside": "已联系\u200b消费者，今天\u2060下午安排补发",
    "right to left inside": "已联系消费者 \u202eabc\u202c 并安排今天下午补发",
    "three different ideographs": "好的呀" * 4,
    "skin tones": "已联系消费者👍🏻👍🏿，今天补发新的连体衣",
    "flags": "消费者在🇨🇳🇭🇰，已联系并安排今天补发",
    "a flag of tags": "消费者在🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f，已联系并安排补发",
    "keycaps between words": "第1️⃣步联系消费者，第2️⃣步今天补发",
    "Mongolian": "ᠬᠡᠷᠡᠭᠯᠡᠭᠴᠢ ᠲᠠᠢ ᠬᠣᠯᠪᠣᠭᠳᠠᠪᠠ᠂ ᠰᠢᠨᠡ ᠪᠠᠷᠠᠭ᠎ᠠ",
    "tracking numbers": "补发单号 SF1234567890123、YT9876543210987，均已揽收",
    "long": "\n".join(f"第{n}次联系消费者，说明补发进度。" for n in range(1, 330))[:5_000],
    "names with a middle dot": "已联系消费者阿卜杜拉·买买提，今天补发",
    "digits first": "2026-11-23 已联系消费者并安排补发！！！",
}


# What no browser can send, or Django itself refuses.
NOT_BY_MAIL = {"NUL", "halves of surrogate pairs"}
# What only a look at every character tells.
BEYOND_SQL = {
    "NUL", "halves of surrogate pairs",  # no database takes them at all
    "ASCII punctuation", "control characters", "variation selectors", "combining marks on nothing",
    "code points that will never be characters", "two letters, both cases", "two ideographs",
    "one ideograph with variation selectors", "nine letters", "nine ideographs and blanks between",
    "few ideographs stretched by zero-width spaces", "Arabic digits", "circled digits", "Roman numerals", "emoji",
    "a family of emoji", "flags", "modifier letters", "box drawing", "mathematics", "keycaps",
    "the hint of the field", "the hint without its punctuation", "the sentence of the refusal", "what failure is told",
}  # fmt: skip


def sentence(wrong: pytest.ExceptionInfo) -> list[str]:
    return wrong.value.messages


@pytest.mark.parametrize("text", INVISIBLE.values(), ids=INVISIBLE)
def test_a_text_that_nobody_can_see_is_no_result(text):
    with pytest.raises(ValidationError) as wrong:
        check_result(text, Outcome.SOLVED)
    assert sentence(wrong) == [MISSING]


@pytest.mark.parametrize("text", HOLLOW.values(), ids=HOLLOW)
def test_a_text_that_says_nothing_is_no_result(text):
    with pytest.raises(ValidationError) as wrong:
        check_result(text, Outcome.SOLVED)
    assert sentence(wrong) == [TOO_SIMPLE]


@pytest.mark.parametrize("outcome", [Outcome.PARTLY, Outcome.UNSOLVED, Outcome.PLATFORM])
@pytest.mark.parametrize(("text", "first"), [("", MISSING), ("没办法", TOO_SIMPLE)])
def test_whoever_failed_is_told_that_this_too_needs_words(outcome, text, first):
    with pytest.raises(ValidationError) as wrong:
        check_result(text, outcome)
    assert sentence(wrong) == [first, UNSOLVED_TOO]


def test_no_door_lets_such_a_text_in(order_a, subtests):
    ticket = TicketFactory(order=order_a)
    before, person = rows_of(ticket), answerer(ticket)

    def result(text):
        return Result(
            round=ticket.first_round,
            outcome=Outcome.SOLVED,
            text=text,
            submitted_by=person,
            submitted_at=ticket.created_at,
        )

    doors = {
        "verb": lambda text: ticket.submit(by_user=person, outcome=Outcome.SOLVED, text=text),
        "save": lambda text: result(text).save(),
        "create": lambda text: Result.objects.create(
            round=ticket.first_round, text=text, outcome=Outcome.SOLVED, submitted_by=person
        ),
        "full_clean": lambda text: result(text).full_clean(),
        "bulk_create": lambda text: Result.objects.bulk_create([result(text)]),
        "a generator to bulk_create": lambda text: Result.objects.bulk_create(iter([result(text)])),
    }
    for name, text in (INVISIBLE | HOLLOW).items():
        for door, come_in in doors.items():
            with subtests.test(text=name, door=door):
                with pytest.raises(ValidationError) as wrong:
                    come_in(text)
                wanted = MISSING if name in INVISIBLE else TOO_SIMPLE
                assert wanted in wrong.value.message_dict["text"]
    assert rows_of(ticket) == before


def test_the_page_lets_none_in_either(dianyuan, order_a, subtests):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    before = rows_of(ticket)
    for name, text in (INVISIBLE | HOLLOW).items():
        sent = {"outcome": "solved", "result": text.encode("utf-8", "replace").decode(), "seen_round": 1}
        with subtests.test(text=name):
            page = visitor.post(f"/tickets/{ticket.number}/submit/", sent)
            assert page.status_code == 422
            wanted = MISSING if name in INVISIBLE else TOO_SIMPLE
            assert name in NOT_BY_MAIL or wanted in page.text
    assert rows_of(ticket) == before


def test_nor_does_the_database_as_far_as_sql_can_tell(order_a, subtests):
    """By a door that no code of ours watches: Django's own bulk insert."""
    ticket = TicketFactory(order=order_a)
    for name, text in (INVISIBLE | HOLLOW).items():
        if name in BEYOND_SQL:
            continue
        result = Result(
            round=ticket.first_round,
            outcome=Outcome.SOLVED,
            text=text,
            submitted_by=answerer(ticket),
            submitted_at=ticket.created_at,
        )
        with (
            subtests.test(text=name),
            pytest.raises(IntegrityError, match="result_text_"),
            transaction.atomic(),
        ):
            QuerySet(Result).bulk_create([result])


def test_the_guide_of_the_category_is_no_answer(order_a):
    ticket = TicketFactory(order=order_a)
    with pytest.raises(ValidationError) as wrong:
        ticket.submit(by_user=answerer(ticket), outcome=Outcome.SOLVED, text=f" {ticket.category.guide}。")
    assert wrong.value.message_dict == {"text": [TOO_SIMPLE]}


@pytest.mark.parametrize("text", INVISIBLE.values(), ids=INVISIBLE)
def test_no_problem_that_nobody_can_see_is_opened_or_imported(text, order_a):
    draft = TicketDraft(order_a, CategoryFactory(), "normal", text)
    with pytest.raises(ValidationError) as wrong:
        draft.checked_problem()  # which opening and importing ask
    assert wrong.value.message_dict == {"problem": ["请填写问题描述"]}


def test_one_hollow_text_among_many_keeps_them_all_out(order_a):
    tickets = [TicketFactory(order=order_a) for _ in range(3)]
    results = [
        Result(
            round=ticket.first_round,
            outcome=Outcome.SOLVED,
            text=text,
            submitted_by=answerer(ticket),
            submitted_at=ticket.created_at,
        )
        for ticket, text in zip(tickets, [HONEST["plain"], "\u3164" * 20, HONEST["plain"]], strict=True)
    ]
    with pytest.raises(ValidationError):
        Result.objects.bulk_create(results)
    assert not Result.objects.exists()


def test_many_honest_results_come_in_together_from_any_iterable(order_a):
    tickets = [TicketFactory(order=order_a) for _ in range(2)]
    Result.objects.bulk_create(
        Result(
            round=ticket.first_round,
            outcome=Outcome.SOLVED,
            text=f" {HONEST['plain']}\r\n",
            submitted_by=answerer(ticket),
            submitted_at=ticket.created_at,
        )
        for ticket in tickets
    )
    assert list(Result.objects.values_list("text", flat=True)) == [HONEST["plain"]] * 2


@pytest.mark.parametrize("outcome", ["", "done", "SOLVED", "已解决"])
def test_an_outcome_that_is_none_is_refused(outcome, order_a):
    ticket = TicketFactory(order=order_a)
    with pytest.raises(ValidationError) as wrong:
        ticket.submit(by_user=answerer(ticket), outcome=outcome, text=HONEST["plain"])
    assert wrong.value.message_dict == {"outcome": ["请选择处理情况"]}


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST)
def test_an_honest_text_is_kept_to_the_letter(text, order_a):
    ticket = submitted_ticket(order=order_a, text=text)
    assert Result.objects.get(pk=ticket.result_id).text == text
    assert ticket.events.get(kind="submitted").text == text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  已联系消费者，今天下午补发 \n\n", "已联系消费者，今天下午补发"),
        ("已联系消费者\r\n今天下午补发", "已联系消费者\n今天下午补发"),
        ("已联系消费者\r今天下午补发", "已联系消费者\n今天下午补发"),
        ("已联系\x00消费者，今天下午补发", "已联系消费者，今天下午补发"),
        ("已联系\ud83d消费者，今天下午补发", "已联系消费者，今天下午补发"),
    ],
)
def test_only_edges_line_ends_and_what_no_database_keeps_are_tidied(typed, kept, order_a):
    ticket = submitted_ticket(order=order_a, text=typed)
    assert Result.objects.get(pk=ticket.result_id).text == kept


def test_a_text_may_be_as_long_as_the_limit_and_no_longer():
    text = ("已联系消费者并安排补发" * 1_000)[:TEXT_LIMIT]
    assert check_result(text) == text
    with pytest.raises(ValidationError) as wrong:
        check_result(text + "。")
    assert sentence(wrong) == ["处理结果最多10000字，现在是10001字"]


@pytest.mark.parametrize("text", [*INVISIBLE.values(), "。。。！？", "😀👍"])
def test_a_reason_without_a_letter_or_digit_is_asked_for_by_its_name(text):
    with pytest.raises(ValidationError) as wrong:
        check_text(text, "退回原因")
    assert sentence(wrong) == ["请填写退回原因"]


@pytest.mark.parametrize("text", ["无", "重复工单", "同 42 号", "123", "A"])
def test_a_short_reason_is_a_reason(text):
    assert check_text(f" {text}\r\n", "退回原因") == text


def test_a_note_may_be_empty_but_not_endless():
    assert check_note(" \n", "审核意见") == ""
    assert check_note(" 很好\r\n谢谢 ", "审核意见") == "很好\n谢谢"
    with pytest.raises(ValidationError, match="审核意见最多10000字"):
        check_note("好" * 10_001, "审核意见")
