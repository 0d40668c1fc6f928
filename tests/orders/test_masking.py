"""Consumers' data as screens may show it, also where somebody wrote it in an odd way."""

import pytest

from orders.masking import looks_like_name, mask_address, mask_name, mask_phone, mask_text

WRITTEN = [
    "13812345678",
    "138 1234 5678",
    "138-1234-5678",
    "138.1234.5678",
    "138·1234·5678",
    "138——1234——5678",
    "138  1234   5678",
    "138\u30001234\u30005678",
    "138(1234)5678",
    "138/1234/5678",
    "1381 234 5678",
    "138 123 45678",
    "138 12345678",
    "1381234 5678",
    "138 12 34 56 78",
    "1 3 8 1 2 3 4 5 6 7 8",
    "1-3-8-1-2-3-4-5-6-7-8",
    "+8613812345678",
    "+86 138 1234 5678",
    "86-13812345678",
    "008613812345678",
    "(+86)13812345678",
    "（+86）138-1234-5678",
    "１３８１２３４５６７８",
    "＋86 １３８ １２３４ ５６７８",
    "138\u200b1234\u200b5678",
    "\u200b1\u200b3\u200b8\u200b1\u200b2\u200b3\u200b4\u200b5\u200b6\u200b7\u200b8",
    "138\u00ad1234\ufeff5678",
    "138\n1234\n5678",
]


@pytest.mark.parametrize("number", WRITTEN)
def test_a_mobile_number_in_a_text_is_masked_however_it_is_written(number):
    shown = mask_text(f"请联系{number}，谢谢")
    assert shown.replace("\u200b", "") == "请联系138****5678，谢谢"


@pytest.mark.parametrize("number", WRITTEN)
def test_a_mobile_number_alone_is_masked_however_it_is_written(number):
    assert mask_phone(number) == "138****5678"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话021-12345678找陈女士", "电话021-****5678找陈女士"),
        ("电话02112345678", "电话021-****5678"),
        ("(0571)8765-4321", "0571-****4321"),
        ("0571 8765 4321", "0571-****4321"),
        ("010-8765432", "010-****5432"),
    ],
)
def test_a_landline_in_a_text_is_masked(text, shown):
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("身份证11010519491231002X请核对", "身份证110****2X请核对"),
        ("本人 11010519491231002x", "本人 110****2X"),
        ("440524 19800101 0013", "440****13"),
        ("４４０５２４１９８００１０１００１３", "440****13"),
        ("440524198001010013，电话13812345678", "440****13，电话138****5678"),
        ("旧证 130503670401001 也有", "旧证 130****01 也有"),
        ("证件号：440524198001010015", "证件号：440****15"),  # mistyped, but said to be one
        ("退到 6222021234567890128 上", "退到 ****0128 上"),
        ("退到 6222 0212 3456 7890 128", "退到 ****0128"),
        ("银行卡号 4000123412341234", "银行卡号 ****1234"),
    ],
)
def test_an_identity_card_and_a_bank_card_in_a_text_are_masked(text, shown):
    assert mask_text(text) == shown


def test_every_number_in_a_text_is_masked():
    text = "13812345678换成了139-8765-4321，或分机：15012345678转801\n微信同号19912345678。"
    assert mask_text(text) == "138****5678换成了139****4321，或分机：150****5678转801\n微信同号199****5678。"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "补发的单号 SF1381234567890",
        "订单 202611231381234567",
        "工单 GD20261123-000042",
        "2026-11-23 14:05:00",
        "原价139.00，实付25.80，退10",
        "199 2026-11-23 14:05",
        "尺码 73、80、90、100、110、120",
        "138****5678",
        "一切 1380000 都好",
        "12345678901",
        "440524198001010015",  # no card: the last place does not fit
        "440524199913010014",  # nobody is born in a thirteenth month
        "运单号 440524198001010013",
        "物流单号：130503670401001",
        "快递 YT4405241980010100",
        "QB440524198001010013",
        "757512345678901",
        "10010519491231002X",
        "6222021234567890123",
        "单号1234567890123456、1234567890123457",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
        "10086",
    ],
)
def test_what_is_no_phone_number_stays(text):
    assert mask_text(text) == text


def test_nothing_in_nothing_out():
    assert mask_text(None) == ""


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        (None, "—"),
        ("", "—"),
        ("  ", "—"),
        ("02112345678", "021****5678"),
        ("0571-87654321", "571****4321"),
        ("13812345678-1234", "138****5678"),
        ("13812345678转1234", "138****5678"),
        ("8765432", "****32"),
        ("12345", "****45"),
        ("110", "****"),
        ("没有", "****"),
        ("138****5678", "138****5678"),
        ("1**********", "1**********"),
        ("1381234*678", "****78"),
    ],
)
def test_whatever_stands_in_the_field_at_most_both_ends_are_shown(phone, shown):
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张", "张*"),
        ("欧阳娜娜", "欧*"),
        (" 张三 ", "张*"),
        ("\u200b张三", "张*"),
        ("（收）张三", "收*"),
        ("𠮷田", "𠮷*"),
        ("Anna Schmidt", "A*"),
        ("张三13812345678", "张*"),
        ("***", "*"),
        ("", "—"),
        ("  ", "—"),
        (None, "—"),
    ],
)
def test_of_a_name_the_first_character_is_shown(name, shown):
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("浙江省杭州市西湖区文三路90号3栋501室", "浙江省杭州市西湖区****"),
        ("浙江省 杭州市 西湖区 文三路90号", "浙江省 杭州市 西湖区****"),
        (" 浙江省\t杭州市  西湖区\n文三路 ", "浙江省\t杭州市  西湖区****"),
        ("中国浙江省杭州市西湖区文三路", "中国浙江省杭州市西湖区****"),
        ("浙江杭州市西湖区文三路", "浙江杭州市西湖区****"),
        ("杭州市西湖区文三路", "杭州市西湖区****"),
        ("上海市浦东新区世纪大道100号", "上海市浦东新区****"),
        ("上海 上海市 浦东新区 世纪大道100号", "上海 上海市 浦东新区****"),
        ("北京市市辖区朝阳区建国路88号", "北京市市辖区朝阳区****"),
        ("重庆市巫山县高唐街道", "重庆市巫山县****"),
        ("江苏省昆山市花桥镇绿地大道", "江苏省昆山市****"),
        ("广东省东莞市长安镇霄边社区", "广东省东莞市****"),
        ("湖南省长沙市宁乡市玉潭街道", "湖南省长沙市宁乡市****"),
        ("浙江省台州市路桥区路桥街道", "浙江省台州市路桥区****"),
        ("江苏省南京市鼓楼区中山北路", "江苏省南京市鼓楼区****"),
        ("四川省攀枝花市东区炳草岗大街", "四川省攀枝花市东区****"),
        ("内蒙古自治区锡林郭勒盟正蓝旗上都镇", "内蒙古自治区锡林郭勒盟正蓝旗****"),
        ("新疆维吾尔自治区伊犁哈萨克自治州伊宁市解放路", "新疆维吾尔自治区伊犁哈萨克自治州伊宁市****"),
        (
            "云南省临沧市双江拉祜族佤族布朗族傣族自治县勐勐镇",
            "云南省临沧市双江拉祜族佤族布朗族傣族自治县****",
        ),
        ("香港特别行政区九龙弥敦道1号", "香港特别行政区****"),
        ("浙江省", "浙江省"),
        ("上海", "上海"),
        ("浙江省杭州市西湖区", "浙江省杭州市西湖区"),
    ],
)
def test_an_address_is_shown_down_to_the_district(address, shown):
    assert mask_address(address) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("幸福小区3栋2单元501", "****"),
        ("西湖区文三路90号", "****"),
        ("文三路90号科技园区3栋", "****"),
        ("家乐福超市旁3号", "****"),
        ("上海路88号东方小区", "****"),
        ("北京路步行街2号", "****"),
        ("12号楼501", "****"),
        ("Building 5, Wensan Road", "****"),
        ("13812345678", "****"),
        ("浙江省幸福超市旁3号", "浙江省****"),
        ("浙江大学紫金港校区5栋", "浙江****"),
        ("浙江省杭州市阳光小区3栋", "浙江省杭州市****"),
        ("浙江省杭州市万科城东区3栋", "浙江省杭州市****"),
        ("浙江省杭州市文三路科技园区", "浙江省杭州市****"),
        ("江苏省昆山市花桥镇新区", "江苏省昆山市****"),
        ("江苏省昆山市李家村别墅区", "江苏省昆山市****"),
        ("", "—"),
        ("  ", "—"),
        (None, "—"),
    ],
)
def test_no_street_compound_shop_or_village_is_taken_for_a_district(address, shown):
    assert mask_address(address) == shown


def test_a_long_text_of_almost_numbers_is_read_once():
    """A pattern that tried every way through such a text would not come back."""
    for text in ("138-" * 5_000, "1 3 8 1 2 3 4 5 6 7 a" * 1_000, "1" * 20_000, "0571 - " * 3_000):
        assert len(mask_text(text)) <= len(text)
    assert mask_address("一" * 20_000) == "****"


@pytest.mark.parametrize(
    "word",
    [
        "王芳",
        "李小龙",
        "张 三",
        "诸葛亮",
        "欧阳娜娜",
        "陈方安生",
        "王先生",
        "小宝妈妈",
        "买买提·玉素甫",
        "買買提‧玉素甫",
        "趙雲",
    ],
)
def test_what_may_be_a_persons_name_looks_like_one(word):
    assert looks_like_name(word)


@pytest.mark.parametrize(
    "word", ["", "天气", "特急", "王", "质量问题", "包装破损", "发错货", "李宁牌童装开线", "ABC"]
)
def test_other_words_do_not(word):
    assert not looks_like_name(word)
