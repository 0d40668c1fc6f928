"""A filter of the ticket list as it is kept (常用筛选): from the address to a query, and from a query to words."""

from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import ValidationError
from django.urls import reverse

from merchants.models import Merchant
from qinqin.prepared import Prepared

from .models import Category, SavedView
from .models.queries import TABS
from .ordering import LABELS, SORTS
from .search import HOLDERS, SearchForm
from .surroundings import asker

FIRST_TAB = next(iter(TABS))
# The list without any filter. It is said in so many words: without them it opens with what the person starts with.
PLAIN = urlencode({"tab": FIRST_TAB})
NOT_UNDERSTOOD = "筛选条件有误，请先在列表中改正"


def kept_query(form: SearchForm) -> str:
    """What is asked, in one way of writing: known parameters that were understood, in a fixed order.

    ``form`` is validated. The tab always stands in it, so it is never empty; the place in the list and the length of a
    page do not.
    """
    kept = {name: form.data[name] for name in form.fields if name in form.asked}
    tab, sort = form.data.get("tab", ""), form.data.get("sort", "")
    kept["tab"] = tab if tab in TABS else FIRST_TAB
    if sort.removeprefix("-") in SORTS:
        kept["sort"] = sort
    return urlencode(sorted(kept.items()))


def read_query(query, user) -> str:
    """The kept form of what an address asks for. ``query`` maps names to texts.

    Raises ``ValidationError`` when some of it cannot be understood. A whole phone number becomes its mark.
    """
    form = SearchForm(query, user=user)
    if not form.is_valid():
        raise ValidationError(NOT_UNDERSTOOD)
    if masked := form.masked_query():
        form = SearchForm(masked, user=user)
        form.is_valid()
    return kept_query(form)


@dataclass(frozen=True)
class ViewBar:
    """The chips above the list. ``start`` is the address the list opens with, or ''."""

    chips: list[dict]
    start: str
    query: str

    @classmethod
    def of(cls, form: SearchForm) -> "ViewBar":
        """For the person and the question of the search form (validated). Costs one statement."""
        rows = _views(form.user.role).dicts(person=form.user.pk, merchant=form.user.merchant_id or 0)
        query = kept_query(form)
        chips = [
            {
                "name": row["name"],
                "url": f"?{row['query']}",
                "shared": row["owner"] is None,
                "is_start": row["is_start"],
                "current": row["query"] == query,
            }
            for row in rows
        ]
        return cls(chips, next((f"?{row['query']}" for row in rows if row["is_start"]), ""), query)

    @property
    def plain(self) -> dict:
        """The way to the list as it is without a filter."""
        url = f"?{PLAIN}" if self.start else reverse("tickets:list")
        return {"url": url, "current": self.query == PLAIN}


@cache
def _views(role: str) -> Prepared:
    def views(slots):
        person = asker(role, slots)
        return (
            SavedView.objects.for_user(person).with_start(person).values("name", "query", "owner", "is_start")
        )

    return Prepared(views)


def words_of(views: list[SavedView]) -> list[list[str]]:
    """For each view what it asks for: 「商户：禾屿」, 「已超时」, 「按创建时间倒序」. Two statements."""
    asked = [dict(parse_qsl(view.query)) for view in views]
    names = {
        name: {str(pk): str(row) for pk, row in model.objects.in_bulk(_keys(asked, name)).items()}
        for name, model in (("merchant", Merchant), ("category", Category))
    }
    return [_words(query, names) for query in asked]


def _keys(asked: list[dict], name: str) -> set[int]:
    return {int(query[name]) for query in asked if query.get(name, "").isdecimal()}


def _words(query: dict[str, str], names: dict[str, dict[str, str]]) -> list[str]:
    words = [TABS[query["tab"]]] if query.get("tab") in TABS else []
    for name, field in SearchForm.base_fields.items():
        value = query.get(name)
        if not value or name in ("tab", "sort"):
            continue
        if name in names:
            value = names[name].get(value, "已删除")
        elif name == "phone":
            value = value.partition("~")[0]
        elif name == "holder":
            value = HOLDERS.get(value, value)
        elif choices := getattr(field, "choices", None):
            value = dict(choices).get(value, value)
        words.append(f"{field.label}：{value}")
    if sort := query.get("sort"):
        words.append(f"按{LABELS.get(sort.removeprefix('-'), '')}{'倒序' if sort[0] == '-' else '排序'}")
    return words
