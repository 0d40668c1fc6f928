"""Migration operations for the indexes of big, busy tables: on PostgreSQL nobody who writes waits for them.

They need ``atomic = False``. An index that an interrupted migration left unfinished is made again.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class AddIndexQuietly(AddIndexConcurrently):
    """``AddIndex``, concurrently where the database can. Takes as long as it takes."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            return migrations.AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)
        with _patience(schema_editor):
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.index.name}")
            return super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            return migrations.AddIndex.database_backwards(
                self, app_label, schema_editor, from_state, to_state
            )
        return super().database_backwards(app_label, schema_editor, from_state, to_state)


class DropColumnIndex(migrations.RunPython):
    """Drops the index that Django made for a column with ``db_index``; on SQLite without making the table anew."""

    def __init__(self, table: str, column: str):
        self.table, self.column = table, column
        super().__init__(self._drop, migrations.RunPython.noop, atomic=False)

    def deconstruct(self):
        return self.__class__.__name__, [self.table, self.column], {}

    def _drop(self, apps, schema_editor) -> None:
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        quietly = "CONCURRENTLY " if is_postgresql else ""
        for suffix in ("", "_like"):
            name = schema_editor._create_index_name(self.table, [self.column], suffix=suffix)
            schema_editor.execute(f"DROP INDEX {quietly}IF EXISTS {schema_editor.quote_name(name)}")


class _patience:
    """The limits of a page's statements (settings.read_database) are none for an index of millions of rows."""

    def __init__(self, schema_editor):
        self.schema_editor = schema_editor

    def __enter__(self) -> None:
        self.schema_editor.execute("SET statement_timeout = 0")
        self.schema_editor.execute("SET lock_timeout = 0")

    def __exit__(self, *about) -> None:
        self.schema_editor.execute("RESET statement_timeout")
        self.schema_editor.execute("RESET lock_timeout")
