"""Stopping: what a page says below a heading on it answers who asks about stopping, by whatever words."""

from dataclasses import replace

import pytest

from retriever.answers.judged.stopping import below_a_heading_on_stopping
from retriever.answers.quotable.quote import Quote
from tests.small_answers import quote_below

DOSE = "Guidance covers adults who take small doses of cortozol."
COLLAPSE = "Too sharp a change can cause collapse."


def quote_at(rank: int, heading: str, text: str) -> Quote:
    quote = quote_below(heading, text)
    return replace(quote, hit=replace(quote.hit, rank=rank))


@pytest.mark.parametrize(
    ("rank", "heading", "words", "told"),
    [
        (1, "Never stop suddenly", ["cortozol"], {1: 1.0}),
        (3, "Never stop suddenly", ["cortozol"], {}),
        (1, "Long courses", ["cortozol"], {}),
        (1, "Never stop suddenly", ["cortozol", "zincol"], {}),
    ],
)
def test_below_a_heading_on_stopping_the_drug_need_not_be_named(
    rank: int, heading: str, words: list[str], told: dict[int, float]
) -> None:
    dose, collapse = quote_at(2, "Dose", DOSE), quote_at(rank, heading, COLLAPSE)
    assert below_a_heading_on_stopping(words, [dose, collapse], [dose]) == told


def test_where_a_quote_that_names_the_drug_speaks_of_stopping_it_stays_alone() -> None:
    stopping = quote_at(2, "Dose", "Stop cortozol slowly, over some weeks.")
    quotes = [stopping, quote_at(1, "Never stop suddenly", COLLAPSE)]
    assert below_a_heading_on_stopping(["cortozol"], quotes, [stopping]) == {}


def test_where_nothing_can_be_quoted_nothing_is_said_of_stopping() -> None:
    assert below_a_heading_on_stopping(["cortozol"], [], []) == {}
