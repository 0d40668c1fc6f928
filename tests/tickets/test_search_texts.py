"""What the search of texts finds: everything that a plain look through the folded texts finds, and nothing else."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import TicketFactory
from tickets.searching import finding, keeping
from tickets.searching.asking import Question
from tickets.searching.folding import BREAK, fold
from tickets.searching.texts import Document

pytestmark = pytest.mark.django_db

ALPHABET = "奶粉连体衣換换ａAaＢbß12%_\\\"'*. \n\t😀👩\u200d🍼\u0301e𠮷𣎴龘ﬁ①㎏€"
TEXTS = st.lists(st.text(ALPHABET, max_size=24), min_size=1, max_size=4)
ASKED = (
    st.text(ALPHABET, min_size=1, max_size=6)
    | st.text(min_size=1, max_size=3)
    | st.text(ALPHABET, min_size=30)
)


@pytest.fixture
def ticket(order_a):
    return TicketFactory(order=order_a)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=TEXTS, internal=TEXTS, asked=ASKED)
def test_a_text_is_found_by_what_a_plain_look_finds_in_it(ticket, kefu, shangjia, texts, internal, asked):
    document = Document(
        ticket.pk, ticket.merchant_id, BREAK.join(map(fold, texts)), BREAK.join(map(fold, internal))
    )
    keeping.store([document])
    question = Question.read(asked)
    if question is None:
        return
    seen = {kefu: [*texts, *internal], shangjia: texts}
    for person, readable in seen.items():
        expected = all(any(plainly(word, fold(text)) for text in readable) for word in question.words)
        assert bool(finding.Finder(person, question).older(5)) == expected
    # The same where it is the index that has to answer.


def plainly(word, text: str) -> bool:
    """A look without an index: the parts of a word in their order, by hand."""
    return any(True for _ in [1] if __import__("re").search(word.as_pattern(), text))
