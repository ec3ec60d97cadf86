"""The pair reader: question and quote read together where the numbers of a retrieval leave it open."""

import json
import logging
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from retriever.abstention.answerability import Decision, assess
from retriever.abstention.calibration import Weights, default_calibration
from retriever.abstention.evidence import Evidence
from retriever.abstention.second_look import OPEN_FROM, OPEN_UNTIL, ZERO, is_open, seen_again
from retriever.answers.answer import Answerer
from retriever.answers.chosen.scored import BELIEVED
from retriever.answers.draft import Draft
from retriever.encoding.model_files import BUNDLED_MODEL, find_folder
from retriever.errors import EncoderUnavailable
from retriever.index import Index
from retriever.query import Query, Retrieval
from retriever.reading.pair_reader import MAX_TOKENS, PairReader, own_pair_reader
from retriever.reading.word_table import word_table
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.fake_pair_readers import Broken, Likes
from tests.hashing import HashingEncoder
from tests.small_answers import INJECTIONS, TABLETS

QUESTION = "how long should alendronate be taken"
ANSWERS = (
    "Alendronate > How long\nMost people take alendronate for five years, and then have their treatment looked at."
)
BESIDE = "Preventing falls > At home\nLoose rugs and poor light are common causes of a fall."

NO_EVIDENCE = Evidence(*(0.0 for _ in fields(Evidence)))


@pytest.fixture(scope="module")
def reader() -> PairReader:
    return own_pair_reader()


def test_what_answers_has_the_higher_logit(reader: PairReader) -> None:
    answers, beside = reader.read(QUESTION, [ANSWERS, BESIDE])
    assert answers > beside + 1


def test_the_same_pairs_have_the_same_logits(reader: PairReader) -> None:
    texts = [ANSWERS, BESIDE, *(f"Page {number}\n{ANSWERS[: 20 + 9 * number]}" for number in range(10))]
    again = PairReader()
    assert np.array_equal(reader.read(QUESTION, texts), reader.read(QUESTION, texts))
    assert np.array_equal(reader.read(QUESTION, texts), again.read(QUESTION, texts))


def test_each_text_has_its_own_logit_whatever_is_read_beside_it(reader: PairReader) -> None:
    texts = [ANSWERS, BESIDE, ANSWERS * 3, "Short\nYes.", *([BESIDE] * 5)]
    together = reader.read(QUESTION, texts)
    alone = [float(reader.read(QUESTION, [text])[0]) for text in texts]
    assert np.abs(together - alone).max() < 0.2  # what lies beside a text pads it, and bfloat16 rounds


def test_nothing_is_too_long_to_be_read(reader: PairReader) -> None:
    assert np.isfinite(reader.read("why " * 3 * MAX_TOKENS, ["word " * 5 * MAX_TOKENS, ""])).all()


def test_no_text_has_no_logit(reader: PairReader) -> None:
    assert reader.read(QUESTION, []).shape == (0,)


def test_the_table_of_words_is_that_of_the_bundled_model() -> None:
    from safetensors.numpy import load_file

    weights = find_folder(BUNDLED_MODEL) / "model.safetensors"
    whole = next(array for name, array in load_file(weights).items() if "word_embeddings" in name)
    assert np.array_equal(word_table(weights), whole)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 20,
        (2).to_bytes(8, "little") + b"{}",
        (50).to_bytes(8, "little")
        + json.dumps({"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode(),
    ],
)
def test_a_file_without_the_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(ValueError):  # noqa: PT011 - json's own, or ours
        word_table(tmp_path / "model.safetensors")


def test_a_reader_without_its_files_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="install the program anew"):
        PairReader(tmp_path).read(QUESTION, [ANSWERS])


def test_what_is_read_moves_the_probability_its_way() -> None:
    low, same, high = (seen_again(0.5, read, NO_EVIDENCE) for read in (ZERO - 4, ZERO, ZERO + 4))
    assert 0 < low < same == 0.5 < high < 1
    assert seen_again(0.0, 3.0, NO_EVIDENCE) < 0.5 < seen_again(1.0, ZERO - 9, NO_EVIDENCE)


@pytest.mark.parametrize("instead", ["neighbour", "unknown"])
def test_quotes_about_something_else_make_no_answer_more_probable(instead: str) -> None:
    evidence = replace(NO_EVIDENCE, **{instead: 0.1})
    assert seen_again(0.5, ZERO + 4, evidence) == 0.5
    assert seen_again(0.5, ZERO - 4, evidence) == seen_again(0.5, ZERO - 4, NO_EVIDENCE)


BY_COSINE = replace(
    default_calibration(), weights=Weights(intercept=-4.0, of=replace(NO_EVIDENCE, cosine=8.0)), threshold=0.5
)


@pytest.mark.parametrize(("cosine", "times"), [(0.0, 0), (0.5, 1), (1.0, 0)])
def test_quotes_are_read_only_where_it_is_open(cosine: float, times: int) -> None:
    asked: list[None] = []
    assess(replace(NO_EVIDENCE, cosine=cosine), BY_COSINE, read=lambda: asked.append(None))
    assert len(asked) == times
    assert is_open(OPEN_FROM)
    assert not is_open(OPEN_UNTIL)


def test_what_is_read_decides_an_open_question() -> None:
    evidence, calibration = replace(NO_EVIDENCE, cosine=0.5), BY_COSINE
    assert assess(evidence, calibration, read=lambda: ZERO + 9).decision is Decision.ANSWER
    assert assess(evidence, calibration, read=lambda: ZERO - 9).decision is Decision.ABSTAIN
    assert assess(evidence, calibration, read=lambda: None) == assess(evidence, calibration)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Answerer, Query, Retrieval]:
    folder = tmp_path_factory.mktemp("pages")
    corpus = write_collection(folder / "corpus", {"denosumab.md": INJECTIONS, "ibandronate.md": TABLETS})
    run_ingest(corpus, folder / "index", chunk_size=600)
    index, encoder = Index.open(folder / "index"), HashingEncoder()
    query = Query("denosumab")
    return Answerer(index, encoder), query, Retriever(index, encoder).retrieve(query)


def test_a_draft_is_made_once_and_chosen_by_what_was_read(asked: tuple[Answerer, Query, Retrieval]) -> None:
    answerer, query, retrieval = asked
    liked = [Likes(word) for word in ("six months", "antibody")]
    texts = []
    for likes in liked:
        draft = Draft(answerer, likes, query, retrieval)
        assert draft.read() == 9.0
        answer = draft.answer(retrieval.hits)
        assert answer is not None
        assert likes.calls == 1
        texts.append(answer.text)
    assert all(likes.word in text for likes, text in zip(liked, texts, strict=True))


@pytest.mark.parametrize(("logit", "is_given"), [(BELIEVED, True), (BELIEVED - 0.1, False)])
def test_a_quote_that_a_rule_doubts_is_given_where_it_reads_like_an_answer(
    asked: tuple[Answerer, Query, Retrieval], logit: float, *, is_given: bool
) -> None:
    answerer, _, retrieval = asked
    question = "can I stop denosumab"  # no page tells of stopping
    assert answerer.answer(question, retrieval.hits) is None
    answer = answerer.answer(question, retrieval.hits, reading=lambda quotes: [logit] * len(quotes))
    assert (answer is not None) == is_given
    assert answer is None or answer.read == logit


def test_an_answer_that_nobody_read_for_is_the_one_without_a_reader(
    asked: tuple[Answerer, Query, Retrieval],
) -> None:
    answerer, query, retrieval = asked
    unread = Draft(answerer, Likes("six months"), query, retrieval).answer(retrieval.hits)
    assert unread == Draft(answerer, None, query, retrieval).answer(retrieval.hits)
    assert Draft(answerer, None, query, retrieval).read() is None


def test_without_the_model_the_answer_is_given_and_the_log_says_so(
    asked: tuple[Answerer, Query, Retrieval], caplog: pytest.LogCaptureFixture
) -> None:
    answerer, query, retrieval = asked
    draft = Draft(answerer, Broken(), query, retrieval)
    with caplog.at_level(logging.WARNING):
        assert draft.read() is None
    assert draft.answer(retrieval.hits) == Draft(answerer, None, query, retrieval).answer(retrieval.hits)
    assert "install the program anew" in caplog.text
    assert query.text not in caplog.text
