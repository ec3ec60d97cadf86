"""Loads a sentence model, or a pair reader in training, as one that gives a pair a single logit."""

from pathlib import Path
from typing import TYPE_CHECKING

from retriever.errors import EncoderUnavailable

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


def load_classifier(folder: Path, *, attention: str | None = None) -> "PreTrainedModel":
    """The model with one logit and without dropout; a folder without a last layer gets one drawn by torch's seed.

    Raises EncoderUnavailable.
    """
    from transformers import AutoModelForSequenceClassification
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        model: PreTrainedModel = AutoModelForSequenceClassification.from_pretrained(
            str(folder),
            num_labels=1,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            **({} if attention is None else {"attn_implementation": attention}),
        )
    except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise EncoderUnavailable(
            f"{folder.name} cannot be loaded as a model of pairs ({type(error).__name__}); give the folder of a "
            "BERT-like model with .safetensors weights"
        ) from error
    return model


def word_vectors(model: "PreTrainedModel") -> "torch.nn.Parameter":
    """The table of the words' vectors, shape (word pieces, dimension)."""
    table: torch.nn.Parameter = model.get_input_embeddings().weight  # type: ignore[assignment]
    return table
