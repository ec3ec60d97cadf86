"""Asked items: of a long list, the few that speak of what was asked."""

from dataclasses import replace
from pathlib import Path

from retriever.answers.answer import Answerer
from retriever.answers.chosen.asked_items import asked_items
from retriever.answers.judged.list_items import items_say
from retriever.index import Index
from retriever.query import Query
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder
from tests.small_answers import quotes_in

RINSES = (
    "To care for a dry mouth:\n\n- Clean the teeth and the mouth four times a day, with care and a soft brush."
    "\n- Floss once a day.\n- Sip water often, above all during the night and with every meal that you have."
    "\n- Rinse with salt in warm water.\n- Avoid sugar in food and in drinks, and tobacco as well, if you can."
)


def of_list(text: str, **words: float) -> list[str]:
    page = f"Dryness\n\n{text}"
    (whole,) = (one for one in quotes_in(f"Dryness\n\n{text}", heading="Dryness") if one.is_list)
    return [part.text for part in asked_items(whole, words, page)]


def test_of_a_long_list_the_item_that_was_asked_for_is_quoted_with_what_introduces_it() -> None:
    assert of_list(RINSES, rins=5.0, mouth=3.0) == ["To care for a dry mouth:", "- Rinse with salt in warm water."]


def test_a_list_is_quoted_whole_where_no_item_tells_more_than_the_others() -> None:
    for words in ({"mouth": 3.0}, {"gout": 9.0}, {"with": 0.1, "gout": 9.0}):
        assert len(of_list(RINSES, **words)) == 1


def test_a_short_list_is_quoted_whole() -> None:
    assert len(of_list("For a dry mouth:\n\n- floss\n- sip water\n- rinse\n- rest", rins=5.0)) == 1


def test_a_step_is_quoted_with_the_others() -> None:
    steps = RINSES.replace("\n- ", "\n1. ")
    assert len(of_list(steps, rins=5.0)) == 1


def test_an_item_is_quoted_with_the_one_that_it_is_set_in_below() -> None:
    inner = RINSES.replace("- Rinse with", "- At night:\n  - Sleep on your side.\n  - Rinse with")
    assert of_list(inner, rins=5.0)[1:] == ["- At night:", "- Rinse with salt in warm water."]
    assert len(of_list(inner, night=5.0)) == 1  # what stands below it would be missing


def test_a_list_says_yes_or_no_only_where_its_items_tell_of_what_was_asked() -> None:
    (whole,) = (one for one in quotes_in(f"Dryness\n\n{RINSES}", heading="Dryness") if one.is_list)
    assert items_say(whole, {"salt": 5.0, "mouth": 3.0})
    assert not items_say(whole, {"gout": 5.0, "mouth": 3.0})


def answer_below(tmp_path: Path, text: str, question: str) -> str:
    """The answer from one page, all of which is one passage."""
    page = {"a.md": f"# Dry mouth\n\n## Care\n\n{text}"}
    run_ingest(write_collection(tmp_path / "corpus", page), tmp_path / "index")
    index = Index.open(tmp_path / "index")
    hit = Retriever(index, HashingEncoder()).retrieve(Query(question)).hits[0]
    read = index.reading_text(hit.document.document_id)
    whole = replace(hit.passage, start_char=0, end_char=len(read), text=read)
    answer = Answerer(index, HashingEncoder()).answer(question, [replace(hit, rank=1, passage=whole)])
    assert answer is not None
    for span in answer.spans:
        said = answer.text[span.start_char : span.end_char]
        assert said == read[span.quote_start_char : span.quote_end_char]
    return answer.text


def test_an_answer_sets_the_item_below_what_introduces_it_each_with_its_own_span(tmp_path: Path) -> None:
    said = answer_below(tmp_path, RINSES, "should I rinse a dry mouth with salt")
    assert said == "To care for a dry mouth: [1]\n\n- Rinse with salt in warm water. [1]"


def test_what_follows_an_item_in_an_answer_is_no_part_of_it(tmp_path: Path) -> None:
    text = f"{RINSES}\n\nWarm salt water heals cracked lips beside a dry mouth."
    said = answer_below(tmp_path, text, "should I rinse a dry mouth with salt")
    assert (
        "- Rinse with salt in warm water. [1]\n\nWarm salt water heals cracked lips beside a dry mouth. [1]"
        in said
    )
