"""A cross-encoder of sentence-transformers as a re-ranker; needs torch, and is loaded only where it is named."""

import os
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from retriever.encoding.model_files import find_model
from retriever.errors import EncoderUnavailable

BATCH = 8


class CrossEncoderReranker:
    """A Reranker by name or folder, such as `cross-encoder/ms-marco-MiniLM-L6-v2`."""

    def __init__(self, name: str) -> None:
        """Loads the model (seconds), from this machine where it is there. Raises EncoderUnavailable."""
        files = find_model(name)
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
        from sentence_transformers import CrossEncoder
        from torch.nn import Identity
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model = CrossEncoder(
                str(files.path),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
                # Logits as they are: a sigmoid in float32 makes far-off passages equal.
                activation_fn=Identity(),
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise EncoderUnavailable(
                f"the re-ranker {name!r} cannot be loaded ({type(error).__name__}); check its folder"
            ) from error
        if self._model.num_labels != 1:
            raise EncoderUnavailable(
                f"{name!r} gives {self._model.num_labels} scores for a pair; a re-ranker has to give one"
            )
        self.name = name
        self._lock = Lock()

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """How well each text answers the question, shape (len(texts),); pairs beyond the model's limit are cut."""
        if not texts:
            return np.zeros(0, dtype=np.float32)
        # One question at a time: torch spreads a batch over all processors by itself.
        with self._lock:
            scores = self._model.predict(
                [(question, text) for text in texts], batch_size=BATCH, show_progress_bar=False
            )
        found = np.asarray(scores, dtype=np.float32).reshape(-1)
        if not np.isfinite(found).all():
            raise EncoderUnavailable(f"the re-ranker {self.name!r} gave a score that is not finite; use another")
        return found


@lru_cache(maxsize=1)
def open_reranker(name: str) -> CrossEncoderReranker:
    """The re-ranker of that name, loaded once: it stays when another generation of the index is opened.

    Raises EncoderUnavailable.
    """
    return CrossEncoderReranker(name)
