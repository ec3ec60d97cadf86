"""The recipe of a training; the defaults are those of the pair reader that comes with the program."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """How it is trained.

    `pointwise` is the weight of each text's own loss beside that of the group, `warm_up` the share of the steps
    in which the learning rate grows, `pseudo_weight` what a group of the first epoch alone counts.
    """

    epochs: int = 2
    learning_rate: float = 8e-5
    seed: int = 1
    max_tokens: int = 144
    batch_tokens: int = 5_200
    pointwise: float = 0.3
    pseudo_weight: float = 0.7
    warm_up: float = 0.06
