"""How a ticket's life goes: the steps, how long each takes, and where the story stands now."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random


@dataclass(frozen=True)
class Step:
    """One verb. ``share`` counts from the beginning of the merchant's turn, in parts of the time allowed (above 1 is
    late); ``after`` counts minutes from the step before.
    """

    verb: str
    share: float = 0
    after: float = 0


@dataclass(frozen=True)
class Plot:
    """Steps after the opening. ``left`` is what remains of the running round, in minutes (below 0: overdue); without
    it ``ago`` says how many minutes the last step (or the opening) is past.
    """

    steps: tuple[Step, ...] = ()
    left: float | None = None
    ago: float = 0

    def varied(self, rng: Random) -> "Plot":
        """The same course with other spans; what is on time stays on time, and late stays late."""
        seconds = rng.uniform(0, 0.8)
        return replace(
            self,
            left=None if self.left is None else self.left + seconds,
            ago=self.ago + seconds,
            steps=tuple(
                replace(
                    step,
                    share=step.share * (1 if 0.85 < step.share < 1.15 else rng.uniform(0.9, 1.1)),
                    after=step.after * rng.uniform(0.7, 1.4),
                )
                for step in self.steps
            ),
        )

    def moments(self, allowed: timedelta, now: datetime) -> list[datetime]:
        """When the ticket was opened, and when each step was done; none of it after ``now``."""
        offsets = [timedelta()]
        turn = timedelta()
        for step in self.steps:
            at = turn + allowed * step.share if step.share else offsets[-1] + timedelta(minutes=step.after)
            if step.verb in {"return", "reopen"}:
                turn = at
            offsets.append(at)
        last = now - timedelta(minutes=self.ago)
        if self.left is not None:
            last = min(now, now + timedelta(minutes=self.left) - allowed)
        return [last - offsets[-1] + offset for offset in offsets]


def answers(share: float) -> Step:
    return Step("submit", share=share)


def returned(after: float) -> Step:
    return Step("return", after=after)


def approved(after: float) -> Step:
    return Step("approve", after=after)


def reopened(after: float) -> Step:
    return Step("reopen", after=after)


def cancelled(after: float) -> Step:
    return Step("cancel", after=after)


# Lives before the point where the story stands now.
SENT_BACK = (answers(0.45), returned(14))
SENT_BACK_LATE = (answers(1.2), returned(22))
SENT_BACK_TWICE = (answers(0.6), returned(18), answers(0.35), returned(11))
OPENED_AGAIN = (answers(0.5), approved(9), reopened(610))

DAY = 24 * 60

# How many stories the smaller shops have.
SMALL_SHOPS = {"luyi": 20, "mianwu": 17, "pingzai": 14, "yunmi": 12}


def _many(before: tuple[Step, ...] = (), left=(), ago=()) -> list[Plot]:
    return [Plot(before, left=minutes) for minutes in left] + [Plot(before, ago=minutes) for minutes in ago]


def _reviewing(before: tuple[Step, ...], *share_and_ago: tuple[float, float]) -> list[Plot]:
    return [Plot((*before, answers(share)), ago=ago) for share, ago in share_and_ago]


def _done(rng: Random, *afters: float) -> list[Plot]:
    """Completed in one round, on time or now and then late; ``afters`` say how many minutes ago."""
    return [
        Plot((answers(round(rng.uniform(0.12, 0.95), 2)), approved(rng.randint(4, 55))), ago=ago)
        for ago in afters
    ]


def _days(rng: Random, how_many: int) -> list[float]:
    """Moments spread over the past ten days, in minutes ago, evenly but not regularly."""
    width = 9.3 * DAY / how_many
    return [round(0.5 * DAY + width * (index + rng.random())) for index in range(how_many)]


def plots_for(shop_code: str, rng: Random) -> list[Plot]:
    """Every story of a shop, those that live now first."""
    if shop_code == "heyu":
        return _rich(rng)
    if shop_code == "tuanguo":
        return _medium(rng)
    plots = _small(rng)
    kept = sorted(rng.sample(range(len(plots)), SMALL_SHOPS[shop_code]))
    return [plots[index] for index in kept]


def _rich(rng: Random) -> list[Plot]:
    return [
        *_many(ago=[1, 6, 13, 24, 37, 52], left=[56, 47, 38, 28, 19, 11, 5, 2]),
        *_many(left=[-4, -17, -52, -131, -386, -1513]),
        *_many(SENT_BACK, ago=[8, 41], left=[43, 16, -26]),
        *_many(SENT_BACK_LATE, left=[-194]),
        *_many(SENT_BACK_TWICE, ago=[3], left=[49]),
        *_many(OPENED_AGAIN, ago=[17], left=[34]),
        *_reviewing(
            (), (0.2, 3), (0.4, 9), (0.75, 21), (0.9, 44), (0.5, 78), (0.3, 132), (1.08, 15), (1.9, 63)
        ),
        *_reviewing(SENT_BACK, (0.4, 27), (1.3, 51)),
        *_done(rng, 12, 35, 88, 150, 205, 290, 410, 520, *_days(rng, 16)),
        Plot((answers(1.04), approved(20)), ago=95),
        Plot((answers(2.6), approved(31)), ago=1.7 * DAY),
        Plot((answers(7.5), approved(16)), ago=4.2 * DAY),
        Plot((*SENT_BACK, answers(0.5), approved(12)), ago=64),
        Plot((*SENT_BACK, answers(0.8), approved(25)), ago=2.1 * DAY),
        Plot((*SENT_BACK_LATE, answers(1.4), approved(19)), ago=5.6 * DAY),
        Plot((*SENT_BACK_TWICE, answers(0.7), approved(8)), ago=3.3 * DAY),
        Plot((*OPENED_AGAIN, answers(0.6), approved(14)), ago=240),
        Plot((*OPENED_AGAIN, answers(1.15), approved(14)), ago=6.4 * DAY),
        Plot((cancelled(26),), ago=73),
        Plot((cancelled(48),), ago=2.6 * DAY),
        Plot((cancelled(430),), ago=1.2 * DAY),
        Plot((answers(0.3), cancelled(35)), ago=3.9 * DAY),
    ]


def _medium(rng: Random) -> list[Plot]:
    return [
        *_many(ago=[5, 19, 44], left=[51, 24, 8, -13, -88, -640]),
        *_many(SENT_BACK, ago=[26], left=[21]),
        *_many(SENT_BACK_LATE, left=[-41]),
        *_many(OPENED_AGAIN, ago=[33]),
        *_reviewing((), (0.35, 6), (0.7, 38), (1.3, 24)),
        *_reviewing(SENT_BACK, (0.6, 57)),
        *_done(rng, 47, 170, 340, *_days(rng, 9)),
        Plot((answers(1.7), approved(28)), ago=1.1 * DAY),
        Plot((*SENT_BACK, answers(0.9), approved(17)), ago=3.4 * DAY),
        Plot((cancelled(31),), ago=190),
        Plot((answers(0.6), cancelled(22)), ago=4.8 * DAY),
    ]


def _small(rng: Random) -> list[Plot]:
    """Shares of every kind, a little different from shop to shop."""
    shift = rng.randint(0, 9)
    return [
        *_many(ago=[2 + shift, 30 + shift], left=[31 + shift, 12 + shift, -20 - 7 * shift]),
        *_many(rng.choice([SENT_BACK, SENT_BACK_TWICE]), ago=[11 + shift]),
        *_reviewing((), (0.4, 10 + 2 * shift), (1.2, 20 + 3 * shift)),
        *_done(rng, 60 + 5 * shift, 300 + 20 * shift, *_days(rng, 7)),
        Plot((answers(1.5), approved(24)), ago=(1 + shift / 3) * DAY),
        Plot((*SENT_BACK, answers(0.6), approved(21)), ago=(2 + shift / 2) * DAY),
        Plot((cancelled(20 + shift),), ago=(1 + shift / 2) * DAY),
    ]
