"""Replies: a "No." or "Yes." answers the heading that it stands below, and nothing else hears it."""

import pytest

from retriever.answers.judged.replies import without_reply
from tests.small_answers import quote_below


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        (
            "No. Research shows that people live as long without it.",
            "Research shows that people live as long without it.",
        ),
        ("Yes! Most people who had it live for longer.", "Most people who had it live for longer."),
        ("No. However, most people live as long.", None),
        ("No, people live as long without it.", "No, people live as long without it."),
    ],
)
def test_a_quote_is_heard_without_the_reply_that_it_begins_with(text: str, heard: str | None) -> None:
    quote = without_reply(quote_below("Does surgery affect how long I live?", text))
    assert (None if quote is None else quote.text) == heard
    assert quote is None or text[quote.start_char : quote.end_char] == quote.text
