"""Sentence models and cross-encoders of a few kilobytes with random weights, made on the spot."""

# ruff: noqa: S106 - the names of special tokens are no passwords

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import BertConfig

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789:,.?-"
DIMENSION = 24
MAX_TOKENS = 48


def _tokenizer(folder: Path) -> None:
    """A tokenizer that knows single characters, with BERT's special tokens."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=MAX_TOKENS,
    ).save_pretrained(folder)


def _config(*, labels: int = 1) -> "BertConfig":
    from transformers import BertConfig

    return BertConfig(
        vocab_size=4 + 2 * len(LETTERS),
        hidden_size=DIMENSION,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=MAX_TOKENS,
        num_labels=labels,  # type: ignore[call-arg]
    )


def sentence_model(
    folder: Path, *, pooling: str = "mean", normalized: bool = True, prompts: dict[str, str] | None = None
) -> Path:
    """A model in sentence-transformers' layout; `prompts` None leaves the file that states them out."""
    import torch
    from transformers import BertModel

    torch.manual_seed(7)
    BertModel(_config()).save_pretrained(folder)
    _tokenizer(folder)
    modules = [("", "Transformer"), ("1_Pooling", "Pooling")] + (
        [("2_Normalize", "Normalize")] if normalized else []
    )
    listed = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(modules)
    ]
    modes = {
        f"pooling_mode_{mode}": mode.startswith(pooling) for mode in ("cls_token", "mean_tokens", "max_tokens")
    }
    _write(folder / "modules.json", listed)
    _write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": DIMENSION, **modes})
    _write(folder / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS, "do_lower_case": False})
    if prompts is not None:
        _write(folder / "config_sentence_transformers.json", {"prompts": prompts, "default_prompt_name": None})
    return folder


def cross_encoder(folder: Path, *, labels: int = 1) -> Path:
    """A cross-encoder that gives `labels` scores for a pair."""
    import torch
    from transformers import BertForSequenceClassification

    torch.manual_seed(11)
    model = BertForSequenceClassification(_config(labels=labels))
    torch.nn.init.normal_(model.classifier.weight, std=2.0)
    model.save_pretrained(folder)
    _tokenizer(folder)
    return folder


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
