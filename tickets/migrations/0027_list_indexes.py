"""An index for every order in which a list can be read; those that served nothing go."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Index, Q

from qinqin.index_operations import AddIndexQuietly, DropColumnIndex

OPEN = Q(is_open=True)
# That a ticket waits for its merchant means that it is open: without this PostgreSQL takes the two for independent, finds
# too few, and sorts what it could have read in order.
TOGETHER = "CREATE STATISTICS IF NOT EXISTS ticket_open_status (mcv) ON is_open, status, is_returned FROM tickets_ticket"


def count_together(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(TOGETHER)
        schema_editor.execute("ANALYZE tickets_ticket")


def count_alone(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP STATISTICS IF EXISTS ticket_open_status")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("merchants", "0001_initial"),
        ("tickets", "0026_search_documents"),
    ]

    operations = [
        *(
            AddIndexQuietly("ticket", index)
            for index in [
                Index(fields=["due_at", "id"], name="ticket_due"),
                Index(fields=["merchant", "due_at", "id"], name="ticket_merchant_due"),
                Index(fields=["status", "created_at", "id"], condition=OPEN, name="ticket_open_created"),
                Index(fields=["status", "handled_at", "id"], condition=OPEN, name="ticket_open_handled"),
                Index(
                    fields=["merchant", "status", "created_at", "id"],
                    condition=OPEN,
                    name="ticket_merchant_open_created",
                ),
                Index(
                    fields=["merchant", "status", "handled_at", "id"],
                    condition=OPEN,
                    name="ticket_merchant_open_handled",
                ),
                Index(fields=["status", "stopped_at", "id"], condition=OPEN, name="ticket_open_stopped"),
                Index(fields=["order_number"], name="ticket_order_number"),
            ]
        ),
        AddIndexQuietly(
            "incident",
            Index(
                fields=["-opened_at", "-id"],
                condition=Q(closed_at__isnull=True),
                name="incident_open_newest",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            [
                DropColumnIndex("tickets_ticket", "merchant_id"),
                DropColumnIndex("tickets_ticket", "order_number"),
            ],
            [
                migrations.AlterField(
                    "ticket",
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="merchants.merchant",
                        verbose_name="商户",
                    ),
                ),
                migrations.AlterField(
                    "ticket", "order_number", models.CharField(max_length=64, verbose_name="订单号")
                ),
            ],
        ),
        migrations.RunPython(count_together, count_alone),
    ]
