from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from tests.factories import RobotFactory, UserFactory
from tests.tickets.notifying.outbox import Clock

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


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def person(merchant_a):
    return UserFactory(staff_of=merchant_a, email="dian@example.com")


@pytest.fixture
def robot(robot_server):
    return RobotFactory(url=robot_server.url("/dingtalk"))
