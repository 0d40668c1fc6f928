"""Messages and mentions, phrases, and reasons to choose; where a category's guide and a chosen reason are kept."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import deletion, functions, lookups

# As tickets/wording.py had it.
INVISIBLE_EDGES = (
    "\t\n\r \u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b\u180c\u180d\u180e"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f"
    "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069"
    "\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3000\u3164\ufe0e\ufe0f\ufeff\uffa0\U00013441\U00013442"
    + "".join(map(chr, range(0xE0020, 0xE0080)))
)


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0001_initial"),
        ("tickets", "0016_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Mention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={
                "verbose_name": "提到的人",
                "verbose_name_plural": "提到的人",
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("internal", "内部备注"), ("shared", "协商留言")],
                        max_length=10,
                        verbose_name="可见范围",
                    ),
                ),
                ("author_name", models.CharField(max_length=40, verbose_name="作者姓名")),
                ("author_role", models.CharField(max_length=80, verbose_name="作者身份")),
                ("text", models.TextField(verbose_name="内容")),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "留言",
                "verbose_name_plural": "留言",
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Phrase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=20, verbose_name="标题")),
                ("text", models.TextField(max_length=1000, verbose_name="内容")),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=100, help_text="小的在前", verbose_name="排序"),
                ),
            ],
            options={
                "verbose_name": "快捷短语",
                "verbose_name_plural": "快捷短语",
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="ReasonCode",
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
                        choices=[
                            ("unsolved", "未解决的原因"),
                            ("platform", "需平台协助的原因"),
                            ("return", "退回类别"),
                        ],
                        max_length=10,
                        verbose_name="用于",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="排序")),
            ],
            options={
                "verbose_name": "原因",
                "verbose_name_plural": "原因",
                "ordering": ["kind", "position", "name"],
            },
        ),
        migrations.AddField(
            model_name="category",
            name="guide",
            field=models.TextField(
                blank=True,
                help_text="商户填写处理结果时显示在旁边：做了什么、为什么、接下来怎样",
                max_length=1000,
                verbose_name="填写指引",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="reason_name",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=40, verbose_name="原因名称"
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="reason_name",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=40, verbose_name="原因名称"
            ),
        ),
        migrations.AddField(
            model_name="mention",
            name="person",
            field=models.ForeignKey(
                on_delete=deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="被提到的人",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="author",
            field=models.ForeignKey(
                on_delete=deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="作者"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="merchant",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=deletion.PROTECT,
                related_name="+",
                to="merchants.merchant",
                verbose_name="作者的商户",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="round",
            field=models.ForeignKey(
                on_delete=deletion.PROTECT, related_name="+", to="tickets.round", verbose_name="处理轮次"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="ticket",
            field=models.ForeignKey(
                db_index=False,
                on_delete=deletion.PROTECT,
                related_name="messages",
                to="tickets.ticket",
                verbose_name="工单",
            ),
        ),
        migrations.AddField(
            model_name="mention",
            name="message",
            field=models.ForeignKey(
                db_index=False,
                on_delete=deletion.PROTECT,
                related_name="mentions",
                to="tickets.message",
                verbose_name="留言",
            ),
        ),
        migrations.AddField(
            model_name="phrase",
            name="merchant",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=deletion.CASCADE,
                related_name="phrases",
                to="merchants.merchant",
                verbose_name="商户",
            ),
        ),
        migrations.AddField(
            model_name="phrase",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=deletion.CASCADE,
                related_name="phrases",
                to=settings.AUTH_USER_MODEL,
                verbose_name="个人",
            ),
        ),
        migrations.AddField(
            model_name="reasoncode",
            name="category",
            field=models.ForeignKey(
                blank=True,
                help_text="不选择表示适用于所有问题类型",
                null=True,
                on_delete=deletion.PROTECT,
                related_name="reason_codes",
                to="tickets.category",
                verbose_name="问题类型",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="reason_code",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=deletion.PROTECT,
                related_name="+",
                to="tickets.reasoncode",
                verbose_name="原因",
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="reason_code",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=deletion.PROTECT,
                related_name="results",
                to="tickets.reasoncode",
                verbose_name="原因",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["ticket", "at", "id"], name="message_of_ticket"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ["internal", "shared"])), name="message_audience_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience", "shared"), ("merchant__isnull", True), _connector="OR"),
                name="message_merchants_write_no_internal_ones",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=lookups.GreaterThanOrEqual(
                    functions.Length(
                        models.Func(
                            models.Func("text", models.Value(INVISIBLE_EDGES), function="LTRIM"),
                            models.Value(INVISIBLE_EDGES),
                            function="RTRIM",
                        )
                    ),
                    1,
                ),
                name="message_has_a_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=models.UniqueConstraint(fields=("message", "person"), name="mention_once_per_person"),
        ),
        migrations.AddConstraint(
            model_name="phrase",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner__isnull", True), ("merchant__isnull", True), _connector="OR"),
                name="phrase_is_own_or_shared",
            ),
        ),
        migrations.AddConstraint(
            model_name="phrase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text", ""), _negated=True), models.Q(("title", ""), _negated=True)
                ),
                name="phrase_has_a_title_and_a_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="reasoncode",
            constraint=models.UniqueConstraint(
                fields=("kind", "name", "category"),
                name="reason_once_per_category",
                violation_error_message="已有同名的原因",
            ),
        ),
        migrations.AddConstraint(
            model_name="reasoncode",
            constraint=models.UniqueConstraint(
                condition=models.Q(("category", None)),
                fields=("kind", "name"),
                name="reason_once_for_all",
                violation_error_message="已有同名的原因",
            ),
        ),
        migrations.AddConstraint(
            model_name="reasoncode",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["unsolved", "platform", "return"])), name="reason_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="reasoncode",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="reason_has_a_name"
            ),
        ),
    ]
