"""The extractive answer: verbatim, whole, about what was asked, and open about what differs."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retriever.answers.judged import quote_score
from retriever.answers.answer import Answer, Answerer, AnswerWarning
from retriever.answers.judged.definitions import (
    asked_thing,
    asks_for_research,
    defines,
    tells_an_opinion,
    tells_of_research,
)
from retriever.answers.chosen.differences import QuantityKind, differ, quantities
from retriever.answers.quotable.quotes import quotes_of
from retriever.answers.quotable.standing_alone import is_statement, leans_on_another
from retriever.document import Document, Metadata, Section
from retriever.index import Index
from retriever.passage import Passage
from retriever.query import Hit, Query, Retrieval
from retriever.questions.facets import Facet, facets_of_question
from retriever.retrieve import Retriever
from retriever.search.analyze import terms
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder

STARTER = Path(__file__).resolve().parents[1] / "corpus"


class CountingEncoder(HashingEncoder):
    """Remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[str] = []
        self.passages: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.passages += texts
        return super().encode_passages(texts)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.questions += texts
        return super().encode_queries(texts)


def asked(tmp_path: Path, files: dict[str, str], question: str) -> tuple[Answer | None, Retrieval, Index]:
    """The answer to a question from a small collection, ingested with the hashing encoder."""
    run_ingest(write_collection(tmp_path / "corpus", files), tmp_path / "index", chunk_size=600)
    index = Index.open(tmp_path / "index")
    retrieval = Retriever(index, HashingEncoder()).retrieve(Query(question))
    return Answerer(index, HashingEncoder()).answer(question, retrieval.hits), retrieval, index


def text_of(tmp_path: Path, files: dict[str, str], question: str) -> str:
    answer = asked(tmp_path, files, question)[0]
    return "" if answer is None else answer.text


def quotes(text: str, *, start: int = 0, end: int | None = None, heading: str | None = None) -> list[str]:
    """What may be quoted of a page whose passage is the given part of it."""
    end = len(text) if end is None else end
    headings = (heading,) if heading else ()
    section = Section(0, len(text), headings)
    document = Document("d", "d.md", "0" * 64, "0" * 64, Metadata(title="Page"), "Page", (section,))
    passage = Passage("d", start, end, start, end, headings, 9, text[start:end])
    hit = Hit(rank=1, passage=passage, document=document, score=1.0, dense=None, lexical=None)
    return [quote.text for quote in quotes_of(hit, text, section)]


# --- what may be quoted ---


def test_a_sentence_stands_alone() -> None:
    assert quotes("Bones thin with age. Walking keeps bones strong.") == [
        "Bones thin with age.",
        "Walking keeps bones strong.",
    ]


def test_a_sentence_that_leans_on_the_one_before_brings_it() -> None:
    assert quotes("Denosumab is an antibody. It slows bone loss. However, it wears off fast.") == [
        "Denosumab is an antibody.",
        "Denosumab is an antibody. It slows bone loss.",
        "Denosumab is an antibody. It slows bone loss. However, it wears off fast.",
    ]


def test_a_sentence_that_leans_on_another_paragraph_is_not_quoted() -> None:
    assert quotes("Denosumab is an antibody.\n\nIt slows bone loss.") == ["Denosumab is an antibody."]


def test_a_sentence_that_leans_on_what_the_passage_does_not_hold_is_not_quoted() -> None:
    text = "Denosumab is an antibody. It slows bone loss."
    assert quotes(text, start=text.index("It")) == []


def test_a_sentence_that_the_passage_cuts_is_not_quoted() -> None:
    text = "Denosumab is an antibody. Bones thin when the injections stop."
    assert quotes(text, end=len(text) - 5) == ["Denosumab is an antibody."]


def test_questions_captions_and_pointers_are_not_quoted() -> None:
    assert quotes("What is denosumab? Enlarge picture\n\nSee the page on falls for more. Yes.") == []


def test_a_heading_that_is_a_sentence_is_quoted_and_one_that_is_a_name_is_not() -> None:
    assert quotes("Falls break bones in old age.", heading="Falls break bones in old age.") == [
        "Falls break bones in old age."
    ]
    assert quotes("Falls at home.\n\nWet floors are slippery.", heading="Falls at home.") == [
        "Wet floors are slippery."
    ]


def test_the_prose_below_a_numbered_question_is_running_text() -> None:
    text = "4. What is denosumab? Denosumab is an antibody. It slows bone loss.\n\n5. Is it safe?"
    assert quotes(text) == ["Denosumab is an antibody.", "Denosumab is an antibody. It slows bone loss."]


def test_an_item_of_several_sentences_is_quoted_whole_and_without_its_mark() -> None:
    text = "Caring for hair\n\n- Be gentle. Hair breaks easily while it grows.\n- Wait for 3 months."
    assert "Be gentle. Hair breaks easily while it grows." in quotes(text, heading="Caring for hair")


@pytest.mark.parametrize("lead", ["Do not take it if:", "It may cause:", "When you have a fever"])
def test_an_item_that_needs_what_introduces_its_list_is_not_quoted_alone(lead: str) -> None:
    text = f"{lead}\n\n- You are ill. Illness lowers calcium.\n- You are pregnant. Ask a doctor."
    assert quotes(text, heading=lead) == [text]


def test_an_item_that_defines_a_word_may_be_quoted_below_any_introduction() -> None:
    text = "These tests may be done:\n\n- Bone scan: A procedure that shows bones. A dye is injected.\n- Biopsy."
    assert quotes(text) == ["Bone scan: A procedure that shows bones. A dye is injected."]


def test_a_caption_between_two_lists_introduces_none() -> None:
    text = "Signs include:\n\n- pain\n\nA red hand may be a sign.\n\n- Swelling of the hand."
    assert quotes(text) == ["Signs include:\n\n- pain", "A red hand may be a sign."]


def test_links_to_other_pages_are_no_list_of_the_sentence_before() -> None:
    assert quotes("Exercise keeps bones strong.\n\n- Falls at Home\n- Eating Well") == [
        "Exercise keeps bones strong."
    ]


@pytest.mark.parametrize("heading", ["Key Points", "On This Page"])
def test_a_table_of_contents_is_not_quoted(heading: str) -> None:
    assert quotes(f"{heading}\n\n- Bones thin with age.\n- Falls break bones.", heading=heading) == []


@pytest.mark.parametrize(
    "sentence",
    [
        *("Here are some tips for you.", "The table below lists the doses.", "Drawing of the bones of a hand."),
        *("This summary is about bones.", "For general information, see the page on bones.", "Stage two (1)."),
        *("[Level 2] Bones are thin.", "Biopsy of a bone.", "Play the video about bones."),
    ],
)
def test_pointers_captions_and_names_are_no_statements(sentence: str) -> None:
    assert not is_statement(sentence)


def test_no_sentence_leans_on_a_bare_no() -> None:
    assert quotes("No. It is a reading on a scale.") == []


def test_a_list_is_quoted_with_what_introduces_it() -> None:
    text = "Bones break easily. Known side effects include:\n\n- skin infections\n- low calcium"
    assert quotes(text) == [
        "Bones break easily.",
        "Known side effects include:\n\n- skin infections\n- low calcium",
    ]


def test_a_lead_in_that_leans_on_another_sentence_brings_it() -> None:
    text = "Denosumab can harm. These harms include:\n\n- skin infections"
    assert quotes(text)[-1] == text


NESTED = (
    "Bikes come in the following kinds:\n\n- Road bikes, which have:\n  - thin tyres\n  - low handles\n"
    "- Mountain bikes: A kind of bike with the following parts:\n  - wide tyres\n  - strong brakes\n"
    "- Tandems. Two people ride them. They are long."
)


def test_a_list_is_cut_at_its_own_items_and_not_amid_those_below_one() -> None:
    behind = NESTED.index("  - strong")
    assert quotes(NESTED)[0] == NESTED
    assert quotes(NESTED, end=behind)[0] == NESTED[: NESTED.index("\n- Mountain")]
    assert quotes(NESTED, end=NESTED.index("\n  - wide"))[0] == NESTED[: NESTED.index("\n- Mountain")]


def test_an_item_that_defines_a_term_introduces_the_items_below_it_and_no_sibling() -> None:
    start, end = NESTED.index("Mountain"), NESTED.index("\n- Tandems")
    assert NESTED[start:end] in quotes(NESTED)
    assert not any(quote.startswith("Road") for quote in quotes(NESTED))


def test_an_item_below_another_is_not_quoted_as_if_it_stood_below_the_list() -> None:
    inner = (
        "You can do all of this.\n\n- Never do these:\n  - Eat late. It keeps you awake.\n- Sleep well. It helps."
    )
    flat = inner.replace("  -", "-")
    assert [quote for quote in quotes(inner) if "\n" not in quote] == [
        "You can do all of this.",
        "Sleep well. It helps.",
    ]
    assert [quote for quote in quotes(flat) if "\n" not in quote] == ["You can do all of this."]


def test_a_list_right_below_its_heading_is_quoted_with_the_heading() -> None:
    assert quotes("Side effects\n\n- skin infections", heading="Side effects") == [
        "Side effects\n\n- skin infections"
    ]


def test_a_table_is_quoted_with_its_header() -> None:
    text = "The doses differ:\n\nUse\tDose\nBones\t60 mg"
    assert quotes(text) == [text]


@pytest.mark.parametrize("cut", ["- low calcium", "Do not take it if:\n\n- you have low calcium\n"])
def test_items_without_what_introduces_them_are_not_quoted(cut: str) -> None:
    text = "Do not take it if:\n\n- you have low calcium\n- low calcium runs in the family"
    assert quotes(text, start=text.index(cut) + len(cut)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        *(
            "It is safe.",
            "This is safe.",
            "These include pain.",
            "They stop.",
            "However, bones thin.",
            "Such pain is rare.",
        ),
        *(
            "If they stop, bones thin.",
            "In these people bones thin.",
            "Women with this disease fall.",
            "But bones thin.",
        ),
        *("Not everyone with these risk factors falls.", "Both of them help.", "For example, walking helps."),
        *(
            "Other drugs help.",
            "Another sign is pain.",
            "Also, bones thin.",
            "Both types help.",
            "Most of them fall.",
        ),
        *("The drug is given weekly.", "The study found less pain.", "In the trial, pain fell.", "Next, rest."),
    ],
)
def test_words_that_point_back_are_recognised(sentence: str) -> None:
    assert leans_on_another(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        *(
            "There is no cure.",
            "It is important to drink.",
            "Bones thin.",
            "Thousands fall each year.",
            "Thistles grow.",
        ),
        *("Italy has many.", "The pain is rare.", "Foods such as milk help.", "This page tells about bones."),
        *("Both men and women fall.", "Other than pain, all is well.", "The drug denosumab is given weekly."),
        *("The test for calcium is simple.", "The two main types are rare.", "Other-worldly dreams are rare."),
    ],
)
def test_words_that_only_resemble_them_are_not(sentence: str) -> None:
    assert not leans_on_another(sentence)


# --- what is chosen ---

INJECTIONS = """# Denosumab

Denosumab is an antibody against bone loss.

## How often

Denosumab is given every six months. A nurse gives the injection.

## Side effects

Known side effects of denosumab include:

- skin infections
- low blood calcium
"""
TABLETS = """# Ibandronate

Ibandronate is a tablet against bone loss.

## How much and how often

- tablet: 150 mg once a month
- injection: 3 mg every three months

## Side effects

- heartburn
- fever
"""


def test_the_answer_is_the_sentence_that_answers_with_its_footnote(tmp_path: Path) -> None:
    answer, retrieval, _ = asked(tmp_path, {"a.md": INJECTIONS, "b.md": TABLETS}, "How often is denosumab given?")
    assert answer is not None
    span = answer.spans[0]
    assert answer.text[span.start_char : span.end_char].startswith("Denosumab is given every six months.")
    assert answer.text[span.end_char :].startswith(f" [{span.passage_rank}]")
    assert retrieval.hits[span.passage_rank - 1].passage.headings[-1] == "How often"


def test_the_list_that_answers_comes_whole(tmp_path: Path) -> None:
    text = text_of(tmp_path, {"a.md": INJECTIONS, "b.md": TABLETS}, "What are the side effects of denosumab?")
    assert text.startswith("Known side effects of denosumab include:\n\n- skin infections\n- low blood calcium [")


def test_what_another_page_says_of_another_medicine_is_not_taken_for_this_one(tmp_path: Path) -> None:
    no_answer = INJECTIONS.replace(
        "Denosumab is given every six months. A nurse gives the injection.", "Ask them."
    )
    for question in ("How often is denosumab given?", "What are the side effects of denosumab?"):
        text = text_of(tmp_path, {"a.md": no_answer, "b.md": TABLETS}, question)
        assert "150 mg" not in text
        assert "heartburn" not in text


def test_a_page_that_tells_little_of_the_subject_does_not_answer_where_another_tells_more(tmp_path: Path) -> None:
    pages = {
        "a.md": "# Treatments\n\nAromatase inhibitors cost bone. Hormones fall.",
        "b.md": "# Bones\n\nPills of other kinds do harm to bones, and do so to bones soon.",
    }
    answer = asked(tmp_path, pages, "What do aromatase inhibitors do to bones?")[0]
    assert answer is not None
    assert "other kinds" not in answer.text


def test_every_stretch_is_verbatim_in_its_passage_and_the_marks_name_its_rank(tmp_path: Path) -> None:
    run_ingest(STARTER, tmp_path / "index", chunk_size=400)
    index = Index.open(tmp_path / "index")
    retriever, answerer = Retriever(index, HashingEncoder()), Answerer(index, HashingEncoder())
    questions = [
        *(
            "What is osteoporosis?",
            "side effects of alendronate",
            "How much calcium do I need?",
            "how long is the scan",
        ),
        *("Who should not take raloxifene?", "stopping denosumab", "bone", "How can I prevent falls at home?"),
    ]
    answered = 0
    for question in questions:
        hits = retriever.retrieve(Query(question)).hits
        answer = answerer.answer(question, hits)
        assert answer == answerer.answer(question, hits)
        if answer is None:
            continue
        answered += 1
        rest = answer.text
        for span in reversed(answer.spans):
            quoted = index.reading_text(span.document_id)[span.quote_start_char : span.quote_end_char]
            passage = hits[span.passage_rank - 1].passage
            assert answer.text[span.start_char : span.end_char] == quoted
            assert passage.document_id == span.document_id
            assert passage.start_char <= span.quote_start_char < span.quote_end_char <= passage.end_char
            assert rest[span.end_char :].strip() == f"[{span.passage_rank}]"
            rest = rest[: span.start_char].rstrip()
        assert rest == ""
        assert 1 <= len(answer.spans) <= 4
    assert answered >= 4


def test_what_is_asked_for_is_answered_by_the_sentence_that_defines_it(tmp_path: Path) -> None:
    page = (
        "# Denosumab\n\nDenosumab was approved in 2010, and denosumab sells well.\n\n"
        "Denosumab works well, said Ann Lee, M.D., of Denosumab House.\n\n"
        "Denosumab (also called Prolia) is an antibody that slows bone loss."
    )
    for question in ("What is denosumab?", "denosumab"):
        text = text_of(tmp_path / question[-1], {"a.md": page}, question)
        assert text.startswith("Denosumab (also called Prolia) is an antibody that slows bone loss. [1]")


def test_a_page_that_lacks_one_word_of_the_subject_answers_where_it_tells_most_of_it(tmp_path: Path) -> None:
    pages = {
        "a.md": "# Thin bones in winter\n\nThin bones break in winter when people slip on ice.",
        "b.md": "# Tundra\n\nTundra is cold land.",
    }
    text = text_of(tmp_path, pages, "How do thin bones break in winter tundra?")
    assert text.startswith("Thin bones break in winter when people slip on ice. [1]")


def test_what_two_pages_say_alike_is_said_once(tmp_path: Path) -> None:
    once = "# Falls\n\nFirm shoes and good light prevent falls at home.\n\nWet floors are a danger."
    other = "# Falls again\n\nGood light and firm shoes prevent falls at home."
    text = text_of(tmp_path, {"a.md": once, "b.md": other}, "How do I prevent falls at home?")
    assert text.count("firm shoes") + text.count("Firm shoes") == 1


def test_pages_that_contradict_each_other_are_both_quoted_with_a_warning(tmp_path: Path) -> None:
    other = "# Denosumab in hospital\n\n## How often\n\nDenosumab is given every four weeks."
    answer = asked(tmp_path, {"a.md": INJECTIONS, "b.md": other}, "How often is denosumab given?")[0]
    assert answer is not None
    assert "every six months" in answer.text
    assert "every four weeks" in answer.text
    (warning,) = answer.warnings
    assert warning.code is AnswerWarning.SOURCES_DIFFER
    assert warning.passage_ranks == tuple(sorted({span.passage_rank for span in answer.spans}))
    assert len({span.document_id for span in answer.spans}) == 2


def test_a_contradiction_far_below_the_best_quote_is_still_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quote_score, "MAX_ENCODED", 1)
    test_pages_that_contradict_each_other_are_both_quoted_with_a_warning(tmp_path)


def test_what_stands_far_below_the_best_quote_is_not_encoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (
        "# Denosumab\n\n## How often\n\nDenosumab is given every six months.\n\n"
        "## Storage\n\nDenosumab keeps a year. Denosumab boxes are often white. Nurses know denosumab each time."
    )
    _, retrieval, index = asked(tmp_path, {"a.md": page}, "How often is denosumab given?")

    def answered() -> tuple[Answer | None, int]:
        encoder = CountingEncoder()
        answer = Answerer(index, encoder).answer("How often is denosumab given?", retrieval.hits)
        return answer, len(encoder.passages)

    near = answered()
    monkeypatch.setattr(quote_score, "WITHIN_REACH", 10.0)
    every = answered()
    assert near[0] == every[0]
    assert near[1] < every[1]


def test_pages_that_say_the_same_in_other_words_do_not_differ(tmp_path: Path) -> None:
    other = "# Denosumab at home\n\n## How often\n\nDenosumab is given twice a year by injection."
    answer = asked(tmp_path, {"a.md": INJECTIONS, "b.md": other}, "How often is denosumab given?")[0]
    assert answer is not None
    assert answer.warnings == ()


def test_a_page_for_patients_goes_before_one_for_professionals(tmp_path: Path) -> None:
    professional = "---\naudienceLevel: professional\n---\n# Falls one\n\nShoes prevent falls at home."
    patient = "---\naudienceLevel: patient\n---\n# Falls two\n\nShoes prevent falls at home."
    answer, retrieval, _ = asked(tmp_path, {"a.md": professional, "b.md": patient}, "What prevents falls at home?")
    assert answer is not None
    first = retrieval.hits[answer.spans[0].passage_rank - 1].document
    assert first.metadata.audience_level == "patient"


def test_a_list_that_the_passage_does_not_hold_to_its_end_is_said_to_go_on(tmp_path: Path) -> None:
    question = "What are the side effects of denosumab?"
    _, retrieval, index = asked(tmp_path, {"a.md": INJECTIONS}, question)
    whole = next(hit for hit in retrieval.hits if "- low blood calcium" in hit.passage.text)
    end = whole.passage.text.index("\n- low blood calcium")
    passage = replace(whole.passage, text=whole.passage.text[:end], end_char=whole.passage.start_char + end)
    answer = Answerer(index, HashingEncoder()).answer(question, [replace(whole, rank=1, passage=passage)])
    assert answer is not None
    assert answer.text.endswith("- skin infections [1]")
    assert [(warning.code, warning.passage_ranks) for warning in answer.warnings] == [
        (AnswerWarning.LIST_CONTINUES, (1,))
    ]


def test_there_is_no_answer_where_nothing_can_stand_alone(tmp_path: Path) -> None:
    page = "# Denosumab\n\nWhat is denosumab, then, and what does it do?\n"
    answer, retrieval, index = asked(tmp_path, {"a.md": page}, "What is denosumab?")
    assert retrieval.hits
    assert answer is None
    assert Answerer(index, HashingEncoder()).answer("What is denosumab?", ()) is None


def test_no_mark_is_left_inside_a_quote(tmp_path: Path) -> None:
    text = text_of(tmp_path, {"a.md": INJECTIONS}, "How often is denosumab given, and what are its side effects?")
    assert re.findall(r"\[\d+\]", text)
    assert not re.search(r"\[\d+\]\w", text)


# --- facets and differences ---


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
    ],
)
def test_a_questions_facets_are_recognised(question: str, facets: tuple[Facet, ...]) -> None:
    assert facets_of_question(question) == facets


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


# --- the forms of answers ---


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("What is CAR T-cell therapy?", "CAR T-cell therapy"),
        ("What is (are) Bone Cancer ?", "Bone Cancer"),
        ("What is a scan and how does it work?", "scan"),
        ("what does osteopenia mean", "osteopenia"),
        ("lymphedema", "lymphedema"),
    ],
)
def test_what_a_question_wants_defined_is_recognised(question: str, thing: str) -> None:
    assert asked_thing(question) == frozenset(terms(thing))


@pytest.mark.parametrize(
    "question",
    ["How is bone cancer treated?", "can men get it", "is milk good", "What are the symptoms of bone cancer?"],
)
def test_other_questions_want_nothing_defined(question: str) -> None:
    assert asked_thing(question) == frozenset()


@pytest.mark.parametrize(
    ("sentence", "fit"),
    [
        ("Bone cancer is a disease of bones.", 1.0),
        ("Bone cancer (also called bone tumor) is a rare disease.", 1.0),
        ("Bone cancer is swelling caused by growth.", 1.0),
        ("Bone cancer: A disease of bones.", 1.0),
        ("Bone cancer begins in cells.", 0.6),
        ("Bone cancer screening is a test.", 2 / 3),
        ("Bone cancer is the most common cancer.", 0.0),
        ("Milk is a drink.", 0.0),
    ],
)
def test_a_definition_is_told_by_its_form_and_its_subject(sentence: str, fit: float) -> None:
    asked = frozenset(terms("bone cancer"))
    assert defines(sentence, asked, dict.fromkeys(asked, 2.0)) == pytest.approx(fit)


@pytest.mark.parametrize(
    "sentence",
    [
        "There were doubts, said Steven Rose, M.D., of the institute.",
        "“It helps,” she said.",
        "Dr. Rose added that it helps.",
    ],
)
def test_what_a_person_said_is_told_from_what_is_so(sentence: str) -> None:
    assert tells_an_opinion(sentence)
    assert not tells_an_opinion("Doctors may say that it helps.")


def test_news_of_research_is_told_from_what_is_so() -> None:
    assert tells_of_research("Researchers found less pain in 20 patients.")
    assert tells_of_research("The drug was approved by the FDA in 2010.")
    assert not tells_of_research("Tamoxifen may cause hot flashes.")
    assert asks_for_research("What studies are being done?")


def test_the_vector_that_was_searched_with_serves_the_answer_too(tmp_path: Path) -> None:
    question = "How often is denosumab given?"
    answer, retrieval, index = asked(tmp_path, {"a.md": INJECTIONS, "b.md": TABLETS}, question)
    assert answer is not None
    assert retrieval.vector is not None
    encoder = CountingEncoder()
    answerer = Answerer(index, encoder)
    assert answerer.answer(question, retrieval.hits, vector=retrieval.vector) == answer
    assert question not in encoder.questions
    assert answerer.answer(question, retrieval.hits) == answer
    assert question in encoder.questions


def test_a_quote_that_nothing_comes_near_needs_no_vector(tmp_path: Path) -> None:
    page = (
        "# Denosumab\n\n## How often\n\nDenosumab is given every six months.\n\n"
        "## Storage\n\nA fridge is cold. Boxes are white."
    )
    question = "How often is denosumab given?"
    answer, retrieval, index = asked(tmp_path, {"a.md": page}, question)
    assert answer is not None
    assert "every six months" in answer.text
    encoder = CountingEncoder()
    assert Answerer(index, encoder).answer(question, retrieval.hits, vector=retrieval.vector) == answer
    assert encoder.passages == []
