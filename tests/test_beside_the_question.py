"""Beside the question: what a quote tells that was not asked, and the stand or figure that it owes."""

import pytest

from retriever.answers.judged.beside_the_question import is_beside, takes_no_stand
from tests.small_answers import quote_below, sought_by

TEAM = "Broken hips are managed by a team that meets once a week."
GINGER = "Participants took ginger capsules for six days."
LINKED = "A summary of information about this drug that may include its unwanted effects."
NO_RESULT = "The trial was designed to test whether milk helps to prevent gout."


@pytest.mark.parametrize(
    ("question", "quote", "beside"),
    [
        ("how are broken hips treated", TEAM, True),
        ("who treats broken hips", TEAM, False),
        ("what is bone care", "The Bone Care Editorial Board consists of experts in bone care.", True),
        ("does swimming cause falls", "A fact sheet about falls linked to swimming.", True),
        ("how long do I keep still after the injection", "Pain improves after the injection.", True),
        ("does the pain improve", "Pain improves after the injection.", False),
        ("can ginger help bones", GINGER, True),
        ("what did participants take", GINGER, False),
        ("what is alendronate", LINKED, True),
        ("How often does this happen?", "One in ten people has it.", False),
        ("does milk prevent gout", NO_RESULT, True),
        ("does milk prevent gout", "Men at risk of gout were not eligible to participate.", True),
        ("which men were in the milk trial", "Men at risk of gout were not eligible to participate.", False),
        ("how many lumps turn into gout", "Of 80 people with lumps 12 died.", True),
        ("how many lumps turn into gout", "One in ten lumps will progress to gout.", False),
        ("how many people have lumps", "Of 80 people with lumps 12 died.", False),
        ("does milk prevent gout", "The trial was designed to test milk, and found fewer cases.", False),
    ],
)
def test_who_treats_what_a_page_is_and_how_a_study_was_done_are_beside_most_questions(
    question: str, quote: str, beside: bool
) -> None:
    assert is_beside(quote_below("Bones", quote), sought_by(question)) is beside


@pytest.mark.parametrize(("heading", "beside"), [("Source", True), ("Sources of calcium", False)])
def test_what_a_page_is_drawn_from_answers_nothing(heading: str, beside: bool) -> None:
    quote = quote_below(heading, "Annual meeting of bone doctors, 2007.")
    assert is_beside(quote, sought_by("is alendronate safe")) is beside


@pytest.mark.parametrize(
    ("question", "introduction", "item", "beside"),
    [
        (
            "is alendronate safe",
            "A summary of useful information, among it:",
            "side effects",
            True,
        ),
        ("is alendronate safe", "It may include:", "side effects", False),
        ("Is it safe?", "Ask:", "Is it safe?\n- Does it hurt?", True),
        ("What should I ask?", "Ask:", "Is it safe?\n- Does it hurt?", False),
    ],
)
def test_what_a_link_leads_to_and_questions_are_lists_beside_most_questions(
    question: str, introduction: str, item: str, beside: bool
) -> None:
    quote = quote_below("Use", f"{introduction}\n- {item}", introduction=introduction)
    assert is_beside(quote, sought_by(question)) is beside


@pytest.mark.parametrize(
    ("question", "gives", "gives_not"),
    [
        ("How often do I need a scan?", "A scan is repeated every year.", "You can go home within two weeks."),
        ("How long does a scan take?", "A scan takes ten minutes.", "A scan does not hurt."),
        ("How common are broken hips?", "About one in ten breaks a hip.", "A broken hip is a broken bone."),
        ("What is the survival rate?", "Of 100 people 40 live five years.", "The growth is of any size."),
        ("What are my chances?", "The outlook is good for most people.", "The growth has a shell."),
        ("how long does the swelling last", "It goes down in 2 weeks.", "It goes down once treatment is over."),
        ("how long does the swelling last", "It is chronic.", "Swelling goes down."),
        ("how long does the swelling last", "Swelling is usually temporary.", "Swelling goes down."),
        (
            "What are the chances of melanoma coming back?",
            "It comes back in one of ten people.",
            "One in 34 people gets melanoma.",
        ),
        ("How often is it given, and what are its side effects?", "It may cause a rash.", "It is kept cold."),
    ],
)
def test_who_asks_for_a_figure_is_not_told_another_thing(question: str, gives: str, gives_not: str) -> None:
    sought = sought_by(question)
    assert not is_beside(quote_below("Bones", gives), sought)
    assert is_beside(quote_below("Bones", gives_not), sought)


@pytest.mark.parametrize(
    ("question", "heading", "quote", "takes_none"),
    [
        ("is there a vaccine against falls", "Falls", "Vaccines against falls are studied.", True),
        ("is there a vaccine against falls", "Falls", "A scan (that shows there is no break) may be wrong.", True),
        ("is there a vaccine against falls", "Falls", "There is no vaccine against falls.", False),
        ("is a bone cyst dangerous", "Bone cysts", "Bone cysts are filled with fluid.", True),
        ("is a bone cyst dangerous", "Bone cysts", "Bone cysts are rarely a cause of pain.", False),
        ("how long do bone cysts last", "Bone cysts", "Bone cysts are filled with fluid.", False),
        ("alendronate side effects", "Use", "Alendronate is a bisphosphonate.", True),
        ("alendronate side effects", "Use", "Alendronate may cause heartburn.", False),
        ("alendronate side effects", "Side effects", "Heartburn is common.", False),
        ("how are side effects of alendronate treated", "Use", "Alendronate is a bisphosphonate.", False),
        ("Is the numbness permanent?", "Nerves", "It may continue for years.", False),
        ("Is the numbness permanent?", "Nerves", "It is a nerve problem.", True),
        ("Who should not get the jab?", "Jabs", "Do not have it when ill.", False),
        ("Who should not get the jab?", "Jabs", "It is for all adults.", True),
        ("What happens if gout is not treated?", "Gout", "Untreated gout spreads.", False),
        ("What happens if gout is not treated?", "Gout", "Pills treat gout.", True),
        ("What happens if you don't treat gout?", "Gout", "If left alone it grows.", False),
        ("What happens if you don't treat gout?", "Gout", "Pills treat it.", True),
    ],
)
def test_to_who_wants_a_stand_taken_a_mention_is_no_answer(
    question: str, heading: str, quote: str, takes_none: bool
) -> None:
    assert takes_no_stand(quote_below(heading, quote), sought_by(question)) is takes_none
