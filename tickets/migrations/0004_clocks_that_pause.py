"""Calendars, pauses, extensions and the alert ladder; what old rows lack is filled in by 0005 and demanded by 0006."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("tickets", "0003_first_policies_and_categories"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "一般预警"), (2, "重要预警"), (3, "紧急预警")], verbose_name="预警级别"
                    ),
                ),
                ("occurred_at", models.DateTimeField(verbose_name="到达时间")),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
            ],
            options={
                "verbose_name": "预警记录",
                "verbose_name_plural": "预警记录",
                "ordering": ["occurred_at", "level"],
            },
        ),
        migrations.CreateModel(
            name="Calendar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="名称")),
                (
                    "is_always",
                    models.BooleanField(
                        default=False, help_text="全天计时，不看班次和节假日", verbose_name="7×24"
                    ),
                ),
                (
                    "observes_holidays",
                    models.BooleanField(
                        default=True,
                        help_text="节假日不计时，调休上班日按周一的班次计时",
                        verbose_name="遵守节假日",
                    ),
                ),
            ],
            options={
                "verbose_name": "服务日历",
                "verbose_name_plural": "服务日历",
                "ordering": ["-is_always", "name"],
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField(verbose_name="延期原因")),
                ("due_before", models.DateTimeField(verbose_name="原截止时间")),
                ("due_wanted", models.DateTimeField(verbose_name="申请的截止时间")),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("pending", "待答复"),
                            ("granted", "已同意"),
                            ("declined", "未同意"),
                            ("lapsed", "已失效"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="答复",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("words", models.TextField(blank=True, verbose_name="答复说明")),
            ],
            options={
                "verbose_name": "延期申请",
                "verbose_name_plural": "延期申请",
                "ordering": ["asked_at"],
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField(verbose_name="挂起原因")),
                ("started_at", models.DateTimeField(verbose_name="挂起时间")),
                ("until", models.DateTimeField(help_text="到时自动恢复计时", verbose_name="下次联系时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="恢复时间")),
            ],
            options={
                "verbose_name": "挂起记录",
                "verbose_name_plural": "挂起记录",
                "ordering": ["started_at"],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "周一"),
                            (1, "周二"),
                            (2, "周三"),
                            (3, "周四"),
                            (4, "周五"),
                            (5, "周六"),
                            (6, "周日"),
                        ],
                        verbose_name="星期",
                    ),
                ),
                ("start_minute", models.PositiveSmallIntegerField(verbose_name="开始（零点后分钟数）")),
                ("end_minute", models.PositiveSmallIntegerField(verbose_name="结束（零点后分钟数）")),
            ],
            options={
                "verbose_name": "班次",
                "verbose_name_plural": "班次",
                "ordering": ["weekday", "start_minute"],
            },
        ),
        migrations.CreateModel(
            name="SpecialDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True, verbose_name="日期")),
                ("is_working", models.BooleanField(default=False, verbose_name="上班（调休）")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
            ],
            options={
                "verbose_name": "节假日",
                "verbose_name_plural": "节假日",
                "ordering": ["day"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="event",
            name="event_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="round",
            name="round_deadline_after_start",
        ),
        migrations.RemoveConstraint(
            model_name="round",
            name="round_closed_late_is_recorded",
        ),
        migrations.RemoveIndex(
            model_name="round",
            name="round_newly_overdue",
        ),
        migrations.AddField(
            model_name="policy",
            name="hold_hours",
            field=models.PositiveSmallIntegerField(
                default=48, help_text="每轮累计最多挂起多少小时", verbose_name="最长挂起（小时）"
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="alert_level",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="已到预警级别"),
        ),
        migrations.AddField(
            model_name="round",
            name="critical_at",
            field=models.DateTimeField(null=True, verbose_name="重要预警时间"),
        ),
        migrations.AddField(
            model_name="round",
            name="next_alert_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="下次预警时间"),
        ),
        migrations.AddField(
            model_name="round",
            name="paused_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="挂起时间"),
        ),
        migrations.AddField(
            model_name="round",
            name="skipped",
            field=models.JSONField(
                blank=True,
                default=list,
                encoder=django.core.serializers.json.DjangoJSONEncoder,
                verbose_name="不计时的时段",
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="critical_at",
            field=models.DateTimeField(null=True, verbose_name="重要预警时间"),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "新建工单"),
                    ("submitted", "提交处理结果"),
                    ("approved", "审核通过"),
                    ("returned", "退回商家"),
                    ("cancelled", "撤销工单"),
                    ("reopened", "重新打开"),
                    ("overdue", "工单超时"),
                    ("held", "挂起"),
                    ("resumed", "恢复"),
                    ("reminded", "催办"),
                    ("extension_asked", "申请延期"),
                    ("extension_granted", "同意延期"),
                    ("extension_declined", "不同意延期"),
                ],
                max_length=20,
                verbose_name="事件",
            ),
        ),
        migrations.AlterField(
            model_name="round",
            name="warn_at",
            field=models.DateTimeField(verbose_name="一般预警时间"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "opened",
                            "submitted",
                            "approved",
                            "returned",
                            "cancelled",
                            "reopened",
                            "overdue",
                            "held",
                            "resumed",
                            "reminded",
                            "extension_asked",
                            "extension_granted",
                            "extension_declined",
                        ],
                    )
                ),
                name="event_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alerts",
                to="tickets.round",
                verbose_name="处理轮次",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alerts",
                to="tickets.ticket",
                verbose_name="工单",
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="calendar",
            field=models.ForeignKey(
                help_text="只在服务时间内计时",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="policies",
                to="tickets.calendar",
                verbose_name="服务日历",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="calendar",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tickets.calendar",
                verbose_name="服务日历",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="答复人",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="申请人",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="extensions",
                to="tickets.round",
                verbose_name="处理轮次",
            ),
        ),
        migrations.AddField(
            model_name="pause",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="操作人",
            ),
        ),
        migrations.AddField(
            model_name="pause",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pauses",
                to="tickets.round",
                verbose_name="处理轮次",
            ),
        ),
        migrations.AddField(
            model_name="shift",
            name="calendar",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="shifts",
                to="tickets.calendar",
                verbose_name="服务日历",
            ),
        ),
        migrations.AddConstraint(
            model_name="specialday",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="special_day_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                fields=("round", "level"), name="alert_once_per_round_and_level"
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__gte", 1), ("level__lte", 3)), name="alert_level_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(("recorded_at__gte", models.F("occurred_at"))),
                name="alert_recorded_after_it_happened",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answer", "pending")),
                fields=("round",),
                name="extension_one_pending_per_round",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_wanted__gt", models.F("due_before"))),
                name="extension_wants_a_later_deadline",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "pending"), ("answered_at__isnull", True)),
                    models.Q(models.Q(("answer", "pending"), _negated=True), ("answered_at__isnull", False)),
                    _connector="OR",
                ),
                name="extension_answer_has_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="pause",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["until"], name="pause_to_be_resumed"
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("round",),
                name="pause_one_open_per_round",
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__gt", models.F("started_at")),
                    models.Q(
                        ("ended_at__isnull", True), ("ended_at__gte", models.F("started_at")), _connector="OR"
                    ),
                ),
                name="pause_ends_after_its_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.UniqueConstraint(
                fields=("calendar", "weekday", "start_minute"), name="shift_starts_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end_minute__gt", models.F("start_minute")),
                    ("end_minute__lte", 1440),
                    ("weekday__lte", 6),
                ),
                name="shift_ends_after_its_start",
                violation_error_message="班次的结束时间必须晚于开始时间。",
            ),
        ),
    ]
