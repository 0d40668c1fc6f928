"""When a connection of the pool is asked whether it still lives: not at every request, and never too late.

A server that stops, restarts or ends a session says so on the socket, and then something is there to read although
nobody has asked anything. That look costs no round trip. What no socket tells (a firewall that forgot the connection,
a machine without power) is asked for only after a rest.
"""

import select
import time
from weakref import WeakKeyDictionary

from psycopg import Connection
from psycopg_pool import ConnectionPool

# Who was used within this time is believed; nothing between forgets a connection so quickly.
RESTED_SECONDS = 30

_used: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()


def check_rested(connection: Connection) -> None:
    """Raise for a connection that does not work any more; asks it where it has rested or its server has spoken."""
    now = time.monotonic()
    if now - _used.get(connection, -RESTED_SECONDS) >= RESTED_SECONDS or _has_spoken(connection):
        ConnectionPool.check_connection(connection)
    _used[connection] = now


def _has_spoken(connection: Connection) -> bool:
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return bool(look.poll(0))
