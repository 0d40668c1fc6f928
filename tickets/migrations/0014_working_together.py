"""Who works on a ticket, what it was merged into, and that it is put away; the kinds of events and notices for it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0001_initial"),
        ("orders", "0001_initial"),
        ("tickets", "0013_history_of_its_round"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="event",
            name="event_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_kind_known",
        ),
        migrations.AddField(
            model_name="ticket",
            name="archived_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="归档时间"),
        ),
        migrations.AddField(
            model_name="ticket",
            name="assignee",
            field=models.ForeignKey(
                blank=True,
                help_text="商户里认领了这张工单的人；空表示本店任何人都可以处理",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assigned_tickets",
                to=settings.AUTH_USER_MODEL,
                verbose_name="处理人",
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_tickets",
                to="tickets.ticket",
                verbose_name="合并到",
            ),
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
                ],
                max_length=20,
                verbose_name="类型",
            ),
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
                    ("claimed", "认领"),
                    ("released", "退回待认领"),
                    ("assigned", "转派同事"),
                    ("transferred", "转派商户"),
                    ("merged", "合并重复"),
                    ("rated", "消费者评价"),
                    ("archived", "归档"),
                ],
                max_length=20,
                verbose_name="事件",
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
                ],
                max_length=20,
                verbose_name="类型",
            ),
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
                            "claimed",
                            "released",
                            "assigned",
                            "transferred",
                            "merged",
                            "rated",
                            "archived",
                        ],
                    )
                ),
                name="event_kind_known",
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
                        ],
                    )
                ),
                name="notice_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("archived_at__isnull", True), ("is_open", False), _connector="OR"),
                name="ticket_archived_only_when_over",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(
                        ("status", "cancelled"), models.Q(("merged_into", models.F("id")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="ticket_merged_is_cancelled",
            ),
        ),
    ]
