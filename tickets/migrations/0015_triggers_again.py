"""The triggers that SQLite has lost with the tables that 0014 rebuilt."""

from django.db import migrations

from ._triggers import guard_all


class Migration(migrations.Migration):
    dependencies = [("tickets", "0014_working_together")]
    operations = [migrations.RunPython(guard_all, migrations.RunPython.noop)]
