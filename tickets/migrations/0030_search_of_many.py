"""PostgreSQL: a second place for the tokens of documents, for tickets that are opened by the hundred.

Its index has a pending list, which `search_tokens` has not: what the documents of a batch have in common is entered
once. Verbs on single tickets go on writing to the other, so that none of them ever has to merge what others have left.
"""

from django.db import migrations

COLUMN = [
    "ALTER TABLE tickets_searchdocument ADD COLUMN IF NOT EXISTS tokens_of_many integer[]",
    "ALTER TABLE tickets_searchdocument ALTER COLUMN tokens_of_many SET STORAGE EXTERNAL",
    "ALTER TABLE tickets_searchdocument ALTER COLUMN tokens SET DEFAULT '{}'",
]
# It will be empty, but the whole table is read for it: concurrently, so that nobody who writes waits. What an
# interrupted migration has left goes first.
INDEX = [
    "DROP INDEX CONCURRENTLY IF EXISTS search_tokens_of_many",
    "CREATE INDEX CONCURRENTLY search_tokens_of_many ON tickets_searchdocument USING gin (tokens_of_many)"
    " WITH (fastupdate = on) WHERE tokens_of_many IS NOT NULL",
]
PATIENTLY = ["SET statement_timeout = 0", "SET lock_timeout = 0"]
AS_BEFORE = ["RESET statement_timeout", "RESET lock_timeout"]
# The documents without tokens of the one kind are made anew by `rebuild_search`.
BACK = [
    "DELETE FROM tickets_searchdocument WHERE tokens_of_many IS NOT NULL",
    "ALTER TABLE tickets_searchdocument DROP COLUMN tokens_of_many",
    "ALTER TABLE tickets_searchdocument ALTER COLUMN tokens DROP DEFAULT",
]


def add(apps, schema_editor) -> None:
    _run(schema_editor, [*COLUMN, *PATIENTLY, *INDEX, *AS_BEFORE])


def remove(apps, schema_editor) -> None:
    _run(schema_editor, BACK)


def _run(schema_editor, statements: list[str]) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for sql in statements:
            schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0029_saved_views")]
    operations = [migrations.RunPython(add, remove)]
