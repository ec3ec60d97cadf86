"""The tail: who asks for many hits gets, behind the first ones, what other readings and the same names find."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from retriever.index import Index
from retriever.query import Condition, Hit, Mode, Operator, Query
from retriever.ranking import tail
from retriever.ranking.ranking import OF_ANSWERS
from retriever.ranking.tail import HEAD
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder

FOODS = 60
ASKED = "What does kale do for bones?"
MESSAGE = f"My shed leaks and the roof wants tar. {ASKED}"
ELSEWHERE = ("gold.md", "lead.md")
"""What is called as the best text and says nothing of what is asked."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Answers called by questions: many on bones, some on roofs, and two more that are called as the best one."""
    folder: Path = tmp_path_factory.mktemp("answers")
    files = {
        f"{n:02}.md": f"# Food {n}\n\n## What is food {n} ?\n\n{'Bones are fine. ' * (n % 6)}Kind {n}."
        for n in range(FOODS)
    }
    files |= {f"roof{n}.md": f"# Roof {n}\n\n## Who mends ?\n\nShed {n} leaks: roof, tar." for n in range(4)}
    files |= {"best.md": "# Greens\n\n## What does it do ?\n\nWhat does kale do for bones? Much for bones."}
    files |= {name: f"# Greens\n\n## Who sells ?\n\nShops sell {name[:-3]} at ten." for name in ELSEWHERE}
    run_ingest(write_collection(folder / "pages", files), folder / "index")
    return Index.open(folder / "index")


@pytest.fixture(scope="module")
def retriever(index: Index) -> Retriever:
    return Retriever(index, HashingEncoder())


def paths(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.document.source_path for hit in hits]


def without_names(index: Index) -> Retriever:
    return Retriever(index, HashingEncoder(), ranking=replace(OF_ANSWERS, reads_on_by_name=False))


def test_what_is_called_as_the_first_hits_are_follows_the_head_in_turns(
    index: Index, retriever: Retriever
) -> None:
    query = Query(ASKED, top_k=50)
    plain, hits = without_names(index).retrieve(query).hits, retriever.retrieve(query).hits
    assert hits[:HEAD] == plain[:HEAD]
    assert paths(hits)[0] == "best.md"
    added = [path for path in paths(hits)[HEAD : HEAD + 4] if path not in paths(plain)[HEAD : HEAD + 2]]
    assert sorted(added) == sorted(ELSEWHERE)
    assert not set(ELSEWHERE) & set(paths(plain))
    assert paths(hits)[HEAD + 4 :] == paths(plain)[HEAD + 2 : -2]


def test_who_asks_for_no_more_than_the_head_gets_what_was_ranked(index: Index, retriever: Retriever) -> None:
    for text in (ASKED, MESSAGE):
        query = Query(text, top_k=HEAD)
        assert retriever.retrieve(query).hits == without_names(index).retrieve(query).hits
        assert retriever.retrieve(replace(query, top_k=50)).hits[:HEAD] == retriever.retrieve(query).hits


def test_behind_the_head_the_whole_message_is_heard_too(index: Index) -> None:
    retriever = without_names(index)
    asked, message = (retriever.retrieve(Query(text, top_k=40)) for text in (ASKED, MESSAGE))
    assert message.whole is not None
    assert paths(message.hits)[:HEAD] == paths(asked.hits)[:HEAD]
    assert not any(path.startswith("roof") for path in paths(asked.hits))
    assert sum(path.startswith("roof") for path in paths(message.hits)[HEAD:]) == 4


@pytest.mark.parametrize("text", [ASKED, MESSAGE])
def test_the_tail_is_ranked_like_any_hits(retriever: Retriever, text: str) -> None:
    query = Query(text, top_k=45, max_per_document=1)
    found = retriever.retrieve(query)
    hits = found.hits
    assert [hit.rank for hit in hits] == list(range(1, 46))
    assert all(one.score >= other.score for one, other in pairwise(hits))
    assert max(Counter(paths(hits)).values()) == 1
    alone = {hit.passage: (hit.dense, hit.lexical) for hit in retriever.retrieve(Query(ASKED, top_k=500)).hits}
    assert all((hit.dense, hit.lexical) == pytest.approx(alone[hit.passage]) for hit in hits)


def test_what_filters_leave_out_is_not_in_the_tail(retriever: Retriever) -> None:
    left_out = Condition(Operator.NIN, "source_path", (ELSEWHERE[0], "roof1.md"))
    found = paths(retriever.retrieve(Query(MESSAGE, top_k=60, filters=left_out)).hits)
    assert ELSEWHERE[1] in found
    assert "roof2.md" in found
    assert not {ELSEWHERE[0], "roof1.md"} & set(found)


@pytest.mark.parametrize(("constant", "value"), [("MOST_OF_A_NAME", 2), ("MOST_BY_NAME", 0), ("FIRST_HITS", 0)])
def test_names_bring_a_few_texts_of_a_few_names(
    index: Index, monkeypatch: pytest.MonkeyPatch, constant: str, value: int
) -> None:
    monkeypatch.setattr(tail, constant, value)
    found = paths(Retriever(index, HashingEncoder()).retrieve(Query(ASKED, top_k=50)).hits)
    assert not set(ELSEWHERE) & set(found)


def test_searches_of_one_kind_have_no_tail(index: Index, retriever: Retriever) -> None:
    for mode in (Mode.DENSE, Mode.LEXICAL):
        query = Query(MESSAGE, top_k=50, mode=mode)
        assert retriever.retrieve(query).hits == without_names(index).retrieve(query).hits
