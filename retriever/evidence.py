"""What a retrieval tells about whether the collection answers the question: a few numbers, and no judgment."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from retriever.analyze import terms
from retriever.asked import SIDE_TERMS, Asked, read_asked, without_contractions
from retriever.filters import matching
from retriever.index import Index
from retriever.kinds import Kinds, phrases
from retriever.query import Filter, Hit, Query, Retrieval
from retriever.question import LONG_QUESTION_WORDS
from retriever.title_fit import page_name
from retriever.vocabulary import Vocabulary

EVIDENCE_HITS = 5
"""How many of the hits are looked at. Ask for at least as many: fewer tell less, and are judged as they are."""
BEST_HITS = 3
NEAR = 2
"""Two words of a passage stand together when they are this many terms apart, stop words not counted, or fewer."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Numbers of one retrieval, 0 to 1 except for `length`; "words" are terms of the question by their idf mass.

    Only words that an answer has to speak of count, see `read_asked`. `cosine`: the best of the hits. `covered`:
    share of the words that the best three hits hold, titles and headings included; `headed`: the share in one
    hit's title and headings; `named`: the share in the name (title and address) of one of the best three pages.
    `together`: of the pairs of words that are neighbours in the question, the share that stand together in one of
    the best three hits ("soft tissue" and "sarcoma" may be far apart; in a long message, mostly `covered`).
    `agreement`: 1 where both searches put the same document first. `concentration`: 1 where all hits are of one
    document. Of the words in sentences that ask, `missing` is the weight of the rarest that no hit holds, and
    `unknown` of the rarest that the collection does not hold; both fade out where these sentences and the message
    are long. `unnamed`: of what narrows a kind ("rectal" of "rectal cancer"), the share that none of the best
    three pages is named for. `length` is the logarithm of the number of words.
    """

    cosine: float
    covered: float
    headed: float
    named: float
    together: float
    agreement: float
    concentration: float
    missing: float
    unknown: float
    unnamed: float
    length: float


@dataclass(frozen=True, slots=True)
class _Word:
    """A term of the question: its idf from 0 to 1, and whether it stands anywhere."""

    weight: float
    is_known: bool


class EvidenceReader:
    """Reads the evidence of retrievals from one open generation. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        """Reads the words of the collection once."""
        self._index = index
        self._vocabulary = Vocabulary(index)
        self._kinds = Kinds(page_name(document.metadata) for document in index.documents)
        self._passages = np.bincount(index.document_of_row, minlength=len(index.documents))
        self._allowed = lru_cache(maxsize=64)(self._documents_of)
        self._terms_of = lru_cache(maxsize=8_192)(_term_set)
        self._sequence_of = lru_cache(maxsize=1_024)(_term_sequence)

    def read(self, query: Query, retrieval: Retrieval) -> Evidence:
        """The evidence of a retrieval that has hits. Raises ValueError where it has none."""
        hits = retrieval.hits[:EVIDENCE_HITS]
        if not hits:
            raise ValueError("a retrieval without hits has no evidence; its `no_hits` says why")
        asked = read_asked(query.text, self._vocabulary)
        words = self._words(asked, query)
        mass = sum(word.weight for word in words.values()) or 1.0

        def share(found: frozenset[str]) -> float:
            return sum(word.weight for term, word in words.items() if term in found) / mass

        headings = [self._terms_of(_titles(hit)) for hit in hits]
        names = [self._terms_of(page_name(hit.document.metadata)) for hit in hits[:BEST_HITS]]
        texts = [self._terms_of(hit.passage.text) | one for hit, one in zip(hits, headings, strict=True)]
        anywhere = frozenset().union(*texts)
        covered = share(frozenset().union(*texts[:BEST_HITS]))
        length = len(query.text.split())
        near = [_near(self._sequence_of(f"{_titles(hit)}\n{hit.passage.text}"), words) for hit in hits[:BEST_HITS]]
        together, fading = _together(_pairs(asked, words), near, otherwise=covered), _fading(length)
        by_the_way = _fading(sqrt(asked.length * length))
        of_asking = {term: word for term, word in words.items() if term in asked.asking}
        return Evidence(
            cosine=_cosine(hits, covered),
            covered=covered,
            headed=max(share(one) for one in headings),
            named=max(share(one) for one in names),
            together=fading * together + (1 - fading) * covered,
            agreement=_agreement(hits),
            concentration=1 / len({hit.passage.document_id for hit in hits}),
            missing=by_the_way
            * max((word.weight for term, word in of_asking.items() if term not in anywhere), default=0),
            unknown=by_the_way * max((word.weight for word in of_asking.values() if not word.is_known), default=0),
            unnamed=self._unnamed(query.text, words, names),
            length=log(max(length, 1)),
        )

    def _words(self, asked: Asked, query: Query) -> Mapping[str, _Word]:
        """The words that the question is about, weighed among the allowed documents."""
        allowed = None if query.filters is None else self._allowed(query.filters)
        total = int(self._passages.sum() if allowed is None else self._passages[allowed].sum())
        words = {}
        for term in asked.words:
            documents, passages = self._vocabulary.body.of(term)
            headed, _ = self._vocabulary.headings.of(term)
            if allowed is not None:
                passages = passages[allowed[documents]]
                headed = headed[allowed[headed]]
            frequency = int(passages.sum())
            weight = log(1 + total / (1 + frequency)) / log(1 + max(total, 1))
            words[term] = _Word(weight, frequency > 0 or headed.size > 0)
        return words

    def _unnamed(self, text: str, words: Mapping[str, _Word], names: Collection[frozenset[str]]) -> float:
        """The largest share of any kind that is narrowed. Squared weights: the rarest word counts most."""
        worst = 0.0
        for phrase in phrases(without_contractions(text), without=SIDE_TERMS):
            narrowing = self._kinds.narrowing([self._vocabulary.spelling.meant(term) for term in phrase])
            weights = {term: words[term].weight ** 2 for term in narrowing if term in words}
            if weights:
                held = max(sum(weight for term, weight in weights.items() if term in name) for name in names)
                worst = max(worst, 1 - held / sum(weights.values()))
        return worst

    def _documents_of(self, wanted: Filter) -> NDArray[np.bool_]:
        return matching(self._index.documents, wanted)


def _term_set(text: str) -> frozenset[str]:
    return frozenset(terms(text))


def _term_sequence(text: str) -> tuple[str, ...]:
    return tuple(terms(text))


def _near(sequence: Sequence[str], words: Container[str]) -> frozenset[frozenset[str]]:
    """The pairs of these words that stand together in a text."""
    places = [(place, term) for place, term in enumerate(sequence) if term in words]
    return frozenset(
        frozenset((term, later))
        for at, (place, term) in enumerate(places)
        for other, later in places[at + 1 : at + 1 + NEAR]
        if other - place <= NEAR
    )


def _together(
    pairs: Mapping[frozenset[str], float], near: Sequence[frozenset[frozenset[str]]], *, otherwise: float
) -> float:
    if not pairs:
        return otherwise
    found = frozenset().union(*near)
    return sum(weight for pair, weight in pairs.items() if pair in found) / sum(pairs.values())


def _titles(hit: Hit) -> str:
    return " ".join((hit.document.prefix_title, page_name(hit.document.metadata), *hit.passage.headings))


def _pairs(asked: Asked, words: Mapping[str, _Word]) -> Mapping[frozenset[str], float]:
    """The pairs of different words that are neighbours in the question, with the sum of their weights."""
    return {
        frozenset(pair): words[pair[0]].weight + words[pair[1]].weight
        for pair in pairwise(asked.sequence)
        if pair[0] != pair[1] and pair[0] in words and pair[1] in words
    }


def _fading(length: float) -> float:
    """1 for a few words, a half at `LONG_QUESTION_WORDS` of them, nearly 0 for many."""
    return 1 / (1 + (length / LONG_QUESTION_WORDS) ** 3)


def _cosine(hits: Sequence[Hit], covered: float) -> float:
    """The best cosine; a guess by the words where only words were searched."""
    return max((hit.dense for hit in hits if hit.dense is not None), default=0.45 + 0.25 * covered)


def _agreement(hits: Sequence[Hit]) -> float:
    if hits[0].dense is None or hits[0].lexical is None:
        return 0.5
    by_meaning = max(hits, key=lambda hit: (hit.dense or 0.0, -hit.rank))
    by_words = max(hits, key=lambda hit: (hit.lexical or 0.0, -hit.rank))
    return float(by_meaning.passage.document_id == by_words.passage.document_id)
