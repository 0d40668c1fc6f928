"""What had happened before anybody could be told is not told now; and the triggers that SQLite has lost."""

from django.db import migrations
from django.db.models import F

from ._triggers import guard_all


def forwards(apps, schema_editor):
    apps.get_model("tickets", "Round").objects.filter(alert_level__gt=0).update(told_level=F("alert_level"))


class Migration(migrations.Migration):
    dependencies = [("tickets", "0008_notices")]
    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.RunPython(guard_all, migrations.RunPython.noop),
    ]
