"""Two calendars to start with, and for every policy and round from before them what it would have had.

Rounds counted day and night until now. A missed deadline that was recorded has passed all three rungs of the ladder;
for a running round the rungs it has passed are recorded by the next scan, with their true times.
"""

from datetime import timedelta

from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Greatest

# Monday to Friday, with a lunch break; minutes after midnight
OFFICE_HOURS = [(9 * 60, 12 * 60), (13 * 60 + 30, 18 * 60)]
CRITICAL_BEFORE = timedelta(minutes=30)
AT_ONCE = 10_000


def forwards(apps, schema_editor):
    model = {
        name: apps.get_model("tickets", name) for name in ("Calendar", "Shift", "Policy", "Round", "Ticket")
    }
    always = model["Calendar"].objects.create(name="7×24", is_always=True, observes_holidays=False)
    office = model["Calendar"].objects.create(name="客服工作时间")
    for weekday in range(5):
        for start, end in OFFICE_HOURS:
            model["Shift"].objects.create(
                calendar=office, weekday=weekday, start_minute=start, end_minute=end
            )
    model["Policy"].objects.update(calendar=always)

    critical = Greatest(F("warn_at"), F("due_at") - Value(CRITICAL_BEFORE))
    model["Ticket"].objects.update(critical_at=critical)
    rounds = model["Round"].objects
    rounds.update(critical_at=critical, calendar=always)
    rounds.filter(overdue_at__isnull=False).update(alert_level=3)
    rounds.filter(overdue_at__isnull=True, is_running=True).update(next_alert_at=F("warn_at"))
    record_alerts(apps)


def record_alerts(apps):
    Alert = apps.get_model("tickets", "Alert")
    late = apps.get_model("tickets", "Round").objects.filter(overdue_at__isnull=False).order_by("pk")
    last = 0
    while some := list(late.filter(pk__gt=last)[:AT_ONCE]):
        last = some[-1].pk
        Alert.objects.bulk_create(
            Alert(
                ticket_id=row.ticket_id,
                round_id=row.pk,
                level=level,
                occurred_at=moment,
                recorded_at=row.overdue_recorded_at,
            )
            for row in some
            for level, moment in ((1, row.warn_at), (2, row.critical_at), (3, row.overdue_at))
        )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_clocks_that_pause")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
