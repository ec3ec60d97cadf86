"""Our own candidates: the quotes among which an answer to a question would be chosen, the most promising first."""

from collections.abc import Sequence

from retriever.answers.chosen.scored import without_vectors
from retriever.answers.chosen.selector import Selector
from retriever.answers.quotable.quote import Quote
from retriever.query import Hit


def best_first(selector: Selector, question: str, hits: Sequence[Hit], *, further: Sequence[Hit]) -> list[Quote]:
    """The quotes of the first hits and of what is read on for: those that would be weighed by their score
    without a cosine, then all others in the order of the hits. `question` has its names in place.
    """
    if not hits:
        return []
    considered = selector.considered(question, hits, further=further)
    quotes = considered.quotes
    weighed, doubted = without_vectors(quotes, considered.sought, last_rank=considered.last_rank, are_read=True)
    places = dict.fromkeys((*(place for _, place in (*weighed, *doubted)), *range(len(quotes))))
    return [quotes[place] for place in places]
