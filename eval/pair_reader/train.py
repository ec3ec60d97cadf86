"""The trainer of the pair reader: a sentence model goes on learning which of some texts answers a question."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from eval.outputs import writing
from eval.pair_reader.batches import Batch, Weighted, arrays, batches
from eval.pair_reader.classifier import load_classifier, word_vectors
from eval.pair_reader.group import Group
from eval.pair_reader.recipe import Recipe
from retriever.errors import EncoderUnavailable
from retriever.reading.pair_tokenizer import TOKENIZER, pair_tokenizer

if TYPE_CHECKING:
    from transformers import PreTrainedModel

TOLD_EVERY, TOLD_OF = 25, 50
"""Steps between two lines on the progress, and steps that a line's loss is the mean of."""
DECAY = 0.01
LONGEST_GRADIENT = 1.0
LAST_SHARE = 0.02
"""What is left of the learning rate in the last step."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step tells: the loss, and of how many groups with an answer that stood first."""

    loss: float
    first: int
    answerable: int


def train(
    start: Path,
    groups: Sequence[Group],
    out_dir: Path,
    recipe: Recipe,
    *,
    first_epoch: Sequence[Group] = (),
    say: Callable[[str], None] = lambda _: None,
) -> list[Step]:
    """Trains the model in the folder `start` and writes it with its tokenizer to `out_dir`; returns the steps.

    The vectors of the words stay as they are, so that they can be looked up in the model that it began as. Groups
    of `first_epoch` are read in that one alone. The same folder, groups, recipe and number of torch's threads give
    the same weights. Raises EncoderUnavailable and OutputRefused.
    """
    torch.manual_seed(recipe.seed)
    model = load_classifier(start)
    if recipe.max_tokens > (most := model.config.max_position_embeddings):
        raise EncoderUnavailable(f"{start.name} reads at most {most} word pieces; lower --max-tokens to that")
    word_vectors(model).requires_grad = False
    tokenizer = pair_tokenizer(start, max_tokens=recipe.max_tokens)
    random = np.random.default_rng(recipe.seed)
    people = [Weighted(group, 1.0) for group in groups]
    pseudo = [Weighted(group, recipe.pseudo_weight) for group in first_epoch]
    epochs = [
        batches([*people, *pseudo] if epoch == 0 else people, tokenizer, random, batch_tokens=recipe.batch_tokens)
        for epoch in range(recipe.epochs)
    ]
    total = sum(len(epoch) for epoch in epochs)
    say(f"{len(people):,} groups, {len(pseudo):,} more in the first epoch, {total:,} steps")
    optimizer = _optimizer(model, recipe)
    rate = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: share_of_rate(step, total, recipe.warm_up))
    steps: list[Step] = []
    told = _Told(total, say)
    model.train()
    for epoch, of_epoch in enumerate(epochs, start=1):
        for batch in of_epoch:
            loss, step = _loss(model, batch, recipe.pointwise)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), LONGEST_GRADIENT)
            optimizer.step()
            rate.step()
            optimizer.zero_grad()
            steps.append(step)
            told.step(epoch, step, pairs=sum(len(one.pairs) for one in batch))
    with writing(out_dir):
        model.save_pretrained(out_dir)
        copyfile(start / TOKENIZER, out_dir / TOKENIZER)
    return steps


def _optimizer(model: "PreTrainedModel", recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW; only matrices decay."""
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    matrices = [weight for weight in trained if weight.ndim > 1]
    others = [weight for weight in trained if weight.ndim <= 1]
    decays = [{"params": matrices, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(decays, lr=recipe.learning_rate, fused=True)


def share_of_rate(step: int, total: int, warm_up: float) -> float:
    """What part of the learning rate a step of `total` has: it grows at first, and falls to nearly nothing."""
    return min(1.0, (step + 1) / (warm_up * total + 1)) * max(LAST_SHARE, (total - step) / total)


def _loss(model: "PreTrainedModel", batch: Batch, pointwise: float) -> tuple[torch.Tensor, Step]:
    """The mean loss of a batch's groups by their weights.

    A group's is that of a softmax over its texts, in which all that answer share what they get, and `pointwise`
    times the cross-entropy of each text by itself; the first is nothing where none or all of them answer.
    """
    inputs = {name: torch.from_numpy(values) for name, values in arrays(batch).items()}
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(**inputs).logits.squeeze(-1)
    logits = logits.float()
    whole, weights, at, first, answerable = torch.zeros(()), 0.0, 0, 0, 0
    for one in batch:
        scores, at = logits[at : at + len(one.pairs)], at + len(one.pairs)
        labels = torch.tensor(one.labels, dtype=torch.float32)
        loss = pointwise * binary_cross_entropy_with_logits(scores, labels)
        if 0 < sum(one.labels) < len(one.labels):
            loss = loss + torch.logsumexp(scores, 0) - torch.logsumexp(scores[labels > 0], 0)
            first += one.labels[int(scores.argmax())]
            answerable += 1
        whole, weights = whole + one.weight * loss, weights + one.weight
    mean = whole / weights
    return mean, Step(mean.item(), first, answerable)


class _Told:
    """Lines on how far the training is."""

    def __init__(self, total: int, say: Callable[[str], None]) -> None:
        self._total, self._say = total, say
        self._started = time.perf_counter()
        self._last = deque[Step](maxlen=TOLD_OF)
        self._steps = self._pairs = 0

    def step(self, epoch: int, step: Step, *, pairs: int) -> None:
        self._steps, self._pairs = self._steps + 1, self._pairs + pairs
        self._last.append(step)
        if self._steps % TOLD_EVERY and self._steps < self._total:
            return
        passed = time.perf_counter() - self._started
        loss = sum(one.loss for one in self._last) / len(self._last)
        first = sum(one.first for one in self._last) / max(1, sum(one.answerable for one in self._last))
        self._say(
            f"epoch {epoch}, step {self._steps:,} of {self._total:,}: loss {loss:.3f}, answers first {first:.3f}, "
            f"{self._pairs / passed:.1f} pairs/s, {passed / 60:.1f} of about "
            f"{passed / 60 * self._total / self._steps:.0f} min"
        )
