"""Triggers that keep history as it was written, for migrations; to create one again is to leave it as it is.

SQLite drops triggers with their table, and Django rebuilds a table there for most ALTERs: a migration that alters a
guarded table sets its triggers again: ``guard_all`` for those that there were by 0007, the others one by one as in 0024
(tests/tickets/test_append_only.py notices when it does not).
"""

APPEND_ONLY = ["tickets_event", "tickets_result", "tickets_alert"]
RECORD_KEPT = (
    "OLD.overdue_at IS NOT NULL AND (NEW.overdue_at IS NULL OR NEW.overdue_at <> OLD.overdue_at"
    " OR NEW.overdue_recorded_at IS NULL OR NEW.overdue_recorded_at <> OLD.overdue_recorded_at)"
)

# Texts that the anonymising of consumers may rewrite, and the time when a photo went with its consumer, through a door
# that it opens for its own transaction (tickets/migrations/0024): by table. On SQLite it takes the triggers away for that transaction.
TEXTS = {
    "tickets_event": ["text"],
    "tickets_result": ["text"],
    "tickets_acknowledgement": ["note"],
    "tickets_incidentstep": ["text"],
    "tickets_exemption": ["reason", "revoked_reason"],
    "tickets_reveal": ["reason"],
    "tickets_ticket": ["problem"],
    "tickets_message": ["text"],
    "tickets_attachment": ["name", "caption", "purged_at"],
}

# The one change that an exemption allows: taking it back, once.
EXEMPTION_KEPT = (
    "OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL OR NEW.id <> OLD.id OR NEW.round_id <> OLD.round_id"
    " OR NEW.reason <> OLD.reason OR NEW.by_id <> OLD.by_id OR NEW.by_name <> OLD.by_name OR NEW.at <> OLD.at"
)


def append_only(schema_editor, table: str) -> None:
    """Rows of ``table`` can be added, never changed or removed."""
    if schema_editor.connection.vendor == "postgresql":
        _run(
            schema_editor,
            f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {_refuse(table)}",
        )
        _no_truncate(schema_editor, table)
    else:
        for action in ("UPDATE", "DELETE"):
            _abort(schema_editor, f"{table}_no_{action.lower()}", f"{action} ON {table}", table)


def rounds_kept(schema_editor) -> None:
    """A round stays, and so does the record of its missed deadline."""
    _kept(
        schema_editor, "tickets_round", "tickets_round_overdue_kept", RECORD_KEPT, "tickets_round.overdue_at"
    )


def exemptions_kept(schema_editor) -> None:
    """An exemption stays as it was given; it can be taken back once."""
    table = "tickets_exemption"
    _kept(schema_editor, table, "tickets_exemption_kept", EXEMPTION_KEPT, table)


def archived_tickets_kept(schema_editor) -> None:
    """A ticket that was put away (归档) neither changes nor goes."""
    table, when = "tickets_ticket", "OLD.archived_at IS NOT NULL"
    for action in ("UPDATE", "DELETE"):
        name = f"{table}_archived_no_{action.lower()}"
        if schema_editor.connection.vendor == "postgresql":
            _run(
                schema_editor,
                f"CREATE OR REPLACE TRIGGER {name} BEFORE {action} ON {table}"
                f" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {_refuse(table)}",
            )
        else:
            _abort(schema_editor, name, f"{action} ON {table} WHEN {when}", table)


def _refuse(table: str) -> str:
    """The trigger function of PostgreSQL, with the texts of the table that may be rewritten through the door."""
    return f"tickets_append_only({', '.join(repr(column) for column in TEXTS.get(table, []))})"


def _kept(schema_editor, table: str, kept: str, when: str, what: str) -> None:
    if schema_editor.connection.vendor == "postgresql":
        function = f"FOR EACH ROW EXECUTE FUNCTION {_refuse(table)}"
        _run(
            schema_editor,
            f"CREATE OR REPLACE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {function}",
        )
        _run(
            schema_editor,
            f"CREATE OR REPLACE TRIGGER {kept} BEFORE UPDATE ON {table}"
            f" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {_refuse(table)}",
        )
        _no_truncate(schema_editor, table)
    else:
        _abort(schema_editor, f"{table}_no_delete", f"DELETE ON {table}", table)
        _abort(schema_editor, kept, f"UPDATE ON {table} WHEN {when}", what)


def of_its_round(schema_editor) -> None:
    """PostgreSQL: an event names a round that there is, and that round's ticket.

    It stands in for the foreign keys of both: they look up, and lock again, row by row what the deadline scan has
    just written, which was half of its cost. One look at all new rows will do, for neither ever goes away.
    SQLite keeps the keys, which cost next to nothing there.
    """
    if schema_editor.connection.vendor != "postgresql":
        return
    _run(
        schema_editor,
        """
        CREATE OR REPLACE FUNCTION tickets_of_its_round() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM added LEFT JOIN tickets_round AS r ON r.id = added.round_id
                WHERE r.ticket_id IS DISTINCT FROM added.ticket_id
            ) THEN
                RAISE '% names a round that is not its ticket''s', TG_TABLE_NAME
                    USING ERRCODE = 'foreign_key_violation';
            END IF;
            RETURN NULL;
        END $$""",
    )
    _run(
        schema_editor,
        "CREATE OR REPLACE TRIGGER tickets_event_of_its_round AFTER INSERT ON tickets_event"
        " REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION tickets_of_its_round()",
    )


def guard_all(apps, schema_editor) -> None:
    """Every guarded table that there is by 0007."""
    for table in APPEND_ONLY:
        append_only(schema_editor, table)
    rounds_kept(schema_editor)


def attachments_kept(apps, schema_editor) -> None:
    """An attachment that is bound (0016) stays as it is; one that is only staged may still change and go.

    A migration that alters tickets_attachment ends with this again.
    """
    table = "tickets_attachment"
    if schema_editor.connection.vendor == "postgresql":
        _run(
            schema_editor,
            f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW WHEN (OLD.bound_at IS NOT NULL) EXECUTE FUNCTION {_refuse(table)}",
        )
        _no_truncate(schema_editor, table)
    else:
        for action in ("UPDATE", "DELETE"):
            when = f"{action} ON {table} WHEN OLD.bound_at IS NOT NULL"
            _abort(schema_editor, f"{table}_no_{action.lower()}", when, table)


def attachments_let_go(apps, schema_editor) -> None:
    """Undo ``attachments_kept``; SQLite drops triggers with their table."""
    if schema_editor.connection.vendor == "postgresql":
        for name in ("append_only", "no_truncate"):
            _run(schema_editor, f"DROP TRIGGER tickets_attachment_{name} ON tickets_attachment")


def attachments_of_their_message(apps, schema_editor) -> None:
    """A picture with a message (0025) is of that message's ticket, and one with a note is never anything else: what it
    is (``purpose``) decides who sees it.

    A migration that alters tickets_attachment ends with this again.
    """
    table, name = "tickets_attachment", "tickets_attachment_of_its_message"
    fits = (
        "EXISTS (SELECT 1 FROM tickets_message AS m WHERE m.id = NEW.message_id AND m.ticket_id = NEW.ticket_id"
        " AND (m.audience = 'internal') = (NEW.purpose = 'note'))"
    )
    if schema_editor.connection.vendor == "postgresql":
        _run(
            schema_editor,
            f"""
            CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NOT {fits} THEN
                    RAISE '% does not belong to that message', TG_TABLE_NAME
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$""",
        )
        _run(
            schema_editor,
            f"CREATE OR REPLACE TRIGGER {name} BEFORE INSERT OR UPDATE OF message_id, ticket_id, purpose ON {table}"
            f" FOR EACH ROW WHEN (NEW.message_id IS NOT NULL) EXECUTE FUNCTION {name}()",
        )
    else:
        for action in ("INSERT", "UPDATE"):
            _run(
                schema_editor,
                f"CREATE TRIGGER IF NOT EXISTS {name}_{action.lower()} BEFORE {action} ON {table}"
                f" WHEN NEW.message_id IS NOT NULL AND NOT {fits}"
                f" BEGIN SELECT RAISE(ABORT, '{table} does not belong to that message'); END",
            )


def attachments_of_whatever_message(apps, schema_editor) -> None:
    """Undo ``attachments_of_their_message``; SQLite drops triggers with their table."""
    if schema_editor.connection.vendor == "postgresql":
        name = "tickets_attachment_of_its_message"
        _run(schema_editor, f"DROP TRIGGER {name} ON tickets_attachment")
        _run(schema_editor, f"DROP FUNCTION {name}()")


def _no_truncate(schema_editor, table: str) -> None:
    _run(
        schema_editor,
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION tickets_append_only()",
    )


def _abort(schema_editor, name: str, when: str, what: str) -> None:
    _run(
        schema_editor,
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {when}"
        f" BEGIN SELECT RAISE(ABORT, '{what} is append-only'); END",
    )


def _run(schema_editor, sql: str) -> None:
    schema_editor.execute(sql, params=None)
