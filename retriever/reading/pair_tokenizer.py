"""The word pieces of a question and a text, as they are read together."""

from pathlib import Path
from typing import TYPE_CHECKING

from retriever.errors import EncoderUnavailable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TOKENIZER = "tokenizer.json"


def pair_tokenizer(folder: Path, *, max_tokens: int) -> "Tokenizer":
    """The tokenizer of a model's folder, cutting the longer of two texts until both fit.

    Raises EncoderUnavailable.
    """
    from tokenizers import Tokenizer

    if not (folder / TOKENIZER).is_file():
        raise EncoderUnavailable(f"{folder.name} holds no {TOKENIZER}; give the folder of a model with one")
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens, strategy="longest_first")
    return tokenizer
