"""Replies: a "No." or "Yes." answers the heading that it stands below."""

import pytest

from retriever.answers.judged.replies import without_reply
from tests.small_answers import quote_below, sought_by


def reply_heard(question: str, *, heading: str, text: str) -> str | None:
    """What a question hears of a quote below a heading."""
    heard = without_reply(quote_below(heading, text), sought_by(question))
    assert heard is None or text[heard.start_char : heard.end_char] == heard.text
    return None if heard is None else heard.text


@pytest.mark.parametrize(
    ("question", "is_heard"),
    [
        ("does surgery affect how long I live?", True),
        ("surgery: how long do people live", False),
        ("how does surgery affect how long I live?", False),
        ("is surgery safe?", False),
        ("walking or surgery", False),
    ],
)
def test_a_no_before_a_sentence_is_heard_by_who_asks_what_its_heading_asks(question: str, is_heard: bool) -> None:
    text = "No. Research shows that people live as long without it."
    said = reply_heard(question, heading="Does surgery affect how long I live?", text=text)
    assert said == (text if is_heard else text.removeprefix("No. "))


def test_what_cannot_stand_without_its_no_is_not_quoted_without_it() -> None:
    assert (
        reply_heard("risks of surgery", heading="Is surgery bad?", text="No. However, most people live as long.")
        is None
    )
