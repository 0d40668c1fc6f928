"""The door through which the anonymising of consumers may rewrite texts that nobody else may change.

On PostgreSQL a setting of the transaction opens it, and only for rows that differ in nothing but the columns that the
trigger names (``TEXTS`` of _triggers.py). On SQLite tickets/anonymising.py takes the triggers away for its transaction.
"""

from django.db import migrations

from ._triggers import append_only, archived_tickets_kept, attachments_kept, exemptions_kept, guard_all

FUNCTION = """
CREATE OR REPLACE FUNCTION tickets_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_NARGS > 0 THEN
        IF current_setting('qinqin.anonymising', true) = 'on'
            AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION, params=None)
    guard_all(apps, schema_editor)
    for table in ("acknowledgement", "incidentstep", "reveal", "message", "mention"):
        append_only(schema_editor, f"tickets_{table}")
    attachments_kept(apps, schema_editor)
    exemptions_kept(schema_editor)
    archived_tickets_kept(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0023_ratings"), ("orders", "0002_anonymised")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
