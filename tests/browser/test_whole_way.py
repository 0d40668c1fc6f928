"""A ticket's whole way through the hands of three people, with a script and without."""

from playwright.sync_api import expect

from tickets.lifecycle import EventKind

from .hands import answer, page_on_to, press

PROBLEM = "连体衣第一次洗就开线，消费者要求换货，宝宝急用。"
FIRST_ANSWER = "已联系消费者核实情况，安排今天下午补发一件，旧件不用退回。"
SECOND_ANSWER = "补发的连体衣已由顺丰揽收，运单号已短信告知消费者。"
RETURNED = "没有写明补发的快递公司和运单号"
PRAISE = "处理及时，运单号齐全"
AGAIN = "消费者反映补发的又开线了"
WITHDRAWN = "消费者撤回了投诉"


def test_a_ticket_goes_from_the_clerk_to_the_merchant_and_back_until_it_is_done(page_of, script, stage):
    clerk, merchant = page_of("kefu", java_script=script), page_of("dianyuan", java_script=script, width=390)
    order_number = stage.order()

    clerk.goto("/")
    clerk.get_by_role("link", name="新建工单").click()
    clerk.get_by_label("订单号").fill(order_number)
    if not script:
        clerk.get_by_role("button", name="查找").click()
    expect(clerk.locator("#lookup")).to_contain_text(stage.shop_name)
    clerk.get_by_label("问题类型").select_option("商品质量")
    clerk.get_by_role("radio", name="紧急").check()
    clerk.get_by_label("问题描述").fill(PROBLEM)
    clerk.get_by_role("button", name="新建工单").click()
    expect(clerk.locator("main p.message[role=status]").first).to_contain_text(
        f"已送达商户「{stage.shop_name}」"
    )
    number = clerk.get_by_role("heading", level=1).inner_text()

    merchant.goto("/tickets/?tab=all")
    row = merchant.get_by_role("row", name=number)
    expect(row).to_contain_text(PROBLEM)
    row.get_by_role("link", name=f"查看 {number}").click()
    answer(merchant, FIRST_ANSWER)
    expect(merchant.locator("header.strip")).to_contain_text("待客服审核")

    clerk.get_by_role("link", name="待客服审核").click()
    page_on_to(clerk, clerk.get_by_role("link", name=f"审核 {number}")).click()
    expect(clerk.locator("#result .said")).to_contain_text(FIRST_ANSWER)
    press(clerk, "退回商家", "退回原因", RETURNED)
    expect(clerk.locator("main p.message[role=status]").first).to_contain_text("已退回商家，开始新一轮计时")

    merchant.goto("/")
    merchant.get_by_role("link", name="被退回").click()
    row = page_on_to(merchant, merchant.get_by_role("row", name=number))
    expect(row).to_contain_text("被退回 第2轮")
    row.get_by_role("link", name=f"查看 {number}").click()
    expect(merchant.locator("#progress")).to_contain_text(RETURNED)
    answer(merchant, SECOND_ANSWER)
    expect(merchant.locator("header.strip")).to_contain_text("待客服审核")

    clerk.goto(f"/tickets/{number}/")
    press(clerk, "审核通过", "审核意见", PRAISE)
    expect(clerk.locator("header.strip")).to_contain_text("已完结")
    press(clerk, "重新打开", "重新打开的原因", AGAIN)
    expect(clerk.locator("#ticket")).to_contain_text("第3轮")
    press(clerk, "撤销工单", "撤销原因", WITHDRAWN)
    expect(clerk.locator("header.strip")).to_contain_text("已撤销")
    for words in [FIRST_ANSWER, RETURNED, SECOND_ANSWER, PRAISE, AGAIN, WITHDRAWN]:
        expect(clerk.locator("#progress")).to_contain_text(words)
    assert stage.kinds(number) == [
        EventKind.OPENED,
        EventKind.SUBMITTED,
        EventKind.RETURNED,
        EventKind.SUBMITTED,
        EventKind.APPROVED,
        EventKind.REOPENED,
        EventKind.CANCELLED,
    ]
