"""Wants: what a question asks for more closely than its facet says, and which words speak to it."""

import pytest

from retriever.answers.wanted.asked_facets import asked_facets
from retriever.answers.wanted.want_patterns import Want
from retriever.answers.wanted.wants import asks_for_advice, asks_for_research, meets, wants_of
from retriever.questions.facets import Facet, facets_of_question


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("is bone cancer hereditary", (Want.INHERITED,)),
        ("Is bone cancer curable?", (Want.CURABLE,)),
        ("can you die from bone cancer", (Want.FATAL,)),
        ("at what age should I start scans", (Want.AGE,)),
        ("when to start scans", (Want.AGE,)),
        ("risk factors for falls", (Want.RISK,)),
        ("treatments for bone cancer", (Want.TREATMENTS,)),
        ("how is a bone scan done", (Want.PROCEDURE,)),
        ("how does denosumab work", (Want.MECHANISM,)),
        ("how do I cope with pain", (Want.COPING,)),
        ("what should I ask my doctor", (Want.QUESTIONS,)),
        ("What is zoledronic acid used for?", (Want.USE,)),
        ("denosumab uses", (Want.USE,)),
        ("gleevec what for", (Want.USE,)),
        ("what is gleevec for?", (Want.USE,)),
        ("what is it used to treat", (Want.USE,)),
        ("Does calcium work?", (Want.EFFECT,)),
        ("is ginger good for gout", (Want.EFFECT,)),
        ("what causes falls", (Want.CAUSE,)),
        ("how long does the pain last", (Want.FIGURE,)),
        ("how many weeks does gout last", (Want.FIGURE,)),
        ("How often do I take it?", (Want.FIGURE,)),
        ("how many people get gout each year", (Want.SHARE,)),
        ("How often does this fracture happen?", (Want.SHARE,)),
        ("brand name of zoledronic acid", (Want.NAMES,)),
        ("is there a vaccine against falls", (Want.EXISTS,)),
        ("is a bone cyst dangerous", (Want.DANGER,)),
        ("is shingles contagious", (Want.CONTAGIOUS,)),
        ("can men get osteoporosis", (Want.OCCURS,)),
        ("can I take calcium with denosumab", (Want.ALLOWED,)),
        ("is it safe to fly with brittle bones", (Want.ALLOWED,)),
        ("what are the side effects of alendronate", (Want.SIDE_EFFECTS,)),
        ("alendronate side effects", (Want.SIDE_EFFECTS,)),
        ("What happens if gout is not treated?", (Want.UNTREATED,)),
        ("what can I take for bone pain", ()),
        ("denosumab", ()),
        ("My dad died at the age of 58. His bones broke. Is denosumab curable?", (Want.CURABLE,)),
    ],
)
def test_what_a_question_wants_is_recognised(question: str, wants: tuple[Want, ...]) -> None:
    assert wants_of(question) == wants


@pytest.mark.parametrize(
    "question", ["how are side effects of alendronate treated", "how long do the side effects last"]
)
def test_who_asks_what_to_do_about_side_effects_does_not_ask_for_them(question: str) -> None:
    assert Want.SIDE_EFFECTS not in wants_of(question)


def test_words_meet_a_want_and_a_heading_meets_half_of_it() -> None:
    wants = (Want.CURABLE,)
    assert meets(wants, "Some cases are cured.", ()) == 1.0
    assert meets(wants, "Some cases are rare.", ("Outlook",)) == 0.5
    assert meets(wants, "Some cases are rare.", ()) == 0.0
    assert meets((), "Some cases are cured.", ()) == 0.0


def test_who_asks_for_studies_wants_to_hear_of_them() -> None:
    assert asks_for_research("What studies are being done?")
    assert not asks_for_research("What does it cost?")


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("can I drink tea while having chemotherapy", ()),
        ("is gout treated with surgery", (Facet.TREATMENT,)),
        ("What happens if gout is not treated?", ()),
        ("can milk stop me getting gout", (Facet.PREVENTION,)),
        ("does milk stop bones breaking", (Facet.PREVENTION,)),
        ("can I stop the tablets while driving", (Facet.STOPPING,)),
        ("can I stop the tablets", (Facet.STOPPING,)),
        ("How often does this happen?", (Facet.HOW_MANY,)),
        ("What is CAR T-cell therapy?", (Facet.WHAT_IS,)),
    ],
)
def test_quotes_are_chosen_by_the_sides_that_are_asked_for(question: str, facets: tuple[Facet, ...]) -> None:
    assert asked_facets(question, facets_of_question(question)) == facets


@pytest.mark.parametrize(
    ("want", "said", "beside"),
    [
        (Want.INHERITED, "Gout often runs in families.", "Gout hurts."),
        (Want.FATAL, "Few people die of gout.", "Gout hurts."),
        (Want.AGE, "Start at age 50.", "Start with one tablet."),
        (Want.DIAGNOSED, "An ultrasound shows it.", "Rest helps it."),
        (Want.RISK, "Meat raises the risk.", "Meat is red."),
        (Want.TREATMENTS, "Treatment may include surgery or drugs.", "Bones are hard."),
        (Want.PROCEDURE, "A tube is inserted.", "Gout hurts."),
        (Want.MECHANISM, "It works by blocking an enzyme.", "It is a tablet."),
        (Want.COPING, "Rest may help.", "Gout hurts."),
        (Want.QUESTIONS, "Which tests will I have?", "You will have tests."),
        (Want.USE, "It is approved to treat gout.", "It is a tablet."),
        (Want.EFFECT, "Studies have shown no benefit.", "It is a tablet."),
        (Want.CAUSE, "Gout is caused by crystals.", "Gout hurts."),
        (Want.FIGURE, "It takes two weeks.", "It takes patience."),
        (Want.SHARE, "It comes in 3 of 100 people, or 3 percent.", "It comes and goes."),
        (Want.CONTAGIOUS, "It spreads from one person to another person, and is infectious.", "Gout hurts."),
        (Want.OCCURS, "Gout is rare in children.", "Gout hurts."),
        (Want.ALLOWED, "You should not drink beer.", "Beer is brown."),
        (Want.EXTENT, "The cancer has spread.", "The cancer is small."),
        (Want.MEANING, "A high value is a sign of gout, and means rest.", "Gout hurts."),
    ],
)
def test_what_is_wanted_is_told_from_what_stands_beside_it(want: Want, said: str, beside: str) -> None:
    assert meets((want,), said, ()) == 1.0
    assert meets((want,), beside, ()) == 0.0


@pytest.mark.parametrize(
    ("want", "heading"),
    [
        (Want.DIAGNOSED, "How gout is diagnosed"),
        (Want.RISK, "Who is at risk"),
        (Want.TREATMENTS, "Treatment"),
        (Want.COPING, "Ways to cope"),
        (Want.CAUSE, "Causes"),
        (Want.ALLOWED, "Is it safe?"),
        (Want.EXCLUDED, "Who should not take it"),
        (Want.QUESTIONS, "Questions for your doctor"),
    ],
)
def test_a_heading_announces_what_is_wanted(want: Want, heading: str) -> None:
    assert meets((want,), "Gout hurts.", (heading,)) == 0.5


@pytest.mark.parametrize(
    ("question", "wants_advice"),
    [("how do i cope with gout", True), ("is gout rare", False), ("should i rest", True)],
)
def test_who_wants_to_be_told_what_to_do_is_known(question: str, *, wants_advice: bool) -> None:
    assert asks_for_advice(question) is wants_advice


def test_who_asks_what_something_means_wants_its_meaning() -> None:
    assert Want.MEANING in wants_of("what does a high value mean")
