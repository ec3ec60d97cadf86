"""Sentences as quotes: each with what it leans on, or not at all."""

from tests.small_answers import texts_in


def test_a_sentence_stands_alone() -> None:
    assert texts_in("Bones thin with age. Walking keeps bones strong.") == [
        "Bones thin with age.",
        "Walking keeps bones strong.",
    ]


def test_a_sentence_that_leans_on_the_one_before_brings_it() -> None:
    assert texts_in("Denosumab is an antibody. It slows bone loss. However, it wears off fast.") == [
        "Denosumab is an antibody.",
        "Denosumab is an antibody. It slows bone loss.",
        "Denosumab is an antibody. It slows bone loss. However, it wears off fast.",
    ]


def test_a_sentence_that_leans_on_another_paragraph_is_not_quoted() -> None:
    assert texts_in("Denosumab is an antibody.\n\nIt slows bone loss.") == ["Denosumab is an antibody."]


def test_a_sentence_that_leans_on_what_the_passage_does_not_hold_is_not_quoted() -> None:
    text = "Denosumab is an antibody. It slows bone loss."
    assert texts_in(text, start=text.index("It")) == []


def test_a_sentence_that_the_passage_cuts_is_not_quoted() -> None:
    text = "Denosumab is an antibody. Bones thin when the injections stop."
    assert texts_in(text, end=len(text) - 5) == ["Denosumab is an antibody."]


def test_questions_captions_and_pointers_are_not_quoted() -> None:
    assert texts_in("What is denosumab? Enlarge picture\n\nSee the page on falls for more. Yes.") == []


def test_a_heading_that_is_a_sentence_is_quoted_and_one_that_is_a_name_is_not() -> None:
    assert texts_in("Falls break bones in old age.", heading="Falls break bones in old age.") == [
        "Falls break bones in old age."
    ]
    assert texts_in("Falls at home.\n\nWet floors are slippery.", heading="Falls at home.") == [
        "Wet floors are slippery."
    ]


def test_the_prose_below_a_numbered_question_is_running_text() -> None:
    text = "4. What is denosumab? Denosumab is an antibody. It slows bone loss.\n\n5. Is it safe?"
    assert texts_in(text) == ["Denosumab is an antibody.", "Denosumab is an antibody. It slows bone loss."]


def test_no_sentence_leans_on_a_bare_no() -> None:
    assert texts_in("No. It is a reading on a scale.") == []


def test_a_sentence_behind_its_paragraphs_label_brings_the_label() -> None:
    text = "Stage two. Cancer has spread to the bones. Treatment is harder."
    assert texts_in(text) == ["Stage two. Cancer has spread to the bones.", "Treatment is harder."]


def test_a_state_is_quoted_with_the_heading_that_says_whose_it_is() -> None:
    text = "Stage two\n\nCancer has spread to the bones."
    assert texts_in(text, heading="Stage two") == [text]


def test_a_state_whose_heading_is_not_in_the_passage_is_not_quoted() -> None:
    text = "Stage two\n\nCancer has spread to the bones."
    assert texts_in(text, start=text.index("Cancer"), heading="Stage two") == []


def test_a_definition_without_its_subject_is_quoted_with_its_heading() -> None:
    text = "Bone biopsy\n\nThe removal of a small piece of bone with a needle."
    assert texts_in(text, heading="Bone biopsy") == [text]


def test_a_sentence_that_leans_is_quoted_with_the_heading_that_is_a_sentence() -> None:
    text = "Gout can come back after it has been treated.\n\nIt may come back in the other foot."
    assert text in texts_in(text, heading="Gout can come back after it has been treated.")
    assert texts_in("Coming back\n\nIt may come back in the other foot.", heading="Coming back") == []
