"""One cell at a time."""

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orders.importing import cells
from orders.importing.cells import BadCell
from orders.importing.row import READERS, read_row


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("37", "37"),
        ("37.0", "37"),
        ("¥1,234.50", "1234.50"),
        ("￥ １，２３４．５元", "1234.50"),
        ("RMB 12", "12"),
        (".5", "0.50"),
        ("178.80000000000001", "178.80"),
        ("1.4210854715202004e-14", "0"),
        ("-0.00", "0"),
        ("9999999999.99", "9999999999.99"),
        ("", None),
        ("-", None),
        ("--", None),
        ("NULL", None),
        ("#N/A", None),
        ("无退款申请", None),
    ],
)
def test_amounts(text, value):
    assert cells.amount(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1,23",
        "1.2.3",
        ".",
        "1e5",
        "12-",
        "-1",
        "−1",
        "-0.01",
        "10000000000",
        "9" * 60,
        "NaN1",
        "∞",
        "½",
    ],
)
def test_what_is_no_amount(text):
    with pytest.raises(BadCell):
        cells.amount(text)


@pytest.mark.parametrize(
    ("text", "value"), [("2", 2), ("２.0", 2), ("3件", 3), ("1,000", 1000), ("0", 0), ("", None)]
)
def test_quantities(text, value):
    assert cells.quantity(text) == value


@pytest.mark.parametrize("text", ["1.5", "-1", "2147483648", "9" * 5000, "两"])
def test_what_is_no_quantity(text):
    with pytest.raises(BadCell):
        cells.quantity(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2020-02-21 00:00:00", "2020-02-20T16:00:00"),
        ("2020-02-21 08:05", "2020-02-21T00:05:00"),
        ("2020/2/21 8:05", "2020-02-21T00:05:00"),
        ("2020.2.21", "2020-02-20T16:00:00"),
        ("2020年2月21日 08:05:09", "2020-02-21T00:05:09"),
        ("2020-02-21T00:00:00+08:00", "2020-02-20T16:00:00"),
        ("2020-02-21T00:00:00Z", "2020-02-21T00:00:00"),
        ("2020-02-21 00:00:00.125", "2020-02-20T16:00:00.125"),
        ("２０２０－０２－２１", "2020-02-20T16:00:00"),
        ("20200221", "2020-02-20T16:00:00"),
        ("20200221080509", "2020-02-21T00:05:09"),
        ("43882", "2020-02-20T16:00:00"),
        ("43882.25", "2020-02-20T22:00:00"),
    ],
)
def test_times_are_shanghais_unless_they_say_otherwise(text, value):
    assert cells.moment(text) == datetime.fromisoformat(value).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "-", "0000-00-00 00:00:00", "null"])
def test_no_time(text):
    assert cells.moment(text) is None


@pytest.mark.parametrize(
    "text",
    ["2020-02-30", "2020-13-01", "2020-02-21 25:00", "2020-02-21 24:00:00", "0001-01-01", "9999-12-31", "昨天", "12:30",
     "2020-02-21T00:00:00+99:00", "1582239600", "2020-02-21 00:00:00 下午"],
)  # fmt: skip
def test_impossible_times(text):
    with pytest.raises(BadCell):
        cells.moment(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('="1234567890123456789"', "1234567890123456789"),
        ("'1234567890123456789", "1234567890123456789"),
        ("\t1234567890123456789 ", "1234567890123456789"),
        ("１２３４", "1234"),
        ("1234.0", "1234"),
        ("200221-123456789012345", "200221-123456789012345"),
        ("12\u200b34", "1234"),
        ("E20200221", "E20200221"),
    ],
)
def test_order_numbers(text, number):
    assert cells.order_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "''", "null", "1.23E+18", "1.23456789012346E+018", "1.2e17", "12345678901234567.0", "12 34", "订单编号", "..",
     'A1"', "1" * 65],
)  # fmt: skip
def test_what_is_no_order_number(text):
    with pytest.raises(BadCell):
        cells.order_number(text)


@pytest.mark.parametrize("text", ["13800005678", "'138-0000-5678", "+86 138 0000 5678", "８６-13800005678"])
def test_a_mobile_number_becomes_eleven_digits(text):
    assert cells.phone(text) == "13800005678"


def test_another_number_stays_as_it_is():
    assert cells.phone("0571-88886666转8") == "0571-88886666转8"


@pytest.mark.parametrize("name", ["account", "phone", "tracking_number", "sku"])
def test_a_number_that_excel_has_spoiled_is_refused_in_every_column_of_numbers(name):
    with pytest.raises(BadCell, match="科学计数法"):
        read_row(2, {name: "1.38E+10"})


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("张三丰", "「张*」"), ("12.5.6", "「12.5.6」"), ("x. " * 30, "「x. x. x. x. x. x. x…」")],
)
def test_a_quoted_cell_is_short_and_has_no_words(text, quoted):
    assert cells.shown(text) == quoted


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("物流太慢", "「物流太慢」"),
        (" 质量/包装 ", "「质量/包装」"),
        ("", "「」"),
        # A surname, but also a word that has two characters in common with one of ours.
        ("商品破损", "「商品破损」"),
        ("王小明", "「王*」"),
        ("破损、王小明", "「破*、王*」"),
        ("欧阳娜娜", "「欧*」"),
        ("小宝妈妈", "「小*」"),
        ("阿依古丽·买买提", "「阿*·买*」"),
        ("Wang Xiaoming", "「W* X*」"),
        ("杭州市西湖区文三路", "「杭*」"),
        ("收到的连体衣开线了要求换货", "「收*」"),
        ("电话13800005678", "「电*138****5678」"),
    ],
)
def test_of_what_should_be_one_of_our_words_the_word_is_quoted_but_no_name(text, quoted):
    assert cells.shown_word(text, ["商品质量", "物流配送"]) == quoted


@pytest.mark.parametrize(
    "text", ["13800005678", "电话13800005678。", "057188885678", "0571-88885678", "138 0000 5678", "88885678"]
)
def test_a_quoted_cell_has_no_whole_number_of_a_telephone(text):
    assert "0000" not in cells.shown(text)
    assert "8888" not in cells.shown(text)


@given(
    st.sampled_from(sorted(READERS)),
    st.text(max_size=60) | st.from_regex(r"[-+0-9.,:/eE年月日T ]{0,40}", fullmatch=True),
)
@example("total_amount", "1e-999")
@example("ordered_at", "99999.99999")
def test_a_cell_is_read_or_refused_and_nothing_else(name, text):
    with suppress(BadCell):
        read_row(2, {name: text.strip()})
