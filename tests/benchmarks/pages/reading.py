"""What PostgreSQL says in its own log of the statements of one request, whoever asks: how many, and how long."""

import re
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg

STATEMENT = re.compile(r"LOG:  (?:duration: [\d.]+ ms  )?(?:statement|execute [^:]*): *(.*)")
DURATION = re.compile(r"LOG:  duration: ([\d.]+) ms  (?:statement|parse|bind|execute)")
SETTING = "log_min_duration_statement"
# They frame statements, and are none.
FRAMES = re.compile(r"(?:BEGIN|COMMIT|SAVEPOINT|RELEASE)\b", re.IGNORECASE)


class Log:
    """The server's log, of which only what is new matters."""

    def __init__(self, path: Path):
        self.path = path
        self.forget()

    def forget(self) -> None:
        self.place = self.path.stat().st_size

    def news(self) -> str:
        with self.path.open(errors="replace") as file:
            file.seek(self.place)
            return file.read()

    def statements(self) -> list[str]:
        return [text for text in STATEMENT.findall(self.news()) if not FRAMES.match(text)]

    def milliseconds(self) -> float:
        """The database's time: parsing, planning and executing."""
        return sum(map(float, DURATION.findall(self.news())))


@contextmanager
def every_statement(dsn: str, path: Path):
    """Within it, the server writes down each statement with its duration."""
    with psycopg.connect(dsn, autocommit=True) as session:
        session.execute(f"ALTER SYSTEM SET {SETTING} = 0")
        _reload(session, dsn, "0")
        try:
            yield Log(path)
        finally:
            session.execute(f"ALTER SYSTEM RESET {SETTING}")
            _reload(session, dsn, "-1")


def _reload(session: psycopg.Connection, dsn: str, wanted: str) -> None:
    """Returns when new sessions have the setting; old ones take it up before their next statement."""
    session.execute("SELECT pg_reload_conf()")
    while True:
        time.sleep(0.2)
        with psycopg.connect(dsn) as other:
            if other.execute(f"SHOW {SETTING}").fetchone() == (wanted,):
                return
