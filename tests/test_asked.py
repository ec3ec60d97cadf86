"""What a message asks: words that tell a story do not count, and a neighbour of the subject is no answer."""

import pytest

from retriever.abstention.said import Said
from retriever.index import Index
from retriever.query import Query
from retriever.questions.asked import read_asked
from retriever.questions.kinds import Kinds, phrases
from retriever.questions.question import FACET_TERMS
from retriever.questions.title_fit import TitleFit
from retriever.questions.vocabulary import Vocabulary
from retriever.retrieve import Retriever
from retriever.search.analyze import terms
from tests.hashed_collection import evidence_of, ingested
from tests.hashing import HashingEncoder

PAGES = {
    f"{kind}.md": f"---\ntitle: {kind.title()} Cancer\n---\n\n# {kind.title()} Cancer\n\n"
    f"The symptoms of {kind} cancer are pain and {symptom}. It is unlike rectal cancer.\n"
    for kind, symptom in (("colon", "bleeding"), ("lung", "cough"), ("liver", "jaundice"), ("skin", "a mole"))
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Four kinds of cancer, ingested; a fifth is only mentioned."""
    return Index.open(ingested(tmp_path_factory, PAGES))


@pytest.fixture(scope="module")
def vocabulary(index: Index) -> Vocabulary:
    """The words of the four pages."""
    return Vocabulary(index)


@pytest.mark.parametrize(
    "message",
    [
        "my mother is so worried, what are the symptoms of lung cancer",
        "I'm 62 and I've been told that it's lung cancer",
        "he is a 62 yo, his brother a 58yo, lung cancer",
        "Last Tuesday sombody told us of lung cancer",
        "Hello, I don't understand anything, please explain lung cancer. Thanks!",
        "it won’t go away, can u tell me if ur sure it’s lung cancer",
        "a 7cm stage 2b lung cancer at 3am",
    ],
)
def test_who_asks_and_why_is_no_evidence(vocabulary: Vocabulary, message: str) -> None:
    assert list(read_asked(message, vocabulary).words) == ["lung", "cancer"]


def test_what_makes_it_another_question_counts(vocabulary: Vocabulary) -> None:
    assert "cat" in read_asked("how is lung cancer treated in my cat", vocabulary).words
    assert "price" in read_asked("price of a mole check", vocabulary).words


def test_a_message_that_only_tells_a_story_keeps_its_words(vocabulary: Vocabulary) -> None:
    assert read_asked("my mother is worried", vocabulary).words


def test_of_a_long_message_the_length_of_what_asks_is_known(vocabulary: Vocabulary) -> None:
    story = "We came home on Monday and went to bed early since the journey had been so long."
    found = read_asked(f"{story} What are the symptoms of colon cancer?", vocabulary)
    assert (found.length, list(found.words)) == (7, ["colon", "cancer"])


def test_a_page_named_for_another_of_the_same_kind_is_a_neighbour(index: Index) -> None:
    neighbour, own = (
        evidence_of(index, f"What are the symptoms of {kind} cancer?") for kind in ("rectal", "colon")
    )
    assert neighbour.covered == own.covered == 1
    assert (neighbour.neighbour, own.neighbour) == (1, 0)
    assert neighbour.named < own.named


def test_where_a_heading_holds_what_is_asked_beside_a_kind_it_is_less_of_a_neighbour(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    body = "Polyps are removed before rectal cancer begins, and polyps seldom come back."
    asked = "are polyps removed before rectal cancer?"
    found = []
    for headings in ("", "## Polyps\n\n"):
        page = f"---\ntitle: Colon Cancer\n---\n\n# Colon Cancer\n\n{headings}{body}\n"
        index = Index.open(ingested(tmp_path_factory, {**PAGES, "colon.md": page}))
        found.append(evidence_of(index, asked).neighbour)
    alone, headed = found
    assert 0 < headed < 0.9 * alone


def test_words_that_name_nothing_are_never_missing(index: Index) -> None:
    found = evidence_of(index, "is the chance of jaundice in liver cancer worse")
    assert (found.missing, found.unknown) == (0, 0)
    assert evidence_of(index, "is the shuttle of jaundice in liver cancer").unknown > 0.8


def test_what_a_page_says_in_two_words_is_told(index: Index) -> None:
    hits = Retriever(index, HashingEncoder()).retrieve(Query("colon cancer")).hits[:1]
    assert Said().apart("coloncancer", hits)
    assert not Said().apart("paincolon", hits)


def test_a_kind_that_is_a_part_of_what_is_asked_makes_less_of_a_neighbour(index: Index) -> None:
    alone, of_more = (
        evidence_of(index, asked).neighbour for asked in ("rectal cancer", "jaundice in rectal cancer")
    )
    assert alone == 1
    assert 0 < of_more < 0.9


def test_what_something_does_to_a_kind_narrows_it_by_nothing(index: Index) -> None:
    assert evidence_of(index, "does jaundice raise cancer pain").neighbour == 0
    assert evidence_of(index, "what is jaundice cancer").neighbour > 0


def test_a_question_that_narrows_no_kind_has_no_neighbour(index: Index) -> None:
    assert evidence_of(index, "is jaundice a symptom?").neighbour == 0


def test_a_page_that_is_named_for_nothing_else_is_no_neighbour() -> None:
    fit = TitleFit(["Cancer", "Colon Cancer", "Lung Cancer", "Skin Cancer"])
    asked = {"rectal", "cancer"}
    assert (fit.unasked("Cancer", asked), fit.unasked("Colon Cancer", asked)) == (0, 1)
    assert fit.unasked("Colon Cancer", {"colon", "cancer"}) == 0


def test_a_kind_is_a_word_that_names_narrow_in_several_ways() -> None:
    names = ["Colon cancer", "Lung cancer", "Soft tissue sarcoma", "Skin cancer", "Liver cancer"]
    kinds = Kinds(names)
    assert kinds.narrowing(["small", "cell", "lung", "cancer", "pain"]) == ["small", "cell", "lung"]
    assert not kinds.narrowing(["soft", "tissu", "sarcoma"])
    assert not Kinds(names[:4]).narrowing(["rectal", "cancer"])


def test_what_a_heading_is_called_after_narrows_a_kind_only_where_names_or_the_passage_have_it_before_it() -> None:
    kinds = Kinds([f"{place} fever" for place in ("Lung", "Marsh", "Skin", "Valley", "River")])
    asked, headed = ["ct", "lung", "fever"], terms("CT scan and the lung")
    assert kinds.narrowing(asked) == ["ct", "lung"]
    assert kinds.narrowing(asked, headed=headed, passage="The CT scan. The lung.") == ["lung"]
    assert kinds.narrowing(asked, headed=headed, passage="In CT fever of the lung.") == ["ct", "lung"]
    assert kinds.narrowing(asked, headed=["lung"], passage="CT scans.") == ["ct", "lung"]


def test_a_phrase_ends_at_stop_words_numbers_and_punctuation() -> None:
    found = phrases("Soft-tissue sarcoma of the liver, 3 lung nodules - NCI", without=FACET_TERMS)
    assert list(found) == [["soft", "tissu", "sarcoma"], ["liver"], ["lung", "nodul"], ["nci"]]


def test_what_the_collection_has_another_name_for_counts_as_said(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    pages = {"dress.md": "# What to wear\n\nNo jewellery is allowed at school.", "fees.md": "# Fees\n\nIn May."}
    school = Index.open(ingested(tmp_path_factory, pages))

    named = evidence_of(school, "are earrings allowed at school")
    other = evidence_of(school, "are tattoos allowed at school")

    assert (named.unknown, named.missing, named.covered) == (0, 0, 1)
    assert min(other.unknown, other.missing) > 0.5
    assert other.covered < 1
