"""The real model: the converted encoder against sentence-transformers, its files, its fallbacks."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest import prepare_encoder as preparing
from ingest.prepare_encoder import prepare_encoder
from retriever.abstention.errands import errand_direction, learn_errands
from retriever.encoder import Arithmetic, Encoder
from retriever.encoding.converted_encoder import ConvertedEncoder, _batches
from retriever.encoding.model_files import BUNDLED_MODEL, find_model
from retriever.encoding.open_encoder import encoder_folder, open_encoder
from retriever.encoding.sentence_model import SentenceTransformerEncoder
from retriever.errors import EncoderUnavailable, IndexCorrupt, IndexMismatch
from retriever.openvino_runtime import FIRST_USE
from retriever.questions.example_vectors import Lesson, example_texts, kept_lesson
from retriever.questions.nearness import learn_nearness
from retriever.questions.routing import default_rules, route
from tests.messages_of_danger import OF_DANGER, SOUNDS_ALIKE

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
SOME = 16
"""Paragraphs that are encoded: two batches, and enough to see that directions agree."""
pytestmark = [
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # torch and transformers use what Python will drop
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    paragraphs = [
        p for page in sorted(CORPUS.rglob("*.md")) for p in page.read_text(encoding="utf-8").split("\n\n")
    ]
    return [*[p for p in paragraphs if len(p) > 200][:SOME], "Short.", "word " * 600]


@pytest.fixture(scope="module")
def few(texts: list[str]) -> list[str]:
    """Three paragraphs, a short text and one that is too long: one batch."""
    return texts[-5:]


@pytest.fixture(scope="module")
def reference() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(find_model(BUNDLED_MODEL))


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="module")
def converted(index_dir: Path) -> Encoder:
    return prepare_encoder(BUNDLED_MODEL, "int8", index_dir=index_dir, say=lambda _: None)


def test_int8_points_where_float32_points(
    converted: Encoder, reference: SentenceTransformerEncoder, texts: list[str]
) -> None:
    paragraphs = texts[:SOME]
    cosines = (converted.encode_passages(paragraphs) * reference.encode_passages(paragraphs)).sum(axis=1)
    assert cosines.mean() > 0.995
    assert cosines.min() > 0.98


@pytest.mark.slow
def test_float32_in_openvino_is_float32(
    index_dir: Path, reference: SentenceTransformerEncoder, texts: list[str]
) -> None:
    encoder = prepare_encoder(BUNDLED_MODEL, "float32", index_dir=index_dir, say=lambda _: None)
    np.testing.assert_allclose(encoder.encode_passages(texts), reference.encode_passages(texts), atol=1e-4)


def test_vectors_have_length_one_and_the_dimension_of_the_model(converted: Encoder, texts: list[str]) -> None:
    vectors = converted.encode_passages(texts)
    assert vectors.shape == (len(texts), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_a_question_has_the_same_vector_alone_and_among_others(converted: Encoder) -> None:
    alone = converted.encode_queries(["what is denosumab?"])[0]
    among = converted.encode_queries(["a much longer question about something else", "what is denosumab?"])[1]
    assert alone.tobytes() == among.tobytes()


def test_a_question_has_the_same_vector_after_a_longer_one_of_its_width(converted: Encoder) -> None:
    short, longer = "what is denosumab?", "how long does denosumab stay in the bones?"
    before, _, after = (converted.encode_queries([text]).tobytes() for text in (short, longer, short))
    assert after == before


def test_several_threads_give_the_vectors_of_one(converted: Encoder, index_dir: Path, texts: list[str]) -> None:
    artifact = converted.identity.artifact_sha256 or ""
    alone, together = (ConvertedEncoder(encoder_folder(index_dir, artifact), threads=n) for n in (1, 3))
    assert np.array_equal(alone.encode_passages(texts), together.encode_passages(texts))


class Watched(ConvertedEncoder):
    """Remembers whether another encoder could have been at its first inference beside each of its own."""

    was_alone: list[bool]

    def _infer(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        self.was_alone = [*getattr(self, "was_alone", []), FIRST_USE.locked()]
        return super()._infer(ids)


def test_no_two_encoders_of_a_process_are_at_their_first_inference_at_once(
    converted: Encoder, index_dir: Path
) -> None:
    folder = encoder_folder(index_dir, converted.identity.artifact_sha256 or "")
    encoders = [Watched(folder, threads=1, at_once=False) for _ in range(2)]
    with ThreadPoolExecutor(len(encoders)) as threads:
        list(threads.map(lambda encoder: encoder.encode_queries([]), encoders))
    assert [encoder.was_alone for encoder in encoders] == [[True]] * 2
    encoders[0].encode_queries(["what is denosumab?"])
    assert encoders[0].was_alone == [True, False]


def test_a_copy_for_one_width_gives_every_question_of_it_the_vector_that_it_had(
    converted: Encoder, index_dir: Path
) -> None:
    encoder = ConvertedEncoder(encoder_folder(index_dir, converted.identity.artifact_sha256 or ""), threads=1)
    questions = [f"what is denosumab, and how is {name} given?" for name in ("it", "cisplatin", "an MRI")]
    before = [encoder.encode_queries([question]).tobytes() for question in questions]
    assert encoder._fixed is not None
    assert encoder._fixed.make(16)
    assert [encoder.encode_queries([question]).tobytes() for question in questions] == before


def test_a_model_that_is_loaded_when_it_is_needed_gives_every_thread_its_vectors(
    converted: Encoder, index_dir: Path, few: list[str]
) -> None:
    later = ConvertedEncoder(
        encoder_folder(index_dir, converted.identity.artifact_sha256 or ""), threads=2, at_once=False
    )
    assert later.count_tokens(few) == converted.count_tokens(few)
    expected = converted.encode_queries(few)
    with ThreadPoolExecutor(3) as threads:
        several = list(threads.map(later.encode_queries, [few] * 3))
    assert all(np.array_equal(vectors, expected) for vectors in several)


def test_a_model_that_was_let_go_is_loaded_again_where_it_is_needed(
    converted: Encoder, index_dir: Path, few: list[str]
) -> None:
    encoder = ConvertedEncoder(encoder_folder(index_dir, converted.identity.artifact_sha256 or ""), threads=2)
    before = encoder.encode_passages(few)
    encoder.release()
    encoder.release()
    assert encoder.count_tokens(few) == converted.count_tokens(few)
    assert np.array_equal(encoder.encode_passages(few), before)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system ties no thread to a processor")
def test_encoding_leaves_a_thread_the_processors_that_it_was_given(converted: Encoder) -> None:
    def processors_after_encoding_on(processor: int) -> set[int]:
        os.sched_setaffinity(0, {processor})  # of this thread alone
        converted.encode_queries(["what is denosumab?"])
        return os.sched_getaffinity(0)

    last = max(os.sched_getaffinity(0))
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(processors_after_encoding_on, last).result() == {last}


def test_no_text_gives_no_vector(converted: Encoder, reference: SentenceTransformerEncoder) -> None:
    assert converted.encode_passages([]).shape == reference.encode_passages([]).shape == (0, 384)
    assert converted.count_tokens([]) == reference.count_tokens([]) == []


def test_both_encoders_count_the_same_tokens_and_cut_none(
    converted: Encoder, reference: SentenceTransformerEncoder, texts: list[str]
) -> None:
    assert converted.count_tokens(texts) == reference.count_tokens(texts)
    assert converted.count_tokens(["word " * 600]) == [602]


def test_an_encoder_is_opened_by_its_identity(converted: Encoder, index_dir: Path) -> None:
    again = open_encoder(converted.identity, index_dir)
    assert again.identity == converted.identity
    with pytest.raises(IndexMismatch, match="model_sha256"):
        open_encoder(replace(converted.identity, model_sha256="0" * 64), index_dir)


def test_a_missing_encoder_says_what_to_do(converted: Encoder, tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="footnoted ingest"):
        open_encoder(converted.identity, tmp_path)


@pytest.mark.parametrize("name", ["model.bin", "model.xml", "tokenizer.json", "encoder.json"])
def test_an_altered_file_of_the_encoder_is_refused_by_name(
    converted: Encoder, index_dir: Path, tmp_path: Path, name: str
) -> None:
    artifact = converted.identity.artifact_sha256
    assert artifact is not None
    folder = encoder_folder(tmp_path, artifact)
    shutil.copytree(encoder_folder(index_dir, artifact), folder)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises((IndexCorrupt, IndexMismatch), match=name if name != "encoder.json" else "encoder"):
        open_encoder(converted.identity, tmp_path)


def test_the_converted_encoder_needs_no_torch_and_reports_its_use_to_nobody(
    converted: Encoder, index_dir: Path
) -> None:
    artifact = converted.identity.artifact_sha256
    assert artifact is not None
    program = (
        "import sys, json; from pathlib import Path\n"
        "from retriever.encoding.converted_encoder import ConvertedEncoder\n"
        f"ConvertedEncoder(Path({str(encoder_folder(index_dir, artifact))!r}), threads=1).encode_queries(['a'])\n"
        "unwanted = 'torch transformers sentence_transformers nncf openvino.tools.ovc openvino_telemetry'\n"
        "print(json.dumps([name for name in unwanted.split() if sys.modules.get(name) is not None]))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == []


def test_a_model_that_cannot_be_converted_runs_as_it_is_and_says_so(
    index_dir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object) -> None:
        raise EncoderUnavailable("the model cannot be converted to openvino-int8 (no such operation)")

    monkeypatch.setenv("FOOTNOTED_CACHE", str(tmp_path))
    monkeypatch.setattr(preparing, "_run_conversion", refuse)
    said: list[str] = []
    encoder = prepare_encoder(BUNDLED_MODEL, None, index_dir=index_dir, say=said.append)
    assert encoder.identity.arithmetic is Arithmetic.TORCH_FLOAT32
    assert any("float32" in line for line in said)
    with pytest.raises(EncoderUnavailable, match="no such operation"):
        prepare_encoder(BUNDLED_MODEL, "int8", index_dir=index_dir, say=said.append)


def test_a_model_that_is_not_there_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EncoderUnavailable, match="all-MiniLM-L6-v2"):
        find_model("nobody/has-this-model")
    with pytest.raises(EncoderUnavailable, match=r"config\.json"):
        find_model(str(tmp_path))


def test_batches_hold_every_row_once_and_rows_of_like_length() -> None:
    ids = [[0] * length for length in (256, 3, 200, 3, 8, 100, 256, 31, *([5] * 20))]
    batches = list(_batches(ids))
    assert sorted(row for batch in batches for row in batch) == list(range(len(ids)))
    assert all(len(batch) <= 8 for batch in batches)
    lengths = [len(ids[row]) for batch in batches for row in batch]
    assert lengths == sorted(lengths)


def test_the_encoder_class_is_what_serves(converted: Encoder) -> None:
    assert isinstance(converted, ConvertedEncoder)


def test_the_kept_lesson_is_that_of_the_default_rules_examples(converted: Encoder) -> None:
    rules = default_rules()
    texts, dangers = example_texts(rules), sum(len(rule.examples) for rule in rules.rules)
    kept = kept_lesson(texts, dangers, converted.identity)
    assert kept is not None, "the rules' examples have changed: run `make routing-vectors`"
    assert kept.vectors.shape == (len(texts), converted.identity.dimension)
    made = converted.encode_queries(texts[::40])
    assert np.all(np.sum(kept.vectors[::40] * made, axis=1) > 0.98)
    learnt = Lesson.of(kept.vectors, dangers)
    assert np.allclose(kept.direction, learnt.direction)
    assert np.allclose(kept.alone, learnt.alone)


def test_the_kept_direction_of_errands_is_learnt_from_the_examples_and_finds_others(converted: Encoder) -> None:
    kept = errand_direction(converted.identity)
    assert kept is not None, "the examples of errands have changed: run `make errand-direction`"
    made = learn_errands(converted)
    lengths = np.linalg.norm(kept.direction) * np.linalg.norm(made.direction)
    assert float(kept.direction @ made.direction) > 0.98 * lengths
    errands = ("can the physio see me a day earlier", "which eye clinic is the best in Wales")
    others = ("how is a urine test done", "what does a physiotherapist do for a stiff neck")
    heights = converted.encode_queries([*errands, *others]) @ kept.direction - kept.least
    assert np.all(heights[:2] > 0)
    assert np.all(heights[2:] < 0)


def test_the_routing_rules_examples_find_dangers_that_patterns_miss(converted: Encoder) -> None:
    nearness = learn_nearness(default_rules(), converted)
    assert nearness is not None
    dangers, others = (
        [nearness.route(text, vector) for text, vector in zip(texts, converted.encode_queries(texts), strict=True)]
        for texts in (OF_DANGER, SOUNDS_ALIKE)
    )
    assert sum(found is not None for found in dangers) >= 33
    assert sum(found is not None for found in others) <= 3
    assert sum(route(text, default_rules()) is not None for text in OF_DANGER) < 10
