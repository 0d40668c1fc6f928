"""Photos with what is said about a ticket: of a note, which customer service alone sees, or of a message. And when a
photo went with the consumer whom it may have shown.

Whatever there is fits the wider constraints. PostgreSQL looks at each row once for them, SQLite copies the table.
"""

from django.db import migrations, models
from django.db.models import Q, deletion

from ._triggers import attachments_kept, attachments_of_their_message, attachments_of_whatever_message

BOUND = {"bound_at__isnull": False, "position__isnull": False, "ticket__isnull": False}
STAGED = {"bound_at__isnull": True, "position__isnull": True}
OF_MESSAGE = {"message__isnull": False, "result__isnull": True}
OF_RESULT = {"message__isnull": True, "result__isnull": False}
OF_NEITHER = {"message__isnull": True, "result__isnull": True}


class Migration(migrations.Migration):
    dependencies = [("tickets", "0024_anonymising")]
    operations = [
        migrations.RemoveConstraint("attachment", "attachment_purpose_known"),
        migrations.RemoveConstraint("attachment", "attachment_has_one_owner"),
        migrations.AddField(
            "attachment",
            "message",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=deletion.PROTECT,
                related_name="attachments",
                to="tickets.message",
                verbose_name="留言",
            ),
        ),
        migrations.AddField(
            "attachment", "purged_at", models.DateTimeField(blank=True, null=True, verbose_name="清除时间")
        ),
        migrations.AlterField(
            "attachment",
            "purpose",
            models.CharField(
                choices=[
                    ("problem", "问题"),
                    ("result", "处理结果"),
                    ("note", "内部备注"),
                    ("message", "协商留言"),
                ],
                max_length=10,
                verbose_name="属于",
            ),
        ),
        migrations.AddConstraint(
            "attachment",
            models.CheckConstraint(
                condition=Q(purpose__in=["problem", "result", "note", "message"]),
                name="attachment_purpose_known",
            ),
        ),
        migrations.AddConstraint(
            "attachment",
            models.CheckConstraint(
                condition=Q(**STAGED, **OF_NEITHER)
                | Q(**BOUND, purpose="problem", **OF_NEITHER)
                | Q(**BOUND, purpose="result", **OF_RESULT)
                | Q(**BOUND, purpose__in=["note", "message"], **OF_MESSAGE),
                name="attachment_has_one_owner",
            ),
        ),
        migrations.AddConstraint(
            "attachment",
            models.UniqueConstraint(
                condition=Q(message__isnull=False),
                fields=("message", "position"),
                name="attachment_place_in_message",
            ),
        ),
        migrations.RunPython(attachments_kept, migrations.RunPython.noop),
        migrations.RunPython(attachments_of_their_message, attachments_of_whatever_message),
    ]
