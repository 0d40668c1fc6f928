"""What every page can call: filters and globals, and that nothing is believed to be markup."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import engines

from qinqin.jinja import environment


def shown(template: str, **context) -> str:
    return engines["jinja2"].from_string(template).render(context)


EVENING = datetime(2026, 11, 22, 16, 5, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("template", "value", "words"),
    [
        ("{{ x|datetime }}", EVENING, "2026-11-23 00:05"),
        ("{{ x|datetime }}", None, "—"),
        ("{{ x|clock_time }}", EVENING, "00:05"),
        ("{{ x|clock_time }}", None, "—"),
        ("{{ x|duration }}", timedelta(hours=1, minutes=23, seconds=59), "1小时23分"),
        ("{{ x|duration }}", timedelta(hours=2, minutes=5), "2小时05分"),
        ("{{ x|duration }}", 725, "12分"),
        ("{{ x|duration }}", 59, "不足1分"),
        ("{{ x|duration }}", timedelta(days=2, hours=3, minutes=59), "2天03小时"),
        ("{{ x|duration }}", None, "—"),
        ("{{ x|money }}", Decimal("1234.5"), "¥1,234.50"),
        ("{{ x|money }}", Decimal("0"), "¥0.00"),
        ("{{ x|money }}", None, "—"),
        ("{{ x|dash }}", None, "—"),
        ("{{ x|dash }}", "", "—"),
        ("{{ x|dash }}", 0, "0"),
        ("{{ x|dash }}", "有", "有"),
        ("{{ x|mask_phone }}", "13812345678", "138****5678"),
        ("{{ x|mask_name }}", "张三丰", "张*"),
        ("{{ x|mask_address }}", "浙江省杭州市西湖区文三路90号", "浙江省杭州市西湖区****"),
        ("{{ x|mask_text }}", "请打13812345678", "请打138****5678"),
    ],
)
def test_filters(template, value, words):
    assert shown(template, x=value) == words


@pytest.mark.parametrize(
    "template", ["{{ x }}", "{{ x|dash }}", "{{ x|mask_text }}", "{% set y = x %}{{ y }}"]
)
def test_what_people_wrote_is_never_markup(template):
    assert shown(template, x='<b title="x">&</b>') == "&lt;b title=&#34;x&#34;&gt;&amp;&lt;/b&gt;"


def test_addresses_and_files_by_name():
    assert shown("{{ url('tickets:detail', 'GD1') }} {{ url('tickets:list') }}") == "/tickets/GD1/ /tickets/"
    assert shown("{{ url('tickets:detail', x) }}", x="a b") == "/tickets/a%20b/"
    assert shown("{{ url('tickets:category_edit', x) }}", x="7") == "/tickets/categories/7/"
    assert shown("{{ static('css/base.css') }}") == "/static/css/base.css"


def test_the_name_of_the_mall():
    assert shown("{{ product_name }}") == "亲亲宝贝商城"


def test_a_key_of_a_dict_comes_before_its_methods():
    template = environment(autoescape=True).from_string("{{ row.count }} {{ row.get('a') }} {{ row.no }}")
    assert template.render(row={"count": 5, "a": 1}) == "5 1 "


def test_indents_are_for_those_who_read_templates():
    env = environment(trim_blocks=True, lstrip_blocks=True)
    assert env.from_string("<ul>\n    <li>a  b</li>\n</ul>").render() == "<ul>\n<li>a  b</li>\n</ul>"
    assert env.from_string("{% if 1 %}a{% endif %}\n    b").render() == "a b"
