"""Standing alone: which sentences say, taken out of their page, what they say there."""

import pytest

from retriever.answers.quotable.standing_alone import (
    is_label,
    is_statement,
    leans_on_another,
    leans_on_heading,
    points_elsewhere,
)


@pytest.mark.parametrize(
    ("sentence", "is_one"),
    [
        ("Watchful waiting is care without treatment.", True),
        ("Seeds hold the radiation source in the bone.", True),
        ("The risk of rare problems is described as small by most doctors.", True),
        ("Here are some tips for you.", False),
        ("The table below lists the doses.", False),
        ("Drawing of the bones of a hand.", False),
        ("This summary is about bones.", False),
        ("For general information, see the page on bones.", False),
        ("Stage two (1).", False),
        ("[Level 2] Bones are thin.", False),
        ("Biopsy of a bone.", False),
        ("Play the video about bones.", False),
        ("Watch the film about bones and falls.", False),
        ("Rare problems are described on separate pages: jaw problems and thigh bones.", False),
        ("Why that matters is explained under stopping treatment.", False),
        ("Bones thin again within months; why is explained under stopping treatment.", True),
        ("Bones; why they thin is explained under stopping treatment.", False),
    ],
)
def test_pointers_captions_and_names_are_no_statements(sentence: str, is_one: bool) -> None:
    assert is_statement(sentence) is is_one


@pytest.mark.parametrize(
    ("sentence", "leans"),
    [
        ("It is safe.", True),
        ("This is safe.", True),
        ("These include pain.", True),
        ("They stop.", True),
        ("However, bones thin.", True),
        ("Such pain is rare.", True),
        ("If they stop, bones thin.", True),
        ("In these people bones thin.", True),
        ("Women with this disease fall.", True),
        ("But bones thin.", True),
        ("Not everyone with these risk factors falls.", True),
        ("Both of them help.", True),
        ("For example, walking helps.", True),
        ("Other drugs help.", True),
        ("Another sign is pain.", True),
        ("Also, bones thin.", True),
        ("Both types help.", True),
        ("Most of them fall.", True),
        ("The drug is given weekly.", True),
        ("The study found less pain.", True),
        ("In the trial, pain fell.", True),
        ("Next, rest.", True),
        ("It is sometimes used to treat pain.", True),
        ("It is given to children.", True),
        ("It is thought to help.", True),
        ("It takes an hour.", True),
        ("It takes 4 to 6 hours to do this.", True),
        ("There is no cure.", False),
        ("It is important to drink.", False),
        ("Bones thin.", False),
        ("Thousands fall each year.", False),
        ("Thistles grow.", False),
        ("Italy has many.", False),
        ("The pain is rare.", False),
        ("Foods such as milk help.", False),
        ("Both men and women fall.", False),
        ("Other than pain, all is well.", False),
        ("The drug denosumab is given weekly.", False),
        ("The test for calcium is simple.", False),
        ("The two main types are rare.", False),
        ("Other-worldly dreams are rare.", False),
        ("It is thought that bones thin.", False),
        ("It may be hard for you to sleep.", False),
        ("It takes an hour to 90 minutes to set the bone.", False),
        ("It can take several weeks for hair to grow.", False),
    ],
)
def test_words_that_point_back_are_told_from_those_that_resemble_them(sentence: str, leans: bool) -> None:
    assert leans_on_another(sentence) is leans


@pytest.mark.parametrize(
    ("sentence", "leans"),
    [
        ("Cancer has spread to the bones.", True),
        ("The tumor is larger than a pea.", True),
        ("A test that shows bones.", True),
        ("Cancer is a disease of cells.", False),
    ],
)
def test_what_only_a_heading_names_is_recognised(sentence: str, leans: bool) -> None:
    assert leans_on_heading(sentence) is leans


def test_a_label_is_a_name_and_no_statement() -> None:
    assert is_label("Stage two bone cancer.")
    assert not is_label("Bones thin and break when people are old and frail.")
    assert not is_label("Is it safe?")


@pytest.mark.parametrize(
    ("sentence", "points"),
    [
        ("For a list of the tests that find gout, see Tests for Gout.", True),
        ("To hear how others cope with gout, please see Living With Gout.", True),
        ("For pain that lasts longer than a week, see your doctor.", False),
    ],
)
def test_a_sentence_that_ends_in_where_to_look_points_there(sentence: str, points: bool) -> None:
    assert points_elsewhere(sentence) is points
