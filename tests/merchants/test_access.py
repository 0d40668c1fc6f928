"""Who sees what: every look-up starts from who is asking."""

import pytest
from django.core.exceptions import PermissionDenied

from merchants.access import NotVisible, Role, allow, public
from merchants.models import User
from orders.models import Order
from tests.factories import UserFactory, submitted_ticket
from tickets.models import Event, Result, Round, Ticket

SCOPED = [Order, Ticket, Round, Result, Event]


@pytest.fixture
def tickets(order_a, order_b) -> dict[str, Ticket]:
    return {"A": submitted_ticket(order=order_a), "B": submitted_ticket(order=order_b)}


def merchants_of(rows) -> set[str]:
    """Whose rows these are: A's, B's."""
    path = rows.model._default_manager.all().merchant_path
    codes = rows.values_list(f"{path}__code", flat=True)
    return {{"qinbei": "A", "tongle": "B"}[code] for code in codes}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("kefu", {"A", "B"}),
        ("zhuguan", {"A", "B"}),
        ("shangjia", {"A"}),
        ("dianyuan", {"A"}),
        ("shangjia2", {"B"}),
        ("sysadmin", set()),
    ],
)
def test_each_role_sees_its_part(who, sees, tickets, request, subtests):
    person = request.getfixturevalue(who)
    for model in SCOPED:
        with subtests.test(model.__name__):
            assert merchants_of(model.objects.for_user(person)) == sees


def test_a_merchants_person_sees_the_people_of_its_own_merchant(everybody):
    seen = User.objects.for_user(everybody["shangjia"]).values_list("username", flat=True)
    assert set(seen) >= {"shangjia", "dianyuan"}
    assert set(seen).isdisjoint({"shangjia2", "kefu", "zhuguan", "admin"})


@pytest.mark.parametrize("role", [Role.MERCHANT_STAFF, Role.MERCHANT_OWNER])
def test_a_merchants_person_without_a_merchant_sees_nothing(role, tickets, kefu):
    nobody = User(username="nobody", role=role, merchant=None)
    for model in [*SCOPED, User]:
        assert not model.objects.for_user(nobody).exists()


def test_a_role_that_nobody_knows_sees_nothing(tickets):
    for model in SCOPED:
        assert not model.objects.for_user(User(username="odd", role="auditor")).exists()


def test_scope_and_other_conditions_go_together(tickets, shangjia, shangjia2):
    number = tickets["A"].number
    assert Ticket.objects.filter(number=number).for_user(shangjia).get() == tickets["A"]
    assert not Ticket.objects.filter(number=number).for_user(shangjia2).exists()
    assert not Ticket.objects.for_user(shangjia2).open().filter(number=number).exists()


@pytest.mark.parametrize("number", ["foreign", "GD20261123-999999", "", "\x00", "a\x00b", "' OR 1=1 --"])
def test_what_is_not_theirs_and_what_is_not_there_answer_alike(number, tickets, shangjia2):
    number = tickets["A"].number if number == "foreign" else number
    with pytest.raises(NotVisible) as answer:
        Ticket.objects.visible_or_404(shangjia2, "工单不存在或无权查看", number=number)
    assert str(answer.value) == "工单不存在或无权查看"


def test_what_is_theirs_is_found(tickets, dianyuan, kefu):
    for person in (dianyuan, kefu):
        found = Ticket.objects.visible_or_404(person, "工单不存在或无权查看", number=tickets["A"].number)
        assert found == tickets["A"]


def test_an_owner_manages_its_own_staff_and_nobody_else(everybody, merchant_a):
    colleague = UserFactory(staff_of=merchant_a)
    UserFactory(owner_of=merchant_a)
    managed = User.objects.staff_of(everybody["shangjia"])
    assert set(managed) == {everybody["dianyuan"], colleague}


@pytest.mark.parametrize("who", ["dianyuan", "kefu", "zhuguan", "sysadmin"])
def test_nobody_but_an_owner_manages_staff(who, everybody):
    assert not User.objects.staff_of(everybody[who]).exists()


def answer(view, person) -> str:
    request = type("Request", (), {"user": person})()
    return view(request)


@pytest.mark.parametrize("role", Role)
def test_a_view_lets_in_the_roles_it_names(role):
    view = allow(Role.SUPPORT, Role.MANAGER)(lambda request: "done")
    person = User(role=role)
    if role in {Role.SUPPORT, Role.MANAGER}:
        assert answer(view, person) == "done"
    else:
        with pytest.raises(PermissionDenied):
            answer(view, person)


def test_a_view_without_roles_is_for_everybody_who_is_logged_in():
    view = allow()(lambda request: "done")
    assert [answer(view, User(role=role)) for role in Role] == ["done"] * len(Role)


def test_each_decorator_leaves_its_rule_on_the_view():
    def view(request): ...

    assert allow(Role.SUPPORT)(view).access_rule == {Role.SUPPORT}
    assert allow()(view).access_rule == "everybody"
    assert public(view).access_rule == "public"
