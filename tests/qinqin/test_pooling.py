"""A pooled connection is asked whether it lives only after a rest, or when its server has said something."""

import psycopg
import pytest
from django.db import connection

from qinqin import pooling

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


class Asked(psycopg.ClientCursor):
    """Notes what is asked."""

    said: list[str] = []

    def execute(self, query, *args, **kwargs):
        self.said.append(str(query))
        return super().execute(query, *args, **kwargs)


@pytest.fixture
def pooled():
    Asked.said.clear()
    params = connection.get_connection_params() | {"cursor_factory": Asked}
    with psycopg.connect(**params, autocommit=True) as one:
        yield one


def test_a_connection_is_asked_the_first_time_and_then_believed(pooled):
    pooling.check_rested(pooled)
    pooling.check_rested(pooled)
    assert Asked.said == [""]


def test_after_a_rest_it_is_asked_again(pooled, monkeypatch):
    pooling.check_rested(pooled)
    monkeypatch.setattr(pooling, "RESTED_SECONDS", 0)
    pooling.check_rested(pooled)
    assert Asked.said == ["", ""]


def test_a_session_that_the_server_has_ended_is_noticed_without_a_rest(pooled):
    pooling.check_rested(pooled)
    pid = pooled.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    with pytest.raises(psycopg.OperationalError):
        pooling.check_rested(pooled)
