"""The encoder as OpenVINO runs it: the same model, converted once at ingest; it needs no torch."""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from retriever.encoder import Arithmetic, EncoderIdentity
from retriever.encoding.fixed_widths import FixedWidths
from retriever.encoding.shaped_requests import ShapedRequests
from retriever.encoding.word_vectors import take_out_words
from retriever.errors import EncoderUnavailable, IndexCorrupt
from retriever.openvino_runtime import FIRST_USE, openvino_runtime
from retriever.store.manifest import FileEntry

DESCRIPTION = "encoder.json"
GRAPH, WEIGHTS, TOKENIZER = "model.xml", "model.bin", "tokenizer.json"
BATCH = 8
PASSAGE_BATCH = 4
MOST_STREAMS = 8
"""Batches of passages that are encoded side by side: more of them only take memory."""
WIDTH_STEP = 16
"""Batches are padded to a multiple of this many tokens: OpenVINO keeps memory for every shape it has seen."""

_PRECISION = {
    Arithmetic.OPENVINO_FLOAT32: "f32",
    Arithmetic.OPENVINO_BFLOAT16: "bf16",
    Arithmetic.OPENVINO_INT8: "f32",
}


@dataclass(frozen=True, slots=True)
class ConvertedModel:
    """What `encoder.json` says beside the converted files; `made_with` names the converter's versions."""

    model: str
    model_sha256: str
    arithmetic: Arithmetic
    dimension: int
    max_tokens: int
    query_prompt: str
    passage_prompt: str
    made_with: dict[str, str]
    files: dict[str, FileEntry]


class ConvertedEncoder:
    """An Encoder over a folder of converted files. Safe to share between threads."""

    def __init__(self, folder: Path, *, threads: int, at_once: bool = True) -> None:
        """Verifies every file against `encoder.json`, then loads and compiles.

        Without `at_once` the model is compiled when a text is first encoded: to count tokens needs none.
        Several `threads` encode batches of passages side by side, each on one of them: that takes a sixth less CPU
        than all of them on one batch after another, for the same vectors to the bit.
        Raises EncoderUnavailable where files are missing, IndexCorrupt where one is altered.
        """
        from tokenizers import Tokenizer

        described, artifact_sha256 = read_description(folder)
        self._folder, self._described = folder, described
        content = {name: read_verified(folder, name, entry) for name, entry in described.files.items()}
        self.identity = EncoderIdentity(
            model=described.model,
            model_sha256=described.model_sha256,
            arithmetic=described.arithmetic,
            artifact_sha256=artifact_sha256,
            dimension=described.dimension,
            max_tokens=described.max_tokens,
            query_prompt=described.query_prompt,
            passage_prompt=described.passage_prompt,
        )
        self._counter = Tokenizer.from_buffer(content[TOKENIZER])
        self._counter.no_padding()
        self._counter.no_truncation()
        self._tokenizer = Tokenizer.from_buffer(content[TOKENIZER])
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(described.max_tokens)
        self._files: tuple[bytes, bytes] | None = (content[GRAPH], content[WEIGHTS])
        self._is_loaded = False
        self._threads = threads
        self._loading = threading.Lock()
        self._pool = ThreadPoolExecutor(min(threads, MOST_STREAMS), "encode") if threads > 1 else None
        self._is_exact: dict[tuple[int, int], bool] = {}
        if at_once:
            self._load()

    def _load(self) -> None:
        """Compiles the model, unless that was done; who comes meanwhile waits. Raises EncoderUnavailable."""
        with self._loading:
            if self._is_loaded:
                return
            graph, weights = self._files or (self._verified(GRAPH), self._verified(WEIGHTS))
            with FIRST_USE:
                self._compile(openvino_runtime().Core(), graph, weights)
                self._infer([[0]])
            self._files, self._is_loaded = None, True

    def release(self) -> None:
        """Lets go of the compiled model until a text is encoded again. Nobody may be encoding meanwhile."""
        with self._loading:
            if self._is_loaded:
                del self._requests, self._fixed
                self._is_loaded = False

    def _verified(self, name: str) -> bytes:
        return read_verified(self._folder, name, self._described.files[name])

    def _compile(self, core: Any, graph: bytes, weights: bytes) -> None:
        settings = {
            "INFERENCE_PRECISION_HINT": _PRECISION[self.identity.arithmetic],
            "PERFORMANCE_HINT": "LATENCY" if self._threads == 1 else "THROUGHPUT",
            "INFERENCE_NUM_THREADS": self._threads,
            "NUM_STREAMS": min(self._threads, MOST_STREAMS),
            "ENABLE_CPU_PINNING": False,  # else each question goes to the first core, of every process
        }
        with _failures():
            model = core.read_model(graph, weights)
            words = take_out_words(model)
            self._requests = ShapedRequests(core.compile_model(model, "CPU", settings), words)
        self._fixed = (
            None
            if words is None or self._threads > 1
            else FixedWidths(core, model, settings, self._requests, words)
        )

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (len(texts), dimension), of length one.

        The same question always has the same vector to the bit: questions are computed together only in batches
        of a shape that was seen to give each the vector that it has alone.
        """
        self._load()
        prompt = self.identity.query_prompt
        ids = [self._tokenizer.encode(prompt + text).ids for text in texts]
        vectors = np.empty((len(texts), self.identity.dimension), dtype=np.float32)
        of_width: dict[int, list[int]] = {}
        for row, one in enumerate(ids):
            of_width.setdefault(_padded(len(one)), []).append(row)
        for width, rows in of_width.items():
            for batch in (rows[start : start + BATCH] for start in range(0, len(rows), BATCH)):
                vectors[batch] = self._together([ids[row] for row in batch], width)
        return vectors

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (len(texts), dimension), of length one."""
        self._load()
        prompt = self.identity.passage_prompt
        ids = [one.ids for one in self._tokenizer.encode_batch([prompt + text for text in texts])]
        vectors = np.empty((len(texts), self.identity.dimension), dtype=np.float32)

        def encode(batch: list[int]) -> None:
            vectors[batch] = self._infer([ids[row] for row in batch])

        for _ in map(encode, _batches(ids)) if self._pool is None else self._pool.map(encode, _batches(ids)):
            pass  # what a batch raises is raised here
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text as a passage, with prompt and special tokens, nothing cut."""
        prompt = self.identity.passage_prompt
        return [len(one) for one in self._counter.encode_batch_fast([prompt + text for text in texts])]

    def _together(self, ids: Sequence[Sequence[int]], width: int) -> NDArray[np.float32]:
        """Vectors of questions of one padded width, each as it is alone; a shape is tried before it is trusted."""
        shape = (len(ids), width)
        if len(ids) == 1:
            if self._fixed is not None:
                self._fixed.asked(width)
            return self._infer(ids)
        if self._is_exact.get(shape, True):
            together = self._infer(ids)
            if shape in self._is_exact:
                return together
        alone = np.concatenate([self._infer([one]) for one in ids])
        if shape not in self._is_exact:
            self._is_exact[shape] = bool(np.array_equal(alone, together))
        return alone

    def _infer(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        with _failures():
            vectors = self._requests.infer(ids, width=_padded(max(len(row) for row in ids)))
        if not np.isfinite(vectors).all():
            raise EncoderUnavailable("the encoder gave a vector that is not finite; run `footnoted doctor`")
        return vectors


@contextmanager
def _failures() -> Iterator[None]:
    """Turns what OpenVINO raises, one class for everything, into EncoderUnavailable; its files were verified."""
    try:
        yield
    except RuntimeError as error:
        raise EncoderUnavailable(
            "the model cannot be computed, as a rule for want of memory; end other programs, or let this process "
            "have more"
        ) from error


def _padded(tokens: int) -> int:
    return ceil(tokens / WIDTH_STEP) * WIDTH_STEP


def read_description(folder: Path) -> tuple[ConvertedModel, str]:
    """What `encoder.json` says, and the digest of that file, which names the converted model.

    Raises EncoderUnavailable where it is missing, IndexCorrupt where it is not well-formed.
    """
    try:
        raw = (folder / DESCRIPTION).read_bytes()
    except OSError as error:
        raise _not_read(f"the converted encoder {folder.name}", error) from error
    try:
        return msgspec.json.decode(raw, type=ConvertedModel), hashlib.sha256(raw).hexdigest()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise IndexCorrupt(
            f"{folder.name}/{DESCRIPTION} is damaged; remove that folder and ingest again"
        ) from error


def read_verified(folder: Path, name: str, entry: FileEntry) -> bytes:
    """A file beside `encoder.json`. Raises EncoderUnavailable where it is missing, IndexCorrupt where altered."""
    if "/" in name or name.startswith("."):
        raise IndexCorrupt(
            f"{folder.name}/{DESCRIPTION} names a file outside its folder; remove it and ingest again"
        )
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise _not_read(f"{folder.name}/{name}", error) from error
    if len(content) != entry.size or hashlib.sha256(content).hexdigest() != entry.sha256:
        raise IndexCorrupt(f"{folder.name}/{name} is altered; remove that folder and run `footnoted ingest` again")
    return content


def _not_read(what: str, error: OSError) -> EncoderUnavailable:
    if isinstance(error, FileNotFoundError):
        return EncoderUnavailable(f"{what} is missing; run `footnoted ingest` again")
    return EncoderUnavailable(f"{what} cannot be read: {error.strerror}; mend the cause and try again")


def _batches(ids: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Rows of like length together, so that little is padded; the same input always gives the same batches."""
    order = sorted(range(len(ids)), key=lambda row: (len(ids[row]), row))
    for start in range(0, len(order), PASSAGE_BATCH):
        yield order[start : start + PASSAGE_BATCH]
