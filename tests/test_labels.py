"""Labels: what a line says it is about counts as a heading of the best passage, and of others where it is all."""

import pytest

from retriever.abstention.labels import labels
from retriever.index import Index
from tests.hashed_collection import evidence_of, ingested

PAGES = {
    "glossary.md": "# Words we use\n\nPeopleTool: the system for leave.\n\nSpendWell: the system for receipts.\n",
    "money.md": "# Money\n\nHand in receipts in SpendWell within 30 days, and SpendWell pays in May.\n",
    "office.md": "# Office\n\nThe yard holds bicycles, and showers stand in the basement.\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """A handbook with a glossary."""
    return Index.open(ingested(tmp_path_factory, PAGES))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SpendWell: the system for receipts.\n- Port – a small disc", ["SpendWell", "Port"]),
        ('"Definitely lost" means your program leaks memory.', ["Definitely lost"]),
        ("A port is a small disc.\nports are small", ["A port", "ports"]),
        ("Warning signs\n- fever\n- chills", ["Warning signs"]),
        ("Ports\n: small discs", []),
        ("Call your doctor if you have one of these: fever", []),
        ("Nothing here\nat 10:30 we leave", []),
        ("Hand it in: 12", ["Hand it in"]),
        ("Nothing:", []),
    ],
)
def test_a_label_is_a_short_name_before_what_is_said_of_it(text: str, found: list[str]) -> None:
    assert list(labels(text)) == found


def test_a_label_that_is_all_that_is_asked_heads_a_passage_of_any_rank(index: Index) -> None:
    assert evidence_of(index, "what is SpendWell?").headed == 1
    assert evidence_of(index, "what is PeopleTool?").headed == 1
    assert evidence_of(index, "where are the showers?").headed == 0
