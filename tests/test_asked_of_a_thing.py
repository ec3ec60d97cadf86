"""What is asked of a thing that has a page: no other's rule, nothing beside it, and nothing for others."""

from pathlib import Path

import pytest

from retriever.answers.judged.asked_of_a_thing import is_a_time_of_another, leaves_what_is_asked_of_it_unsaid
from retriever.answers.judged.stopping import leaves_stopping_unsaid
from tests.small_answers import answer_of, quote_below, sought_by

TEETH = """# Teeth

## Should the medicine be paused for an extraction?

For bonafates, dentists no longer advise a pause before an extraction. With six-monthly denozol the dentist may
stop and plan the extraction a month before the next injection.
"""
PAGES = {
    "medicines/alendrol.md": "# Alendrol\n\nAlendrol is a tablet for bones. It belongs to the bonafates.\n",
    "medicines/denozol.md": "# Denozol\n\nDenozol is an antibody. It is given every six months.\n",
    "medicines/teeth.md": TEETH,
}


def test_a_rule_for_another_medicine_gives_way_to_that_for_the_kind_of_the_one_asked(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, PAGES, "should alendrol be paused before an extraction")
    assert answer is not None
    assert "bonafates" in answer.text
    assert "denozol" not in answer.text


def test_a_rule_for_a_medicine_is_quoted_to_who_asks_about_that_one(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, PAGES, "should denozol be stopped before an extraction")
    assert answer is not None
    assert "six-monthly denozol" in answer.text


def test_what_a_medicine_is_does_not_answer_whether_it_damages_something(tmp_path: Path) -> None:
    assert answer_of(tmp_path, PAGES, "does denozol damage hearing") is None


@pytest.mark.parametrize(
    ("question", "heading", "text", "is_unsaid"),
    [
        ("Can I stop cortozol?", "If you forget it", "Take one on the morning after you remember.", True),
        ("Can I stop cortozol?", "Duration", "After five years a pause may be possible.", False),
        ("What happens if cortozol is stopped?", "Dose", "Take 5 mg with water.", True),
        ("I forgot cortozol, can I stop?", "If you forget it", "Take one on the morning after.", False),
        ("how do I stop throwing up", "Nausea", "Eat small meals.", False),
        ("gleevol stopped working", "Other drugs", "Ponatol is used then.", False),
        ("How can I stop the cancer from coming back?", "Follow-up", "Keep your visits.", False),
        ("Does cortozol stop bones breaking?", "Effect", "It halves the number of fractures.", False),
        ("Can I stop cortozol while breast feeding?", "Dose", "Take 5 mg with water.", True),
    ],
)
def test_who_asks_about_stopping_is_told_of_it(question: str, heading: str, text: str, is_unsaid: bool) -> None:
    assert leaves_stopping_unsaid(quote_below(heading, text), sought_by(question)) == is_unsaid


@pytest.mark.parametrize(
    ("question", "heading", "text", "is_of_another"),
    [
        ("how long does the drip last", "The drip", "After the drip patients survived ten years.", True),
        ("how long does the drip last", "The drip", "The drip runs for fifteen minutes.", False),
        ("how long do people live after the drip", "The drip", "After the drip they lived ten years.", False),
        ("how soon after a fracture can I drive", "Fracture", "A fracture heals in six weeks.", True),
        ("how soon after a fracture can I drive", "Fracture", "You may drive after six weeks.", False),
        ("when can I drive after a fracture", "Driving", "Most wait for six weeks.", False),
        ("when can I drive after a fracture", "Fracture", "It heals in six weeks.", True),
        ("off sick after a fracture - how long", "Fracture", "A fracture heals in six weeks.", False),
        ("can I drive after a fracture", "Fracture", "A fracture heals in six weeks.", False),
    ],
)
def test_a_time_is_that_of_what_was_asked(question: str, heading: str, text: str, is_of_another: bool) -> None:
    assert is_a_time_of_another(quote_below(heading, text), sought_by(question)) is is_of_another


@pytest.mark.parametrize(
    ("question", "heading", "text", "is_unsaid"),
    [
        ("does cola cause gout", "Gout", "Gout is treated with cola at home.", True),
        ("does cola cause gout", "Gout", "Cola makes gout likelier: both are linked.", False),
        ("does cola cause gout", "Risk factors for gout", "Cola, beer.", False),
        ("is it safe to have gout tablets with cola", "Cola", "Cola is safe for most.", False),
        ("is cola safe for gout", "Gout", "Cola is a safe drink.", False),
    ],
)
def test_whether_one_thing_causes_another_is_told_by_what_relates_them(
    question: str, heading: str, text: str, is_unsaid: bool
) -> None:
    assert leaves_what_is_asked_of_it_unsaid(quote_below(heading, text), sought_by(question)) is is_unsaid
