"""After completion: the consumer's page on a phone without a script; and 查看完整号码, which nothing keeps."""

import pytest
from playwright.sync_api import Error, expect

from tickets.models import Rating, Reveal, Ticket

from .hands import press, unfold

NUMBER = "13700009999"


def test_a_consumer_rates_on_a_phone_without_a_script(page_of, open_page, stage):
    number = stage.completed()
    desk = page_of("kefu", java_script=False)
    desk.goto(f"/tickets/{number}/")
    unfold(desk, "评价链接").get_by_role("button", name="生成评价链接").click()
    link = desk.get_by_label("复制后发给消费者").input_value()
    path = "/r/" + link.split("/r/")[1]

    phone = open_page(java_script=False, width=390, height=800)
    phone.goto(path)
    expect(phone.get_by_role("heading", level=1)).to_have_text("您对这次售后处理满意吗？")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    expect(phone.locator("body")).not_to_contain_text(number)
    phone.get_by_label("还想说什么").fill("第二次才收到对的颜色")
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_text("请选择1到5星")).to_be_visible()
    expect(phone.get_by_label("还想说什么")).to_have_value("第二次才收到对的颜色")
    phone.get_by_role("radio", name="2星 不满意").check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("谢谢，您已评价")
    phone.goto(path)
    expect(phone.get_by_role("heading", level=1)).to_have_text("谢谢，您已评价")

    desk.goto(f"/tickets/{number}/")
    expect(desk.locator("#rating")).to_contain_text("2星")
    expect(desk.locator("#rating")).to_contain_text("第二次才收到对的颜色")
    expect(desk.locator("#result")).to_contain_text("建议联系消费者")
    press(desk, "重新打开", "重新打开的原因", "消费者说颜色还是不对")
    expect(desk.locator("#rating")).to_have_count(0)
    with stage.site.database():
        assert Rating.objects.get(ticket__number=number).stars == 2


@pytest.mark.parametrize("who", ["kefu", "dianyuan"])
def test_the_whole_number_is_shown_once_for_a_reason(who, page_of, stage, script):
    with stage.site.database():
        order = stage._order(phone=NUMBER)
    number = stage.ticket(order=order)
    page = page_of(who, java_script=script, width=390)
    page.goto(f"/tickets/{number}/")
    block = page.locator("#consumer")
    expect(block).to_contain_text("137****9999")
    block.locator("summary").click()
    block.get_by_role("button", name="查看").click()
    expect(block.get_by_text("请填写查看原因")).to_be_visible()
    block.get_by_label("查看原因").fill("联系消费者核对换货地址")
    block.get_by_role("button", name="查看").click()
    expect(page.locator(".revealed")).to_have_text(NUMBER)
    assert NUMBER not in page.url
    page.get_by_role("link", name="返回工单").click()
    expect(page.locator("#consumer")).to_contain_text("137****9999")
    expect(page.locator("body")).not_to_contain_text(NUMBER)
    # Back: the browser has not kept the answer, and does not send the form again by itself.
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
    with stage.site.database():
        assert Reveal.objects.filter(ticket=Ticket.objects.get(number=number)).count() == 1
