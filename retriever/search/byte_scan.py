"""A scan of all vectors as bytes, for several questions at once: what may be among the nearest of each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_IN_A_GROUP = 16


@dataclass(frozen=True, slots=True)
class ByteScan:
    """What the bytes of all vectors tell of one question.

    `products` has a column for each question that was looked at with this one, `groups` the highest of every
    `_IN_A_GROUP` of them: of group g the rows g, g + len(groups), and so on; what is left over stands in none.
    """

    products: NDArray[np.float32]
    groups: NDArray[np.float32]
    column: int
    zero: float
    unit: float
    error: float
    """By how much the score of any row may be wrong."""

    def near(self, top_k: int, allowed: NDArray[np.bool_] | None) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Scores and rows of all that may be among the `top_k` nearest, in no order; `allowed` (n,) limits them.

        At least `top_k` score as high as the last of the highest `top_k`, less the error; what scores lower than
        that by more than the error cannot be among them.
        """
        behind = np.float32(2 * self.error / self.unit)
        if allowed is not None or top_k > len(self.groups):
            products = self.products[:, self.column].copy()
            if allowed is not None:
                products[~allowed] = -np.inf
                top_k = min(top_k, int(np.count_nonzero(allowed)))
            rows = np.flatnonzero(products >= _last_of_best(products, top_k) - behind)
            found = products[rows]
        else:
            groups = self.groups[:, self.column]
            rows = self._rows_of(np.flatnonzero(groups >= _last_of_best(groups, top_k) - behind))
            found = self.products.ravel().take(rows * self.products.shape[1] + self.column)
            is_near = found >= _last_of_best(found, top_k) - behind
            rows, found = rows[is_near], found[is_near]
        return (found - np.float32(self.zero)) * np.float32(self.unit), rows

    def _rows_of(self, groups: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of these groups, and those of none."""
        count = len(self.groups)
        of_groups = (groups + count * np.arange(_IN_A_GROUP)[:, np.newaxis]).ravel()
        return np.append(of_groups, np.arange(count * _IN_A_GROUP, len(self.products)))


def highest_of_groups(products: NDArray[np.float32]) -> NDArray[np.float32]:
    """The highest product of each group for each question, shape (groups, questions)."""
    count = len(products) // _IN_A_GROUP
    highest: NDArray[np.float32] = (
        products[: count * _IN_A_GROUP].reshape(_IN_A_GROUP, count, products.shape[1]).max(axis=0)
    )
    return highest


def _last_of_best(scores: NDArray[np.float32], count: int) -> np.float32:
    last: np.float32 = np.partition(scores, scores.size - count)[scores.size - count]
    return last
