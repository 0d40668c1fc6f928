"""import_tickets: problems of a file become tickets, once."""

import pytest

from tests.factories import CategoryFactory, OrderFactory, TicketFactory
from tests.importing import run, statements
from tickets import importing
from tickets.models import Policy, Ticket

HEADINGS = "订单号,问题类型,紧急程度,问题描述\n"
PROBLEM = "奶粉罐凹陷，消费者要求换货"


@pytest.fixture
def row(order_a) -> str:
    return f"{order_a.number},商品质量,紧急,{PROBLEM}\n"


def test_a_row_becomes_a_ticket_of_the_orders_merchant(files, kefu, order_a, row):
    done = run("import_tickets", files.text(HEADINGS + row), by="kefu")

    assert (done.status, done.out) == (0, "新增 1，已存在 0，拒绝 0\n")
    ticket = Ticket.objects.get()
    assert (ticket.order, ticket.merchant, ticket.opened_by) == (order_a, order_a.merchant, kefu)
    assert (ticket.category.name, ticket.urgency, ticket.problem) == ("商品质量", "urgent", PROBLEM)
    assert (ticket.rounds.count(), ticket.events.get().kind) == (1, "opened")
    assert [line["title"] for line in ticket.snapshot.facts["lines"]] == [
        line.title for line in order_a.lines.all()
    ]


@pytest.mark.parametrize(
    ("word", "urgency"), [("一般", "normal"), (" 重要 ", "important"), ("URGENT", "urgent"), ("", "normal")]
)
def test_urgency_by_word_or_key(files, kefu, order_a, word, urgency):
    run("import_tickets", files.text(f"{HEADINGS}{order_a.number},商品质量,{word},{PROBLEM}\n"), by="kefu")

    assert Ticket.objects.get().urgency == urgency


def test_without_a_column_the_urgency_is_normal(files, kefu, order_a):
    path = files.text(f"Order ID,Category,Problem\n{order_a.number},商品质量,{PROBLEM}\n", "gb18030")

    run("import_tickets", path, by="kefu")

    assert Ticket.objects.get().urgency == "normal"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"没有的123,商品质量,一般,{PROBLEM}", "没有这个订单，请先导入订单"),
        (f",商品质量,一般,{PROBLEM}", "“订单号”为空"),
        (
            f"1.23E+18,商品质量,一般,{PROBLEM}",
            "“订单号”已被 Excel 改成科学计数法或丢失精度，请把该列设为文本后重新导出",
        ),
        (f"QB10000001,天气,一般,{PROBLEM}", "没有这个问题类型：「天气」"),
        (f"QB10000001,,一般,{PROBLEM}", "没有这个问题类型：「」"),
        (f"QB10000001,停用的类型,一般,{PROBLEM}", "问题类型「停用的类型」已停用"),
        (f"QB10000001,商品质量,特急,{PROBLEM}", "没有这个紧急程度：「特急」，可写一般、重要、紧急"),
        ("QB10000001,商品质量,一般,", "请填写问题描述"),
        ("QB10000001,商品质量,一般,\u3164\u200b", "请填写问题描述"),
        (f"QB10000001,商品质量,一般,{'长' * 10_001}", "问题描述最多10000字，现在是10001字"),
        ("QB10000001,商品质量,一般,好,多", "有 5 个单元格，而表头只有 4 个"),
    ],
)
def test_a_bad_row_is_refused_and_the_rest_of_its_chunk_goes_in(files, kefu, order_a, order_b, row, reason):
    CategoryFactory(name="停用的类型", is_active=False)
    good = f"{order_b.number},商品质量,一般,{PROBLEM}\n"

    done = run("import_tickets", files.text(f"{HEADINGS}{row}\n{good}"), by="kefu")

    assert (done.status, done.refusals) == (1, [f"第 2 行被拒绝：{reason}"])
    assert done.out == "新增 1，已存在 0，拒绝 1\n"
    assert Ticket.objects.get().order == order_b


def test_an_order_whose_merchant_is_inactive_gets_no_ticket(files, kefu, order_a, row):
    order_a.merchant.is_active = False
    order_a.merchant.save()

    done = run("import_tickets", files.text(HEADINGS + row), by="kefu")

    assert done.refusals == ["第 2 行被拒绝：商户「亲贝母婴旗舰店」已停用，工单无人处理"]


def test_a_row_without_a_deadline_policy_is_refused_alone(files, kefu, order_a, row):
    Policy.objects.filter(urgency="urgent").delete()

    done = run("import_tickets", files.text(HEADINGS + row + row.replace("紧急", "一般")), by="kefu")

    assert done.refusals == ["第 2 行被拒绝：未设置紧急工单的处理时限，请联系主管"]
    assert Ticket.objects.count() == 1


def test_the_same_file_twice_opens_nothing_new(files, kefu, row):
    path = files.text(HEADINGS + row)
    run("import_tickets", path, by="kefu")

    done = run("import_tickets", path, by="kefu")

    assert (done.status, done.out) == (0, "新增 0，已存在 1，拒绝 0\n")
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("chunk", [1, 1_000])
def test_a_row_that_says_the_same_twice_in_a_file_is_one_ticket(files, kefu, row, monkeypatch, chunk):
    monkeypatch.setattr(importing, "CHUNK", chunk)
    path = files.text(HEADINGS + row + row.replace(PROBLEM, f" {PROBLEM} "))

    tried = run("import_tickets", path, by="kefu", dry_run=True)
    done = run("import_tickets", path, by="kefu")

    assert done.out == "新增 1，已存在 1，拒绝 0\n"
    assert tried.out == "新增 1，已存在 1，拒绝 0（试运行，未写入）\n"


def test_another_problem_of_the_same_order_is_another_ticket(files, kefu, row):
    done = run("import_tickets", files.text(HEADINGS + row + row.replace("换货", "退货")), by="kefu")

    assert done.out == "新增 2，已存在 0，拒绝 0\n"


def test_a_ticket_that_has_ended_does_not_stand_in_the_way(files, kefu, order_a, row):
    ticket = TicketFactory(order=order_a, problem=PROBLEM)
    ticket.cancel(by_user=kefu, reason="消费者撤回了投诉")

    done = run("import_tickets", files.text(HEADINGS + row), by="kefu")

    assert done.out == "新增 1，已存在 0，拒绝 0\n"


def test_a_dry_run_writes_nothing(files, kefu, row):
    done = run("import_tickets", files.text(HEADINGS + row), by="kefu", dry_run=True)

    assert done.out == "新增 1，已存在 0，拒绝 0（试运行，未写入）\n"
    assert not Ticket.objects.exists()


def test_a_manager_may_import_too(files, zhuguan, row):
    assert run("import_tickets", files.text(HEADINGS + row), by="zhuguan").status == 0


@pytest.mark.parametrize(
    ("username", "sentence"),
    [
        ("dianyuan", "账号 dianyuan 的角色是商户员工：只有客服和主管可以新建工单"),
        ("admin", "账号 admin 的角色是系统管理员：只有客服和主管可以新建工单"),
        ("nobody", "没有可用的账号 nobody"),
        ("kefu", "没有可用的账号 kefu"),
    ],
)
def test_nobody_else_may(files, row, dianyuan, sysadmin, kefu, username, sentence):
    kefu.is_active = False
    kefu.save()

    done = run("import_tickets", files.text(HEADINGS + row), by=username)

    assert (done.status, done.err) == (1, f"{sentence}\n")
    assert not Ticket.objects.exists()


def test_a_missing_column_is_told_in_a_sentence(files, kefu):
    done = run("import_tickets", files.text("订单号,问题类型\nA1,商品质量\n"), by="kefu")

    assert (done.status, done.err) == (1, "找不到“问题描述”列。文件的表头是：订单号、问题类型\n")


def test_many_rows_cost_as_many_statements_as_one(files, kefu, merchant_a):
    def cost(how_many: int) -> int:
        numbers = [OrderFactory(merchant=merchant_a).number for _ in range(how_many)]
        rows = "".join(f"{number},商品质量,一般,{PROBLEM}\n" for number in numbers)
        path = files.text(HEADINGS + rows)
        with statements() as seen:
            run("import_tickets", path, by="kefu")
        return len(seen)

    assert cost(30) == cost(1)
