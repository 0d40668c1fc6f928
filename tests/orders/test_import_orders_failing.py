"""import_orders: files that cannot be used, imports that are broken off, two at once."""

import pytest
from django.db import OperationalError

from orders.importing import orders as importing
from orders.importing import upserting
from orders.models import Order
from tests.importing import run
from tests.orders.exports import orders


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "文件是空的：没有表头，也没有数据"),
        ("\n ,\u3000\n", "文件是空的：没有表头，也没有数据"),
        ("甲,乙\n1,2\n", "找不到“订单号”列。文件的表头是：甲、乙"),
        ("订单号,总金额\nA1,1\n", "文件没有“商户”列，请用 --merchant 指明是哪个商户的订单"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_a_sentence(files, db, content, sentence):
    done = run("import_orders", files.text(content))

    assert (done.status, done.out, done.err) == (1, "", f"{sentence}\n")


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path, db):
    done = run("import_orders", tmp_path / "nothing.csv")

    assert done.status == 1
    assert done.err.startswith("无法打开文件")


def test_a_failed_chunk_goes_in_not_at_all_and_those_before_it_stay(files, merchant_a, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 2)
    write_lines = upserting.Difference.write

    def fail_at_last(difference):
        write_lines(difference)
        if any(line.title == "坏" for line in difference.new if hasattr(line, "title")):
            raise OperationalError("disk full")

    monkeypatch.setattr(upserting.Difference, "write", fail_at_last)
    path = files.text("订单号,商品标题\nA1,好\nA2,好\nA3,好\nA4,坏\n")

    done = run("import_orders", path, merchant="qinbei")

    assert done.status == 1
    assert sorted(orders()) == ["A1", "A2"]
    assert done.out == "新增 2，更新 0，未变 0，拒绝 0\n"
    assert done.err == "数据库不可用或拒绝写入，导入未完成（已完成的部分保留，可重新运行）：disk full\n"


def test_an_order_that_another_import_brought_meanwhile_is_found(files, merchant_a, monkeypatch):
    before = upserting.Chunk.write

    def another_was_quicker(chunk):
        monkeypatch.setattr(upserting.Chunk, "write", before)
        before(chunk)
        raise upserting.IntegrityError

    monkeypatch.setattr(upserting.Chunk, "write", another_was_quicker)

    done = run("import_orders", files.text("订单号\nA1\n"), merchant="qinbei")

    assert done.out == "新增 1，更新 0，未变 0，拒绝 0\n"
    assert Order.objects.count() == 1
