"""Who sets deadlines, and the two calendars that there are from the start."""

import pytest

from tests.pages import signed_in
from tickets.models import Calendar


@pytest.fixture
def visitor(zhuguan):
    return signed_in(zhuguan)


@pytest.fixture
def office() -> Calendar:
    return Calendar.objects.get(is_always=False)


@pytest.fixture
def always() -> Calendar:
    return Calendar.objects.get(is_always=True)
