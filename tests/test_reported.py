"""Reported: what a person said, a study found or nobody knows, told from what is so."""

import pytest

from retriever.answers.judged.reported import leaves_open, tells_an_opinion, tells_of_research


@pytest.mark.parametrize(
    "sentence",
    [
        "There were doubts, said Steven Rose, M.D., of the institute.",
        "“It helps,” she said.",
        "Dr. Rose added that it helps.",
    ],
)
def test_what_a_person_said_is_told_from_what_is_so(sentence: str) -> None:
    assert tells_an_opinion(sentence)
    assert not tells_an_opinion("Doctors may say that it helps.")


def test_news_of_research_is_told_from_what_is_so() -> None:
    assert tells_of_research("Researchers found less pain in 20 patients.")
    assert tells_of_research("The drug was approved by the FDA in 2010.")
    assert not tells_of_research("Tamoxifen may cause hot flashes.")


def test_what_nobody_knows_is_told_from_what_is_known() -> None:
    assert leaves_open("Whether vapour harms bones is not yet known.")
    assert leaves_open("It is unclear whether it helps.")
    assert not leaves_open("Smoke harms bones, whether you inhale it or not.")
