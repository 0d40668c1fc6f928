"""How a run ends that somebody breaks off: whatever has been started is stopped, and that is not broken off itself."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

ENDS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Within it an end from outside waits: what is half started could not be stopped, nor what is half stopped."""
    came = []
    before = {end: signal.signal(end, lambda number, _: came.append(number)) for end in ENDS}
    try:
        yield
    finally:
        for end, handler in before.items():
            signal.signal(end, handler)
    if came:
        raise KeyboardInterrupt
