"""What a consumer is called and where it lives, repeated in free text."""

import pytest

from orders.mentions import mask_about, mask_known
from tests.factories import CustomerFactory, OrderFactory

ADDRESS = "浙江省杭州市西湖区文三路90号3栋501室"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("陈晓雨说尺码不对", "陈*说尺码不对"),
        ("收货人（陈晓雨）、陈晓雨本人", "收货人（陈*）、陈*本人"),
        ("陈先生说尺码不对", "陈先生说尺码不对"),
        (f"寄到{ADDRESS}，谢谢", "寄到浙江省杭州市西湖区****，谢谢"),
        ("寄到文三路90号3栋501室。", "寄到****。"),
        ("在文三路90号门口", "在****门口"),
        ("文三路90号5栋、文三路90号3栋", "****5栋、****"),
        ("杭州市西湖区的仓库", "杭州市西湖区的仓库"),
        ("陈晓雨 138 1234 5678", "陈* 138****5678"),
        ("没有提到谁", "没有提到谁"),
    ],
)
def test_name_and_street_are_masked_wherever_they_are_repeated(text, shown):
    assert mask_known(text, ["陈晓雨"], [ADDRESS]) == shown


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("王", "王女士", "王女士"),
        ("陈**", "陈** 来电", "陈** 来电"),
        ("Li", "Li says: I like it, LI", "L* says: I like it, L*"),
        ("tb12345", "会员tb12345来电 tb123456", "会员t*来电 tb123456"),
        ("a.b+c", "a.b+c aXbbc", "a* aXbbc"),
        ("", "空", "空"),
        (None, "空", "空"),
    ],
)
def test_names_of_every_kind(name, text, shown):
    assert mask_known(text, [name], []) == shown


@pytest.mark.parametrize(
    "address", ["", None, "浙江省", "文三", "浙江省杭州市西湖区", "浙江省杭州市西湖区****"]
)
def test_an_address_without_a_street_masks_nothing(address):
    assert mask_known("浙江省杭州市西湖区文三路90号", [], [address]) == "浙江省杭州市西湖区文三路90号"


def test_an_address_that_nobody_understands_is_masked_whole():
    assert mask_known("送到银泰城2幢", [], ["银泰城2幢"]) == "送到****"


def test_the_longer_of_two_names_goes_first():
    assert mask_known("陈晓雨来电", ["陈晓", "陈晓雨"], []) == "陈*来电"


@pytest.mark.parametrize("nothing", ["", None])
def test_nothing_in_nothing_out(nothing):
    assert mask_known(nothing, ["陈晓雨"], [ADDRESS]) == ""


@pytest.mark.django_db
def test_an_order_knows_its_consumers_names(merchant_a):
    order = OrderFactory(
        merchant=merchant_a,
        consignee="陈晓雨",
        address=ADDRESS,
        customer=CustomerFactory(account="小雨妈妈", name="陈大宝"),
    )
    assert mask_about("陈晓雨、小雨妈妈、陈大宝，文三路90号", order) == "陈*、小*、陈*，****"


@pytest.mark.django_db
def test_an_order_without_a_consumer_is_no_matter(merchant_a):
    assert mask_about("陈晓雨来电", OrderFactory(merchant=merchant_a, customer=None)) == "陈*来电"
