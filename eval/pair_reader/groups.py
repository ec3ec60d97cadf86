"""Training groups of a labelled dataset: its answers against what looks like one to its authors or to us."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from eval.datasets.asked_queries import left_out_paths, query_of
from eval.datasets.dataset import Dataset, GoldPlace, Question
from eval.datasets.document_names import match_names
from eval.datasets.source_tokens import SourceTokens, distractor_spans, gold_spans, quoted_place
from eval.errors import ComparisonRefused, DatasetInvalid
from eval.pair_reader.group import Draft, Group
from eval.pair_reader.own_candidates import best_first
from eval.pair_reader.page_units import PageUnits, Place
from retriever.answers.chosen.selector import Selector
from retriever.answers.quotable.quote import Quote
from retriever.encoder import Encoder
from retriever.retrieve import Retriever

TOP_K = 10
"""Hits that are asked for, as an answer reads fewer."""
MARKED = 3
"""So many answers and distractors of a dataset at most, each."""
SAME_PAGE, OTHER_PAGES, WITHOUT_ANSWER = 4, 3, 6
"""The best wrong candidates that are taken: of the answer's page, of others, and where nothing answers."""
OF_WINDOW, SHORTEST = 3, 25
"""Units that the author read and did not mark: how many, and the characters that each has to be longer than."""
ANSWERED, INSIDE = 0.5, 0.8
"""A candidate answers where it has that share of an answer, or lies in one with that share of itself."""


def dataset_groups(
    dataset: Dataset, retriever: Retriever, encoder: Encoder, *, seed: int, tick: Callable[[], None] = lambda: None
) -> Iterator[Group]:
    """One group for each labelled question that has enough texts, always the same for a seed.

    `encoder` is the retriever's. Raises ComparisonRefused where pages of the dataset are not in the index, and
    DatasetInvalid where their answers do not stand in them, or no question says whether it is answerable.
    """
    labelled = [question for question in dataset.questions if question.answerable is not None]
    if not labelled:
        raise DatasetInvalid(
            f"no question of {dataset.name} says whether it is answerable; give labelled questions"
        )
    making = _Making(dataset, retriever, encoder, seed)
    return making.groups(labelled, tick)


class _Making:
    def __init__(self, dataset: Dataset, retriever: Retriever, encoder: Encoder, seed: int) -> None:
        index = retriever.index
        paths = {document.document_id: document.source_path for document in index.documents}
        self._names = match_names(paths, dataset.judged | set(dataset.excluded))
        if lost := set(self._names.missing) & dataset.judged:
            raise ComparisonRefused(
                f"{len(lost)} pages of {dataset.name} are not in the index, such as {min(lost)}; give the index "
                "of the collection that it asks about"
            )
        tokens = SourceTokens(index, self._names)
        gold_spans(dataset, tokens)
        distractor_spans(dataset, tokens)
        self._left_out = left_out_paths(dataset, index)
        self._retriever, self._index = retriever, index
        self._selector = Selector(index, encoder)
        self._units = PageUnits(index)
        self._random = np.random.default_rng(seed)

    def groups(self, questions: Sequence[Question], tick: Callable[[], None]) -> Iterator[Group]:
        for question in questions:
            group = self._group(question)
            tick()
            if group is not None:
                yield group

    def _group(self, question: Question) -> Group | None:
        searched = self._searched(question.text)
        if searched is None:
            return None
        asked, quotes = searched
        draft, units = Draft(asked), self._units
        gold = [units.whole(self._place(place)) for place in question.quotes]
        for place in gold:
            draft.reserve(units.text(place))
        for place in gold[:MARKED]:
            draft.add_answer(units.prefix(place), units.text(place))
        for marked in question.distractors[:MARKED]:
            place = units.whole(self._place(marked))
            draft.add_wrong(units.prefix(place), units.text(place), is_hard=True)
        for quote in quotes:
            if answers(_place_of(quote), gold):
                draft.add_answer(quote.prefix, quote.text)
        page = gold[0].document_id if gold else None
        for quote in self._wrong([one for one in quotes if not _touches(_place_of(one), gold)], page):
            draft.add_wrong(quote.prefix, quote.text)
        for place in self._unmarked(question, gold):
            draft.add_wrong(units.prefix(place), units.text(place))
        return draft.group()

    def _searched(self, question: str) -> tuple[str, list[Quote]] | None:
        """The question as quotes are chosen by, and our candidates; None where the service refuses it."""
        query = query_of(question, top_k=TOP_K, left_out=self._left_out)
        if query is None:
            return None
        retrieval = self._retriever.retrieve(query)
        asked = retrieval.in_place(query)
        return asked, best_first(self._selector, asked, retrieval.hits, further=retrieval.further)

    def _place(self, marked: GoldPlace) -> Place:
        document_id = self._names.document_id(marked.document)
        found = quoted_place(self._index.reading_text(document_id), self._index.source_map(document_id), marked)
        if found is None:
            raise DatasetInvalid(f"an answer does not stand in {marked.document} as the dataset gives it")
        return Place(document_id, *found)

    def _wrong(self, wrong: Sequence[Quote], page: str | None) -> list[Quote]:
        """The best of those candidates that do not answer, and one of the others by chance."""
        same = [quote for quote in wrong if quote.document_id == page]
        others = [quote for quote in wrong if quote.document_id != page]
        most = OTHER_PAGES if page is not None else WITHOUT_ANSWER
        rest = others[OTHER_PAGES:]
        drawn = [rest[int(self._random.integers(len(rest)))]] if rest else []
        return [*same[:SAME_PAGE], *others[:most], *drawn]

    def _unmarked(self, question: Question, gold: Sequence[Place]) -> list[Place]:
        """Some units of the window that its author read through and that are no part of an answer."""
        if question.window is None:
            return []
        document_id = self._names.document_id(question.window.document)
        source_map = self._index.source_map(document_id)
        ends = (
            source_map.reading_position(char) for char in (question.window.start_char, question.window.end_char)
        )
        unmarked = [
            place
            for place in self._units.within(Place(document_id, *ends))
            if not _touches(place, gold) and place.end_char - place.start_char > SHORTEST
        ]
        drawn = self._random.permutation(len(unmarked))[:OF_WINDOW]
        return [unmarked[number] for number in drawn]


def answers(stretch: Place, gold: Sequence[Place]) -> bool:
    """Whether a stretch of a page counts as one of the answers: it says half of it, or little else."""
    length = stretch.end_char - stretch.start_char
    return any(
        (shared := stretch.shared_with(place)) > 0
        and (shared >= ANSWERED * (place.end_char - place.start_char) or shared >= INSIDE * length)
        for place in gold
    )


def _touches(place: Place, gold: Sequence[Place]) -> bool:
    return any(place.shared_with(one) > 0 for one in gold)


def _place_of(quote: Quote) -> Place:
    return Place(quote.document_id, quote.start_char, quote.end_char)
