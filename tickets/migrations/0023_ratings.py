"""消费者评价: stars and words for each completion, by customer service or by a one-time link."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0022_reveals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Rating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stars",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="星级",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="评价内容")),
                ("at", models.DateTimeField(blank=True, null=True, verbose_name="评价时间")),
                ("token_digest", models.CharField(blank=True, max_length=64, verbose_name="链接摘要")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="链接失效时间")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        help_text="空表示消费者自己通过链接评价",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="记录人",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="链接生成人",
                    ),
                ),
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rating",
                        to="tickets.round",
                        verbose_name="完结的轮次",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="tickets.ticket",
                        verbose_name="工单",
                    ),
                ),
            ],
            options={
                "verbose_name": "消费者评价",
                "verbose_name_plural": "消费者评价",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("at__isnull", True), ("stars__isnull", True)),
                            models.Q(
                                ("at__isnull", False),
                                ("stars__gte", 1),
                                ("stars__isnull", False),
                                ("stars__lte", 5),
                            ),
                            _connector="OR",
                        ),
                        name="rating_stars_from_one_to_five",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("token_digest", ""), _negated=True),
                        fields=("token_digest",),
                        name="rating_link_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("expires_at__isnull", True), ("token_digest", "")),
                            models.Q(
                                models.Q(("token_digest", ""), _negated=True), ("expires_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="rating_link_ends",
                    ),
                ],
            },
        ),
    ]
