"""Photos on their way from a shopkeeper's phone to customer service, with a script and without."""

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.evidence import PDF, encoded, photo, picture
from tickets.models import Attachment

from .hands import ANSWER, answer_form, press, unfold
from .looks import blemishes

CHOOSE = "图片和文件（选填）"


def photos(*names: str) -> list[dict]:
    """Files as a person chooses them."""
    return [{"name": name, "mimeType": "image/jpeg", "buffer": photo(size=(640, 480))} for name in names]


def choose(page: Page, *files: dict) -> None:
    """Into the form that is open; others of the page are folded."""
    page.get_by_label(CHOOSE).locator("visible=true").last.set_input_files(list(files))


def ready(page: Page | Locator) -> Locator:
    """What lies ready in the form."""
    return page.locator("[data-staged] > [data-item]")


def seen_large(page: Page, address: str) -> None:
    """The picture at this address is really one."""
    answer = page.request.get(address)
    assert answer.ok
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-security-policy"].startswith("sandbox")


def test_two_photos_go_from_the_phone_to_customer_service(page_of, stage):
    number = stage.ticket()
    merchant = page_of("dianyuan", width=390)
    merchant.goto(f"/tickets/{number}/")
    choose(merchant, *photos("开线.jpg", "吊牌.jpg"))
    expect(ready(merchant)).to_have_count(2)
    ready(merchant).first.scroll_into_view_if_needed()
    expect(ready(merchant).first.get_by_role("img")).to_have_js_property("naturalWidth", 320)
    with merchant.expect_response(lambda answer: answer.url.endswith("/caption/")):
        ready(merchant).first.get_by_label("说明").fill("开线的地方")
        ready(merchant).last.get_by_label("说明").focus()
    answer_form(merchant)
    merchant.get_by_role("button", name="提交工单").click()
    expect(merchant.locator("header.strip")).to_contain_text("待客服审核")

    clerk = page_of("kefu")
    clerk.goto(f"/tickets/{number}/")
    pictures = clerk.locator("#result").get_by_role("list", name="处理结果图片").get_by_role("link")
    expect(pictures).to_have_count(2)
    expect(clerk.locator("#progress .gallery a")).to_have_count(2)
    pictures.first.click()
    viewer = clerk.get_by_role("dialog", name="查看图片")
    expect(viewer).to_contain_text("开线的地方（1/2）")
    expect(viewer.get_by_role("img")).to_have_js_property("naturalWidth", 640)
    assert viewer.get_by_role("img").bounding_box()["width"] == 640
    clerk.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text("吊牌.jpg（2/2）")
    viewer.get_by_role("button", name="下一张").click()
    expect(viewer).to_contain_text("开线的地方（1/2）")
    clerk.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(pictures.first).to_be_focused()
    seen_large(clerk, pictures.first.get_attribute("href"))
    press(clerk, "审核通过")
    expect(clerk.locator("header.strip")).to_contain_text("已完结")


def test_the_same_without_a_script(page_of, stage):
    number = stage.ticket()
    merchant = page_of("dianyuan", java_script=False, width=390)
    merchant.goto(f"/tickets/{number}/")
    answer_form(merchant, "好了")
    choose(merchant, *photos("开线.jpg", "吊牌.jpg", "多余.jpg"))
    merchant.get_by_role("button", name="提交工单").click()
    expect(merchant.locator("#result")).to_contain_text("处理结果过于简单")
    expect(ready(merchant)).to_have_count(3)
    ready(merchant).last.get_by_label("移除").click()  # it goes with its box
    ready(merchant).first.get_by_label("说明").fill("开线的地方")
    answer_form(merchant, ANSWER)
    merchant.get_by_role("button", name="提交工单").click()
    expect(merchant.locator("header.strip")).to_contain_text("待客服审核")

    clerk = page_of("kefu", java_script=False)
    clerk.goto(f"/tickets/{number}/")
    pictures = clerk.locator("#result .gallery a")
    expect(pictures).to_have_count(2)
    expect(clerk.locator("#result")).to_contain_text("开线的地方")
    # Not by a click: Chromium dresses a bare picture with styles that its policy refuses, and says so.
    seen_large(clerk, pictures.first.get_attribute("href"))


def test_a_file_that_cannot_be_taken_is_said_and_the_others_go_on(page_of, stage):
    page = page_of("dianyuan")
    page.goto(f"/tickets/{stage.ticket()}/")
    answer_form(page)
    words = {"name": "笔记.jpg", "mimeType": "image/jpeg", "buffer": b"only words"}
    report = {"name": "检测报告.pdf", "mimeType": "application/pdf", "buffer": PDF}
    choose(page, words, *photos("开线.jpg"), report)
    expect(ready(page)).to_have_count(2)
    expect(page.locator("[data-errors]").first).to_have_text(
        "「笔记.jpg」只支持 JPG、PNG、WebP、HEIC 图片和 PDF"
    )
    ready(page).first.get_by_label("移除").click()  # it goes with its box
    expect(ready(page)).to_have_count(1)
    expect(page.locator("[data-errors]").first).to_have_text("")
    expect(page.get_by_role("textbox", name="处理结果")).to_have_value(ANSWER)


def test_an_eighth_photo_is_one_too_many(page_of, stage):
    page = page_of("dianyuan")
    page.goto(f"/tickets/{stage.ticket()}/")
    choose(page, *photos(*(f"{number}.jpg" for number in range(8))))
    expect(ready(page)).to_have_count(7)
    expect(page.locator("[data-errors]").first).to_have_text("图片最多7张，单张不超过5MB")


def test_a_photo_larger_than_5_mb_is_made_smaller_before_it_is_sent(page_of, stage):
    page = page_of("dianyuan")
    page.goto(f"/tickets/{stage.ticket()}/")
    large = encoded(picture((800, 600)), "PNG") + bytes(6_000_000)
    choose(page, {"name": "大图.png", "mimeType": "image/png", "buffer": large})
    expect(ready(page)).to_have_count(1)
    expect(page.locator("[data-errors]").first).to_have_text("")


def hand(how: str, field: Locator) -> None:
    """A photo, dropped or pasted where the field is."""
    content = json.dumps(list(photo(size=(64, 48))))
    field.evaluate(
        f"""(field) => {{
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array({content})], "开线.jpg", {{ type: "image/jpeg" }}));
          const options = {{ bubbles: true, cancelable: true }};
          field.dispatchEvent(
            "{how}" === "drop"
              ? new DragEvent("drop", {{ ...options, dataTransfer: transfer }})
              : new ClipboardEvent("paste", {{ ...options, clipboardData: transfer }}));
        }}"""
    )


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_photos_are_dropped_and_pasted(how, page_of, stage):
    page = page_of("dianyuan")
    page.goto(f"/tickets/{stage.ticket()}/")
    hand(how, page.get_by_role("textbox", name="处理结果"))
    expect(ready(page)).to_have_count(1)


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_photo_for_a_message_goes_to_the_message_and_not_to_the_answer(how, page_of, stage):
    number = stage.ticket()
    page = page_of("dianyuan")
    page.goto(f"/tickets/{number}/")
    choose(page, *photos("开线.jpg"))
    unfold(page, "协商留言")
    words = page.get_by_role("textbox", name="留言内容")
    hand(how, words)
    form = page.locator("form", has=words)
    expect(ready(form)).to_have_count(1)
    words.fill("吊牌在这里")
    page.get_by_role("button", name="发送留言").click()
    expect(page.locator("#progress")).to_contain_text("吊牌在这里")
    expect(page.locator("#progress .gallery a")).to_have_count(1)
    expect(ready(page)).to_have_count(1)  # the answer's, which is still to be written
    clerk = page_of("kefu")
    clerk.goto(f"/tickets/{number}/")
    expect(clerk.locator("#progress .gallery img")).to_have_js_property("naturalWidth", 64)


def test_a_note_keeps_its_photo_from_the_merchant(page_of, script, stage):
    number = stage.ticket()
    clerk, merchant = page_of("kefu", java_script=script), page_of("dianyuan", java_script=script)
    clerk.goto(f"/tickets/{number}/")
    unfold(clerk, "内部备注")
    choose(clerk, *photos("开线.jpg"))
    if script:
        expect(ready(clerk)).to_have_count(1)
    clerk.get_by_role("textbox", name="备注内容").fill("这家上周也开线过")
    clerk.get_by_role("button", name="保存备注").click()
    picture = clerk.locator("#progress .gallery a")
    expect(picture).to_have_count(1)
    merchant.goto(f"/tickets/{number}/")
    expect(merchant.locator("main")).not_to_contain_text("仅客服可见")
    expect(merchant.locator(".gallery")).to_have_count(0)
    assert merchant.request.get(picture.get_attribute("href")).status == 404
    assert clerk.request.get(picture.get_attribute("href")).ok


def test_an_answer_waits_for_the_photos_that_are_still_on_their_way(page_of, stage, demo_site):
    number = stage.ticket()
    page = page_of("dianyuan")
    page.goto(f"/tickets/{number}/")
    answer_form(page)
    choose(page, *photos("开线.jpg", "吊牌.jpg", "面单.jpg"))
    page.get_by_role("button", name="提交工单").click()
    expect(page.locator("header.strip")).to_contain_text("待客服审核")
    with demo_site.database():
        assert Attachment.objects.bound().filter(ticket__number=number).count() == 3


def test_what_lies_ready_is_still_there_after_a_reload(page_of, stage):
    page = page_of("dianyuan")
    page.goto(f"/tickets/{stage.ticket()}/")
    choose(page, *photos("开线.jpg"))
    expect(ready(page)).to_have_count(1)
    page.reload()
    expect(ready(page)).to_have_count(1)


def test_a_clerk_opens_a_ticket_with_a_photo_and_adds_another(page_of, script, stage):
    clerk = page_of("kefu", java_script=script)
    clerk.goto(f"/tickets/new/?order={stage.order()}")
    clerk.get_by_label("问题类型").select_option("商品质量")
    clerk.get_by_label("问题描述").fill("连体衣开线，消费者要求换货。")
    choose(clerk, *photos("开线.jpg"))
    if script:
        expect(ready(clerk)).to_have_count(1)
    clerk.get_by_role("button", name="新建工单").click()
    expect(clerk.locator("#ticket .gallery a")).to_have_count(1)
    unfold(clerk, "补充图片")
    clerk.locator("#ticket input[type=file]").set_input_files(photos("吊牌.jpg"))
    if script:
        expect(ready(clerk)).to_have_count(1)
    clerk.get_by_role("button", name="确认补充图片").click()
    expect(clerk.locator("#ticket .gallery a")).to_have_count(2)
    expect(clerk.locator("#progress")).to_contain_text("补充图片")
    expect(clerk.locator(".primary")).to_have_count(0)


def test_pages_with_photos_look_right(page_of, stage):
    page = page_of("dianyuan")
    page.goto(f"/tickets/{stage.ticket()}/")
    report = {"name": "很长的文件名" * 9 + ".pdf", "mimeType": "application/pdf", "buffer": PDF}
    choose(page, *photos("开线.jpg"), report)
    expect(ready(page)).to_have_count(2)
    assert blemishes(page) == {}
    expect(page.locator(".primary")).to_have_text(["提交工单"])
    answer_form(page)
    page.get_by_role("button", name="提交工单").click()
    expect(page.locator("#result .gallery a")).to_have_count(2)
    assert blemishes(page) == {}
