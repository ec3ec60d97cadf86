"""The extractive answer: verbatim, whole, about what was asked, and open about what differs."""

import re
from dataclasses import replace
from pathlib import Path

from retriever.answers.answer import Answerer, AnswerWarning
from retriever.index import Index
from retriever.query import Query
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder
from tests.small_answers import INJECTIONS, TABLETS, asked

STARTER = Path(__file__).resolve().parents[1] / "corpus"


def text_of(tmp_path: Path, files: dict[str, str], question: str) -> str:
    answer = asked(tmp_path, files, question)[0]
    return "" if answer is None else answer.text


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


def test_of_one_hit_that_says_nothing_its_page_is_read_on(tmp_path: Path) -> None:
    late, often = (
        "## Keep to the date\n\nIt is not to be late.",
        "## How often\n\nDenozol is given every six months.",
    )
    page = f"# Denozol\n\n{late}\n\n{often}\n"
    run_ingest(write_collection(tmp_path / "corpus", {"denozol.md": page}), tmp_path / "index", chunk_size=60)
    index = Index.open(tmp_path / "index")
    every = Retriever(index, HashingEncoder()).retrieve(Query("how often is denozol given", top_k=5)).hits
    empty = next(hit for hit in every if "late" in hit.passage.text)
    given = next(hit for hit in every if "six months" in hit.passage.text)
    only, behind = replace(empty, rank=1), replace(given, rank=2)
    answer = Answerer(index, HashingEncoder()).answer("how often is denozol given", [only], further=[behind])
    assert answer is not None
    assert answer.text == "Denozol is given every six months. [1]"
    assert [hit.passage for hit in answer.hits] == [given.passage]
