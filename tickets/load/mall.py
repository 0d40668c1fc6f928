"""The house of a generated mall: its merchants, uneven in size, its people, and the settings that tickets refer to."""

from bisect import bisect
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import NamedTuple

from merchants.access import Role
from merchants.models import Merchant, User
from tickets.models import Category, Policy, ReasonCode

from .moments import at
from .plan import Plan
from .tables import Rows
from .words import Words

# The people whose names everybody knows from the demo, in the largest shops.
MANAGERS, CLERKS = 3, 30
SERVICE_NAMES = {"zhuguan": "主管", "kefu": "客服"}


class Person(NamedTuple):
    key: int
    name: str
    role: str
    merchant: int | None = None


class Shop(NamedTuple):
    key: int
    name: str
    owner: Person
    staff: list[Person]


class Deadline(NamedTuple):
    """A policy, in seconds."""

    key: int
    calendar: int
    warning: int
    deadline: int


class Unsuitable(Exception):
    """The settings of this house do not allow generated tickets; the message says why."""


@dataclass
class House:
    """Everybody and everything that is there before the first ticket."""

    shops: list[Shop]
    managers: list[Person]
    clerks: list[Person]
    rows: Rows = field(repr=False)

    def __post_init__(self):
        # As Zipf has it: the second shop has half of the first one's tickets, the third a third.
        self.sizes = list(accumulate(1 / (place + 1) ** 0.9 for place in range(len(self.shops))))

    def shop(self, chance: float) -> Shop:
        return self.shops[min(bisect(self.sizes, chance * self.sizes[-1]), len(self.shops) - 1)]


def build(plan: Plan, words: Words, password: str = "") -> House:
    """The house of a plan; ``password`` as it is kept, the same for all."""
    random = Random(f"house {plan.seed}")
    chance = random.random
    opened = at(plan.now - 400 * 86_400)
    merchants: list[tuple] = []
    people: list[tuple] = []

    def hire(username: str, role: Role, merchant: int | None = None) -> Person:
        key = len(people) + 1
        name = words.word(chance, "surname") + "".join(words.word(chance, "given") for _ in range(2))
        is_admin = int(role == Role.ADMIN)
        people.append(
            (key, password, is_admin, username, "", is_admin, 1, opened, name, role.value, merchant, "[]")
        )
        return Person(key, name, role.label, merchant)

    hire("admin", Role.ADMIN)
    managers = [hire(_numbered("zhuguan", place), Role.MANAGER) for place in range(MANAGERS)]
    clerks = [hire(_numbered("kefu", place), Role.SUPPORT) for place in range(CLERKS)]
    shops = []
    brands = words.lists["brand"]
    kinds = words.lists["shop"]
    for place in range(plan.merchants):
        key = place + 1
        name = f"{brands[place % len(brands)]}{kinds[int(chance() * len(kinds))]}"
        merchants.append((key, f"shop-{key:04d}", name, 1, opened))
        owner = hire(_numbered("shangjia", place), Role.MERCHANT_OWNER, key)
        how_many = 1 + 8 // (place + 1) + int(chance() * 3)
        staff = [
            hire(_numbered("dianyuan", place) + (f"-{number}" if number else ""), Role.MERCHANT_STAFF, key)
            for number in range(how_many)
        ]
        shops.append(Shop(key, name, owner, staff))
    return House(shops, managers, clerks, {Merchant: merchants, User: people})


def _numbered(name: str, place: int) -> str:
    return f"{name}{place + 1}" if place else name


class Rules:
    """Kinds of problems, deadlines and reasons as this database has them."""

    def __init__(self):
        self.categories = list(Category.objects.filter(is_active=True).values_list("pk", flat=True))
        self.deadlines: dict[tuple[int, str], Deadline] = {}
        policies = list(Policy.objects.select_related("calendar"))
        if not self.categories or any(not policy.calendar.is_always for policy in policies):
            raise Unsuitable("generate_load 需要启用的问题类型，并且所有处理时限都按 7×24 计时。")
        # Those of one category last: they go before the general ones.
        for policy in sorted(policies, key=lambda policy: policy.category_id or 0):
            told = Deadline(
                policy.pk, policy.calendar_id, policy.warning_minutes * 60, policy.deadline_minutes * 60
            )
            for category in [policy.category_id] if policy.category_id else self.categories:
                self.deadlines[category, policy.urgency] = told
        self.reasons: dict[str, list[tuple[int, str]]] = {}
        for key, kind, name in ReasonCode.objects.filter(category=None, is_active=True).values_list(
            "pk", "kind", "name"
        ):
            self.reasons.setdefault(kind, []).append((key, name))
        if {"unsolved", "platform", "return"} - set(self.reasons):
            raise Unsuitable("generate_load 需要启用的原因：未解决、需平台协助、退回各至少一个。")

    def names(self) -> dict[int, str]:
        return dict(Category.objects.values_list("pk", "name"))
