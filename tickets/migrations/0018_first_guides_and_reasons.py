"""What to write for each kind of problem, and the reasons to choose from; what is older has a reason that says so."""

from django.db import migrations

GUIDES = {
    "商品质量": "做了什么：怎样核实（照片、批次、同批库存），给消费者什么方案。\n"
    "为什么：质量问题出在哪里，或为何认定不属于质量问题。\n"
    "接下来：补发、退款的单号和到账时间，消费者是否同意。",
    "物流配送": "做了什么：哪天联系了哪家快递，查到的最后一条轨迹。\n"
    "为什么：停在哪里、为何延误或丢失。\n"
    "接下来：预计送达时间，或补发的快递单号、赔付方案。",
    "发错漏发": "做了什么：核对拣货和称重记录的结果。\n"
    "为什么：错发、漏发了什么，数量多少。\n"
    "接下来：补发的快递单号，错发的商品是否取回、运费谁承担。",
    "退款退货": "做了什么：退货是否收到、验货结果，退款金额和时间。\n"
    "为什么：不能退或只能部分退的依据。\n"
    "接下来：到账时间、退货地址或还需消费者配合的事。",
    "商品信息不符": "做了什么：页面描述与实物的逐项核对结果。\n"
    "为什么：页面有误，还是批次、包装更新。\n"
    "接下来：给消费者的方案，页面何时更正。",
    "价格与优惠": "做了什么：核对的活动、优惠券和实付金额。\n"
    "为什么：差价从哪里来，是否符合活动规则。\n"
    "接下来：补差金额、方式和到账时间。",
    "发票": "做了什么：开票状态、发票类型和抬头核对结果。\n"
    "为什么：未开、错开的原因。\n"
    "接下来：开具或重开的时间、发送方式。",
    "售后服务": "做了什么：与消费者怎样沟通，做出了什么安排。\n"
    "为什么：之前的服务问题出在哪里。\n"
    "接下来：谁在什么时候完成什么，消费者是否满意。",
    "其他": "做了什么：处理经过，联系了谁、什么时候。\n"
    "为什么：得出结论的依据。\n"
    "接下来：还要做什么，谁来做，什么时候完成；没有办成也请写明实际情况。",
}
REASONS = {
    "unsolved": [
        "消费者联系不上",
        "消费者不接受方案",
        "缺货或停产，无法补发",
        "超出退换期限",
        "核实后不属于商家责任",
        "等待第三方（快递、厂家、检测）",
        "其他原因",
    ],
    "platform": [
        "需平台退款或改价",
        "需平台联系消费者",
        "需平台介入判责",
        "需平台协调快递",
        "系统或订单数据有误",
        "其他协助",
    ],
    "return": [
        "没有写明处理经过",
        "没有结论或方案",
        "缺少单号或凭证",
        "与消费者反馈不一致",
        "答非所问",
        "承诺尚未兑现",
        "其他",
    ],
}
# Results and returns from the time before there were reasons to choose.
OLDER = "旧记录，未选择原因"
TRIGGERS = {
    "tickets_result": ["tickets_result_no_update"],
    "tickets_event": ["tickets_event_no_update"],
}


def fill(apps, schema_editor):
    Category = apps.get_model("tickets", "Category")
    ReasonCode = apps.get_model("tickets", "ReasonCode")
    for name, guide in GUIDES.items():
        Category.objects.filter(name=name, guide="").update(guide=guide)
    ReasonCode.objects.bulk_create(
        ReasonCode(kind=kind, name=name, position=place * 10)
        for kind, names in REASONS.items()
        for place, name in enumerate(names, start=1)
    )


def name_the_older(apps, schema_editor):
    """The one time that history is added to; 0019 puts the triggers back on SQLite."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for table, triggers in TRIGGERS.items():
        if is_postgresql:
            schema_editor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
        else:
            for trigger in triggers:
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    failed = apps.get_model("tickets", "Result").objects.filter(outcome__in=["unsolved", "platform"])
    failed.update(reason_name=OLDER)
    apps.get_model("tickets", "Event").objects.filter(kind="returned").update(reason_name=OLDER)
    if is_postgresql:
        for table in TRIGGERS:
            schema_editor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0017_talking")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(name_the_older, migrations.RunPython.noop),
    ]
