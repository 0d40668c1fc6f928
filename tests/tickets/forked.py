"""Work for processes that somebody is going to kill: forked off a server that has loaded the product already."""

import django

django.setup()

from tickets import scanning  # noqa: E402 (models can be imported only now)


def scan_to_the_end() -> None:
    """One scan in small batches, so that there are many moments to be killed at."""
    scanning.run(batch=2)
