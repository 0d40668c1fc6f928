"""Several occurrences in one message, below the size that the platform takes."""

import pytest

from tickets.notifying.channels.robots import PLATFORMS
from tickets.notifying.digest import Item, cut, digest

LIMITS = [platform.LIMIT_BYTES for platform in PLATFORMS.values()]


def items(how_many: int, length: int = 60) -> list[Item]:
    return [Item(f"【新工单】第{n}件" + "字" * length, f"QQ-{n:08d}") for n in range(1, how_many + 1)]


def test_the_limits_are_below_those_of_the_platforms():
    assert PLATFORMS["wecom"].LIMIT_BYTES < 2048
    assert max(LIMITS) < 20_000


def test_one_occurrence_is_told_with_its_reference():
    assert (
        digest([Item("【催办】工单", "QQ-00000017")], 2000)
        == "亲亲宝贝工单系统\n\n【催办】工单\n编号 QQ-00000017"
    )


def test_what_fits_is_told_in_one_message():
    text = digest(items(3), 2000)
    assert text.startswith("亲亲宝贝工单系统：3 条通知")
    assert [text.count(item.reference) for item in items(3)] == [1, 1, 1]
    assert "另有" not in text


@pytest.mark.parametrize("limit", sorted(set(LIMITS)))
@pytest.mark.parametrize("how_many", [1, 9, 10, 11, 100, 101, 1000])
@pytest.mark.parametrize("length", [0, 60, 7000])
def test_no_message_exceeds_the_limit_and_all_are_named_or_counted(limit, how_many, length):
    text = digest(items(how_many, length), limit)
    named = text.count("编号 QQ-")
    assert len(text.encode()) <= limit
    assert named >= 1
    rest = f"另有 {how_many - named} 条，请登录查看"
    assert text.endswith(rest) if named < how_many else "另有" not in text


def test_the_urgent_come_first():
    text = digest([*items(40), Item("【紧急预警】", "QQ-00000099", is_urgent=True)], 2000)
    assert text.index("QQ-00000099") < text.index("QQ-00000001")


def test_a_cut_leaves_whole_characters():
    assert [cut("宝贝", size) for size in (-1, 0, 2, 3, 5, 6)] == ["", "", "", "宝", "宝", "宝贝"]
