"""What a question wants its quotes to say: one of a kind, yes or no, an item of a list, and for whom."""

from dataclasses import replace
from pathlib import Path

import pytest

from retriever.answers.answer import Answerer
from retriever.answers.wanted.asked_kind import asked_kind
from retriever.answers.judged.beside_the_question import is_beside
from retriever.answers.chosen.list_items import asked_items, items_say
from retriever.answers.judged.narrowing import is_for_others
from retriever.answers.quotable.quotes import Quote, quotes_of
from retriever.answers.wanted.sought import asks_for_a_list, is_closed, sought_facets
from retriever.answers.quotable.standing_alone import points_elsewhere
from retriever.answers.wanted.want_patterns import Want
from retriever.answers.wanted.wants import advises, says_little, wants_of
from retriever.document import Document, Metadata, Section
from retriever.index import Index
from retriever.passage import Passage
from retriever.query import Hit, Query
from retriever.questions.facets import Facet, facets_of_question
from retriever.retrieve import Retriever
from retriever.search.analyze import terms
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder


def quotes_below(heading: str, text: str) -> list[Quote]:
    page = f"{heading}\n\n{text}"
    section = Section(0, len(page), (heading,))
    document = Document("d", "d.md", "0" * 64, "0" * 64, Metadata(title="Page"), "Page", (section,))
    passage = Passage("d", 0, len(page), 0, len(page), (heading,), 9, page)
    return quotes_of(
        Hit(rank=1, passage=passage, document=document, score=1.0, dense=None, lexical=None), page, section
    )


def quote(text: str, *, heading: str = "About it") -> Quote:
    return quotes_below(heading, text)[0]


# --- the kind that is named ---


@pytest.mark.parametrize(
    ("question", "told", "untold"),
    [
        ("what virus causes shingles", "The varicella-zoster virus causes it.", "Shingles is caused by old age."),
        (
            "what virus causes cold sores",
            "A herpesvirus is in the sores of all.",
            "Some virus causes most of them.",
        ),
        ("which gene is changed in haemophilia", "The F8 gene is changed.", "In general the blood is thin."),
        (
            "which vitamin do bones need",
            "Vitamin D is a vitamin that bones need.",
            "Bones need sunlight and milk.",
        ),
        ("which minerals are in milk", "Milk holds minerals such as calcium.", "Milk is good for your bones now."),
        (
            "how many stitches does a cut need",
            "A cut needs three or four stitches.",
            "A cut needs small stitches.",
        ),
    ],
)
def test_one_of_a_kind_is_named_with_it_and_a_number_stands_before_what_is_counted(
    question: str, told: str, untold: str
) -> None:
    kind = asked_kind(question)
    assert kind is not None
    assert kind.is_named_in(quote(told))
    assert not kind.is_named_in(quote(untold))


def test_a_list_names_its_kind_in_what_introduces_it() -> None:
    kind = asked_kind("which foods have iron")
    assert kind is not None
    assert kind.is_named_in(quote("Foods to choose:\n\n- red meat\n- beans"))
    assert not kind.is_named_in(quote("Food comes first on the plate."))


@pytest.mark.parametrize(
    "question", ["what is gout", "what should I eat", "which one is better", "what side effects are there", "gout"]
)
def test_a_question_that_names_a_side_of_its_subject_or_nothing_names_no_kind(question: str) -> None:
    assert asked_kind(question) is None


# --- yes or no ---


@pytest.mark.parametrize(
    "question", ["does tea stain teeth", "gout, is it dangerous", "My toe hurts. Can I walk?", "so can I swim"]
)
def test_yes_or_no_answers_a_question_that_begins_with_its_verb(question: str) -> None:
    assert is_closed(question)


@pytest.mark.parametrize(
    "question", ["what does it mean", "how long is it", "gout in the toe", "tell me about tea"]
)
def test_yes_or_no_does_not_answer_others(question: str) -> None:
    assert not is_closed(question)


def test_treatment_that_goes_on_is_not_asked_for() -> None:
    question = "can I drink tea while having chemotherapy"
    assert sought_facets(question, facets_of_question(question)) == ()
    assert sought_facets("is gout treated with surgery", (Facet.TREATMENT,)) == (Facet.TREATMENT,)


def test_what_stops_something_from_coming_prevents_it() -> None:
    assert sought_facets("can milk stop me getting gout", (Facet.STOPPING,)) == (Facet.PREVENTION,)
    assert sought_facets("can I stop the tablets", (Facet.STOPPING,)) == (Facet.STOPPING,)


def test_ways_and_tips_are_advice_and_ways_of_telling_are_not() -> None:
    assert advises("Some ways to ease gout", is_list=True)
    assert not advises("Gout of the big toe and of the heel is named in three ways:", is_list=True)


def test_a_share_is_asked_apart_from_a_time() -> None:
    assert wants_of("how many people get gout each year") == (Want.SHARE,)
    assert wants_of("how many weeks does gout last") == (Want.FIGURE,)


@pytest.mark.parametrize(
    "sentence",
    [
        "For a list of the tests that find gout, see Tests for Gout.",
        "To hear how others cope with gout, please see Living With Gout.",
    ],
)
def test_a_sentence_that_ends_in_where_to_look_points_there(sentence: str) -> None:
    assert points_elsewhere(sentence)


def test_a_sentence_that_sends_to_a_doctor_says_something() -> None:
    assert not points_elsewhere("For pain that lasts longer than a week, see your doctor.")


@pytest.mark.parametrize(
    "sentence",
    [
        "It is important to know the stage of gout.",
        "There are drugs for gout that are not listed here.",
        "Get ideas on what to drink from this list of drinks.",
    ],
)
def test_what_only_announces_says_little(sentence: str) -> None:
    assert says_little(sentence, sentence, (), is_list=False)


def test_who_asks_whether_something_is_good_for_it_wants_to_hear_whether_it_helps() -> None:
    assert wants_of("is ginger good for gout") == (Want.EFFECT,)


def test_what_a_study_was_to_find_out_is_no_result() -> None:
    question = "does milk prevent gout"
    wants = wants_of(question)
    assert is_beside(question, "The trial was designed to test whether milk helps to prevent gout.", wants)
    assert not is_beside(question, "The trial was designed to test milk, and found fewer cases.", wants)


# --- the items of a list ---

RINSES = (
    "To care for a dry mouth:\n\n- Clean the teeth and the mouth four times a day, with care and a soft brush."
    "\n- Floss once a day.\n- Sip water often, above all during the night and with every meal that you have."
    "\n- Rinse with salt in warm water.\n- Avoid sugar in food and in drinks, and tobacco as well, if you can."
)


def of_list(text: str, **words: float) -> list[str]:
    page = f"Dryness\n\n{text}"
    (whole,) = (one for one in quotes_below("Dryness", text) if one.is_list)
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
    (whole,) = (one for one in quotes_below("Dryness", RINSES) if one.is_list)
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


def test_who_asks_for_a_side_that_pages_list_wants_all_of_the_list() -> None:
    assert asks_for_a_list("symptoms of gout in the toe", (Facet.SYMPTOMS,))
    assert not asks_for_a_list("is a red toe a symptom of gout", (Facet.SYMPTOMS,))
    assert not asks_for_a_list("which virus causes gout", (Facet.CAUSES,))


# --- for whom ---


@pytest.mark.parametrize(
    ("question", "for_others", "fitting"),
    [
        ("my husband has gout", "Women with gout should rest.", "Men and women with gout should rest."),
        ("gout in my baby", "Adults with gout should rest.", "Gout is rare in a baby, less so in adults."),
        ("can milk keep me from getting gout", "Milk makes a recurrence rare.", "Milk makes gout rare."),
    ],
)
def test_a_quote_for_women_adults_or_the_second_time_is_for_others(
    question: str, for_others: str, fitting: str
) -> None:
    asked = frozenset(terms(question))
    assert is_for_others(quote(for_others), question, asked)
    assert not is_for_others(quote(fitting), question, asked)
    assert not is_for_others(quote(for_others), "gout", frozenset(terms("gout")))
