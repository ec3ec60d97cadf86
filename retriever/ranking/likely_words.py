"""Likely words: how pages say what people ask in words of their own. Who is tired reads of fatigue."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from retriever.questions.name_table import name_rules
from retriever.search.analyze import terms
from retriever.search.lexical import LexicalField

TABLE_FILE = "likely_words.txt"
WORTH = 0.7
"""What such a word counts where the one that was asked would count 1."""


def told_likely(
    asked: Iterable[str], holds: NDArray[np.bool_], body: LexicalField, rows: NDArray[np.int32]
) -> NDArray[np.float32]:
    """How far each of the asked terms is told in each of these rows, 0 to 1, shape (terms, len(rows)).

    `holds` says which rows hold which terms themselves, in the same shape; of the others those whose text holds a
    likely word for it tell `WORTH` of it.
    """
    told = holds.astype(np.float32)
    for place, term in enumerate(asked):
        if likely := _table().get(term):
            is_told = body.each_held(likely, rows).any(axis=0)
            np.maximum(told[place], WORTH * is_told, out=told[place])
    return told


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    """The terms of the likely words for each term that has some."""
    table = defaultdict[str, list[str]](list)
    content = resources.files(__package__).joinpath(TABLE_FILE).read_text(encoding="utf-8")
    for rule in name_rules(content):
        said = [term for name in rule.told for term in terms(name)]
        for name in rule.asked:
            (term,) = terms(name)
            table[term] += [other for other in said if other != term]
    return {term: tuple(dict.fromkeys(others)) for term, others in table.items()}
