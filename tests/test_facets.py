"""Facets: which side of its subject a question asks about."""

import pytest

from retriever.questions.facets import Facet, facets_of_question


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("What is osteoporosis?", (Facet.WHAT_IS,)),
        ("What are the side effects of denosumab?", (Facet.SIDE_EFFECTS,)),
        ("How often is it given?", (Facet.HOW_OFTEN,)),
        ("How long does a scan take?", (Facet.HOW_LONG, Facet.DIAGNOSIS)),
        ("How long do I wait between scans?", (Facet.HOW_OFTEN, Facet.DIAGNOSIS)),
        ("How long must I leave between iron and calcium?", (Facet.HOW_LONG,)),
        ("Who should not take alendronate?", (Facet.WHO,)),
        ("What happens when I stop denosumab?", (Facet.STOPPING,)),
        ("What is the dose of teriparatide?", (Facet.DOSE,)),
        ("How can I prevent falls?", (Facet.PREVENTION,)),
        ("WHAT ARE THE SIDE EFFECTS?", (Facet.SIDE_EFFECTS,)),
        ("denosumab", ()),
        ("Is a drug holiday safe?", (Facet.STOPPING,)),
        ("My holiday in Spain", ()),
        ("Is it harmful?", (Facet.SIDE_EFFECTS,)),
        ("Are most of them harmless?", ()),
        ("the pharmacy", ()),
        ("Gleevec stopped working", ()),
        ("Can I have it in pregnancy?", (Facet.WHO,)),
        ("What is a molar pregnancy?", (Facet.WHAT_IS,)),
        ("Does a blood test show it?", (Facet.DIAGNOSIS,)),
        ("run the unit tests", ()),
    ],
)
def test_a_questions_facets_are_recognised(question: str, facets: tuple[Facet, ...]) -> None:
    assert facets_of_question(question) == facets
