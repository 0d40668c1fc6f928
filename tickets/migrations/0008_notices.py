"""What people are told: the inbox, the outbox, robots, and how each person wants it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tickets.models.preference


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0001_initial"),
        ("tickets", "0007_alerts_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=60, verbose_name="事由编号")),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "邮件"), ("robot", "群机器人")], max_length=10, verbose_name="渠道"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
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
                            ("overdue_list", "每日超时清单"),
                        ],
                        max_length=20,
                        verbose_name="类型",
                    ),
                ),
                ("round_no", models.PositiveSmallIntegerField(default=0, verbose_name="轮次")),
                ("text", models.TextField(verbose_name="内容")),
                ("created_at", models.DateTimeField(verbose_name="时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待发送"), ("sent", "已发送"), ("given_up", "未送达")],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("next_attempt_at", models.DateTimeField(verbose_name="下次尝试时间")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="已尝试次数")),
                ("last_error", models.CharField(blank=True, max_length=300, verbose_name="最近的错误")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
            ],
            options={
                "verbose_name": "对外通知",
                "verbose_name_plural": "对外通知",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=60, verbose_name="事由编号")),
                (
                    "kind",
                    models.CharField(
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
                            ("overdue_list", "每日超时清单"),
                        ],
                        max_length=20,
                        verbose_name="类型",
                    ),
                ),
                ("round_no", models.PositiveSmallIntegerField(default=0, verbose_name="轮次")),
                ("text", models.CharField(max_length=400, verbose_name="内容")),
                ("created_at", models.DateTimeField(verbose_name="时间")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="已读时间")),
            ],
            options={
                "verbose_name": "站内消息",
                "verbose_name_plural": "站内消息",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="NoticePreference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mailed",
                    models.JSONField(
                        blank=True,
                        default=tickets.models.preference.mailed_at_first,
                        verbose_name="用邮件通知",
                    ),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="免打扰开始")),
                ("quiet_to", models.TimeField(blank=True, null=True, verbose_name="免打扰结束")),
                ("on_screen", models.BooleanField(default=True, verbose_name="浏览器通知")),
                ("with_sound", models.BooleanField(default=True, verbose_name="提示音")),
            ],
            options={
                "verbose_name": "消息设置",
                "verbose_name_plural": "消息设置",
            },
        ),
        migrations.CreateModel(
            name="Robot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("dingtalk", "钉钉"), ("wecom", "企业微信"), ("feishu", "飞书")],
                        max_length=10,
                        verbose_name="平台",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("url", models.URLField(max_length=500, verbose_name="Webhook 地址")),
                ("secret", models.CharField(blank=True, max_length=200, verbose_name="加签密钥")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="免打扰开始")),
                ("quiet_to", models.TimeField(blank=True, null=True, verbose_name="免打扰结束")),
                ("next_send_at", models.DateTimeField(blank=True, null=True, verbose_name="下次可发送时间")),
                ("busy_until", models.DateTimeField(blank=True, null=True, verbose_name="占用至")),
                ("last_ok_at", models.DateTimeField(blank=True, null=True, verbose_name="最近成功时间")),
            ],
            options={
                "verbose_name": "群机器人",
                "verbose_name_plural": "群机器人",
                "ordering": ["merchant_id", "name"],
            },
        ),
        migrations.AddField(
            model_name="round",
            name="told_level",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="已通知预警级别"),
        ),
        migrations.AddIndex(
            model_name="round",
            index=models.Index(
                condition=models.Q(("told_level__lt", models.F("alert_level"))),
                fields=["id"],
                name="round_to_be_told",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(("told_level__lte", models.F("alert_level"))),
                name="round_told_what_has_happened",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="收件人",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="ticket",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="tickets.ticket",
                verbose_name="工单",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="recipient",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to=settings.AUTH_USER_MODEL,
                verbose_name="收件人",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="ticket",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="tickets.ticket",
                verbose_name="工单",
            ),
        ),
        migrations.AddField(
            model_name="noticepreference",
            name="person",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notice_preference",
                to=settings.AUTH_USER_MODEL,
                verbose_name="人员",
            ),
        ),
        migrations.AddField(
            model_name="robot",
            name="merchant",
            field=models.ForeignKey(
                blank=True,
                help_text="不选择表示客服群",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="robots",
                to="merchants.merchant",
                verbose_name="商户",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="robot",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="tickets.robot",
                verbose_name="群机器人",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["recipient", "-created_at", "-id"], name="notice_newest"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True)),
                fields=["recipient", "-created_at", "-id"],
                name="notice_unread",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("key", "recipient"), name="notice_once_per_person"),
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
                            "overdue_list",
                        ],
                    )
                ),
                name="notice_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticepreference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from__isnull", True), ("quiet_to__isnull", True)),
                    models.Q(("quiet_from__isnull", False), ("quiet_to__isnull", False)),
                    _connector="OR",
                ),
                name="preference_quiet_hours_have_two_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="robot",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["dingtalk", "wecom", "feishu"])), name="robot_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="robot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from__isnull", True), ("quiet_to__isnull", True)),
                    models.Q(("quiet_from__isnull", False), ("quiet_to__isnull", False)),
                    _connector="OR",
                ),
                name="robot_quiet_hours_have_two_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["next_attempt_at", "id"],
                name="delivery_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "given_up")),
                fields=["-created_at", "-id"],
                name="delivery_given_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person__isnull", False)),
                fields=("key", "person", "channel"),
                name="delivery_once_per_person_and_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("robot__isnull", False)),
                fields=("key", "robot"),
                name="delivery_once_per_robot",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "email"), ("person__isnull", False), ("robot__isnull", True)),
                    models.Q(("channel", "robot"), ("person__isnull", True), ("robot__isnull", False)),
                    _connector="OR",
                ),
                name="delivery_has_one_recipient",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("state", "waiting")),
                    models.Q(("finished_at__isnull", False), ("state__in", ["sent", "given_up"])),
                    _connector="OR",
                ),
                name="delivery_finished_has_a_time",
            ),
        ),
    ]
