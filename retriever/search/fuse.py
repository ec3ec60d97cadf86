"""Merging the searches: a weighted sum of their scores, each scaled to 0..1 over the candidates."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


def scale(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Scores from 0 (the lowest) to 1 (the highest); equal scores are all 1 where they are above zero, else 0.

    Of several rows of scores each is scaled by itself.
    """
    wide = scores.astype(np.float64)
    if wide.size == 0:
        return wide
    low, high = wide.min(axis=-1, keepdims=True), wide.max(axis=-1, keepdims=True)
    differs = high > low
    scaled: NDArray[np.float64] = np.where(differs, (wide - low) / np.where(differs, high - low, 1), high > 0)
    return scaled


def fuse(parts: Mapping[str, NDArray[np.float32]], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """The weighted sum of the scaled parts, divided by the sum of the weights: 0..1, larger is better.

    Every part has one score for each candidate, in the same order; a part without a weight does not count.
    Source: Fox and Shaw, "Combination of multiple searches" (TREC-2, 1994), in its weighted form.
    """
    used = {name: scores for name, scores in parts.items() if weights.get(name, 0) > 0}
    if not used:
        raise ValueError("no part has a weight")
    shares = np.array([weights[name] for name in used])
    return np.asarray(shares / shares.sum() @ scale(np.stack(list(used.values()))))
