"""What a retrieval tells about whether the collection answers the question: a few numbers, and no judgment."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from retriever.analyze import terms
from retriever.filters import matching
from retriever.index import Index
from retriever.query import Filter, Hit, Query, Retrieval
from retriever.question import FACET_TERMS, LONG_QUESTION_WORDS
from retriever.title_fit import page_name
from retriever.vocabulary import Vocabulary

EVIDENCE_HITS = 5
"""How many of the hits are looked at. Ask for at least as many: fewer tell less, and are judged as they are."""
BEST_HITS = 3
NEAR = 2
"""Two words of a passage stand together when they are this many terms apart, stop words not counted, or fewer."""

_SENTENCE = re.compile(r"[^.?!]+[.?!]*")
_ASKS = re.compile(
    r"\?\s*$|^\W*(?:and |but |so )?"
    r"(?:can|could|should|do|does|did|is|are|was|will|would|how|what|when|why|where|which|who|tell)\b"
    r"|\b(?:want|like|need) to (?:know|find)|\bwonder",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Numbers of one retrieval, 0 to 1 except for `length`; "words" are terms of the question by their idf mass.

    `cosine`: the best of the hits; `spread`: that, less the worst of them. `covered`: share of the words that
    the best three hits hold, titles and headings included; `named`: the share in one hit's title and headings.
    `subject`: of the words that name something (they stand in a title or a heading, or nowhere), the share in
    the titles and headings of the best three. `together`: of the pairs of words that are neighbours in the
    question, the share that stand together in one of the best three hits ("soft tissue" and "sarcoma" may be far
    apart; in a long message, mostly `covered`). `agreement`: 1 where both searches put the same document first.
    `concentration`: 1 where all hits are of one document. `missing` is the weight of the rarest word that no
    hit holds, `unknown` of the rarest that the collection does not hold; both fade out in a long message,
    which has words by the way. `length` is the logarithm of the number of words.
    """

    cosine: float
    spread: float
    covered: float
    named: float
    subject: float
    together: float
    agreement: float
    concentration: float
    missing: float
    unknown: float
    length: float


@dataclass(frozen=True, slots=True)
class _Word:
    """A term of the question: its idf from 0 to 1, whether it is in a heading or title, whether anywhere."""

    weight: float
    in_headings: bool
    is_known: bool


class EvidenceReader:
    """Reads the evidence of retrievals from one open generation. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        """Reads the words of the collection once."""
        self._index = index
        self._vocabulary = Vocabulary(index)
        self._passages = np.bincount(index.document_of_row, minlength=len(index.documents))
        self._allowed = lru_cache(maxsize=64)(self._documents_of)
        self._terms_of = lru_cache(maxsize=8_192)(_term_set)
        self._sequence_of = lru_cache(maxsize=1_024)(_term_sequence)

    def read(self, query: Query, retrieval: Retrieval) -> Evidence:
        """The evidence of a retrieval that has hits. Raises ValueError where it has none."""
        hits = retrieval.hits[:EVIDENCE_HITS]
        if not hits:
            raise ValueError("a retrieval without hits has no evidence; its `no_hits` says why")
        words = self._words(query)
        mass = sum(word.weight for word in words.values()) or 1.0

        def share(found: frozenset[str]) -> float:
            return sum(word.weight for term, word in words.items() if term in found) / mass

        headings = [self._terms_of(_titles(hit)) for hit in hits]
        texts = [self._terms_of(hit.passage.text) | one for hit, one in zip(hits, headings, strict=True)]
        anywhere = frozenset().union(*texts)
        covered = share(frozenset().union(*texts[:BEST_HITS]))
        length = len(query.text.split())
        fading = 1 / (1 + (length / LONG_QUESTION_WORDS) ** 3)
        cosine, spread = _cosines(hits, covered)
        pairs = self._pairs(query.text, words)
        near = [_near(self._sequence_of(f"{_titles(hit)}\n{hit.passage.text}"), words) for hit in hits[:BEST_HITS]]
        return Evidence(
            cosine=cosine,
            spread=spread,
            covered=covered,
            named=max(share(one) for one in headings),
            subject=_subject(words, frozenset().union(*headings[:BEST_HITS])),
            together=fading * _together(pairs, near, otherwise=covered) + (1 - fading) * covered,
            agreement=_agreement(hits),
            concentration=1 / len({hit.passage.document_id for hit in hits}),
            missing=fading * max((word.weight for term, word in words.items() if term not in anywhere), default=0),
            unknown=fading * max((word.weight for word in words.values() if not word.is_known), default=0),
            length=log(max(length, 1)),
        )

    def _words(self, query: Query) -> Mapping[str, _Word]:
        """The words that the question is about, typing errors mended, weighed among the allowed documents."""
        allowed = None if query.filters is None else self._allowed(query.filters)
        total = int(self._passages.sum() if allowed is None else self._passages[allowed].sum())
        words = {}
        for term in self._asked(query.text):
            documents, passages = self._vocabulary.body.of(term)
            headed, _ = self._vocabulary.headings.of(term)
            if allowed is not None:
                passages = passages[allowed[documents]]
                headed = headed[allowed[headed]]
            frequency = int(passages.sum())
            weight = log(1 + total / (1 + frequency)) / log(1 + max(total, 1))
            words[term] = _Word(weight, headed.size > 0, frequency > 0 or headed.size > 0)
        return words

    def _asked(self, text: str) -> Sequence[str]:
        """The question's terms without those that only name a side of a subject.

        Of a long message in several sentences: those of the sentences that ask, and the names in the others.
        """
        mended = {term: self._vocabulary.meant(term) for term in dict.fromkeys(terms(text))}
        content = [term for term in mended if term not in FACET_TERMS] or list(mended)
        sentences = _SENTENCE.findall(text)
        if len(text.split()) > LONG_QUESTION_WORDS and len(sentences) > 1:
            asking = [sentence for sentence in sentences if _ASKS.search(sentence)] or sentences[-2:]
            asked = frozenset(term for sentence in asking for term in terms(sentence))
            headed = self._vocabulary.headings.numbers
            content = [term for term in content if term in asked or mended[term] in headed] or content
        return list(dict.fromkeys(mended[term] for term in content))

    def _pairs(self, text: str, words: Mapping[str, _Word]) -> Mapping[frozenset[str], float]:
        """The pairs of different words that are neighbours in the question, with the sum of their weights."""
        asked = [self._vocabulary.meant(term) for term in terms(text)]
        return {
            frozenset(pair): words[pair[0]].weight + words[pair[1]].weight
            for pair in pairwise(asked)
            if pair[0] != pair[1] and pair[0] in words and pair[1] in words
        }

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


def _subject(words: Mapping[str, _Word], named: frozenset[str]) -> float:
    """Squared weights, so that the rarest name counts most."""
    names = {term: word.weight**2 for term, word in words.items() if word.in_headings or not word.is_known}
    return sum(weight for term, weight in names.items() if term in named) / (sum(names.values()) or 1.0)


def _cosines(hits: Sequence[Hit], covered: float) -> tuple[float, float]:
    """The best cosine and the distance to the worst; a guess by the words where only words were searched."""
    cosines = [hit.dense for hit in hits if hit.dense is not None]
    if not cosines:
        return 0.45 + 0.25 * covered, 0.15
    return max(cosines), max(cosines) - min(cosines)


def _agreement(hits: Sequence[Hit]) -> float:
    if hits[0].dense is None or hits[0].lexical is None:
        return 0.5
    by_meaning = max(hits, key=lambda hit: (hit.dense or 0.0, -hit.rank))
    by_words = max(hits, key=lambda hit: (hit.lexical or 0.0, -hit.rank))
    return float(by_meaning.passage.document_id == by_words.passage.document_id)
