"""Quiet hours: on Shanghai's wall, over midnight too."""

from datetime import UTC, datetime, time

import pytest
from django.utils import timezone

from tickets.notifying.quiet import after_quiet


def wall(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("quiet", "moment", "expected"),
    [
        ((22, 7), wall(24, 21, 59), wall(24, 21, 59)),
        ((22, 7), wall(24, 22), wall(25, 7)),
        ((22, 7), wall(24, 23, 30), wall(25, 7)),
        ((22, 7), wall(25, 0), wall(25, 7)),
        ((22, 7), wall(25, 6, 59), wall(25, 7)),
        ((22, 7), wall(25, 7), wall(25, 7)),
        ((12, 14), wall(24, 11, 59), wall(24, 11, 59)),
        ((12, 14), wall(24, 12), wall(24, 14)),
        ((12, 14), wall(24, 14), wall(24, 14)),
        ((22, 0), wall(30, 23), datetime(2026, 12, 1, tzinfo=timezone.get_default_timezone())),
        ((8, 8), wall(24, 8), wall(24, 8)),
        ((None, None), wall(24, 3), wall(24, 3)),
    ],
)
def test_a_moment_within_them_waits_for_their_end(quiet, moment, expected):
    quiet_from, quiet_to = (hour if hour is None else time(hour) for hour in quiet)
    assert after_quiet(moment.astimezone(UTC), quiet_from, quiet_to) == expected
