"""What every round and every policy now has, and the rules that the database repeats about it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0005_fill_clocks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="round",
            name="critical_at",
            field=models.DateTimeField(verbose_name="重要预警时间"),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="critical_at",
            field=models.DateTimeField(verbose_name="重要预警时间"),
        ),
        migrations.AlterField(
            model_name="policy",
            name="calendar",
            field=models.ForeignKey(
                help_text="只在服务时间内计时",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="policies",
                to="tickets.calendar",
                verbose_name="服务日历",
            ),
        ),
        migrations.AddIndex(
            model_name="round",
            index=models.Index(
                condition=models.Q(("next_alert_at__isnull", False)),
                fields=["next_alert_at"],
                name="round_next_alert",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("critical_at__gte", models.F("warn_at")),
                    ("critical_at__lte", models.F("due_at")),
                    ("due_at__gt", models.F("started_at")),
                    ("warn_at__gte", models.F("started_at")),
                ),
                name="round_deadline_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(("next_alert_at__isnull", True), ("is_running", True), _connector="OR"),
                name="round_alerts_only_while_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("alert_level__lt", 3), ("overdue_at__isnull", True)),
                    models.Q(("alert_level", 3), ("overdue_at__isnull", False)),
                    _connector="OR",
                ),
                name="round_top_alert_is_the_missed_deadline",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(("paused_at__isnull", True), ("is_running", False), _connector="OR"),
                name="round_paused_stands_still",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_at__isnull", True),
                    ("submitted_at__isnull", False),
                    ("closed_at__lt", models.F("due_at")),
                    ("paused_at__isnull", False),
                    ("overdue_at__isnull", False),
                    _connector="OR",
                ),
                name="round_closed_late_is_recorded",
            ),
        ),
    ]
