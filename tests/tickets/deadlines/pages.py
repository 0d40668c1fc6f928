"""The pages of 时限与节假日, as tests read and fill them in."""

from django.urls import reverse

from tests.factories import CategoryFactory
from tests.pages import read
from tickets.lifecycle import Urgency
from tickets.models import Calendar, Policy

PAGE = "/tickets/deadlines/"


TYPED = {"warning_minutes": "30", "deadline_minutes": "60", "hold_hours": "24"}


WEEK = {"day0": "09:00-12:00 13:30-18:00", "day5": "10:00-12:00"}


def general(urgency: str = Urgency.NORMAL) -> Policy:
    return Policy.objects.get(category=None, urgency=urgency)


def own(category: str = "物流配送", urgency: str = Urgency.NORMAL) -> Policy:
    return Policy.objects.create(
        category=CategoryFactory(name=category),
        urgency=urgency,
        warning_minutes=20,
        deadline_minutes=45,
        calendar=Calendar.objects.get(is_always=True),
    )


def at(name: str, row=None) -> str:
    return reverse(f"tickets:{name}", args=[row.pk] if row else [])


def table(page, card: str) -> list[dict[str, str]]:
    return read(page).one("section", id=card).table()


def said(page) -> str:
    return " ".join(line.text for line in read(page).all("p", class_="message"))
