"""The processes that share a load on PostgreSQL: each has a connection of its own and takes the next piece of work."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice

WORKERS = 2


@contextmanager
def crew(workers: int = WORKERS) -> Iterator[ProcessPoolExecutor]:
    """Started afresh, not forked: a connection must not be shared. They end with this process, however it ends."""
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_prepare)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown()


def share(pool: ProcessPoolExecutor, work: Callable, pieces: Iterable[tuple]) -> Iterator[object]:
    """``work(*piece)`` for each piece, begun in this order; yields what comes back as it comes."""
    pieces = iter(pieces)
    under_way = {pool.submit(work, *piece) for piece in islice(pieces, 2 * WORKERS)}
    while under_way:
        done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            yield future.result()
            under_way |= {pool.submit(work, *piece) for piece in islice(pieces, 1)}


def _prepare() -> None:
    import signal

    import django

    from qinqin.children import end_with_parent

    end_with_parent()
    # Ctrl-C reaches everybody in the foreground; the one who was called decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
