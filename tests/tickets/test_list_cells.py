"""The list's cells are written by functions: what a template would show, and every text escaped."""

from html.parser import HTMLParser

import pytest
from django.template import engines

from tests.factories import (
    CategoryFactory,
    MerchantFactory,
    OrderFactory,
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    returned_ticket,
    submitted_ticket,
)
from tests.pages import read, signed_in
from tickets.clock import database_now
from tickets.columns import COLUMNS, USUAL
from tickets.list_cells import CELLS, rows_html
from tickets.searching.asking import Question
from tickets.searching.snippets import snippets_of
from tickets.views.listing import rows_of

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> & \"双引号\" '单引号' <mark>"
MARK = "?from=/tickets/%3Ftab%3Dall"
# The rows as a template, whose autoescape nobody doubts.
TEMPLATE = """
{% from "components/status.html" import countdown, status, urgency %}
{% for row in rows %}
  <tr id="{{ row.number }}">
    <td class="id"><label class="choose">
      <input type="checkbox" name="ticket" form="bulk" value="{{ row.number }}~{{ row.round_no }}~{{ row.status }}">
      {{ row.number }}
    </label></td>
    {% if 'order' in shown %}<td class="order"><a href="{{ row.order_url }}">{{ row.order_number }}</a></td>{% endif %}
    {% if 'merchant' in shown %}<td class="merchant">{{ row.merchant_name }}</td>{% endif %}
    {% if 'consumer' in shown %}<td class="consumer" data-label="消费者">
      {{ row.order__consignee|mask_name|dash if row.is_open or user.is_service else "—" }}</td>{% endif %}
    {% if 'category' in shown %}<td class="category">{{ row.category }}</td>{% endif %}
    <td class="problem"><p class="clamp">{{ row.problem }}</p>
      {% for hit in row.hits %}
        <p class="hit clamp"><span class="quiet">{{ hit.label }}</span> {{ hit.words }}</p>
      {% endfor %}</td>
    {% if 'urgency' in shown %}<td class="urgency">{{ urgency(row.urgency, row.urgency_label) }}</td>{% endif %}
    {% if 'state' in shown %}
      <td class="state">
        {{ status(row.status, row.status_label) }}
        {% if row.is_returned %}<small>被退回 第{{ row.round_no }}轮</small>{% endif %}
        {% if row.holder and 'holder' not in shown %}&#32;<small class="holder">{{ row.holder }} 处理</small>{% endif %}
        {% if row.archived_at %}&#32;<small class="quiet">已归档</small>{% endif %}
      </td>
    {% endif %}
    {% if 'round' in shown %}<td class="round">第{{ row.round_no }}轮</td>{% endif %}
    {% if 'holder' in shown %}<td class="holder" data-label="处理人">{{ row.holder|dash }}</td>{% endif %}
    {% if 'clock' in shown %}<td class="clock">{{ countdown(row.countdown) }}</td>{% endif %}
    {% if 'due' in shown %}<td class="stamp" data-label="截止">{{ row.due_at|datetime }}</td>{% endif %}
    {% if 'created' in shown %}<td class="stamp" data-label="创建">{{ row.created_at|datetime }}</td>{% endif %}
    {% if 'handled' in shown %}<td class="stamp" data-label="处理">{{ row.handled_at|datetime }}</td>{% endif %}
    <td class="action"><a class="button" id="open-{{ row.number }}" href="{{ row.url }}{{ mark }}"
                          aria-label="查看 {{ row.number }}">查看</a></td>
  </tr>
{% endfor %}
"""


class Seen(HTMLParser):
    """What a browser makes of HTML: tags with their attributes, and the words of each cell."""

    def __init__(self, html: str):
        super().__init__()
        self.tags, self.cells = [], []
        self.feed(str(html))  # of safe text, adding would escape

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, attrs))
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag):
        self.tags.append((f"/{tag}", []))

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data

    @property
    def words(self) -> list[str]:
        return [" ".join(cell.split()) for cell in self.cells]


@pytest.fixture
def rows(order_a, shangjia, kefu):
    """A row of every kind, with texts that would be tags, as customer service reads them."""
    shangjia.name = HOSTILE[:40]
    shangjia.save()
    merchant = MerchantFactory(name=HOSTILE[:40])
    hostile = OrderFactory(merchant=merchant, number="<b>&'\"", consignee="<i>")
    tickets = [
        TicketFactory(order=hostile, category=CategoryFactory(name=HOSTILE[:20]), problem=HOSTILE),
        TicketFactory(order=order_a, problem=HOSTILE),
        returned_ticket(order=order_a),
        submitted_ticket(order=order_a),
        completed_ticket(order=order_a),
        cancelled_ticket(order=order_a),
    ]
    tickets[2].claim(by_user=shangjia)
    found = rows_of([ticket.number for ticket in tickets], kefu, database_now())
    assert len(found) == len(tickets)
    # What no state of these reaches.
    found[4]["archived_at"] = database_now()
    snippets = snippets_of(Question.read("script"), kefu, [ticket.pk for ticket in tickets])
    found[1]["hits"] = snippets[tickets[1].pk]
    assert found[1]["hits"]
    return found


@pytest.mark.parametrize("who", ["kefu", "shangjia"])
@pytest.mark.parametrize("columns", [USUAL, COLUMNS], ids=["usual", "all"])
def test_cells_show_what_the_template_would(rows, columns, who, request):
    person = request.getfixturevalue(who)
    template = engines["jinja2"].from_string(TEMPLATE)
    expected = Seen(
        template.render({"rows": rows, "shown": {each.key for each in columns}, "user": person, "mark": MARK})
    )
    seen = Seen(rows_html(rows, columns, person, MARK))
    assert seen.tags == expected.tags
    assert seen.words == expected.words


def test_a_text_is_never_a_tag(rows, kefu):
    html = rows_html(rows, COLUMNS, kefu, MARK)
    assert {tag for tag, _ in Seen(html).tags if tag.startswith(("script", "b", "i"))} == {"input"}
    assert "<script" not in html
    assert {HOSTILE, HOSTILE[:40].strip()} <= set(Seen(html).words)


def test_a_mark_cannot_leave_its_attribute(rows, kefu):
    html = rows_html(rows, COLUMNS, kefu, '?from="><script>')
    assert "<script" not in html


def test_every_column_has_a_cell_and_every_cell_a_column():
    assert list(CELLS) == [column.key for column in COLUMNS]


def test_the_list_shows_these_rows(dianyuan, order_a):
    ticket = TicketFactory(order=order_a, problem=HOSTILE)
    [row] = read(signed_in(dianyuan).get("/tickets/?tab=all")).table()
    assert row["问题描述"] == HOSTILE
    assert row["工单号"] == ticket.number
