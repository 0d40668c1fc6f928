"""What was said about late rounds stays, the triggers that SQLite has lost come back, and what rounds took is filled in.

Only where the wall clock says it: rounds without pauses and stretches that do not count. Others, which must have been
answered before this migration, stay out of the averages.
"""

from django.db import migrations
from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q

from ._triggers import append_only, exemptions_kept, guard_all

APPEND_ONLY = ["tickets_acknowledgement", "tickets_incidentstep"]


def guard(apps, schema_editor):
    for table in APPEND_ONLY:
        append_only(schema_editor, table)
    exemptions_kept(schema_editor)
    guard_all(apps, schema_editor)


def fill(apps, schema_editor):
    pauses = apps.get_model("tickets", "Pause").objects.filter(round=OuterRef("pk"))
    extensions = apps.get_model("tickets", "Extension").objects.filter(round=OuterRef("pk"))
    by_the_wall = Q(calendar=None) | Q(calendar__is_always=True) | Q(submitted_at__lte=F("due_at"))
    answered = apps.get_model("tickets", "Round").objects.filter(submitted_at__isnull=False, skipped=[])
    answered = answered.filter(by_the_wall).exclude(Exists(pauses))
    took = ExpressionWrapper(F("submitted_at") - F("started_at"), output_field=DurationField())
    answered.exclude(Exists(extensions)).update(took=took, responded_after=took)
    answered.filter(Exists(extensions)).update(took=took)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0011_late_rounds")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
