"""Selector: the quotes of the hits that answer a question, none twice, and none against another unseen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retriever.answers.chosen.asked_items import asked_items
from retriever.answers.chosen.compared_sides import both_sides, of_side, setting_apart, telling_of
from retriever.answers.chosen.limiting_sentence import unsaid_circumstance, with_limit
from retriever.answers.chosen.list_beginnings import list_beginnings
from retriever.answers.chosen.page_openings import page_openings
from retriever.answers.chosen.picked import picked
from retriever.answers.chosen.quote_vectors import QuoteVectors
from retriever.answers.chosen.scored import Reading, Scored, scored
from retriever.answers.chosen.stretches import Chosen, joined
from retriever.answers.judged.neighbours import names_a_neighbour
from retriever.answers.judged.replies import without_reply
from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import terms_of
from retriever.answers.quotable.quotes import all_quotes
from retriever.answers.wanted.asked_thing import stated_thing
from retriever.answers.wanted.named_things import NamedThings
from retriever.answers.wanted.sought import Sought, read_sought
from retriever.encoder import Encoder
from retriever.index import Index
from retriever.query import Hit
from retriever.questions.asked_effect import asked_effect
from retriever.questions.comparison import Sides, compared
from retriever.questions.facets import Facet
from retriever.questions.kinds import Kinds
from retriever.questions.question import QuestionReader
from retriever.questions.title_fit import page_name
from retriever.search.analyze import terms

ANSWER_HITS = 8
"""So many of the first hits are read for an answer."""
OVERVIEW_HITS = 3
"""Who only says what someone has gets an overview where one of so many first hits' pages is named so."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen, in the order of the answer.

    `differing` holds the ranks of passages that contradict each other. `read` is the best logit of the quotes that
    were read together with the question; None where none was.
    """

    chosen: tuple[Chosen, ...]
    differing: tuple[tuple[int, ...], ...]
    read: float | None = None


@dataclass(frozen=True, slots=True)
class Considered:
    """What a question seeks, the hits that are read for it, and what of them may be quoted to it.

    Hits behind `last_rank` are read on for; None where they count like all others.
    """

    sought: Sought
    hits: Sequence[Hit]
    quotes: Sequence[Quote]
    last_rank: int | None


class Selector:
    """Chooses quotes from the hits of one open generation. Safe to share between threads."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        """Reads the titles of all pages once. `encoder` is the one that built the index."""
        self._index = index
        self._encoder = encoder
        self._vectors = QuoteVectors(encoder)
        self._reader = QuestionReader(index)
        self._things = NamedThings(index)
        self._kinds = Kinds(page_name(document.metadata) for document in index.documents)

    def select(
        self,
        question: str,
        hits: Sequence[Hit],
        *,
        further: Sequence[Hit] | None = None,
        vector: NDArray[np.float32] | None = None,
        reading: Reading | None = None,
    ) -> Selection | None:
        """The quotes that answer the question best; None where the hits hold nothing that can
        stand alone, or nothing that answers. Where `further` is not None, it is read as well, and so
        are the beginnings of lists that the first hits go on with; neither brings a question to its point.

        A message that only says what someone has is answered like the question what that is, where a page is named
        so. `vector` is the one that the question was searched with, and is made here where there was none. With a
        `reading` the quotes that look best are read together with the question; those of a comparison are not.
        """
        if vector is None:
            vector = self._encoder.encode_queries([question])[0]
        sought, is_stated = self._asked(question, hits)
        considered = self._considered(sought, hits, further, is_stated=is_stated)
        quotes, hits = considered.quotes, considered.hits
        sides = compared(sought.text)
        chosen = [] if sides is None else self._of_comparison(sides, sought, quotes, vector)
        differing: tuple[tuple[int, ...], ...] = ()
        read: float | None = None
        if not chosen:
            found = scored(sought, quotes, vector, self._vectors, last_rank=considered.last_rank, reading=reading)
            if not found:
                return None
            read = max((one.read for one in found if one.read is not None), default=None)
            chosen, differing = picked(found, sought)
        stretches = [part for one in chosen for part in self._parts(one.quote, sought)]
        return Selection(chosen=joined(stretches, hits, self._index), differing=differing, read=read)

    def considered(self, question: str, hits: Sequence[Hit], *, further: Sequence[Hit] | None) -> Considered:
        """What `select` chooses from."""
        sought, is_stated = self._asked(question, hits)
        return self._considered(sought, hits, further, is_stated=is_stated)

    def _asked(self, question: str, hits: Sequence[Hit]) -> tuple[Sought, bool]:
        """What is sought, and whether that is what something is that a message only says someone has."""
        thing = stated_thing(question)
        is_stated = thing is not None and _names_a_page(thing, hits)
        return self._sought(f"What is {thing}?" if is_stated else question), is_stated

    def _considered(
        self, sought: Sought, hits: Sequence[Hit], further: Sequence[Hit] | None, *, is_stated: bool
    ) -> Considered:
        last_rank = len(hits)
        hits = hits[:ANSWER_HITS]
        if further is not None:
            hits = [*hits, *further]
            hits += list_beginnings(hits, self._index, behind=last_rank + len(further))
            if is_stated:
                hits += page_openings(hits, self._index, behind=max(last_rank, hits[-1].rank))
        quotes = self._quotes_for(sought, hits)
        return Considered(sought, hits, quotes, None if is_stated else last_rank)

    def _sought(self, question: str, *, facets: tuple[Facet, ...] | None = None) -> Sought:
        named = self._things.named(question)
        return read_sought(question, self._reader.read(question), facets=facets, named=named)

    def _quotes_for(self, sought: Sought, hits: Sequence[Hit]) -> list[Quote]:
        """What of the hits may be quoted to this question: without replies to others, and on no neighbour."""
        narrowed = self._kinds.narrowed(sought.text)
        of_effect = asked_effect(sought.text) is not None
        heard = (without_reply(quote) for quote in all_quotes(hits, self._index))
        return [
            quote
            for quote in heard
            if quote is not None and not names_a_neighbour(quote, narrowed, self._kinds, of_effect=of_effect)
        ]

    def _parts(self, quote: Quote, sought: Sought) -> list[Quote]:
        """The quote with the sentence that limits it, or else those items of a long list that were asked for."""
        limited = with_limit(quote, self._index, unsaid_circumstance(quote, sought))
        if limited != quote:
            return [limited]
        words = {} if sought.wants_a_list else sought.words
        return asked_items(quote, words, self._index.reading_text(quote.document_id))

    def _of_comparison(
        self, sides: Sides, sought: Sought, quotes: Sequence[Quote], vector: NDArray[np.float32]
    ) -> list[Scored]:
        """What sets both sides against each other and tells of each; none where one side alone is told of."""
        both = scored(sought, setting_apart(sides, quotes), vector, self._vectors)
        each = [
            self._of_side(sides.one, telling_of(sides.one, sides.only_one, sides.only_other, quotes)),
            self._of_side(sides.other, telling_of(sides.other, sides.only_other, sides.only_one, quotes)),
        ]
        return both_sides([one for one in both if not one.says_little], each)

    def _of_side(self, name: str, telling: Sequence[Quote]) -> Scored | None:
        """The best of the quotes on one side of a comparison, chosen as if it had been asked what that is."""
        sought = self._sought(f"What is {name}?", facets=(Facet.WHAT_IS,))
        vector = self._encoder.encode_queries([sought.text])[0]
        return of_side(scored(sought, telling, vector, self._vectors))


def _names_a_page(thing: str, hits: Sequence[Hit]) -> bool:
    """Whether one of the first passages' pages is named for all that a thing's name says."""
    named = frozenset(terms(thing))
    return any(named <= terms_of(page_name(hit.document.metadata)) for hit in hits[:OVERVIEW_HITS])
