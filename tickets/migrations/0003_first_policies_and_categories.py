"""The rows a new house starts with: the agreed deadlines, and the usual kinds of problems. Both are edited in the admin."""

from django.db import migrations

# urgency, 一般预警 after minutes, 时限 in minutes
POLICIES = [("normal", 120, 240), ("important", 90, 180), ("urgent", 60, 120)]
CATEGORIES = [
    "商品质量",
    "物流配送",
    "发错漏发",
    "退款退货",
    "商品信息不符",
    "价格与优惠",
    "发票",
    "售后服务",
    "其他",
]


def forwards(apps, schema_editor):
    Policy = apps.get_model("tickets", "Policy")
    Category = apps.get_model("tickets", "Category")
    for urgency, warning, deadline in POLICIES:
        Policy.objects.create(urgency=urgency, warning_minutes=warning, deadline_minutes=deadline)
    for position, name in enumerate(CATEGORIES, start=1):
        Category.objects.create(name=name, position=position * 10)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_append_only")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
