"""What a retrieval tells about whether the collection answers the question: a few numbers, and no judgment."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from retriever.abstention.errands import errand_direction
from retriever.abstention.general_words import GENERAL_TERMS
from retriever.abstention.labels import labels
from retriever.abstention.own_affairs import asks_of_own_affairs
from retriever.abstention.said import Said, titles_of
from retriever.abstention.two_things import stand_together
from retriever.abstention.word_forms import has_ending, other_forms
from retriever.filters import matching
from retriever.index import Index
from retriever.method_cache import remembering
from retriever.query import Filter, Hit, Query, Retrieval
from retriever.questions.asked import Asked, read_asked
from retriever.questions.contractions import without_contractions
from retriever.questions.kinds import Kinds, phrases
from retriever.questions.messages import SIDE_TERMS, is_repetition, named_before
from retriever.questions.other_names import other_names
from retriever.questions.question import LONG_QUESTION_WORDS, SAYS_OF_SUBJECT
from retriever.questions.title_fit import TitleFit, page_name
from retriever.questions.vocabulary import Vocabulary
from retriever.search.analyze import terms
from retriever.search.english import is_english
from retriever.search.phonetics import within_edits

EVIDENCE_HITS = 5
"""How many of the hits are looked at. Ask for at least as many: fewer tell less, and are judged as they are."""
BEST_HITS = 3
NEARLY_ALL = 0.999
FEW_PASSAGES = 1_000
"""So many passages halve what it tells that the first one leads."""
MISSPELT_NAME = 2
"""Edits up to which an unknown name may be a known one, misspelt."""
_NARROWS_NOTHING = SIDE_TERMS | SAYS_OF_SUBJECT
_VERSUS = re.compile(r"\b(?:vs\.?|versus|compared?(?: with| to)?)(?=\s)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Numbers of one retrieval, 0 to 1 except for `length`; "words" are terms of the question by their idf mass.

    Only words that an answer has to speak of count, see `read_asked`. `cosine`: the best of the hits. `covered`:
    share of the words that the best three hits hold, titles and headings included; `headed`: the share in one
    hit's title and headings, `labels` among them; `named`: the share in the name (title and address) of one of
    the best three pages.
    `phrased`: of the words in their phrases ("soft tissue sarcoma"), the share that stands so in a hit, on average
    over the best three. Of the words in sentences that ask, `missing` is the weight of the rarest that no hit
    holds in any form, and `unknown` of the rarest of these that the collection does not hold; both fade out where
    these sentences and the message are long. Another name of a word is enough there, and in the shares where the
    collection does not hold the word; words that name nothing (`GENERAL_TERMS`) are never missing. `neighbour`:
    how far the best page is named for another of the same kind, times the share of the words in the kind's phrase.
    `errand`: how much more of an errand the question is than what was found, see `ErrandDirection`; fades out in
    long messages, whose vectors hold their stories; 1 for a question on own affairs. `length` is the logarithm of
    the number of words. `lead`: how far the first passage's score lies above the next one's, times the share of
    the words that it holds; fades out in long messages, and in large collections, which say a thing in several
    places. `together`: whether the two things that a question of yes or no names stand in one hit, from -1 to 1,
    see `stand_together`; fades out in long messages.
    """

    cosine: float
    covered: float
    headed: float
    named: float
    phrased: float
    missing: float
    unknown: float
    neighbour: float
    errand: float
    length: float
    lead: float
    together: float


@dataclass(frozen=True, slots=True)
class _Word:
    """A term of the question: its idf from 0 to 1, and whether it stands anywhere, in any form.

    `told_by` are the terms that say it: where the collection does not hold it, its other forms and names too.
    """

    weight: float
    is_known: bool
    told_by: frozenset[str]


class EvidenceReader:
    """Reads the evidence of retrievals from one open generation. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        """Reads the words of the collection once."""
        self._index = index
        self._vocabulary = Vocabulary(index)
        names = [page_name(document.metadata) for document in index.documents]
        self._kinds = Kinds(names)
        self._title_fit = TitleFit(names)
        self._passages = np.bincount(index.document_of_row, minlength=len(index.documents))
        self._allowed = remembering(self._documents_of, most=64)
        self._said = Said()
        self._errands = errand_direction(index.manifest.encoder)

    def read(self, query: Query, retrieval: Retrieval) -> Evidence:
        """The evidence of a retrieval that has hits. Raises ValueError where it has none."""
        hits = retrieval.hits[:EVIDENCE_HITS]
        if not hits:
            raise ValueError("a retrieval without hits has no evidence; its `no_hits` says why")
        # A page on pembrolizumab answers who asks for Keytruda, though its name holds no word of the question.
        text = query.text if retrieval.meant is None else retrieval.meant.told
        if retrieval.untold_sides == 0:  # what sets two things against each other is no word of an answer
            text = _VERSUS.sub(",", text)
        asked = read_asked(text, self._vocabulary)
        words = self._words(asked, query)
        weights = {term: word.weight for term, word in words.items()}
        mass = sum(weights.values()) or 1.0

        def share(found: frozenset[str]) -> float:
            return sum(word.weight for word in words.values() if not word.told_by.isdisjoint(found)) / mass

        names = [page_name(hit.document.metadata) for hit in hits[:BEST_HITS]]
        others = other_names(text)
        headings = [self._said.terms(titles_of(hit), others) for hit in hits]
        texts = [self._said.terms(hit.passage.text, others) | one for hit, one in zip(hits, headings, strict=True)]
        anywhere = frozenset().union(*texts)
        covered = share(frozenset().union(*texts[:BEST_HITS]))
        length = len((query.text if retrieval.whole is None else text).split())
        by_the_way = _fading(sqrt(asked.length * length))
        pages = frozenset(self._index.place_of(hit.document.document_id) for hit in hits[:BEST_HITS])
        untold = [
            word
            for term, word in words.items()
            if term in asked.asking
            and term not in GENERAL_TERMS
            and not self._is_told(term, texts[0], anywhere, pages)
            and (word.is_known or not self._said.apart(term, hits))
        ]
        stretches = list(phrases(without_contractions(text), without=SIDE_TERMS))
        return Evidence(
            cosine=_cosine(hits, covered),
            covered=covered,
            headed=self._headed(hits[:BEST_HITS], headings, share),
            named=max(share(self._said.terms(name)) for name in names),
            phrased=self._said.phrased(stretches, weights, hits[:BEST_HITS], others, otherwise=covered),
            missing=by_the_way * max((word.weight for word in untold), default=0),
            unknown=1.0
            if any(self._is_unheard_of(name) for name in named_before(text))
            else by_the_way * max((word.weight for word in untold if not word.is_known), default=0),
            # No page is named for both of two things that are compared.
            neighbour=0.0 if retrieval.untold_sides == 0 else self._neighbour(text, words, hits[0], asked),
            errand=1.0
            if asks_of_own_affairs(retrieval.in_place(query)) or is_repetition(text)
            else _fading(length) * self._errand(retrieval, hits[:BEST_HITS]),
            length=log(max(length, 1)),
            lead=0.0
            if retrieval.untold_sides is not None or retrieval.is_reranked
            else _fading(length) * share(texts[0]) * self._lead(query, hits),
            together=_fading(length) * stand_together(retrieval.in_place(query), texts, weights),
        )

    def _lead(self, query: Query, hits: Sequence[Hit]) -> float:
        """How far the first passage leads the next, the less the more passages may be found.

        Where one search alone was made scores lie on another scale, and no lead is read off them, nor off those of
        a second stage.
        """
        first, *others = hits
        if not others or first.dense is None or first.lexical is None:
            return 0.0
        return max(first.score - others[0].score, 0.0) / (1 + self._passages_among(query) / FEW_PASSAGES)

    def _passages_among(self, query: Query) -> int:
        """The number of passages that the filters let through."""
        passages = self._passages if query.filters is None else self._passages[self._allowed(query.filters)]
        return int(passages.sum())

    def _words(self, asked: Asked, query: Query) -> Mapping[str, _Word]:
        """The words that the question is about, weighed among the allowed documents."""
        allowed = None if query.filters is None else self._allowed(query.filters)
        total = self._passages_among(query)
        words = {}
        for term in asked.words:
            documents, passages = self._vocabulary.body.of(term)
            headed, _ = self._vocabulary.headings.of(term)
            if allowed is not None:
                passages = passages[allowed[documents]]
                headed = headed[allowed[headed]]
            frequency = int(passages.sum())
            weight = log(1 + total / (1 + frequency)) / log(1 + max(total, 1))
            stands = frequency > 0 or headed.size > 0
            told_by = frozenset((term,)) if stands else other_forms(term)
            words[term] = _Word(weight, stands or self._knows_other_form(term, allowed), told_by)
        return words

    def _is_unheard_of(self, name: str) -> bool:
        """Whether a word is a name that English does not hold, and the collection nothing like it."""
        (term, *_) = terms(name)
        if self._index.spelling.knows(term) or is_english(name):
            return False
        lengths = range(len(term) - MISSPELT_NAME, len(term) + MISSPELT_NAME + 1)
        near = chain.from_iterable(self._by_beginning.get((term[:1], length), ()) for length in lengths)
        return not any(within_edits(term, other, MISSPELT_NAME) for other in near)

    @cached_property
    def _by_beginning(self) -> Mapping[tuple[str, int], Sequence[str]]:
        """The collection's terms by first letter and length. Made for the first name that it does not know."""
        found = defaultdict[tuple[str, int], list[str]](list)
        for term in {**self._vocabulary.body.numbers, **self._vocabulary.headings.numbers}:
            found[term[:1], len(term)].append(term)
        return found

    def _knows_other_form(self, term: str, allowed: NDArray[np.bool_] | None) -> bool:
        found = (self._vocabulary.body.of(form)[0] for form in other_forms(term))
        return any(documents.size if allowed is None else allowed[documents].any() for documents in found)

    def _is_told(self, term: str, best: frozenset[str], hits: frozenset[str], pages: frozenset[int]) -> bool:
        """Whether a hit holds a term with any ending, or another passage of one of their pages holds it as it is.

        Another name of it has to stand in the best hit: "fridge" is not told by the refrigerator of another page.
        """
        return (
            has_ending(term, hits)
            or not pages.isdisjoint(self._vocabulary.body.of(term)[0].tolist())
            or not other_forms(term).isdisjoint(best)
        )

    def _headed(
        self,
        hits: Sequence[Hit],
        headings: Sequence[frozenset[str]],
        share: Callable[[frozenset[str]], float],
    ) -> float:
        """The share in one hit's title and headings. A label in the best hit is one; in others, if it is all."""
        first, *others = hits
        labelled = [share(headings[0] | self._said.terms(label)) for label in labels(first.passage.text)]
        alone = [share(self._said.terms(label)) for hit in others for label in labels(hit.passage.text)]
        return max(*map(share, headings), *labelled, float(max(alone, default=0.0) > NEARLY_ALL), 0.0)

    def _neighbour(self, text: str, words: Mapping[str, _Word], hit: Hit, asked: Asked) -> float:
        """The share of what narrows a kind that the page is not named for, times that of its name not asked for.

        Of "rectal cancer" the page "Colon Cancer" lacks the narrowing word and has another in its place. "Cancer"
        lacks it too, but is named for nothing else: it may well answer. Squared weights: the rarest word counts
        most. In "does talc raise ovarian cancer" talc narrows nothing. What the passage's headings hold of the
        other words is taken off: "antiemetic prophylaxis" leads to it, whatever chemotherapy it is asked for. And
        it counts by the phrase's share of all words: "is my hearing at risk from cisplatin for liver cancer" asks
        of more than a kind.
        """
        name = page_name(hit.document.metadata)
        held, headed, worst = self._said.terms(name), self._said.terms(titles_of(hit)), 0.0
        mass = sum(word.weight for word in words.values()) or 1.0
        for phrase in phrases(without_contractions(text), without=_NARROWS_NOTHING):
            narrowing = self._kinds.narrowing(
                phrase, headed=headed, passage=f"{titles_of(hit)}. {hit.passage.text}"
            )
            weights = {term: words[term].weight ** 2 for term in narrowing if term in words}
            if weights:
                named = sum(weight for term, weight in weights.items() if term in held)
                beside = sum(word.weight for term, word in words.items() if term in headed and term not in phrase)
                within = sum(word.weight for term, word in words.items() if term in phrase)
                unnamed = 1 - named / sum(weights.values())
                worst = max(worst, unnamed * (1 - beside / mass) * within / mass)
        return worst * self._title_fit.unasked(name, frozenset(asked.sequence)) if worst else 0.0

    def _errand(self, retrieval: Retrieval, hits: Sequence[Hit]) -> float:
        if self._errands is None or retrieval.vector is None:
            return 0.0
        return self._errands.beyond(retrieval.vector, hits, self._index)

    def _documents_of(self, wanted: Filter) -> NDArray[np.bool_]:
        return matching(self._index.documents, wanted)


def _fading(length: float) -> float:
    """1 for a few words, a half at `LONG_QUESTION_WORDS` of them, nearly 0 for many."""
    return 1 / (1 + (length / LONG_QUESTION_WORDS) ** 3)


def _cosine(hits: Sequence[Hit], covered: float) -> float:
    """The best cosine; a guess by the words where only words were searched."""
    return max((hit.dense for hit in hits if hit.dense is not None), default=0.45 + 0.25 * covered)
