"""Our own candidates: the quotes among which an answer to a question would be chosen, the most promising first."""

from collections.abc import Sequence

from retriever.answers.chosen.list_beginnings import list_beginnings
from retriever.answers.chosen.page_openings import page_openings
from retriever.answers.chosen.scored import _without_vectors
from retriever.answers.chosen.selector import ANSWER_HITS, Selector, _names_a_page
from retriever.answers.quotable.quote import Quote
from retriever.answers.wanted.asked_thing import stated_thing
from retriever.query import Hit


class OwnCandidates(Selector):
    """The service's selector, asked for all that it chooses from."""

    def best_first(self, question: str, hits: Sequence[Hit], *, further: Sequence[Hit]) -> list[Quote]:
        """The quotes of the first hits and of what is read on for: those that would be weighed by their score
        without a cosine, then all others in the order of the hits. `question` has its names in place.
        """
        thing = stated_thing(question)
        is_stated = thing is not None and _names_a_page(thing, hits)
        sought = self._sought(f"What is {thing}?" if is_stated else question)
        last_rank = len(hits)
        read = [*hits[:ANSWER_HITS], *further]
        if not read:
            return []
        read += list_beginnings(read, self._index, behind=last_rank + len(further))
        if is_stated:
            read += page_openings(read, self._index, behind=max(last_rank, read[-1].rank))
        quotes = self._quotes_for(sought, read)
        weighed = _without_vectors(quotes, sought, last_rank=None if is_stated else last_rank)
        places = dict.fromkeys((*(place for _, place in weighed), *range(len(quotes))))
        return [quotes[place] for place in places]
