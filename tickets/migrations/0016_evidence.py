"""Photos and papers with a problem or a result; bound, they are history."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ._triggers import attachments_kept, attachments_let_go


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0015_triggers_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="编号"),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[("problem", "问题"), ("result", "处理结果")],
                        max_length=10,
                        verbose_name="属于",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="序号")),
                (
                    "tray",
                    models.UUIDField(
                        blank=True, help_text="新建工单时，工单还不存在", null=True, verbose_name="表单"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="文件名")),
                ("caption", models.CharField(blank=True, max_length=100, verbose_name="说明")),
                (
                    "media_type",
                    models.CharField(
                        choices=[
                            ("image/jpeg", "image/jpeg"),
                            ("image/png", "image/png"),
                            ("application/pdf", "application/pdf"),
                        ],
                        max_length=20,
                        verbose_name="类型",
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="字节数")),
                ("width", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="宽")),
                ("height", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="高")),
                ("sha256", models.CharField(max_length=64, verbose_name="摘要")),
                ("storage_name", models.CharField(max_length=80, unique=True, verbose_name="存储名")),
                ("thumbnail_name", models.CharField(blank=True, max_length=80, verbose_name="缩略图存储名")),
                ("created_at", models.DateTimeField(verbose_name="上传时间")),
                ("bound_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                (
                    "result",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="tickets.result",
                        verbose_name="处理结果",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="tickets.ticket",
                        verbose_name="工单",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "verbose_name": "附件",
                "verbose_name_plural": "附件",
                "ordering": ["position", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("bound_at__isnull", True)),
                        fields=["created_at"],
                        name="attachment_staged_since",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["problem", "result"])),
                        name="attachment_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gte", 1), ("size__lte", 5242880)), name="attachment_size"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("position__isnull", True),
                            models.Q(("position__gte", 1), ("position__lte", 7)),
                            _connector="OR",
                        ),
                        name="attachment_at_most_seven",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("bound_at__isnull", True),
                                ("position__isnull", True),
                                ("result__isnull", True),
                            ),
                            models.Q(
                                ("bound_at__isnull", False),
                                ("position__isnull", False),
                                ("purpose", "problem"),
                                ("result__isnull", True),
                                ("ticket__isnull", False),
                            ),
                            models.Q(
                                ("bound_at__isnull", False),
                                ("position__isnull", False),
                                ("purpose", "result"),
                                ("result__isnull", False),
                                ("ticket__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="attachment_has_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ticket__isnull", False),
                            models.Q(("purpose", "problem"), ("tray__isnull", False)),
                            _connector="OR",
                        ),
                        name="attachment_without_ticket_in_a_tray",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("bound_at__isnull", False), ("purpose", "problem")),
                        fields=("ticket", "position"),
                        name="attachment_place_in_problem",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("result__isnull", False)),
                        fields=("result", "position"),
                        name="attachment_place_in_result",
                    ),
                ],
            },
        ),
        migrations.RunPython(attachments_kept, attachments_let_go),
    ]
