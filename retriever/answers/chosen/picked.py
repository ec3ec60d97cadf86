"""Picked quotes: the best one, what contradicts it, and what adds to it without saying it again."""

from collections.abc import Sequence

from retriever.answers.chosen.differences import differ
from retriever.answers.chosen.scored import Scored
from retriever.answers.wanted.sought import Sought
from retriever.questions.facets import Facet

MAX_SENTENCES = 4
MAX_ANSWER_CHARS = 1_200
MARGIN = 0.07
"""A further quote is given where its score is at most this much below the best one's."""
DIFFER_MARGIN = 0.5
"""A quote that contradicts the best one is given even so much below it."""
SAME_COSINE = 0.95
SAME_TERMS = 0.75
RELATED_COSINE = 0.6


def picked(found: Sequence[Scored], sought: Sought) -> tuple[list[Scored], tuple[tuple[int, ...], ...]]:
    """The best quote, what contradicts it, then what adds to it, as far as there is room."""
    best = _with_its_list(found)
    chosen = [best]
    question = sought.question
    named = frozenset(question.names) & best.subject
    found = [one for one in found if one.quote.document_id == best.quote.document_id or named <= one.subject]
    rivals = [
        one
        for one in found
        if question.names_it(best.terms)
        and question.names_it(one.terms)
        and _contradicts(best, one, sought.facets)
    ]
    opposed = rivals[0] if rivals else None
    if opposed is not None:
        chosen.append(opposed)
    for one in found[1:]:
        if one.score < best.score - MARGIN:
            break
        is_elsewhere = one.quote.hit.rank != best.quote.hit.rank
        if one.says_little or (is_elsewhere and best.is_wanted and not one.is_wanted):
            continue
        sentences = sum(other.quote.units for other in chosen) + one.quote.units
        length = sum(len(other.quote.text) for other in chosen) + len(one.quote.text)
        if (
            sentences > MAX_SENTENCES
            or length > MAX_ANSWER_CHARS
            or any(says_again(one, other) for other in chosen)
        ):
            continue
        chosen.append(one)
    differing = () if opposed is None else (tuple(sorted((best.quote.hit.rank, opposed.quote.hit.rank))),)
    return chosen, differing


def _with_its_list(found: Sequence[Scored]) -> Scored:
    """The best quote, or in its place a list nearly as good that it stands in: what it leads to belongs to it."""
    best = found[0]
    within = (one for one in found[1:] if one.score >= best.score - MARGIN)
    holding = (one for one in within if one.quote.is_list and best.quote.stands_in(one.quote))
    return best if best.quote.is_list else next(holding, best)


def _contradicts(best: Scored, one: Scored, facets: tuple[Facet, ...]) -> bool:
    """Whether another page says something else about what was asked, and about the same subject."""
    if one.quote.document_id == best.quote.document_id or one.score < best.score - DIFFER_MARGIN:
        return False
    if _likeness(best, one) < RELATED_COSINE:
        return False
    return differ(best.quote.text, one.quote.text, facets)


def _likeness(one: Scored, other: Scored) -> float:
    """The cosine of two quotes; 0 where one was not encoded, and then their words alone tell."""
    return 0.0 if one.vector is None or other.vector is None else float(one.vector @ other.vector)


def says_again(one: Scored, other: Scored) -> bool:
    """Whether a quote repeats another: the same place, or nearly the same words or meaning."""
    ours, theirs = one.quote, other.quote
    if ours.document_id == theirs.document_id:
        if ours.stands_in(theirs):
            return True
    elif _likeness(one, other) >= SAME_COSINE:
        return True
    smaller = min(len(one.terms), len(other.terms))
    return smaller > 0 and len(one.terms & other.terms) >= SAME_TERMS * smaller
