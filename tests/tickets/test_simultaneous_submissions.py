"""Many people press 提交工单 on the same tickets in the same moment, against gunicorn, as in the shop on a busy day."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db.models import Count

from merchants.access import Role
from merchants.models import Merchant, User
from tests.factories import CategoryFactory, MerchantFactory, OrderFactory, UserFactory
from tests.pages import read, signed_in
from tests.processes import Page, Site, Visitor
from tickets.lifecycle import EventKind, Outcome, Status
from tickets.models import Event, Result, Ticket, TicketDraft

pytestmark = pytest.mark.processes

PEOPLE = 10
PATIENCE_SECONDS = 60
DONE = 302
QUICKER = 409


@pytest.fixture(scope="module")
def shop(site: Site) -> Merchant:
    with site.database():
        return MerchantFactory(name="千人抢答母婴店")


@pytest.fixture(scope="module")
def staff(site: Site, shop: Merchant) -> list[User]:
    with site.database():
        return UserFactory.create_batch(PEOPLE, staff_of=shop)


@pytest.fixture(scope="module")
def clerk(site: Site) -> User:
    with site.database():
        return UserFactory(name="王客服", role=Role.SUPPORT)


@pytest.fixture
def opened(site: Site, shop: Merchant, clerk: User) -> Callable[[int], list[str]]:
    """Opens so many tickets of one order; their numbers."""

    def opened(how_many: int) -> list[str]:
        with site.database():
            draft = TicketDraft(
                OrderFactory(merchant=shop), CategoryFactory(), "normal", "奶粉罐凹进去一大块"
            )
            return [ticket.number for ticket in Ticket.open_many([draft] * how_many, by_user=clerk)]

    return opened


@pytest.fixture
def come_in(site: Site) -> Callable[[User], Visitor]:
    """A person whose login and CSRF token are in the cookies already."""

    def come_in(person: User) -> Visitor:
        with site.database():
            key = signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
        visitor = site.visitor()
        visitor.keep(settings.SESSION_COOKIE_NAME, key)
        assert visitor.get("/password/").status == 200
        return visitor

    return come_in


def answer_of(person: User, number: str) -> str:
    """What this person writes about this ticket, and nobody else about any other."""
    return f"{person.name}已联系消费者核实{number}，今天下午补发，运费由本店承担。"


def all_at_once(acts: list[Callable[[str], Page]], numbers: list[str]) -> Iterator[tuple[str, list[Page]]]:
    """For each ticket the answers to ``acts``, which begin together."""
    ready = Barrier(len(acts))

    def worker(act: Callable[[str], Page]) -> list[Page]:
        pages = []
        try:
            for number in numbers:
                ready.wait(PATIENCE_SECONDS)
                pages.append(act(number))
        except BaseException:
            ready.abort()
            raise
        return pages

    with ThreadPoolExecutor(len(acts)) as threads:
        yield from zip(numbers, zip(*threads.map(worker, acts), strict=True), strict=True)


def told(page: Page) -> tuple[str, str]:
    """What the page says about the person who was quicker, and what it gives back."""
    alert = read(page.text).one("div", role="alert")
    return alert.text, alert.one("textarea").value


def test_of_ten_submissions_at_once_exactly_one_counts_and_nine_people_get_their_text_back(
    site, staff, opened, come_in, pytestconfig
):
    # SQLite has one writer at a time; the number of tickets adds nothing but minutes there.
    numbers = opened(100 if pytestconfig.getoption("database") == "postgresql" else 20)
    visitors = [come_in(person) for person in staff]

    def submission(visitor: Visitor, person: User) -> Callable[[str], Page]:
        return lambda number: visitor.post(
            f"/tickets/{number}/submit/",
            {"seen_round": 1, "outcome": Outcome.SOLVED, "result": answer_of(person, number)},
            follow=False,
        )

    winners = {}
    submissions = [submission(*pair) for pair in zip(visitors, staff, strict=True)]
    for number, pages in all_at_once(submissions, numbers):
        assert sorted(page.status for page in pages) == [DONE] + [QUICKER] * (PEOPLE - 1), number
        winners[number] = next(
            person for person, page in zip(staff, pages, strict=True) if page.status == DONE
        )
        for person, page in zip(staff, pages, strict=True):
            if page.status == QUICKER:
                assert "该工单已处理，请刷新后查看" in page.text
                assert f"{winners[number].name}（{winners[number].affiliation}）于" in page.text
                assert f"{answer_of(person, number)}</textarea>" in page.text

    with site.database():
        results = Result.objects.filter(round__ticket__number__in=numbers)
        assert dict(results.values_list("round__ticket__number", "text")) == {
            number: answer_of(winner, number) for number, winner in winners.items()
        }
        assert results.count() == len(numbers)
        events = Event.objects.filter(ticket__number__in=numbers, kind=EventKind.SUBMITTED)
        assert dict(events.values_list("ticket__number").annotate(Count("pk"))) == dict.fromkeys(numbers, 1)
        tickets = Ticket.objects.filter(number__in=numbers, status=Status.WAITING_REVIEW)
        assert tickets.count() == len(numbers)
    assert "Traceback" not in site.log.read_text()


def test_cancelled_and_submitted_in_the_same_moment_one_counts_and_the_other_is_told(
    site, staff, clerk, opened, come_in
):
    numbers = opened(15)
    shopkeeper, desk = come_in(staff[0]), come_in(clerk)
    reason = "消费者撤回了投诉，不用再处理"

    def submit(number: str) -> Page:
        about = {"seen_round": 1, "outcome": Outcome.SOLVED, "result": answer_of(staff[0], number)}
        return shopkeeper.post(f"/tickets/{number}/submit/", about, follow=False)

    def cancel(number: str) -> Page:
        about = {
            "cancel-seen_round": 1,
            "cancel-seen_status": Status.WAITING_MERCHANT,
            "cancel-reason": reason,
        }
        return desk.post(f"/tickets/{number}/cancel/", about, follow=False)

    ends = {}
    for number, (submitted, cancelled) in all_at_once([submit, cancel], numbers):
        assert sorted([submitted.status, cancelled.status]) == [DONE, QUICKER], number
        if submitted.status == DONE:
            ends[number], loser, winner, typed = Status.WAITING_REVIEW, cancelled, staff[0], reason
        else:
            ends[number], loser, winner, typed = (
                Status.CANCELLED,
                submitted,
                clerk,
                answer_of(staff[0], number),
            )
        sentence, given_back = told(loser)
        assert winner.name in sentence
        assert given_back == typed

    with site.database():
        tickets = Ticket.objects.filter(number__in=numbers)
        assert dict(tickets.values_list("number", "status")) == ends
    assert "Traceback" not in site.log.read_text()
