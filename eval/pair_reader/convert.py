"""Converts a trained pair reader into what OpenVINO runs, its words' vectors left to whoever runs it."""

import warnings
from pathlib import Path

import torch

from eval.outputs import refuse_unwritable, writing
from eval.pair_reader.classifier import load_classifier, word_vectors
from retriever.errors import EncoderUnavailable
from retriever.openvino_runtime import openvino_runtime
from retriever.reading.pair_reader import GRAPH, MASK, TYPES, WEIGHTS, WORDS


class _OfVectors(torch.nn.Module):
    """The model from the words' vectors to one logit a pair."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, words: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        found = self.model(inputs_embeds=words, attention_mask=attention_mask, token_type_ids=token_type_ids)
        logits: torch.Tensor = found.logits[:, 0]
        return logits


def convert(model_dir: Path, out_dir: Path, *, words_of: Path) -> int:
    """Writes `model.xml` and `model.bin`, weights as 16-bit floats, and returns the size of both in bytes.

    `words_of` is the folder of the model whose vectors of words will be given to the graph: those of the trained
    model have to be the same. Raises EncoderUnavailable where they are not, or a folder holds no model;
    OutputRefused.
    """
    openvino = openvino_runtime()
    refuse_unwritable(folder=out_dir, files=[])
    model = load_classifier(model_dir, attention="eager")
    model.train(mode=False)
    words, expected = word_vectors(model), word_vectors(load_classifier(words_of))
    if words.shape != expected.shape or not torch.equal(words, expected):
        raise EncoderUnavailable(
            f"the vectors of the words in {model_dir.name} are not those of {words_of.name}, where they will be "
            "looked up; train from that model, or name the one that was trained from with --start"
        )
    whole = torch.ones((2, 32), dtype=torch.long)
    dimension = words.shape[1]
    example = {WORDS: torch.randn((2, 32, dimension)), MASK: whole, TYPES: whole * 0}
    shapes = {WORDS: [-1, -1, dimension], MASK: [-1, -1], TYPES: [-1, -1]}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the libraries' notes on tracing say nothing that a person can act on
        from openvino.tools.ovc import convert_model

        graph = convert_model(_OfVectors(model), example_input=example, input=shapes)
        with writing(out_dir):
            openvino.save_model(graph, out_dir / GRAPH, compress_to_fp16=True)
    return sum((out_dir / name).stat().st_size for name in (GRAPH, WEIGHTS))
