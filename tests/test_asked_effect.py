"""What yes or no is asked of, and of which effect; what kind it is; what there is in place of it."""

from pathlib import Path

import pytest

from retriever.answers.judged.asked_of_a_thing import is_a_time_of_another
from retriever.answers.judged.beside_the_question import is_beside
from retriever.answers.wanted.asked_kind_of import asks_what_kind
from retriever.questions.asked_effect import asked_effect
from tests.small_answers import answer_of, quote_below, sought_by

PAGES = {
    "drugs/alendrol.md": (
        "# Alendrol\n\nAlendrol is a tablet that belongs to the bonafates.\n\n"
        "## Uses\n\nAlendrol is approved to treat:\n\n- weak bones\n- Paget disease that did not respond\n"
    ),
    "drugs/denozol.md": "# Denozol\n\nDenozol is an antibody. It is given every six months.\n",
    "weight.md": "# Weight\n\nSteroids may cause weight gain, since the body holds water.\n",
    "ears.md": "# Ears\n\nBonafates may cause hearing loss. Noise can harm the ears as well.\n",
    "care.md": "# Care\n\nWhere alendrol has failed, denozol is the alternative.\n",
}


@pytest.mark.parametrize(
    ("question", "of", "effect"),
    [
        ("does alendrol cause weight gain", {"alendrol"}, {"weight", "gain"}),
        ("does alendrol damage hearing", {"alendrol"}, {"hear"}),
        ("can stress cause cancer to come back", {"stress"}, {"cancer"}),
        ("does alendrol make you put on weight", {"alendrol"}, {"weight"}),
        ("do the tablets they give help pain", {"tablet"}, {"pain"}),
        ("is alendrol bad for lungs", {"alendrol"}, {"lung"}),
        ("is smoke bad for kids", {"smoke"}, set()),
        ("is smoke safe for kids", {"smoke"}, {"kid"}),
        ("can i drink wine with alendrol", {"alendrol"}, {"wine"}),
        ("can i go on alendrol after a clot", {"clot"}, {"alendrol"}),
        ("can i go swimming on alendrol", {"alendrol"}, {"swim"}),
        ("can i take iron with 714-X", {"714", "x"}, {"iron"}),
        ("does sugar feed cancer", {"sugar"}, {"cancer"}),
        ("can a mole become melanoma", {"mole"}, {"melanoma"}),
        ("does bonafix (alendrol) cause cramps", {"bonafix", "alendrol"}, {"cramp"}),
        ("is a lump a sign of cancer", {"lump"}, {"cancer"}),
        ("are pans linked to cancer", {"pan"}, {"cancer"}),
        ("can i go on alendrol", {"alendrol"}, set()),
        ("can i drink on alendrol", {"alendrol"}, {"drink"}),
        ("does milk make fractures less likely", {"milk"}, {"fractur"}),
        ("does milk prevent fractures in my baby", {"milk"}, {"fractur"}),
        ("does milk harm babies", {"milk"}, {"babi"}),
    ],
)
def test_the_two_things_that_a_closed_question_tells_apart(question: str, of: set[str], effect: set[str]) -> None:
    asked = asked_effect(question)
    assert asked is not None
    assert (set(asked.of), set(asked.effect)) == (of, effect)


@pytest.mark.parametrize(
    "question", ["does it cause pain", "what causes pain", "is alendrol dangerous", "alendrol"]
)
def test_other_questions_name_no_two_things(question: str) -> None:
    assert asked_effect(question) is None


def test_the_effect_of_another_thing_is_not_quoted(tmp_path: Path) -> None:
    assert answer_of(tmp_path, PAGES, "does alendrol cause weight gain") is None


def test_the_effect_of_that_thing_is_quoted(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, PAGES, "do steroids cause weight gain")
    assert answer is not None
    assert answer.text.startswith("Steroids may cause weight gain")


def test_what_its_kind_does_is_quoted_of_a_thing(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, PAGES, "does alendrol cause hearing loss")
    assert answer is not None
    assert answer.text.startswith("Bonafates may cause hearing loss.")


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("is alendrol a bonafate", True),
        ("is alendrol chemotherapy", True),
        ("is alendrol expensive", False),
        ("is alendrol a problem", False),
        ("is alendrol for bones", False),
        ("is denozol a bonafate", False),
    ],
)
def test_questions_of_kind(question: str, *, asks: bool) -> None:
    assert asks_what_kind(question, frozenset({"alendrol"})) is asks


@pytest.mark.parametrize(
    "question", ["alendrol stopped working", "what can i take instead of alendrol", "how safe is alendrol"]
)
def test_uses_are_not_quoted_to_who_asks_something_else(tmp_path: Path, question: str) -> None:
    answer = answer_of(tmp_path, PAGES, question)
    assert answer is None or "approved" not in answer.text


def test_an_effect_needs_no_such_word_to_be_quoted(tmp_path: Path) -> None:
    page = "# Alendrol\n\nAlendrol is a tablet for weak bones.\n\n## First days\n\nAlendrol can cause nausea.\n"
    answer = answer_of(tmp_path, {"alendrol.md": page}, "what are the side effects of alendrol")
    assert answer is not None
    assert "can cause nausea" in answer.text


def test_what_there_is_in_its_place_is_quoted(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, PAGES, "what can i take instead of alendrol")
    assert answer is not None
    assert "denozol is the alternative" in answer.text


def test_uses_are_quoted_to_who_asks_for_them(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, PAGES, "what is alendrol used for")
    assert answer is not None
    assert "approved to treat" in answer.text


def test_what_kind_it_is_is_told_and_not_what_it_is_used_for(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, PAGES, "is alendrol a chemotherapy")
    assert answer is not None
    assert answer.text.startswith("Alendrol is a tablet that belongs to the bonafates.")


GIFTS = (
    "# Gifts\n\n## What may be taken\n\nYou may accept gifts up to £25. Lists are kept. Money is always refused.\n"
)


def test_an_exception_is_quoted_to_who_asks_about_it(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, {"gifts.md": GIFTS}, "am i allowed to accept money")
    assert answer is not None
    assert "Money is always refused." in answer.text


@pytest.mark.parametrize(
    ("text", "is_of_another"),
    [("Most visits last an hour.", True), ("Tiredness lasts for weeks.", False)],
)
def test_a_time_of_something_else_is_not_how_long_it_lasts(text: str, *, is_of_another: bool) -> None:
    sought = sought_by("how long does tiredness last")
    assert is_a_time_of_another(quote_below("Visits", text), sought) is is_of_another


@pytest.mark.parametrize(
    ("text", "is_of_another"),
    [
        ("After the operation most people work again within two weeks.", True),
        ("Exercise may begin six weeks later.", False),
    ],
)
def test_the_time_since_something_is_not_that_of_what_follows_it(text: str, *, is_of_another: bool) -> None:
    sought = sought_by("how soon after an operation can i exercise")
    assert is_a_time_of_another(quote_below("Visits", text), sought) is is_of_another


@pytest.mark.parametrize(
    ("text", "is_left_out"),
    [
        ("The secondary endpoints included side effects and quality of life.", True),
        ("The primary endpoint, survival, was longer with alendrol.", False),
    ],
)
def test_what_a_trial_was_to_measure_is_no_answer(text: str, *, is_left_out: bool) -> None:
    assert is_beside(quote_below("Study", text), sought_by("side effects of alendrol")) is is_left_out


def test_no_time_is_quoted_where_all_are_of_something_else(tmp_path: Path) -> None:
    page = {"visits.md": "# Visits\n\nMost visits last for 20 to 40 minutes.\n"}
    assert answer_of(tmp_path / "a", page, "how long does tiredness last") is None
    assert answer_of(tmp_path / "b", page, "how long do visits last") is not None
