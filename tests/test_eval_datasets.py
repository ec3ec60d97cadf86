"""Datasets: every form is read, every wrong line is named, documents are found by the ids that datasets use."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.datasets.dataset import GoldQuote, GoldSlice, GoldSpan, Half, Span
from eval.datasets.document_names import file_name, identifier_of, match_names
from eval.datasets.prepare import page_of, prepare
from eval.datasets.read_dataset import read_dataset, sample
from eval.datasets.trec import read_run, run_lines
from eval.errors import DatasetInvalid
from tests.shared_data import shared
from tests.small_datasets import STARTER, judged, write_lines

SPAN = {"start": 3, "end": 13, "digest": "0123456789ab"}


def test_judged_queries_come_with_their_spans_and_subsets(tmp_path: Path) -> None:
    folder = judged(tmp_path, "a\t0\tx.md\t2\na\t0\ty.md\t0\n")
    write_lines(folder / "gold_passages.jsonl", {"qid": "a", "doc": "x.md", "start": 3, "end": 9, "main": True})
    dataset = read_dataset(folder)
    assert dataset.questions[0].subsets == ("tight",)
    assert dataset.qrels == {"a": {"x.md": 2, "y.md": 0}}
    assert dataset.spans == {"a": (GoldSpan("x.md", 3, 9),)}
    assert dataset.measured() == {"a"}


def test_beir_keeps_the_queries_that_are_judged_in_the_split(tmp_path: Path) -> None:
    write_lines(tmp_path / "queries.jsonl", {"_id": "1", "text": "one?"}, {"_id": "2", "text": "two?"})
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n2\tMED-7\t1\n", encoding="utf-8")
    dataset = read_dataset(tmp_path)
    assert [question.question_id for question in dataset.questions] == ["2"]
    assert dataset.qrels == {"2": {"MED-7": 1}}
    with pytest.raises(DatasetInvalid, match="--split out of: test"):
        read_dataset(tmp_path, split="dev")


def test_beir_judgments_without_their_header_are_refused_and_none_is_lost(tmp_path: Path) -> None:
    write_lines(tmp_path / "queries.jsonl", {"_id": "1", "text": "one?"})
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("1\tMED-7\t1\n1\tMED-8\t1\n", encoding="utf-8")
    with pytest.raises(DatasetInvalid, match=r"test\.tsv:1: the first line has to be the header"):
        read_dataset(tmp_path)


@pytest.mark.parametrize(
    ("qrels", "is_graded"),
    [
        ("a\t0\tx.md\t1\na\t0\ty.md\t1\n", False),
        ("a\t0\tx.md\t1\na\t0\ty.md\t0\n", True),
        ("a\t0\tx.md\t1\nb\t0\ty.md\t2\n", False),
    ],
)
def test_judgments_are_graded_where_they_differ_for_a_question(
    tmp_path: Path, qrels: str, is_graded: bool
) -> None:
    dataset = read_dataset(judged(tmp_path, qrels, {"id": "b", "question": "who?"}))
    assert dataset.is_graded is is_graded


def test_labelled_questions_say_what_has_no_answer(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "questions.jsonl",
        {"id": "a", "question": "what?", "label": "answerable", "doc": "x.md"},
        {"id": "b", "question": "who?", "answerable": False, "category": "trivia"},
    )
    (tmp_path / "exclude.txt").write_bytes(b"y.md\r\nz.md")
    dataset = read_dataset(path)
    assert [question.answerable for question in dataset.questions] == [True, False]
    assert dataset.excluded == ("y.md", "z.md")


def test_a_question_may_have_several_quotes_on_several_pages(tmp_path: Path) -> None:
    first = {"source_path": "x.md", "quote": "Two weeks."}
    further = [{"source_path": "x.md", "quote": "A fortnight."}, {"source_path": "y.md", "quote": "14 days"}]
    path = write_lines(
        tmp_path / "questions.jsonl",
        {"id": "a", "question": "how long?", "answerable": True, **first, "quotes": further},
    )
    dataset = read_dataset(path)
    (question,) = dataset.questions
    assert question.quotes == tuple(GoldQuote(each["source_path"], each["quote"]) for each in (first, *further))
    assert question.reference == "Two weeks."
    assert dataset.qrels == {"a": {"x.md": 1, "y.md": 1}}
    assert dataset.judged == {"x.md", "y.md"}
    assert dataset.quoted == {"a"}


def test_an_answer_may_be_a_span_with_a_digest_in_place_of_a_quote(tmp_path: Path) -> None:
    further = [{"source_path": "x.md", "quote": "A fortnight."}, {"source_path": "y.md", **SPAN}]
    line = {"id": "a", "question": "how long?", "answerable": True, "source_path": "x.md", **SPAN}
    dataset = read_dataset(write_lines(tmp_path / "questions.jsonl", {**line, "quotes": further}))
    (question,) = dataset.questions
    assert question.quotes == (
        GoldSlice("x.md", 3, 13, "0123456789ab"),
        GoldQuote("x.md", "A fortnight."),
        GoldSlice("y.md", 3, 13, "0123456789ab"),
    )
    assert question.reference is None
    assert question.where == f"{tmp_path / 'questions.jsonl'}:1"
    assert dataset.qrels == {"a": {"x.md": 1, "y.md": 1}}
    assert dataset.quoted == {"a"}


def test_a_question_may_say_what_its_author_read(tmp_path: Path) -> None:
    line = {"id": "a", "question": "how long?", "answerable": True, "source_path": "x.md", **SPAN}
    path = write_lines(tmp_path / "questions.jsonl", {**line, "window": {"start": 3, "end": 13}})
    assert [question.window for question in read_dataset(path).questions] == [Span("x.md", 3, 13)]
    write_lines(path, line)
    assert [question.window for question in read_dataset(path).questions] == [None]


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({"quotes": [{"source_path": "x.md", "quote": "14 days"}]}, "`quotes` are further ones"),
        (
            {"source_path": "x.md", "quote": "14 days", "quotes": [{"source_path": "x.md", "quote": "14 days"}]},
            "a quote stands twice",
        ),
        ({"source_path": "x.md", "quote": "14 days", "quotes": [{"page": "y.md"}]}, "page"),
        ({"source_path": "x.md", "quotes": [{"source_path": "x.md"}]}, "give the first in the line itself"),
        ({"source_path": "x.md", "quote": "14 days", "quotes": [{"source_path": "y.md"}]}, "holds neither"),
        ({"source_path": "x.md", **SPAN, "quote": "14 days"}, "`quote` alone or"),
        ({"source_path": "x.md", "start": 3, "end": 13}, "`digest` together"),
        ({"source_path": "x.md", **SPAN, "quotes": [{"source_path": "x.md", **SPAN}]}, "a quote stands twice"),
        ({"source_path": "x.md", **SPAN, "end": 3}, "the span from 3 to 3 is empty"),
        ({"source_path": "x.md", **SPAN, "start": -1}, "start"),
        ({"source_path": "x.md", **SPAN, "digest": "0123456789AB"}, "digest"),
        ({"source_path": "x.md", **SPAN, "digest": "0123456789abc"}, "digest"),
        (SPAN, "`source_path` of its page"),
        ({"distractors": [SPAN]}, "`source_path` of its page"),
        ({"source_path": "x.md", **SPAN, "distractors": [{"source_path": "y.md"}]}, "`distractors` holds neither"),
        ({"source_path": "x.md", "distractors": [SPAN, SPAN]}, "a distractor stands twice"),
        (
            {"source_path": "x.md", **SPAN, "distractors": [{**SPAN, "start": 12, "end": 20}]},
            "a distractor overlaps an answer",
        ),
        ({"source_path": "x.md", "window": {"start": 0, "end": 9}}, "a `window` is of a page with its answer"),
        ({"source_path": "x.md", **SPAN, "window": {"start": 20, "end": 3}}, "the window from 20 to 3 is empty"),
        ({"source_path": "x.md", **SPAN, "window": {"start": 4, "end": 13}}, "outside of the window"),
        ({"source_path": "x.md", **SPAN, "window": {"start": 3, "stop": 13}}, "stop"),
        (
            {"source_path": "x.md", "quote": "14 days", "distractors": [{"quote": "14 days"}]},
            "a distractor overlaps an answer",
        ),
        ({"half": "both"}, "half"),
    ],
)
def test_wrong_quotes_and_halves_are_named_by_file_and_line(
    tmp_path: Path, row: dict[str, object], where: str
) -> None:
    line = {"id": "a", "question": "how long?", "answerable": True, **row}
    with pytest.raises(DatasetInvalid, match=f"questions.jsonl:1: .*{where}"):
        read_dataset(write_lines(tmp_path / "questions.jsonl", line))


def test_what_looks_like_an_answer_is_no_relevant_page(tmp_path: Path) -> None:
    line = {"id": "a", "question": "how long?", "answerable": True, "source_path": "x.md", **SPAN}
    further = [{"quote": "A fortnight."}]
    looks_alike = [{**SPAN, "start": 13, "end": 20}, {**SPAN, "source_path": "y.md"}]
    path = write_lines(tmp_path / "questions.jsonl", {**line, "quotes": further, "distractors": looks_alike})
    dataset = read_dataset(path)
    (question,) = dataset.questions
    assert question.quotes[1:] == (GoldQuote("x.md", "A fortnight."),)
    assert question.distractors == (
        GoldSlice("x.md", 13, 20, "0123456789ab"),
        GoldSlice("y.md", 3, 13, "0123456789ab"),
    )
    assert dataset.qrels == {"a": {"x.md": 1}}
    assert dataset.judged == {"x.md", "y.md"}


def test_one_half_of_a_divided_dataset_is_asked(tmp_path: Path) -> None:
    halves = {"a": "tune", "b": "look", "c": "tune"}
    rows = ({"id": key, "question": "?", "answerable": False, "half": half} for key, half in halves.items())
    dataset = read_dataset(write_lines(tmp_path / "questions.jsonl", *rows))
    tuned = sample(dataset, half=Half.TUNE)
    assert [question.question_id for question in tuned.questions] == ["a", "c"]
    assert [question.question_id for question in sample(dataset, half=Half.LOOK).questions] == ["b"]
    with pytest.raises(DatasetInvalid, match="no question of the half look"):
        sample(tuned, half=Half.LOOK)


def test_the_starter_questions_are_enough_of_each_kind() -> None:
    dataset = read_dataset(STARTER)
    quoted = [question for question in dataset.questions if question.quotes]
    assert len(quoted) >= 80
    assert sum(question.answerable is False for question in dataset.questions) >= 40
    assert {subset for question in quoted for subset in question.subsets} == {"plain", "wordy"}


@pytest.mark.parametrize("name", ["nci-kb", "liveqa-medquad", "abstention", "abstention-ablated"])
def test_the_shared_datasets_can_be_read(name: str) -> None:
    assert len(read_dataset(shared(f"eval/{name}")).questions) > 50


@pytest.mark.parametrize(
    ("qrels", "where"),
    [
        ("a\t0\tx.md\t1\na 0 y.md 1\n", "qrels.tsv:2: 1 columns instead of 4"),
        ("a\t0\tx.md\tgood\n", "qrels.tsv:1: the relevance is not a whole number"),
        ("\nb\t0\tx.md\t1\n", "qrels.tsv:2: no query has the id 'b'"),
        ("a\t0\tx.md\t1\na\t0\tx.md\t0\n", "qrels.tsv:2: this document was judged 1 before"),
        ("\n", "qrels.tsv holds no judgment"),
    ],
)
def test_a_wrong_judgment_is_named_by_file_and_line(tmp_path: Path, qrels: str, where: str) -> None:
    with pytest.raises(DatasetInvalid, match=where):
        read_dataset(judged(tmp_path, qrels))


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({"id": "a", "question": "again?"}, "queries.jsonl:2: the id 'a' stands in line 1 too"),
        ({"id": "b"}, "queries.jsonl:2: .*question"),
        ({"id": "b c", "question": "what?"}, "queries.jsonl:2: .*holds white space"),
        ({"id": "b", "question": " "}, "queries.jsonl:2: the question 'b' is empty"),
        ({"id": "b", "question": 5}, "queries.jsonl:2: Expected `str`, got `int`"),
    ],
)
def test_a_wrong_query_is_named(tmp_path: Path, row: object, where: str) -> None:
    with pytest.raises(DatasetInvalid, match=where):
        read_dataset(judged(tmp_path, "a\t0\tx.md\t1\n", row))


def test_an_error_never_holds_the_text_of_a_question(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"id": "a", "question": "my secret illness", "label": "perhaps"}\n', encoding="utf-8")
    with pytest.raises(DatasetInvalid) as caught:
        read_dataset(path)
    assert "secret" not in str(caught.value)


def test_what_is_no_dataset_is_refused_with_the_forms(tmp_path: Path) -> None:
    with pytest.raises(DatasetInvalid, match=r"queries\.jsonl and qrels\.tsv"):
        read_dataset(tmp_path)


def test_a_sample_is_the_same_for_a_seed_and_another_for_another() -> None:
    dataset = read_dataset(STARTER)
    first, again, other = (sample(dataset, draw=20, seed=seed) for seed in (1, 1, 2))
    assert first.questions == again.questions != other.questions
    assert len(first.questions) == 20
    assert set(first.qrels) <= {question.question_id for question in first.questions}


def test_documents_are_found_by_path_or_by_its_end() -> None:
    paths = {"d1": "docs/a/x.md", "d2": "docs/b/x.md", "d3": "docs/b/y.md"}
    names = match_names(paths, ["docs/a/x.md", "b/x.md", "y.md", "x.md", "z.md"])
    assert names.ids["docs/a/x.md"] == "d1"
    assert (names.ids["b/x.md"], names.ids["y.md"]) == ("d2", "d3")
    assert names.missing == ("x.md", "z.md")
    assert names.name("d2") == "b/x.md"


def test_a_prepared_collection_goes_by_its_rows_ids() -> None:
    names = match_names({"d1": file_name("PLAIN-1"), "d2": file_name("a b/c")}, ["PLAIN-1"])
    assert names.name("d1") == "PLAIN-1"
    assert names.name("d2") == "a b/c"


@given(st.text(min_size=1).filter(lambda text: not any(0xD800 <= ord(c) <= 0xDFFF for c in text)))
def test_a_file_name_gives_its_id_back(identifier: str) -> None:
    name = file_name(identifier)
    assert identifier_of(name) == identifier
    assert "/" not in name
    assert not name.startswith(".")


def test_rows_become_pages_that_ingest_can_read(tmp_path: Path) -> None:
    source = tmp_path / "corpus.jsonl.gz"
    row = {"_id": "MED/1", "title": 'On "bones"', "text": "if p <b 0.05\n# not a heading"}
    source.write_bytes(gzip.compress(json.dumps(row).encode() + b"\n"))
    assert prepare(source, tmp_path / "out") == 1
    page = (tmp_path / "out" / "MED%2F1.md").read_text(encoding="utf-8")
    assert page == '---\ntitle: "On \\"bones\\""\n---\n\n# On "bones"\n\nif p \\<b 0.05\n\\# not a heading\n'


def test_a_row_without_an_id_is_named_as_one_of_beir(tmp_path: Path) -> None:
    corpus = write_lines(tmp_path / "corpus.jsonl", {"_id": "1", "text": "one"}, {"id": "2", "text": "two"})
    with pytest.raises(DatasetInvalid, match=r"corpus\.jsonl:2: .*`_id`"):
        prepare(corpus, tmp_path / "pages")


def test_a_row_without_a_title_has_no_front_matter() -> None:
    assert page_of("", (), "only text") == "\nonly text\n"


def test_pages_are_never_mixed_with_what_is_there(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "corpus.jsonl", {"_id": "1", "title": "", "text": "x"})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.md").touch()
    with pytest.raises(DatasetInvalid, match="not empty"):
        prepare(source, tmp_path / "out")


def test_a_run_file_is_read_back_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "run.trec"
    path.write_text("".join(run_lines({"q": [("b", 0.5), ("a", 0.5), ("c", 0.5)]})), encoding="utf-8")
    assert [document for document, _ in read_run(path)["q"]] == ["b", "a", "c"]


def test_a_run_of_equal_scores_goes_by_rank(tmp_path: Path) -> None:
    path = tmp_path / "run.trec"
    path.write_text("q Q0 b 2 1.0 x\nq Q0 a 1 1.0 x\nq Q0 c 9 2.0 x\n", encoding="utf-8")
    assert [document for document, _ in read_run(path)["q"]] == ["c", "a", "b"]


def test_a_wrong_run_is_named_by_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "run.trec"
    path.write_text("q Q0 b 1 1.0 x\nq Q0 b 2 0.5 x\n", encoding="utf-8")
    with pytest.raises(DatasetInvalid, match=r"run\.trec:2: the document stands twice"):
        read_run(path)
