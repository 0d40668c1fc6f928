from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from .mail_server import MailServer
from .robot_server import RobotServer


@pytest.fixture
def robot_server(settings: LazySettings) -> Iterator[RobotServer]:
    """A host of robots that the setting allows."""
    server = RobotServer()
    settings.ROBOT_ORIGINS = [*settings.ROBOT_ORIGINS, server.origin]
    yield server
    server.close()


@pytest.fixture
def mail_server(settings: LazySettings) -> Iterator[MailServer]:
    """The mail server that mails go to."""
    server = MailServer()
    settings.MAILERS = {"default": server.mailer}
    yield server
    server.close()
