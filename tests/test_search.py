"""Both searches against a brute-force oracle, fusion, and the terms."""

import struct
import zlib
from pathlib import Path
from random import Random

import msgspec
import numpy as np
import pytest
from bm25s.stopwords import STOPWORDS_EN
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from retriever.errors import IndexMismatch
from retriever.search.analyze import ANALYSIS_VERSION, STOP_WORDS, terms
from retriever.search.dense import DenseIndex
from retriever.search.fuse import fuse, scale
from retriever.search.lexical import K1, B, LexicalField, count_terms, known_terms, terms_file

RANDOM = np.random.default_rng(7)


def unit(rows: int, dimension: int = 8) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Random vectors of length one."""
    vectors = RANDOM.normal(size=(rows, dimension)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("top_k", [1, 5, 40, 100])
def test_dense_search_agrees_with_brute_force_on_scores_and_order(top_k: int) -> None:
    vectors, question = unit(40), unit(1)[0] * np.float32(3.5)
    scores, rows = DenseIndex.build(vectors).search(question, top_k=top_k, allowed=None)
    expected = np.argsort(-(vectors @ question), kind="stable")[:top_k]
    assert rows.tolist() == expected.tolist()
    np.testing.assert_allclose(scores, (vectors @ question)[expected], rtol=1e-5)


def test_dense_search_keeps_to_the_allowed_rows_and_never_pads() -> None:
    vectors = unit(40)
    allowed = np.zeros(40, dtype=np.bool_)
    allowed[[3, 17, 31]] = True
    _, rows = DenseIndex.build(vectors).search(unit(1)[0], top_k=10, allowed=allowed)
    assert sorted(rows.tolist()) == [3, 17, 31]


def test_dense_search_of_nothing_allowed_finds_nothing() -> None:
    scores, rows = DenseIndex.build(unit(4)).search(unit(1)[0], top_k=3, allowed=np.zeros(4, dtype=np.bool_))
    assert scores.shape == rows.shape == (0,)


def test_equal_vectors_come_in_order_of_their_rows() -> None:
    vectors = np.repeat(unit(1), 5, axis=0)
    assert DenseIndex.build(vectors).search(vectors[0], top_k=5, allowed=None)[1].tolist() == [0, 1, 2, 3, 4]


def test_vectors_that_are_not_of_length_one_are_refused() -> None:
    with pytest.raises(ValueError, match="length one"):
        DenseIndex.build(unit(3) * np.float32(2))
    with pytest.raises(ValueError, match="finite"):
        DenseIndex.build(np.full((1, 4), np.nan, dtype=np.float32))


def test_bm25_agrees_with_the_formula() -> None:
    texts = ["calcium calcium bones", "vitamin bones", "falls at night"]
    scores = LexicalField.build(count_terms(texts)).search("calcium bones")
    lengths = [len(terms(text)) for text in texts]
    average = sum(lengths) / 3

    def part(frequency: int, length: int, having: int) -> float:
        idf = np.log(1 + (3 - having + 0.5) / (having + 0.5))
        return float(idf * frequency / (frequency + K1 * (1 - B + B * length / average)))

    assert scores[0] == pytest.approx(part(2, lengths[0], 1) + part(1, lengths[0], 2), rel=1e-5)
    assert scores[1] == pytest.approx(part(1, lengths[1], 2), rel=1e-5)
    assert scores[2] == 0


def test_a_lexical_field_is_the_same_after_its_files_are_read_back() -> None:
    field = LexicalField.build(count_terms(["calcium in food", "", "vitamin D and calcium"]))
    files = field.files("body")
    again = LexicalField.from_files("body", files.__getitem__)
    assert again.search("calcium").tolist() == field.search("calcium").tolist()
    assert again.files("body") == files


WORDS = st.sampled_from(
    [
        "Bones",
        "bone",
        "BONES",
        "the",
        "it",
        "Its",
        "non-",
        "non ",
        "Hodgkin",
        "É",
        "e\u0301",
        "İ",
        "3",
        "_",
        "\n",
        "ſo",
    ]
)


@given(st.lists(st.lists(WORDS, max_size=8).map(" ".join) | st.text(max_size=20), max_size=6))
def test_counting_gives_the_terms_of_each_text_numbered_as_they_come(texts: list[str]) -> None:
    counted = count_terms(texts)
    term_of_number = list(counted.vocabulary)
    assert [[term_of_number[number] for number in row] for row in counted.rows] == [terms(text) for text in texts]
    assert list(dict.fromkeys(number for row in counted.rows for number in row)) == [*range(len(term_of_number))]


@given(st.lists(st.tuples(st.lists(WORDS, max_size=8).map(" ".join), st.booleans()), max_size=6), st.randoms())
def test_terms_that_are_known_count_as_their_texts_would(drawn: list[tuple[str, bool]], random: Random) -> None:
    earlier = [text for text, _ in drawn] + ["of an earlier collection alone"]
    random.shuffle(earlier)
    counted = count_terms(earlier)
    known = known_terms(terms_file(counted), counted.vocabulary)
    assert known is not None
    texts = [known.of(earlier.index(text)) if is_known else text for text, is_known in drawn]
    again, anew = count_terms(texts, known.vocabulary), count_terms(text for text, _ in drawn)
    assert (list(again.vocabulary), again.rows) == (list(anew.vocabulary), anew.rows)


def test_terms_of_another_analysis_are_not_taken_over() -> None:
    counted = count_terms(["calcium in food"])
    file = msgspec.msgpack.decode(terms_file(counted))
    assert known_terms(msgspec.msgpack.encode(file | {"analysis": "0"}), counted.vocabulary) is None


def test_other_terms_need_another_version_of_the_analysis() -> None:
    text = "The nōn-small-cell cancers of DÉNOSUMAB ｆｕｌｌ ﬁbre ſtress; 12.5 mg/kg İstanbul Straße non Hodgkin"
    found = " ".join([*terms(text), *terms("is it"), *sorted(STOP_WORDS)])
    assert (ANALYSIS_VERSION, zlib.crc32(found.encode())) == (1, 1527209182)


def test_unknown_words_and_an_empty_field_score_zero() -> None:
    assert LexicalField.build(count_terms(["calcium"])).search("zebra").tolist() == [0]
    assert LexicalField.build(count_terms(["", ""])).search("zebra").tolist() == [0, 0]


@pytest.mark.parametrize("written", ["non-Hodgkin lymphoma", "Non Hodgkin lymphoma", "non‑Hodgkin lymphomas"])
def test_what_is_negated_is_another_word(written: str) -> None:
    assert terms(written) == ["nonhodgkin", "lymphoma"]


def test_terms_are_folded_stemmed_and_without_stop_words() -> None:
    assert terms("The Injections of DÉNOSUMAB, injected!") == ["inject", "denosumab", "inject"]


def test_a_question_of_stop_words_alone_keeps_them() -> None:
    assert terms("is it") == ["is", "it"]


def test_fusion_is_the_weighted_sum_of_scaled_scores() -> None:
    parts = {
        "dense": np.array([0.2, 0.4, 0.6], dtype=np.float32),
        "body": np.array([10.0, 0.0, 5.0], dtype=np.float32),
    }
    fused = fuse(parts, {"dense": 3.0, "body": 1.0})
    np.testing.assert_allclose(fused, [0.75 * 0 + 0.25 * 1, 0.75 * 0.5 + 0, 0.75 * 1 + 0.25 * 0.5], atol=1e-6)


def test_fusion_without_any_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="weight"):
        fuse({"dense": np.zeros(2, dtype=np.float32)}, {"body": 1.0})


@given(arrays(np.float32, st.integers(0, 20), elements=st.floats(-100, 100, width=32)))
def test_scaling_keeps_the_order_and_stays_between_zero_and_one(
    scores: np.ndarray[tuple[int], np.dtype[np.float32]],
) -> None:
    scaled = scale(scores)
    assert ((scaled >= 0) & (scaled <= 1)).all()
    assert (np.diff(scaled[np.argsort(scores)]) >= 0).all()


def test_the_stop_words_are_those_of_the_library() -> None:
    assert frozenset(STOPWORDS_EN) == STOP_WORDS


@pytest.mark.parametrize(
    ("offset", "form", "value"),
    [(0, "4s", b"IxF2"), (4, "i", 2**30), (8, "q", 2**40), (8, "q", -1), (37, "Q", 2**60), (37, "Q", 0)],
)
def test_a_declared_size_is_refused_before_memory_is_asked_for(
    tmp_path: Path, offset: int, form: str, value: object
) -> None:
    vectors = np.eye(4, 8, dtype=np.float32)
    DenseIndex.build(vectors).write(tmp_path / "dense.faiss")
    content = bytearray((tmp_path / "dense.faiss").read_bytes())
    assert DenseIndex.from_bytes(bytes(content), dimension=8, rows=4).vectors.tolist() == vectors.tolist()
    struct.pack_into(f"<{form}", content, offset, value)
    with pytest.raises(IndexMismatch, match="not what the manifest says"):
        DenseIndex.from_bytes(bytes(content), dimension=8, rows=4)
    with pytest.raises(IndexMismatch, match="not what the manifest says"):
        DenseIndex.from_bytes(bytes(content) + b"x", dimension=8, rows=4)


def test_the_terms_that_enough_rows_hold_come_in_the_order_of_their_numbers() -> None:
    field = LexicalField.build(count_terms(["zebra calcium", "zebra bones", "calcium bones zebra", "rare"]))
    assert list(field.often(2)) == [term for term in field.numbers if field.rows_with(term) >= 2]
    assert list(field.often(3)) == ["zebra"]
    assert list(field.often(5)) == []
    assert list(LexicalField.build(count_terms([""])).often(1)) == []
