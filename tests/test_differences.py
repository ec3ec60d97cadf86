"""Differences: quantities in one unit, and statements that contradict each other on what was asked."""

import pytest

from retriever.answers.chosen.differences import QuantityKind, differ, quantities
from retriever.questions.facets import Facet


@pytest.mark.parametrize(
    ("sentence", "kind", "expected"),
    [
        ("Given every six months.", QuantityKind.INTERVAL_DAYS, {180}),
        ("Given twice a year.", QuantityKind.INTERVAL_DAYS, {180}),
        ("Take it once a week, or 10 mg daily.", QuantityKind.INTERVAL_DAYS, {7, 1}),
        ("Every other day.", QuantityKind.INTERVAL_DAYS, {2}),
        ("A six-monthly injection.", QuantityKind.INTERVAL_DAYS, {180}),
        ("Take 0.5 g or 1,000 mg.", QuantityKind.MASS_MG, {500, 1_000}),
        ("It is 8.5 mg/dL.", QuantityKind.MASS_MG, set()),
        ("One in five people, or 20 percent.", QuantityKind.PERCENT, {20}),
        ("It takes 10 to 20 minutes.", QuantityKind.DURATION_DAYS, {10 / 1_440, 20 / 1_440}),
        ("Every 3 months.", QuantityKind.DURATION_DAYS, set()),
        ("Women aged 65 or over.", QuantityKind.AGE_YEARS, {65}),
    ],
)
def test_quantities_are_read_in_one_unit(sentence: str, kind: QuantityKind, expected: set[float]) -> None:
    assert sorted(map(float, quantities(sentence, kind))) == pytest.approx(sorted(expected))


@pytest.mark.parametrize(
    ("one", "other", "facet", "expected"),
    [
        ("Given every six months.", "Given every four weeks.", Facet.HOW_OFTEN, True),
        ("Given every six months.", "Given twice a year.", Facet.HOW_OFTEN, False),
        ("Given every six months.", "Given with food.", Facet.HOW_OFTEN, False),
        ("The dose is 60 mg.", "The dose is 120 mg.", Facet.DOSE, True),
        ("The dose is 60 mg.", "The dose is 120 mg.", Facet.HOW_OFTEN, False),
        ("It takes 15 minutes.", "It lasts for 5 years.", Facet.HOW_LONG, False),
        ("It takes 15 minutes.", "It takes 30 minutes.", Facet.HOW_LONG, True),
        ("Pregnant women can take denosumab.", "Pregnant women cannot take denosumab.", Facet.WHO, True),
        ("Denosumab is safe in pregnancy.", "Raloxifene is not safe with clots.", Facet.WHO, False),
    ],
)
def test_only_what_was_asked_can_differ(one: str, other: str, facet: Facet, expected: bool) -> None:
    assert differ(one, other, (facet,)) is expected
    assert differ(other, one, (facet,)) is expected
