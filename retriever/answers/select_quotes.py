"""Selection: which quotes of the hits answer a question, none twice, and none against another unseen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retriever.answers.about import are_beside_the_point, asked_words
from retriever.answers.answer_forms import stated_thing
from retriever.answers.comparison import Comparison, compared, contrasts
from retriever.answers.differences import differ
from retriever.answers.limits import with_limit
from retriever.answers.list_beginnings import list_beginnings
from retriever.answers.list_items import asked_items
from retriever.answers.neighbours import Neighbours
from retriever.answers.openings import openings
from retriever.answers.quote_score import Scored, scored
from retriever.answers.quote_subject import same_document, terms_of
from retriever.answers.quote_vectors import QuoteVectors
from retriever.answers.quotes import Quote
from retriever.answers.replies import without_reply
from retriever.answers.sought import asks_for_a_list, sought_facets
from retriever.answers.stretches import Chosen, all_quotes, joined
from retriever.encoder import Encoder
from retriever.index import Index
from retriever.query import Hit
from retriever.questions.asked import is_one_sentence
from retriever.questions.facets import Facet
from retriever.questions.question import Question, QuestionReader
from retriever.questions.title_fit import page_name
from retriever.search.analyze import terms

MAX_SENTENCES = 4
MAX_SENTENCES_OF_SIDE = MAX_SENTENCES // 2
"""Of each side of a comparison, so that the other has room."""
ANSWER_HITS = 8
"""So many of the first hits are read for an answer."""
OVERVIEW_HITS = 3
"""Who only says what someone has gets an overview where one of so many first hits' pages is named so."""
MAX_ANSWER_CHARS = 1_200
MARGIN = 0.07
"""A further quote is given where its score is at most this much below the best one's."""
DIFFER_MARGIN = 0.5
"""A quote that contradicts the best one is given even so much below it."""
SAME_COSINE = 0.95
SAME_TERMS = 0.75
RELATED_COSINE = 0.6


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen, in the order of the answer; `differing` holds the ranks of passages that
    contradict each other.
    """

    chosen: tuple[Chosen, ...]
    differing: tuple[tuple[int, ...], ...]


class Selector:
    """Chooses quotes from the hits of one open generation. Safe to share between threads."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self._index = index
        self._encoder = encoder
        self._vectors = QuoteVectors(encoder)
        self._reader = QuestionReader(index)
        self._neighbours = Neighbours(page_name(document.metadata) for document in index.documents)

    def select(
        self,
        question: str,
        hits: Sequence[Hit],
        *,
        further: Sequence[Hit] | None = None,
        vector: NDArray[np.float32] | None = None,
    ) -> Selection | None:
        """The quotes that answer the question best; None where the hits hold nothing that can
        stand alone, or are beside the point. Where `further` is not None, it is read as well, and so
        are the beginnings of lists that the first hits go on with; neither brings a question to its point.

        A message that only says what someone has is answered like the question what that is, where a page is named
        so. `vector` is the one that the question was searched with, and is made here where there was none.
        """
        if vector is None:
            vector = self._encoder.encode_queries([question])[0]
        stated = stated_thing(question)
        if stated is not None and not _names_a_page(stated, hits):
            stated = None
        if stated is not None:
            question = f"What is {stated}?"
        asked = self._reader.read(question)
        asked = replace(asked, facets=sought_facets(question, asked.facets))
        last_rank = len(hits)
        hits = hits[:ANSWER_HITS]
        if is_one_sentence(question) and are_beside_the_point(asked, hits):
            return None
        if further is not None:
            hits = [*hits, *further]
            hits += list_beginnings(hits, self._index, behind=last_rank + len(further))
            if stated is not None:
                hits += openings(hits, self._index, behind=max(last_rank, hits[-1].rank))
        every = (without_reply(quote, question, asked.weights) for quote in all_quotes(hits, self._index))
        quotes = [
            quote for quote in every if quote is not None and not self._neighbours.is_named_in(quote, question)
        ]
        sides = compared(question)
        picked: Sequence[Scored] = (
            []
            if sides is None
            else self._beside(sides, self._setting(sides, question, asked, quotes, vector), quotes)
        )
        differing: tuple[tuple[int, ...], ...] = ()
        if not picked:
            read_to = last_rank if stated is None else None
            found = scored(question, asked, quotes, vector, self._vectors, last_rank=read_to)
            if not found:
                return None
            picked, differing = _picked(found, asked)
        words = {} if asks_for_a_list(question, asked.facets) else asked_words(asked)
        stretches = [part for one in picked for part in self._parts(one.quote, words)]
        return Selection(chosen=joined(stretches, hits, self._index), differing=differing)

    def _parts(self, quote: Quote, words: Mapping[str, float]) -> list[Quote]:
        """The quote with the sentence that limits it, or else those items of a long list that were asked for."""
        limited = with_limit(quote, self._index)
        if limited != quote:
            return [limited]
        return asked_items(quote, words, self._index.reading_text(quote.hit.document.document_id))

    def _beside(self, sides: Comparison, both: Sequence[Scored], quotes: Sequence[Quote]) -> list[Scored]:
        """The best quote that sets both sides against each other, if there is one, and the best on each side.

        None where the quotes tell of one side alone and nothing sets it against the other.
        """
        each = [
            self._side(sides.one, sides.only_one, sides.only_other, quotes),
            self._side(sides.other, sides.only_other, sides.only_one, quotes),
        ]
        told = [one for one in each if one is not None]
        picked = list(both[:1])
        if len(told) == len(each) or both:
            for one in told:
                sentences = sum(other.quote.units for other in picked) + one.quote.units
                # What is said of one side is no repetition where the same is said of the other.
                again = any(_says_again(one, other) for other in both[:1]) or any(
                    _stands_in(one.quote, other.quote) for other in picked
                )
                if sentences <= MAX_SENTENCES and not again:
                    picked.append(one)
        return picked

    def _setting(
        self,
        sides: Comparison,
        question: str,
        asked: Question,
        quotes: Sequence[Quote],
        vector: NDArray[np.float32],
    ) -> list[Scored]:
        """The quotes that set both sides against each other, best first."""
        setting = [
            quote
            for quote in quotes
            if not quote.is_list
            and sides.only_one | sides.only_other <= terms_of(quote.text)
            and contrasts(quote.text)
        ]
        found = scored(question, asked, setting, vector, self._vectors)
        return [one for one in found if not one.says_little]

    def _side(
        self, name: str, own: frozenset[str], others: frozenset[str], quotes: Sequence[Quote]
    ) -> Scored | None:
        """The best that is said of one side: it names that side, and not the other alone."""
        question = f"What is {name}?"
        asked = replace(self._reader.read(question), facets=(Facet.WHAT_IS,))
        vector = self._encoder.encode_queries([question])[0]
        telling = [quote for quote in quotes if _tells_of(quote, frozenset(terms(name)), own, others)]
        found = scored(question, asked, telling, vector, self._vectors)
        return next(
            (one for one in found if not one.says_little and one.quote.units <= MAX_SENTENCES_OF_SIDE), None
        )


def _names_a_page(thing: str, hits: Sequence[Hit]) -> bool:
    """Whether one of the first passages' pages is named for all that a thing's name says."""
    named = frozenset(terms(thing))
    return any(named <= terms_of(page_name(hit.document.metadata)) for hit in hits[:OVERVIEW_HITS])


def _tells_of(quote: Quote, name: frozenset[str], own: frozenset[str], others: frozenset[str]) -> bool:
    """Whether a quote names one side of a comparison, and not the other alone."""
    said = terms_of(quote.text)
    named = said
    if any(map(str.isdigit, own)):  # the second stage of three is told by its heading
        named |= terms_of(" ".join(quote.hit.passage.headings[-1:]))
    return (own or name) <= named and (own <= said or not others & said)


def _picked(found: Sequence[Scored], question: Question) -> tuple[list[Scored], tuple[tuple[int, ...], ...]]:
    """The best quote, what contradicts it, then what adds to it, as far as there is room."""
    best = found[0]
    picked = [best]
    named = frozenset(question.names) & best.subject
    found = [one for one in found if same_document(one.quote, best.quote) or named <= one.subject]
    rivals = [
        one
        for one in found
        if question.names_it(best.terms)
        and question.names_it(one.terms)
        and _contradicts(best, one, question.facets)
    ]
    opposed = rivals[0] if rivals else None
    if opposed is not None:
        picked.append(opposed)
    for one in found[1:]:
        if one.score < best.score - MARGIN:
            break
        if one.says_little:
            continue
        sentences = sum(other.quote.units for other in picked) + one.quote.units
        length = sum(len(other.quote.text) for other in picked) + len(one.quote.text)
        if (
            sentences > MAX_SENTENCES
            or length > MAX_ANSWER_CHARS
            or any(_says_again(one, other) for other in picked)
        ):
            continue
        picked.append(one)
    differing = () if opposed is None else (tuple(sorted((best.quote.hit.rank, opposed.quote.hit.rank))),)
    return picked, differing


def _contradicts(best: Scored, one: Scored, facets: tuple[Facet, ...]) -> bool:
    """Whether another page says something else about what was asked, and about the same subject."""
    if same_document(one.quote, best.quote) or one.score < best.score - DIFFER_MARGIN:
        return False
    if _likeness(best, one) < RELATED_COSINE:
        return False
    return differ(best.quote.text, one.quote.text, facets)


def _likeness(one: Scored, other: Scored) -> float:
    """The cosine of two quotes; 0 where one was not encoded, and then their words alone tell."""
    return 0.0 if one.vector is None or other.vector is None else float(one.vector @ other.vector)


def _says_again(one: Scored, other: Scored) -> bool:
    """Whether a quote repeats another: the same place, or nearly the same words or meaning."""
    ours, theirs = one.quote, other.quote
    if same_document(ours, theirs):
        if _stands_in(ours, theirs):
            return True
    elif _likeness(one, other) >= SAME_COSINE:
        return True
    smaller = min(len(one.terms), len(other.terms))
    return smaller > 0 and len(one.terms & other.terms) >= SAME_TERMS * smaller


def _stands_in(one: Quote, other: Quote) -> bool:
    """Whether a quote is another one or a part of it."""
    return same_document(one, other) and one.start_char >= other.start_char and one.end_char <= other.end_char
