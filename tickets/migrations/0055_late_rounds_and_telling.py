from django.db import migrations

from tickets.migrations._triggers import guard_all


class Migration(migrations.Migration):
    """Brings three lines together; whichever came last may have rebuilt a guarded table of another."""

    dependencies = [
        ("tickets", "0010_delivery_worker"),
        ("tickets", "0026_late_rounds_kept"),
        ("tickets", "0041_triggers_again"),
    ]

    operations = [migrations.RunPython(guard_all, migrations.RunPython.noop)]
