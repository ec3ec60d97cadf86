"""Pair reader: a small cross-encoder that reads a question together with each of some quotes."""

import threading
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retriever.encoding.model_files import BUNDLED_MODEL, find_folder
from retriever.errors import EncoderUnavailable
from retriever.openvino_runtime import FIRST_USE, openvino_runtime
from retriever.reading.pair_tokenizer import pair_tokenizer
from retriever.reading.word_table import word_table
from retriever.turns import Turns

MAX_TOKENS = 112
"""Word pieces of question and quote together; what is longer loses the end of the longer one."""
BATCH = 3
WIDTH_STEP = 16
"""OpenVINO keeps memory for every shape it has seen: all batches have as many texts, and few widths."""
AT_ONCE = 1
"""Questions that are read for at the same time; each more takes 15 MB."""
DIGITS = 3
WORDS, MASK, TYPES = "words", "attention_mask", "token_type_ids"
"""The inputs: the words' vectors, shape (n, width, dimension), and two of whole numbers, shape (n, width)."""
GRAPH, WEIGHTS = "model.xml", "model.bin"


class PairReader:
    """Tells how well each of some texts answers a question. Safe to share between threads.

    The six layers of the bundled model, trained on further to read pairs (`footnoted eval pair-reader`), and that
    model's own word vectors and tokenizer. It is loaded when it first reads.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` holds `model.xml` and `model.bin`; the program's own where it is None."""
        self._folder = folder
        self._loading = threading.Lock()
        self._turns = Turns(AT_ONCE)
        self._free: list[Any] = []
        self._compiled: Any = None

    def load(self) -> None:
        """Compiles the model, unless that was done; who comes meanwhile waits. Raises EncoderUnavailable."""
        with self._loading:
            if self._compiled is not None:
                return
            own = find_folder(BUNDLED_MODEL)
            model = Path(str(files(__package__) / "model")) if self._folder is None else self._folder
            try:
                self._table = word_table(own / "model.safetensors")
                self._tokenizer = pair_tokenizer(own, max_tokens=MAX_TOKENS)
                settings = {
                    "INFERENCE_PRECISION_HINT": "bf16",
                    "INFERENCE_NUM_THREADS": AT_ONCE,
                    "NUM_STREAMS": AT_ONCE,
                    "ENABLE_CPU_PINNING": False,
                }
                with FIRST_USE:
                    compiled = openvino_runtime().Core().compile_model(model / GRAPH, "CPU", settings)
                    request = compiled.create_infer_request()
                    request.infer(_inputs([[0]], [[0]], self._table))
            except (OSError, ValueError, RuntimeError) as error:
                raise EncoderUnavailable(
                    f"the pair reader cannot be loaded ({type(error).__name__}); install the program anew"
                ) from error
            self._free.append(request)
            self._compiled = compiled

    def read(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """How well each text answers the question, shape (len(texts),): logits, of which 0 says as likely as not
        where as many answer as do not. Raises EncoderUnavailable.

        The same question with the same texts always has the same logits.
        """
        self.load()
        if not texts:
            return np.zeros(0, dtype=np.float32)
        pairs = self._tokenizer.encode_batch([(question, text) for text in texts])
        order = sorted(range(len(pairs)), key=lambda place: (len(pairs[place].ids), place))
        found = np.zeros(len(pairs), dtype=np.float32)
        with self._turns:
            request = self._request()
            for start in range(0, len(order), BATCH):
                batch = order[start : start + BATCH]
                ids, types = [pairs[place].ids for place in batch], [pairs[place].type_ids for place in batch]
                try:
                    request.infer(_inputs(ids, types, self._table))
                except RuntimeError as error:
                    raise EncoderUnavailable(
                        "a pair of texts cannot be read, as a rule for want of memory; end other programs"
                    ) from error
                found[batch] = request.get_output_tensor(0).data[: len(batch)]
            self._free.append(request)
        return np.asarray(np.round(found, DIGITS))

    def _request(self) -> Any:
        try:
            return self._free.pop()
        except IndexError:
            return self._compiled.create_infer_request()


@cache
def own_pair_reader() -> PairReader:
    """The one that comes with the program, the same for everybody in this process; not loaded yet."""
    return PairReader()


def _inputs(
    ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]], table: NDArray[np.float32]
) -> dict[str, NDArray[Any]]:
    """Texts as word pieces, padded to one width and to a whole batch, with their vectors looked up."""
    width = ceil(max(map(len, ids)) / WIDTH_STEP) * WIDTH_STEP
    pieces = np.zeros((BATCH, width), dtype=np.int64)
    mask, kinds = np.zeros_like(pieces), np.zeros_like(pieces)
    mask[len(ids) :, 0] = 1  # rows without a text: a softmax needs something to go over
    for row, (own, kind) in enumerate(zip(ids, types, strict=True)):
        pieces[row, : len(own)] = own
        mask[row, : len(own)] = 1
        kinds[row, : len(own)] = kind
    return {WORDS: table[pieces], MASK: mask, TYPES: kinds}
