"""Exports and imports in the background, and the record of every export, which nobody can change."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ._triggers import append_only


def guard(apps, schema_editor):
    append_only(schema_editor, "tickets_exportrecord")


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0001_initial"),
        ("tickets", "0027_list_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExportRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=40, verbose_name="导出内容")),
                ("conditions", models.TextField(blank=True, verbose_name="条件")),
                ("columns", models.TextField(verbose_name="列")),
                ("file_format", models.CharField(max_length=10, verbose_name="格式")),
                ("rows", models.PositiveIntegerField(verbose_name="行数")),
                ("by_name", models.CharField(max_length=40, verbose_name="导出人姓名")),
                ("by_role", models.CharField(max_length=80, verbose_name="导出人身份")),
                ("address", models.CharField(blank=True, max_length=64, verbose_name="来源地址")),
                ("at", models.DateTimeField(verbose_name="导出时间")),
            ],
            options={
                "verbose_name": "导出记录",
                "verbose_name_plural": "导出记录",
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True, verbose_name="编号")),
                ("role", models.CharField(max_length=20, verbose_name="提出人角色")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("export_tickets", "导出工单"),
                            ("export_orders", "导出订单"),
                            ("open_tickets", "批量建单"),
                            ("import_orders", "订单导入"),
                        ],
                        max_length=20,
                        verbose_name="类型",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待中"),
                            ("running", "进行中"),
                            ("checked", "待确认"),
                            ("done", "已完成"),
                            ("failed", "未完成"),
                            ("cancelled", "已取消"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("asked", models.JSONField(default=dict, verbose_name="内容")),
                ("digest", models.CharField(max_length=64, verbose_name="内容摘要")),
                ("is_confirmed", models.BooleanField(default=False, verbose_name="已确认")),
                ("rows_done", models.PositiveIntegerField(default=0, verbose_name="已处理行数")),
                ("rows_total", models.PositiveIntegerField(blank=True, null=True, verbose_name="总行数")),
                ("report", models.JSONField(default=dict, verbose_name="结果")),
                ("sentence", models.CharField(blank=True, max_length=500, verbose_name="未完成的原因")),
                ("source_name", models.CharField(blank=True, max_length=200, verbose_name="上传的文件")),
                ("result_name", models.CharField(blank=True, max_length=200, verbose_name="结果文件")),
                ("result_bytes", models.PositiveBigIntegerField(default=0, verbose_name="结果文件大小")),
                ("errors_name", models.CharField(blank=True, max_length=200, verbose_name="错误文件")),
                ("created_at", models.DateTimeField(verbose_name="提出时间")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="开始时间")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="文件保留至")),
                ("next_attempt_at", models.DateTimeField(verbose_name="下次执行")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="执行次数")),
                ("claim", models.UUIDField(blank=True, null=True, verbose_name="执行编号")),
            ],
            options={
                "verbose_name": "导出与导入任务",
                "verbose_name_plural": "导出与导入任务",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_kind_known",
        ),
        migrations.AlterField(
            model_name="delivery",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "新工单"),
                    ("returned", "退回商家"),
                    ("reopened", "重新打开"),
                    ("cancelled", "工单撤销"),
                    ("reminded", "催办"),
                    ("held", "挂起"),
                    ("resumed", "恢复计时"),
                    ("submitted", "商家已提交"),
                    ("extension_asked", "申请延期"),
                    ("extension_granted", "同意延期"),
                    ("extension_declined", "不同意延期"),
                    ("warning", "一般预警"),
                    ("critical", "重要预警"),
                    ("urgent", "紧急预警"),
                    ("assigned", "转派同事"),
                    ("transferred", "转派商户"),
                    ("message", "新留言"),
                    ("mentioned", "提到了您"),
                    ("rated_low", "消费者不满意"),
                    ("overdue_list", "每日超时清单"),
                    ("job", "导出与导入"),
                ],
                max_length=20,
                verbose_name="类型",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "新工单"),
                    ("returned", "退回商家"),
                    ("reopened", "重新打开"),
                    ("cancelled", "工单撤销"),
                    ("reminded", "催办"),
                    ("held", "挂起"),
                    ("resumed", "恢复计时"),
                    ("submitted", "商家已提交"),
                    ("extension_asked", "申请延期"),
                    ("extension_granted", "同意延期"),
                    ("extension_declined", "不同意延期"),
                    ("warning", "一般预警"),
                    ("critical", "重要预警"),
                    ("urgent", "紧急预警"),
                    ("assigned", "转派同事"),
                    ("transferred", "转派商户"),
                    ("message", "新留言"),
                    ("mentioned", "提到了您"),
                    ("rated_low", "消费者不满意"),
                    ("overdue_list", "每日超时清单"),
                    ("job", "导出与导入"),
                ],
                max_length=20,
                verbose_name="类型",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "opened",
                            "returned",
                            "reopened",
                            "cancelled",
                            "reminded",
                            "held",
                            "resumed",
                            "submitted",
                            "extension_asked",
                            "extension_granted",
                            "extension_declined",
                            "warning",
                            "critical",
                            "urgent",
                            "assigned",
                            "transferred",
                            "message",
                            "mentioned",
                            "rated_low",
                            "overdue_list",
                            "job",
                        ],
                    )
                ),
                name="notice_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="exportrecord",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="导出人",
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="提出人",
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="merchant",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="merchants.merchant",
                verbose_name="提出人的商户",
            ),
        ),
        migrations.AddIndex(
            model_name="exportrecord",
            index=models.Index(fields=["-at", "-id"], name="export_newest"),
        ),
        migrations.AddIndex(
            model_name="exportrecord",
            index=models.Index(fields=["by", "-at", "-id"], name="export_of_person"),
        ),
        migrations.AddConstraint(
            model_name="exportrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("what", ""), _negated=True), name="export_says_what"
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["by", "-created_at", "-id"], name="job_of_person"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["state", "next_attempt_at", "id"], name="job_due"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["expires_at"], name="job_expires"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["created_at"], name="job_age"),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["export_tickets", "export_orders", "open_tickets", "import_orders"])
                ),
                name="job_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "running", "checked", "done", "failed", "cancelled"])
                ),
                name="job_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("waiting", "running"))),
                fields=("by", "kind", "digest"),
                name="job_under_way_once",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
