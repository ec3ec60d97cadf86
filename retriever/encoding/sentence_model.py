"""The encoder as sentence-transformers runs it: the reference, and what stands in where no conversion can."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retriever.encoder import Arithmetic, EncoderIdentity
from retriever.encoding.known_models import Prompts, prompts_of
from retriever.encoding.model_files import ModelFiles
from retriever.errors import EncoderUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def load_sentence_transformer(files: ModelFiles) -> "SentenceTransformer":
    """The model on the CPU, from its local folder; no network, no code from the folder.

    Raises EncoderUnavailable for a folder that holds no model that can be loaded.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(
            str(files.path),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise EncoderUnavailable(
            f"the model {files.name!r} cannot be loaded ({type(error).__name__}); check its folder"
        ) from error


def describe(model: "SentenceTransformer", files: ModelFiles) -> EncoderIdentity:
    """The identity of a loaded model; dimension and length limit are its own configuration's, and so are prompts
    where it states any. Of a known family that states none it has its authors' prompts.

    Raises EncoderUnavailable for a model without a dimension, and for one whose length limit is not a number.
    """
    dimension = model.get_embedding_dimension()
    if dimension is None or model.max_seq_length is None:
        raise EncoderUnavailable(f"the model {files.name!r} does not state its dimension or its length limit")
    prompts = prompts_of(files.name, stated_prompts(model.prompts))
    return EncoderIdentity(
        model=files.name,
        model_sha256=files.sha256,
        arithmetic=Arithmetic.TORCH_FLOAT32,
        artifact_sha256=None,
        dimension=dimension,
        max_tokens=int(model.max_seq_length),
        query_prompt=prompts.query,
        passage_prompt=prompts.passage,
    )


def stated_prompts(prompts: Mapping[str, str | None]) -> Prompts | None:
    """The prompts for questions and passages in a model's configuration; None where it states neither.

    The library fills a missing configuration with empty ones, so two empty prompts are none.
    """
    query = prompts.get("query") or prompts.get("retrieval.query") or ""
    passage = prompts.get("document") or prompts.get("passage") or prompts.get("retrieval.passage") or ""
    return Prompts(query, passage) if query or passage else None


class SentenceTransformerEncoder:
    """An Encoder over sentence-transformers in float32."""

    def __init__(self, files: ModelFiles) -> None:
        """Loads the model (seconds). Raises EncoderUnavailable."""
        self._model = load_sentence_transformer(files)
        self.identity = describe(self._model, files)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (len(texts), dimension), of length one."""
        return self._encode(texts, prompt=self.identity.query_prompt)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (len(texts), dimension), of length one."""
        return self._encode(texts, prompt=self.identity.passage_prompt)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text as a passage, with prompt and special tokens, nothing cut."""
        prompted = [self.identity.passage_prompt + text for text in texts]
        if not prompted:
            return []
        encoded = self._model.tokenizer(prompted, truncation=False, padding=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def _encode(self, texts: Sequence[str], *, prompt: str) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.identity.dimension), dtype=np.float32)
        vectors = self._model.encode(
            list(texts), prompt=prompt, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)
