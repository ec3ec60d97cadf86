"""Asked case: facts on a group, on the opposite of a result, or on one use, to who asked about another case."""

import pytest

from retriever.answers.judged.asked_case import is_on_another_case
from tests.small_answers import quote_below, sought_by

YOUNG = "Women under age 50 did not have more strokes."
TWO_USES = "Cortozol is also approved for gout."


@pytest.mark.parametrize(
    ("question", "text", "is_another"),
    [
        ("does cortozol cause strokes", YOUNG, True),
        ("does cortozol cause strokes in women under 50", YOUNG, False),
        ("how often are strokes seen", YOUNG, False),
        ("does cortozol cause strokes", "Women under age 50 had more strokes.", False),
        ("does cortozol cause strokes", "Cortozol did not cause strokes.", False),
        ("does cortozol cause strokes", "Postmenopausal women did not have more strokes.", True),
        ("if my scan is normal can I have gout", "A high level may be a sign of gout.", True),
        ("if my scan is normal can I have gout", "A normal scan does not rule out gout.", False),
        ("if my scan is normal can I have gout", "Gout may not show at first.", False),
        ("does a negative test mean I am well", "A positive test is repeated.", True),
        ("can you have gout without pain", "Pain is a sign of gout.", True),
        ("can you have gout without pain", "Early gout may not cause pain.", False),
        ("is it normal to be tired", "Being tired is a sign of gout.", False),
        ("does gout pain go back to normal", "Pain is a sign of gout.", False),
        ("is triple negative gout rare", "It is a rare form.", False),
        ("is cortozol only for gout", "Cortozol is approved for gout.", True),
        ("does cortozol just help men", "Cortozol is approved for gout.", True),
        ("is cortozol only for bones", TWO_USES, False),
        ("can I only take cortozol with water", "Cortozol is approved for gout.", False),
    ],
)
def test_a_fact_on_another_case_answers_no_question_of_yes_or_no(
    question: str, text: str, is_another: bool
) -> None:
    assert is_on_another_case(quote_below("Cortozol", text), sought_by(question)) is is_another
