"""What a message asks: its parts, those of them that ask, and what they lean on."""

from collections.abc import Sequence

import pytest

from retriever.questions.messages import (
    MOST_READINGS,
    asking_parts,
    asks,
    is_repetition,
    named_before,
    parts_of,
    readings,
)


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("can i have a flu shot", ["can i have a flu shot"]),
        ("Hello all. Is it 2.5 mg? Thanks!", ["Hello all.", "Is it 2.5 mg?", "Thanks!"]),
        ("we moved house, can i still drive, thanks", ["we moved house", "can i still drive", "thanks"]),
        ("is it for fever, chills, and a cough", ["is it for fever, chills, and a cough"]),
        ("is it rare, best wishes from Ann", ["is it rare", "best wishes from Ann"]),
        ("?!", ["?!"]),
    ],
)
def test_a_message_is_parted_at_sentences_and_where_one_runs_on(message: str, parts: list[str]) -> None:
    assert list(parts_of(message)) == parts


@pytest.mark.parametrize(
    ("part", "does"),
    [
        ("hi, can i drink coffee", True),
        ("i was wondering whether coffee is allowed", True),
        ("we are looking for a cleaner", True),
        ("coffee during chemotherapy?", True),
        ("my skin is red", False),
        ("when i had my scan the nurse was rude", False),
        ("I would like to know before then", False),
        ("can anyone help me please?", False),
    ],
)
def test_a_part_asks_by_its_form_where_it_says_of_what(part: str, does: bool) -> None:
    assert asks(part) is does


def read(message: str) -> Sequence[str]:
    """The readings as texts."""
    parts = parts_of(message)
    return [" ".join(parts[place] for place in places) for places in readings(parts)]


@pytest.mark.parametrize(
    ("message", "texts"),
    [
        ("My aunt has a dog. Can I drink coffee? What of tea?", ["Can I drink coffee? What of tea?"]),
        ("The line was busy. My skin is red.", ["The line was busy.", "My skin is red."]),
        # They who work there need not have been told of.
        ("I am 71. How do they put in a port?", ["How do they put in a port?"]),
        ("I take tablets. Do they cause nausea?", []),
        ("Can I drink coffee?", []),
        ("Can I drink coffee? Is tea allowed?", []),
        # What is asked leans on what was told.
        ("I take alendronate. Should I stop the tablets before an operation?", []),
        ("My sister takes bazedoxifene. Does it cause clots?", []),
        ("My husband uses morphine at night. Is that dangerous?", []),
        ("My father fell twice at night. What makes a bathroom safe for him?", []),
        ("Sumatriptan 5 mg. I need to know if these contain gluten", []),
        # What asks says nothing, or names one thing: it is asked of all that was told.
        ("Fever and burning since last night. I am 38. Prostate?", []),
        ("My stool is black since Monday. Could be the iron tablets?", []),
        ("My stool is black. Could tea be harmful?", ["Could tea be harmful?"]),
        ("Her leg looks shorter. What now", []),
        ("My aunt fell. Should I call an ambulance?", []),
        ("My aunt fell. Should I get a dog?", ["Should I get a dog?"]),
        ("Her leg looks shorter. What should I do about the landlord?", ["What should I do about the landlord?"]),
        ("Hello! Osteoporosis?", ["Osteoporosis?"]),
        ("I have a dog. Is tea allowed? Coffee?", ["Is tea allowed? Coffee?"]),
        # Whose illness it is, is not what is asked.
        ("I have colon cancer. My landlord raises the rent.", ["My landlord raises the rent."]),
        ("I have colon cancer. I need a wheelchair.", ["I need a wheelchair."]),
        ("Hello! Thanks.", []),
    ],
)  # fmt: skip
def test_what_may_be_all_that_a_message_asks(message: str, texts: list[str]) -> None:
    assert read(message) == texts


@pytest.mark.parametrize(
    ("parts", "asking"),
    [
        (["My skin is red.", "Is tea allowed?"], ["Is tea allowed?"]),
        (["My skin is red.", "Cancer?"], ["My skin is red.", "Cancer?"]),
        (["My skin is red.", "What now"], ["My skin is red.", "What now"]),
        (["My skin is red.", "Thanks."], []),
    ],
)
def test_the_parts_that_ask_are_all_where_it_is_asked_of_all(parts: list[str], asking: list[str]) -> None:
    assert list(asking_parts(parts)) == asking


def test_a_message_of_very_many_parts_is_searched_as_a_whole() -> None:
    parts = [f"My skin peels at place {number}." for number in range(MOST_READINGS + 1)]
    assert len(readings(parts[:-1])) == MOST_READINGS
    assert not readings(parts)


def test_what_somebody_takes_is_asked_of_where_the_question_leans_on_it() -> None:
    told = "My sister takes bazedoxifene for her bones."
    assert named_before(f"{told} What dose is normal and does it cause clots?") == ["bazedoxifene"]
    assert named_before(f"{told} Can cheese prevent fractures?") == []
    assert named_before("Does it cause clots? My sister takes bazedoxifene.") == []


@pytest.mark.parametrize(
    ("message", "is_one"),
    [
        ("bone bone bone the of and never", True),
        ("Bone, bone, bone!", True),
        ("help help help my bone hurts", False),
        ("bone after bone after bone", False),
        ("is bone bone", False),
    ],
)
def test_a_word_said_again_and_again_is_no_question(message: str, is_one: bool) -> None:
    assert is_repetition(message) is is_one
