"""Searching, in the database's own time: Chinese of one to eight characters, frequent and rare, and numbers."""

import re
from random import Random
from urllib.parse import urlencode

from tickets.load.words import Words
from tickets.models import Result, Ticket

from . import staging
from .asking import Asked, get
from .reading import Log
from .serving import Server

LENGTHS = range(1, 9)
CHINESE = re.compile("[\u4e00-\u9fff]+")


def terms(each: int) -> list[tuple[str, str]]:
    """``each`` frequent and rare terms of every length; frequent ones from the words that come most often."""
    random, found = Random(7), []
    words = Words(1).lists
    often = [
        words[name][place]
        for name in ("thing", "fault", "wish", "plan", "cause", "mood")
        for place in range(4)
    ]
    keys = Ticket.objects.order_by("-pk").values_list("pk", flat=True).first()
    for length in LENGTHS:
        pieces = sorted(
            {run[:length] for text in often for run in CHINESE.findall(text) if len(run) >= length}
        )
        found += [("常见", piece) for piece in random.sample(pieces, min(each, len(pieces)))]
        rare = 0
        while rare < each:
            key = random.randint(1, keys)
            text = Result.objects.filter(pk__gte=key).order_by("pk").values_list("text", flat=True).first()
            text = text if text and rare % 2 else Ticket.objects.filter(pk__gte=key).order_by("pk")[0].problem
            runs = [run for run in CHINESE.findall(text) if len(run) >= length]
            if runs:
                run = runs[random.randrange(len(runs))]
                start = random.randint(0, len(run) - length)
                found.append(("少见", run[start : start + length]))
                rare += 1
    for ticket in Ticket.objects.filter(pk__gte=keys // 3).order_by("pk")[:each]:
        found += [("单号", ticket.number), ("单号", ticket.order_number)]
    return found


def measure(server: Server, log: Log, people: staging.Cast, each: int, repeat: int, on_done) -> list[Asked]:
    """Every term by itself; the first time is not counted."""
    cookie, asked = staging.cookies(people.clerk), []
    for kind, text in terms(each):
        request, times = get(f"/tickets/?{urlencode({'tab': 'all', 'q': text})}", cookie), []
        for _ in range(repeat + 1):
            log.forget()
            server.ask([request], once=True, clients=1)
            times.append(log.milliseconds())
        asked.append(Asked(kind, text, times[1:]))
        on_done(1)
    return asked
