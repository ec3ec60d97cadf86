"""Converts a sentence model into what OpenVINO runs: `python -m ingest.convert_encoder MODEL ARITHMETIC OUT_DIR`.

A process of its own, because it needs torch (gigabytes that the ingest itself never holds) and because its
libraries write to the standard output. It ends with 0 and the files in OUT_DIR, or with 1 and one line on
standard error.
"""

import hashlib
import sys
import warnings
from collections.abc import Iterable
from importlib.metadata import version
from importlib.resources import files as package_files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import torch

from retriever.encoder import Arithmetic
from retriever.encoding.converted_encoder import DESCRIPTION, GRAPH, TOKENIZER, WEIGHTS, ConvertedModel
from retriever.encoding.model_files import find_model
from retriever.encoding.sentence_model import describe, load_sentence_transformer
from retriever.errors import FootnotedError
from retriever.openvino_runtime import openvino_runtime
from retriever.store.manifest import FileEntry

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

CONVERTER_VERSION = 1


class _Whole(torch.nn.Module):
    """Every module of the sentence model (transformer, pooling, ...) and the normalisation, as one graph."""

    def __init__(self, model: "SentenceTransformer") -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        features = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
        return torch.nn.functional.normalize(features["sentence_embedding"], p=2, dim=1)


def convert(model_name: str, arithmetic: Arithmetic, out_dir: Path) -> None:
    """Writes graph, weights, tokenizer and `encoder.json` to an empty folder. Raises EncoderUnavailable."""
    openvino = openvino_runtime()
    from openvino.tools.ovc import convert_model

    found = find_model(model_name)
    model = load_sentence_transformer(found)
    identity = describe(model, found)
    example = {name: torch.ones((2, 16), dtype=torch.long) for name in ("input_ids", "attention_mask")}
    with torch.no_grad():
        graph = convert_model(
            _Whole(model).eval(),
            example_input=example,
            input=[(name, openvino.PartialShape([-1, -1]), openvino.Type.i64) for name in example],
        )
    if arithmetic is Arithmetic.OPENVINO_INT8:
        graph = _quantize(graph, model, identity.max_tokens)
    openvino.save_model(graph, out_dir / GRAPH, compress_to_fp16=False)
    (out_dir / TOKENIZER).write_text(model.tokenizer.backend_tokenizer.to_str(), encoding="utf-8")
    described = ConvertedModel(
        model=identity.model,
        model_sha256=identity.model_sha256,
        arithmetic=arithmetic,
        dimension=identity.dimension,
        max_tokens=identity.max_tokens,
        query_prompt=identity.query_prompt,
        passage_prompt=identity.passage_prompt,
        made_with=converter_versions(),
        files={name: _entry(out_dir / name) for name in (GRAPH, WEIGHTS, TOKENIZER)},
    )
    (out_dir / DESCRIPTION).write_bytes(msgspec.json.encode(described, order="sorted"))


def converter_versions() -> dict[str, str]:
    """What decides the converted files besides the model and the arithmetic."""
    libraries = ("openvino", "nncf", "torch", "transformers", "sentence-transformers")
    return {
        "converter": str(CONVERTER_VERSION),
        "calibration": hashlib.sha256(_calibration_file().encode()).hexdigest()[:16],
        **{name: version(name) for name in libraries},
    }


def _calibration_file() -> str:
    return (package_files("ingest") / "calibration.txt").read_text(encoding="utf-8")


def _quantize(graph: Any, model: "SentenceTransformer", max_tokens: int) -> Any:
    """Static int8 with activation ranges taken from the calibration texts, one text a line."""
    import nncf

    def inputs() -> Iterable[dict[str, np.ndarray[Any, Any]]]:
        for line in _calibration_file().splitlines():
            ids = model.tokenizer(line, truncation=True, max_length=max_tokens)["input_ids"]
            row = np.asarray([ids], dtype=np.int64)
            yield {"input_ids": row, "attention_mask": np.ones_like(row)}

    texts = list(inputs())
    return nncf.quantize(graph, nncf.Dataset(texts), model_type=nncf.ModelType.TRANSFORMER, subset_size=len(texts))


def _entry(file: Path) -> FileEntry:
    content = file.read_bytes()
    return FileEntry(size=len(content), sha256=hashlib.sha256(content).hexdigest())


def main() -> int:
    """The command: exit code 0 or 1."""
    warnings.simplefilter("ignore")  # the libraries' notes on tracing say nothing that a person can act on
    model_name, arithmetic, out_dir = sys.argv[1:]
    try:
        convert(model_name, Arithmetic(arithmetic), Path(out_dir))
    except FootnotedError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
