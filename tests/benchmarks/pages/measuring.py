"""The measurements: the three of each page in turn, round by round, so that all of them share the machine's moods."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from . import meters
from .asking import Target
from .house import House
from .serving import Server


@dataclass
class Figure:
    """What one target cost, summed over the rounds; times in seconds."""

    page: str
    who: str
    count: int = 0
    seconds: float = 0
    app: float = 0
    database: float = 0
    bytes: int = 0
    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    statements: int | None = None

    def add(self, heard: dict, app: float, database: float) -> None:
        self.count += heard["count"]
        self.seconds += heard["seconds"]
        self.app += app
        self.database += database
        self.bytes += heard["bytes"]
        self.rates.append(heard["count"] / heard["seconds"])
        self.latencies += heard["latencies"]

    @property
    def rate(self) -> float:
        """Requests per second, the median of the rounds."""
        return statistics.median(self.rates) if self.rates else 0.0

    @property
    def app_ms(self) -> float:
        return 1000 * self.app / max(self.count, 1)

    @property
    def database_ms(self) -> float:
        return 1000 * self.database / max(self.count, 1)

    @property
    def cpu_ms(self) -> float:
        """Processor time of application and database together."""
        return self.app_ms + self.database_ms

    def percentile(self, share: float) -> float:
        """Milliseconds within which that share of the answers came."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0

    @property
    def kilobytes(self) -> float:
        return self.bytes / max(self.count, 1) / 1024


class Stopwatch:
    """Puts a burst of requests to a server and books what it cost."""

    def __init__(self, house: House, servers: dict[str, Server]):
        self.house, self.servers = house, servers
        self.figures: dict[tuple[str, str], Figure] = {}

    def figure(self, page: str, who: str) -> Figure:
        return self.figures.setdefault((page, who), Figure(page, who))

    def burst(self, target: Target, **how) -> None:
        server = self.servers[target.who]
        app, database = server.cpu(), meters.cpu(self.house.postmaster)
        heard = server.ask(target.requests, **how)
        app, database = server.cpu() - app, meters.cpu(self.house.postmaster) - database
        self.figure(target.page, target.who).add(heard, app, database)

    def in_turn(
        self, targets: list[Target], rounds: int, seconds: float, on_done: Callable[[int], object]
    ) -> None:
        """Each page of each application for so many seconds, then all of it again."""
        for target in targets:  # connections, caches, compiled templates
            self.servers[target.who].ask(target.requests, seconds=min(1.0, seconds))
        for _ in range(rounds):
            for target in targets:
                self.burst(target, seconds=seconds)
                on_done(1)
