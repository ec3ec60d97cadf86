"""Saying little: quotes on the subject that leave unsaid what was asked."""

import pytest

from retriever.answers.judged.saying_little import says_little
from retriever.answers.wanted.want_patterns import Want
from tests.small_answers import quote_below, sought_by

FOUND = "After gout was diagnosed, a scan may show whether it has spread to the elbows."
AGAIN = "A scan that showed the gout may be repeated later on."


@pytest.mark.parametrize(
    ("want", "quote", "is_little"),
    [
        (None, "A risk factor is anything that makes gout likelier.", True),
        (None, "Anything that increases your chance of falls is called a risk factor.", True),
        (None, "There are different types of shoes for people with gout.", True),
        (None, "Learning about risk factors can help you.", True),
        (None, "Ask your doctor or pharmacist.", True),
        (None, "It is important to know how bad the gout is.", True),
        (None, "There are drugs for gout that are not listed here.", True),
        (None, "Choose a pleasant drink from this list.", True),
        (None, "Rugs raise the risk of falls.", False),
        (Want.TREATMENTS, "Treatment is based on the stage.", True),
        (None, "Treatment is based on the stage.", False),
        (Want.TREATMENTS, "In stage II, the cancer has spread to the bones.", True),
        (None, "In stage II, the cancer has spread to the bones.", False),
        (Want.TREATMENTS, "In stage II, the cancer is removed by surgery.", False),
        (Want.FIGURE, "How often you return is based on your health.", True),
        (Want.FIGURE, "How often you return depends on your health; every 3 months is usual.", False),
        (Want.DIAGNOSED, AGAIN, True),
    ],
)
def test_a_quote_says_little_to_some_questions_and_not_to_others(
    want: Want | None, quote: str, is_little: bool
) -> None:
    wants = () if want is None else (want,)
    assert says_little(quote_below("Bones", quote), wants) is is_little


@pytest.mark.parametrize(
    ("want", "introduction", "is_little"),
    [
        (Want.USE, "It is also approved to prevent:", False),
    ],
)
def test_a_list_says_little_by_what_introduces_it(want: Want | None, introduction: str, is_little: bool) -> None:
    quote = quote_below("Gout", f"{introduction}\n\n- Gout.", introduction=introduction)
    assert says_little(quote, () if want is None else (want,)) is is_little


@pytest.mark.parametrize(
    ("question", "is_little"), [("How is it diagnosed?", True), ("How do they find out if it has spread?", False)]
)
def test_whether_it_has_spread_is_told_by_what_looks_for_that(question: str, is_little: bool) -> None:
    assert says_little(quote_below("Tests", FOUND), sought_by(question).wants) is is_little
