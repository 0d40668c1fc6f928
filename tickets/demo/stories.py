"""A ticket's story: a case laid over a plot, with times."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from orders.models import Order
from tickets.models import Category
from tickets.models.catalogue import PolicyBook

from .plots import Plot, plots_for
from .purchases import Purchase
from .shops import Case, Shop


@dataclass(eq=False)
class Story:
    """One ticket to be; ``moments`` are the opening and then one for each step of the plot."""

    shop: Shop
    case: Case
    plot: Plot
    category: Category
    moments: list[datetime]
    purchase: Purchase | None = None
    # Another shop's order on which customer service opened the ticket by mistake.
    wrong_order: Order | None = None

    @property
    def opened_at(self) -> datetime:
        return self.moments[0]


def compose(shop: Shop, rng: Random, now: datetime, categories: dict[str, Category]) -> list[Story]:
    """The stories of one shop. Those that live now come first: they get different cases, as far as there are enough."""
    policies = PolicyBook()
    deck = rng.sample(shop.cases, len(shop.cases))
    stories = []
    for index, plot in enumerate(plots_for(shop.code, rng)):
        case = deck[index % len(deck)]
        category = categories[case.category]
        allowed = policies.find(category.pk, case.urgency).deadline_after
        moments = _in_waking_hours(plot.varied(rng).moments(allowed, now), now)
        stories.append(Story(shop, case, plot, category, moments))
    return stories


def _in_waking_hours(moments: list[datetime], now: datetime) -> list[datetime]:
    """A story that ended more than a day ago and was opened at night is moved to the evening before."""
    if now - moments[-1] < timedelta(days=1) or timezone.localtime(moments[0]).hour >= 7:
        return moments
    return [moment - timedelta(hours=8) for moment in moments]
