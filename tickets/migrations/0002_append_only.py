"""History is written once, also for whoever talks to the database directly.

Events and results refuse UPDATE and DELETE. A round refuses DELETE, and the record of its missed deadline, once
written, refuses to change. PostgreSQL also refuses to TRUNCATE any of the three.

SQLite drops triggers with their table, and Django rebuilds a table there for most ALTERs: a later migration that
alters one of these tables has to create its triggers again (tests/tickets/test_append_only.py notices).
"""

from django.db import migrations

APPEND_ONLY = ["tickets_event", "tickets_result"]
UNDELETABLE = [*APPEND_ONLY, "tickets_round"]
RECORD_KEPT = (
    "OLD.overdue_at IS NOT NULL AND (NEW.overdue_at IS NULL OR NEW.overdue_at <> OLD.overdue_at"
    " OR NEW.overdue_recorded_at IS NULL OR NEW.overdue_recorded_at <> OLD.overdue_recorded_at)"
)

POSTGRESQL = """
CREATE FUNCTION tickets_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def forwards(apps, schema_editor):
    def run(sql):
        schema_editor.execute(sql, params=None)

    if schema_editor.connection.vendor == "postgresql":
        run(POSTGRESQL)
        for table in APPEND_ONLY:
            run(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION tickets_append_only()"
            )
        run(
            "CREATE TRIGGER tickets_round_no_delete BEFORE DELETE ON tickets_round"
            " FOR EACH ROW EXECUTE FUNCTION tickets_append_only()"
        )
        run(
            "CREATE TRIGGER tickets_round_overdue_kept BEFORE UPDATE ON tickets_round"
            f" FOR EACH ROW WHEN ({RECORD_KEPT}) EXECUTE FUNCTION tickets_append_only()"
        )
        for table in UNDELETABLE:
            run(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION tickets_append_only()"
            )
    else:
        for table in APPEND_ONLY:
            for action in ("UPDATE", "DELETE"):
                run(
                    f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        run(
            "CREATE TRIGGER tickets_round_no_delete BEFORE DELETE ON tickets_round"
            " BEGIN SELECT RAISE(ABORT, 'tickets_round is append-only'); END"
        )
        run(
            f"CREATE TRIGGER tickets_round_overdue_kept BEFORE UPDATE ON tickets_round WHEN {RECORD_KEPT}"
            " BEGIN SELECT RAISE(ABORT, 'tickets_round.overdue_at is append-only'); END"
        )


def backwards(apps, schema_editor):
    def run(sql):
        schema_editor.execute(sql, params=None)

    if schema_editor.connection.vendor == "postgresql":
        for table in APPEND_ONLY:
            run(f"DROP TRIGGER {table}_append_only ON {table}")
        run("DROP TRIGGER tickets_round_no_delete ON tickets_round")
        run("DROP TRIGGER tickets_round_overdue_kept ON tickets_round")
        for table in UNDELETABLE:
            run(f"DROP TRIGGER {table}_no_truncate ON {table}")
        run("DROP FUNCTION tickets_append_only()")
    else:
        for table in APPEND_ONLY:
            run(f"DROP TRIGGER {table}_no_update")
            run(f"DROP TRIGGER {table}_no_delete")
        run("DROP TRIGGER tickets_round_no_delete")
        run("DROP TRIGGER tickets_round_overdue_kept")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
