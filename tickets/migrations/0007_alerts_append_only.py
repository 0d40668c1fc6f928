"""Alerts are history, too; and SQLite has lost the triggers of the tables that the migrations before have rebuilt."""

from django.db import migrations

from ._triggers import guard_all


class Migration(migrations.Migration):
    dependencies = [("tickets", "0006_clocks_are_complete")]
    operations = [migrations.RunPython(guard_all, migrations.RunPython.noop)]
