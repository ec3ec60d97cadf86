"""Batches of training groups: which texts of a group are read in an epoch, and as which word pieces."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from eval.pair_reader.group import Group

MOST_RIGHT, MOST_WRONG, MOST_HARD = 2, 7, 3
"""Texts of a group that an epoch reads: what answers, and with it so many that nine are not reached."""
SORTED_AT_ONCE = 512
"""Groups among which those of one length are put together."""
ROWS, WIDTH = 8, 16
"""Rows and word pieces of a batch are multiples of these: fewer shapes, each prepared once."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """A group and how much it counts."""

    group: Group
    weight: float


class Tokens(NamedTuple):
    """The word pieces of a question and a text, and which of the two each belongs to; both of shape (pieces,)."""

    ids: NDArray[np.int32]
    types: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Picked:
    """The texts of one group for one epoch."""

    pairs: tuple[Tokens, ...]
    labels: tuple[int, ...]
    weight: float

    @property
    def width(self) -> int:
        """The word pieces of its longest pair."""
        return max(len(pair.ids) for pair in self.pairs)


Batch = Sequence[Picked]


def batches(
    groups: Sequence[Weighted], tokenizer: Tokenizer, random: np.random.Generator, *, batch_tokens: int
) -> list[Batch]:
    """The batches of one epoch in the order in which they are read, each of about `batch_tokens` word pieces."""
    order = random.permutation(len(groups))
    found: list[Batch] = []
    for start in range(0, len(order), SORTED_AT_ONCE):
        part = [_picked(groups[place], tokenizer, random) for place in order[start : start + SORTED_AT_ONCE]]
        found += _filled(sorted(part, key=lambda one: one.width), batch_tokens)
    return [found[place] for place in random.permutation(len(found))]


def arrays(batch: Batch) -> dict[str, NDArray[np.int64]]:
    """A batch as the model's inputs, each of shape (rows, width); rows behind the pairs repeat the first."""
    pairs = [pair for one in batch for pair in one.pairs]
    rows, width = up_to(len(pairs), ROWS), up_to(max(one.width for one in batch), WIDTH)
    inputs = {
        name: np.zeros((rows, width), dtype=np.int64) for name in ("input_ids", "attention_mask", "token_type_ids")
    }
    for row, pair in enumerate(pairs + pairs[:1] * (rows - len(pairs))):
        pieces = len(pair.ids)
        inputs["input_ids"][row, :pieces] = pair.ids
        inputs["attention_mask"][row, :pieces] = 1
        inputs["token_type_ids"][row, :pieces] = pair.types
    return inputs


def up_to(number: int, step: int) -> int:
    """The next multiple of `step`."""
    return -(-number // step) * step


def _picked(weighted: Weighted, tokenizer: Tokenizer, random: np.random.Generator) -> Picked:
    group = weighted.group
    order = random.permutation(len(group.texts)).tolist()
    right = [place for place in order if group.labels[place]][:MOST_RIGHT]
    wrong = [place for place in order if not group.labels[place]]
    hard = [place for place in wrong if place in group.hard]
    most = MOST_WRONG + 1 - len(right) if right else MOST_WRONG
    places = right + [*hard[:MOST_HARD], *(place for place in wrong if place not in hard)][:most]
    encoded = tokenizer.encode_batch([(group.question, group.texts[place]) for place in places])
    pairs = tuple(Tokens(np.array(one.ids, np.int32), np.array(one.type_ids, np.int8)) for one in encoded)
    return Picked(pairs, tuple(group.labels[place] for place in places), weighted.weight)


def _filled(picked: Sequence[Picked], batch_tokens: int) -> Iterator[Batch]:
    current: list[Picked] = []
    for one in picked:
        room = max(ROWS, batch_tokens // up_to(one.width, WIDTH) // ROWS * ROWS)
        if current and sum(len(held.pairs) for held in current) + len(one.pairs) > room:
            yield current
            current = []
        current.append(one)
    if current:
        yield current
