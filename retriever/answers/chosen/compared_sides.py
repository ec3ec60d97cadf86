"""Compared sides: quotes for a comparison, one that sets both against each other and the best on each of them."""

from collections.abc import Sequence

from retriever.answers.chosen.picked import MAX_SENTENCES, says_again
from retriever.answers.chosen.scored import Scored
from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import terms_of
from retriever.questions.comparison import Sides, contrasts
from retriever.search.analyze import terms

MAX_SENTENCES_OF_SIDE = MAX_SENTENCES // 2
"""Of each side of a comparison, so that the other has room."""


def setting_apart(sides: Sides, quotes: Sequence[Quote]) -> list[Quote]:
    """The quotes that name both sides and set them against each other."""
    named = sides.only_one | sides.only_other
    return [
        quote
        for quote in quotes
        if not (quote.is_list or "\t" in quote.text) and named <= terms_of(quote.text) and contrasts(quote.text)
    ]


def telling_of(name: str, own: frozenset[str], others: frozenset[str], quotes: Sequence[Quote]) -> list[Quote]:
    """The quotes that name one side of a comparison, and not the other alone; `own` and `others` are the terms
    that only this side's name has, and only the other's.
    """
    return [quote for quote in quotes if _tells_of(quote, own or frozenset(terms(name)), own, others)]


def of_side(found: Sequence[Scored]) -> Scored | None:
    """The best that is said of one side and leaves room for the other."""
    return next((one for one in found if not one.says_little and one.quote.units <= MAX_SENTENCES_OF_SIDE), None)


def both_sides(both: Sequence[Scored], each: Sequence[Scored | None]) -> list[Scored]:
    """The best quote that sets both sides against each other, if there is one, and the best on each side.

    None where the quotes tell of one side alone and nothing sets it against the other.
    """
    told = [one for one in each if one is not None]
    chosen = list(both[:1])
    if len(told) < len(each) and not both:
        return []
    for one in told:
        sentences = sum(other.quote.units for other in chosen) + one.quote.units
        # What is said of one side is no repetition where the same is said of the other.
        again = any(says_again(one, other) for other in both[:1]) or any(
            one.quote.stands_in(other.quote) for other in chosen
        )
        if sentences <= MAX_SENTENCES and not again:
            chosen.append(one)
    return chosen


def _tells_of(quote: Quote, naming: frozenset[str], own: frozenset[str], others: frozenset[str]) -> bool:
    said = terms_of(quote.text)
    named = said
    if any(map(str.isdigit, own)):  # the second stage of three is told by its heading
        named |= terms_of(" ".join(quote.headings[-1:]))
    return naming <= named and (own <= said or not others & said)
