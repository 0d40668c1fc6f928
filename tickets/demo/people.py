"""Who works in the demo house."""

from copy import copy
from dataclasses import dataclass

from django.contrib.auth.hashers import get_hasher, make_password

from merchants.access import Role
from merchants.models import Merchant, User

# Known to everybody: that is why load_demo refuses a database which holds anything but the demo.
PASSWORD = "qinqin-demo"  # noqa: S105


@dataclass(frozen=True)
class Person:
    """``shop`` is the code of the merchant this person works for; empty for the mall's own people."""

    username: str
    name: str
    role: Role
    shop: str = ""


PEOPLE = [
    Person("kefu", "林悦", Role.SUPPORT),
    Person("kefu2", "赵子涵", Role.SUPPORT),
    Person("zhuguan", "周敏", Role.MANAGER),
    Person("admin", "何志远", Role.ADMIN),
    Person("shangjia", "陈晓禾", Role.MERCHANT_OWNER, "heyu"),
    Person("dianyuan", "李小满", Role.MERCHANT_STAFF, "heyu"),
    Person("dianyuan2", "高洁", Role.MERCHANT_STAFF, "heyu"),
    Person("shangjia2", "吴果", Role.MERCHANT_OWNER, "tuanguo"),
    Person("dianyuan3", "孙桐", Role.MERCHANT_STAFF, "tuanguo"),
    Person("shangjia3", "唐鹏", Role.MERCHANT_OWNER, "luyi"),
    Person("shangjia4", "许棉", Role.MERCHANT_OWNER, "mianwu"),
    Person("shangjia5", "乔一凡", Role.MERCHANT_OWNER, "pingzai"),
    Person("shangjia6", "郑芸", Role.MERCHANT_OWNER, "yunmi"),
]


class House:
    """The demo's merchants and people, as rows."""

    def __init__(self, merchants: dict[str, Merchant], people: list[User]):
        self.merchants = merchants
        self.people = people

    @property
    def support(self) -> list[User]:
        return [person for person in self.people if person.role == Role.SUPPORT]

    @property
    def manager(self) -> User:
        return next(person for person in self.people if person.role == Role.MANAGER)

    def staff_of(self, shop_code: str) -> list[User]:
        merchant = self.merchants[shop_code]
        return [person for person in self.people if person.merchant_id == merchant.pk]


def move_in(shop_names: dict[str, str]) -> House:
    """Write the merchants (code → name) and the people."""
    merchants = {
        merchant.code: merchant
        for merchant in Merchant.objects.bulk_create(
            Merchant(code=code, name=name) for code, name in shop_names.items()
        )
    }
    people = [
        User(
            username=person.username,
            name=person.name,
            role=person.role,
            merchant=merchants.get(person.shop),
            is_staff=person.role == Role.ADMIN,
            is_superuser=person.role == Role.ADMIN,
            password=hash_password(),
        )
        for person in PEOPLE
    ]
    return House(merchants, User.objects.bulk_create(people))


def hash_password() -> str:
    """The password with a salt of its own, hashed quickly: slowness would guard what everybody knows.

    The first login of a person hashes it anew, as slowly as any other.
    """
    hasher = copy(get_hasher())
    hasher.iterations = 1_000
    return make_password(PASSWORD, hasher=hasher)
