"""查看完整号码: the record of every look, which nobody can change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ._triggers import append_only


def guard(apps, schema_editor):
    append_only(schema_editor, "tickets_reveal")


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0021_archiving"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reveal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "field",
                    models.CharField(
                        choices=[("phone", "手机号"), ("consignee", "姓名"), ("address", "收货地址")],
                        max_length=10,
                        verbose_name="查看内容",
                    ),
                ),
                ("reason", models.TextField(verbose_name="查看原因")),
                ("by_name", models.CharField(max_length=40, verbose_name="查看人姓名")),
                ("by_role", models.CharField(max_length=80, verbose_name="查看人身份")),
                ("address", models.CharField(blank=True, max_length=64, verbose_name="来源地址")),
                ("at", models.DateTimeField(verbose_name="查看时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="查看人",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reveals",
                        to="tickets.ticket",
                        verbose_name="工单",
                    ),
                ),
            ],
            options={
                "verbose_name": "敏感信息查看",
                "verbose_name_plural": "敏感信息查看",
                "indexes": [
                    models.Index(fields=["-at", "-id"], name="reveal_newest"),
                    models.Index(fields=["by", "-at", "-id"], name="reveal_of_person"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("field__in", ["phone", "consignee", "address"])),
                        name="reveal_field_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="reveal_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
