"""What a script keeps true while somebody looks on: the list, the counts, the clocks (static/js/live.js)."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tickets.lifecycle import Status
from tickets.timeliness import countdown

# As when the window comes to the front and the list is due; says how many lists asked for their rows anew.
LOOK_AGAIN = """() => {
  const lists = [...document.querySelectorAll("[data-refresh-every]")];
  let asked = 0;
  for (const list of lists) {
    list.dataset.refreshEvery = 0;
    list.addEventListener("refresh", () => asked++);
  }
  dispatchEvent(new Event("visibilitychange"));
  return asked;
}"""


@pytest.mark.parametrize(
    ("username", "path", "makes"),
    [
        ("kefu", "/tickets/?tab=all", "ticket"),
        ("dianyuan", "/tickets/?tab=all", "ticket"),
        ("kefu", "/tickets/review/", "submitted"),
        ("zhuguan", "/tickets/overdue/", "late"),
    ],
)
def test_a_new_ticket_comes_into_the_open_list(page_of, stage, username, path, makes):
    page = page_of(username)
    page.goto(path)
    page.evaluate("window.untouched = true")
    if makes == "late":
        number = stage.ticket(opened_ago=timedelta(hours=9))
    else:
        number = getattr(stage, makes)(**({} if makes == "ticket" else {"opened_ago": timedelta(minutes=30)}))
    assert page.evaluate(LOOK_AGAIN) == 1
    expect(page.get_by_role("row", name=number)).to_be_visible()
    assert page.evaluate("window.untouched"), "the page was loaded anew"


def test_a_refresh_leaves_focus_and_typed_text_alone(page_of, stage):
    kept = stage.ticket()
    page = page_of("kefu")
    page.goto("/tickets/?tab=all")
    search = page.get_by_role("searchbox", name="关键词")
    search.fill("还没有查询的话")
    button = page.get_by_role("link", name=f"查看 {kept}")
    button.focus()
    before = int(page.locator("#tab-all .count").inner_text())
    number = stage.ticket()
    assert page.evaluate(LOOK_AGAIN) == 1
    expect(page.get_by_role("row", name=number)).to_be_visible()
    expect(button).to_be_focused()
    expect(search).to_have_value("还没有查询的话")
    expect(page.locator("#tab-all .count")).to_have_text(str(before + 1))


def test_the_list_waits_while_somebody_types_or_marks_text(page_of, stage):
    number = stage.ticket()
    page = page_of("kefu")
    page.goto(f"/tickets/?tab=all&q={number}")
    search = page.get_by_role("searchbox", name="关键词")
    search.focus()
    assert page.evaluate(LOOK_AGAIN) == 0
    search.blur()
    marked = page.evaluate(
        "() => { getSelection().selectAllChildren(document.querySelector('td.problem')); return `${getSelection()}` }"
    )
    assert page.evaluate(LOOK_AGAIN) == 0
    assert page.evaluate("`${getSelection()}`") == marked != ""
    page.evaluate("getSelection().empty()")
    with page.expect_response("**/tickets/?**"):
        assert page.evaluate(LOOK_AGAIN) == 1


def test_the_list_waits_while_the_pointer_is_on_its_way_to_a_button(page_of, stage):
    stage.ticket()
    page = page_of("kefu")
    page.goto("/tickets/?tab=all")
    page.get_by_role("link", name="查看").first.hover()
    assert page.evaluate(LOOK_AGAIN) == 0


def test_a_list_of_somebody_whose_login_lapsed_becomes_the_login_page(page_of):
    page = page_of("kefu")
    page.goto("/tickets/?tab=all")
    page.context.clear_cookies(name="qinqin_session")
    page.evaluate(LOOK_AGAIN)
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    assert "next=/tickets/%3Ftab%3Dall" in page.url


HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def test_the_script_words_a_clock_as_the_server_does(page_of, stage):
    page = page_of("dianyuan", own_clock=True)
    began = datetime.now(UTC)
    page.clock.set_fixed_time(began)
    page.goto(f"/tickets/{stage.ticket()}/")
    clock = page.locator("header.strip .countdown")
    warn_at, due_at = (
        datetime.fromtimestamp(int(clock.get_attribute(name)), UTC) for name in ("data-warn", "data-due")
    )
    opened = datetime.fromtimestamp(int(page.locator("header.strip").get_attribute("data-now")), UTC)
    moments = [opened, warn_at - SECOND, warn_at, due_at - 30 * MINUTE - SECOND, due_at - 30 * MINUTE]
    moments += [
        due_at - MINUTE,
        due_at - SECOND,
        due_at,
        due_at + 59 * SECOND,
        due_at + MINUTE,
        due_at + HOUR,
    ]
    moments += [due_at + 24 * HOUR - SECOND, due_at + 24 * HOUR, due_at + 75 * HOUR + 5 * MINUTE]
    shown, expected = [], []
    for moment in moments:
        page.clock.set_fixed_time(began + (moment - opened))
        shown.append(
            page.evaluate(
                """() => {
                  dispatchEvent(new Event("visibilitychange"));
                  const { textContent, dataset } = document.querySelector("header.strip .countdown");
                  return [textContent, dataset.state, Number(dataset.level)];
                }"""
            )
        )
        told = countdown(Status.WAITING_MERCHANT, warn_at, due_at, None, moment)
        expected.append([told.text, told.state, told.level])
    assert shown == expected


def test_a_clock_that_stands_is_left_alone(page_of, stage):
    page = page_of("kefu")
    page.goto(f"/tickets/{stage.completed(opened_ago=timedelta(days=2))}/")
    clock = page.locator("header.strip .countdown")
    expect(clock).to_have_text("按时完成")
    expect(clock).not_to_have_attribute("data-due", "")
    page.evaluate("dispatchEvent(new Event('visibilitychange'))")
    expect(clock).to_have_text("按时完成")


def test_a_wrong_clock_in_the_browser_changes_nothing(page_of, stage):
    number = stage.ticket(opened_ago=timedelta(hours=4, minutes=5, seconds=30))
    page = page_of("dianyuan", own_clock=True)
    page.clock.set_fixed_time(datetime(2020, 1, 1, tzinfo=UTC))
    page.goto(f"/tickets/{number}/")
    page.evaluate("dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("header.strip .countdown")).to_have_text("已超时5分")
