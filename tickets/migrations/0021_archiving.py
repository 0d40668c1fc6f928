"""归档: which tickets wait for it, and that the database keeps an archived ticket as it is."""

from django.db import migrations, models
from django.db.models import Q

from ._triggers import archived_tickets_kept


def guard(apps, schema_editor):
    archived_tickets_kept(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0020_drafts_and_presence")]
    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["handled_at", "id"],
                condition=Q(is_open=False, archived_at__isnull=True),
                name="ticket_to_archive",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
