"""The people of the demo, two merchants, and an order of each; a test names whom it needs.

Merchant A: ``shangjia`` (its owner) and ``dianyuan`` (its staff). Merchant B: ``shangjia2``, who must never see or
touch what is A's. The mall: ``kefu`` (support), ``zhuguan`` (manager), ``sysadmin``.
"""

import pytest

from merchants.access import Role
from merchants.models import Merchant, User
from orders.models import Order
from tickets.clock import database_now
from tickets.models import DeadlineScan

from .factories import MerchantFactory, OrderFactory, UserFactory


@pytest.fixture
def merchant_a(db) -> Merchant:
    return MerchantFactory(code="qinbei", name="亲贝母婴旗舰店")


@pytest.fixture
def merchant_b(db) -> Merchant:
    return MerchantFactory(code="tongle", name="童乐玩具专营店")


@pytest.fixture
def kefu(db) -> User:
    return UserFactory(username="kefu", name="王客服", role=Role.SUPPORT)


@pytest.fixture
def zhuguan(db) -> User:
    return UserFactory(username="zhuguan", name="赵主管", role=Role.MANAGER)


@pytest.fixture
def shangjia(merchant_a) -> User:
    return UserFactory(username="shangjia", name="钱店长", owner_of=merchant_a)


@pytest.fixture
def dianyuan(merchant_a) -> User:
    return UserFactory(username="dianyuan", name="李店员", staff_of=merchant_a)


@pytest.fixture
def shangjia2(merchant_b) -> User:
    return UserFactory(username="shangjia2", name="孙店长", owner_of=merchant_b)


@pytest.fixture
def sysadmin(db) -> User:
    return UserFactory(username="admin", name="管理员", role=Role.ADMIN)


@pytest.fixture
def everybody(kefu, zhuguan, shangjia, dianyuan, shangjia2, sysadmin) -> dict[str, User]:
    """The whole cast by name; the administrator, too, by the name of the fixture."""
    return {
        "kefu": kefu,
        "zhuguan": zhuguan,
        "shangjia": shangjia,
        "dianyuan": dianyuan,
        "shangjia2": shangjia2,
        "sysadmin": sysadmin,
    }


@pytest.fixture
def order_a(merchant_a) -> Order:
    return OrderFactory(merchant=merchant_a, number="QB10000001")


@pytest.fixture
def order_b(merchant_b) -> Order:
    return OrderFactory(merchant=merchant_b, number="QB20000002")


@pytest.fixture
def scanned(db) -> None:
    """The deadline scan has just run, so that a manager's pages have nothing to warn of."""
    DeadlineScan.note(database_now(), flagged=0)
