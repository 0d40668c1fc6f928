"""Events and alerts: no foreign keys row by row to what was just read (PostgreSQL), and no index twice.

Without it the deadline scan took four times as long as the bare UPDATE of the same rows (docs/performance.md).
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ._triggers import of_its_round

TABLES = ("tickets_event", "tickets_alert")
KEYS = (["ticket_id"], ["round_id"])
INDEXED = (*KEYS, ["actor_id"])


def drop_indexes(apps, schema_editor):
    """By hand: Django's AlterField would take the unique keys of the same column along."""
    for table in TABLES:
        for name, constraint in _constraints(schema_editor, table):
            if constraint["index"] and not constraint["unique"] and constraint["columns"] in INDEXED:
                schema_editor.execute(f"DROP INDEX {name}")


def one_check(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        for name, constraint in _constraints(schema_editor, table):
            if constraint["foreign_key"] and constraint["columns"] in KEYS:
                schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    of_its_round(schema_editor)


def _constraints(schema_editor, table: str):
    with schema_editor.connection.cursor() as cursor:
        return schema_editor.connection.introspection.get_constraints(cursor, table).items()


def without_index(model: str, field: str, to: str, verbose_name: str, **about) -> migrations.AlterField:
    return migrations.AlterField(
        model_name=model,
        name=field,
        field=models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.PROTECT,
            related_name=about.pop("related_name", f"{model}s"),
            to=to,
            verbose_name=verbose_name,
            **about,
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0012_late_rounds_kept")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                without_index("alert", "round", "tickets.round", "处理轮次"),
                without_index("alert", "ticket", "tickets.ticket", "工单"),
                without_index("event", "round", "tickets.round", "处理轮次"),
                without_index("event", "ticket", "tickets.ticket", "工单"),
                without_index(
                    "event",
                    "actor",
                    settings.AUTH_USER_MODEL,
                    "操作人",
                    related_name="+",
                    null=True,
                    blank=True,
                ),
            ],
            database_operations=[migrations.RunPython(drop_indexes, migrations.RunPython.noop)],
        ),
        migrations.AddIndex(
            "event",
            models.Index(fields=["actor"], condition=models.Q(actor__isnull=False), name="event_of_person"),
        ),
        migrations.RunPython(one_check, migrations.RunPython.noop),
    ]
