"""What a log may hold: no consumer's number, and no key of a page that needs no login."""

import logging
import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.utils.log import configure_logging

from qinqin.gunicorn import HarmlessLogger, access_log_format
from qinqin.logs import HarmlessFormatter, harmless

KEY = "Zk3v-pQ_8yN0aXw4LrT1uB6cEoMhDs5g"


def test_keys_and_numbers_are_masked():
    line = f"Not Found: /r/{KEY}/ (13812345678, 11010519491231002X)"
    assert harmless(line) == "Not Found: /r/****/ (138****5678, 110****2X)"
    assert harmless(f'"GET /r/{KEY} HTTP/1.1"') == '"GET /r/**** HTTP/1.1"'
    assert harmless("GET /tickets/GD20261123-000042/") == "GET /tickets/GD20261123-000042/"


def test_a_traceback_is_masked_too():
    try:
        raise ValueError("Key (phone)=(13812345678) already exists")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "%s failed", (f"/r/{KEY}/",), sys.exc_info())
    said = HarmlessFormatter("{message}", style="{").format(record)
    assert "138****5678" in said
    assert "Traceback" in said
    assert KEY not in said
    assert "13812345678" not in said


def test_every_handler_of_ours_masks():
    before = logging.root.handlers[:]
    try:
        configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
        ours = [handler for handler in logging.root.handlers if handler not in before]
        ours += logging.getLogger("django").handlers
        assert ours
        assert all(isinstance(handler.formatter, HarmlessFormatter) for handler in ours)
    finally:
        logging.root.handlers[:] = before


@pytest.mark.parametrize(
    ("path", "shown"),
    [(f"/r/{KEY}/", "/r/****/"), ("/tickets/", "/tickets/")],
)
def test_the_access_log_names_no_key(path, shown):
    logger = HarmlessLogger.__new__(HarmlessLogger)
    response = SimpleNamespace(status="200 OK", sent=1, headers=[])
    request = SimpleNamespace(headers=[])
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "RAW_URI": path, "SERVER_PROTOCOL": "HTTP/1.1"}
    atoms = logger.atoms(response, request, environ, timedelta())
    assert (atoms["U"], KEY in atoms["r"]) == (shown, False)
    assert "%(U)s" in access_log_format


def test_gunicorn_takes_the_logger():
    """Its own check of the configuration, by the program itself."""
    command = [sys.executable, "-m", "gunicorn", "--config", "python:qinqin.gunicorn", "--print-config"]
    done = subprocess.run(
        [*command, "qinqin.wsgi"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert "HarmlessLogger" in done.stdout
