"""Asked items: of a long list, what introduces it and the few items that speak of what was asked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from retriever.answers.judged.list_items import LEAST_SAID, unsaid_words, weight_said
from retriever.answers.quotable.list_levels import inner_end, lead_in
from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import terms_of
from retriever.answers.quotable.standing_alone import leans_on_another
from retriever.answers.quotable.units import Unit, UnitKind, item_sentences, units_around

SHORT_LIST_CHARS = 300
"""A list up to this length is quoted whole."""
MAX_ITEMS = 3
"""Where more items speak of it, or more than a third of them, the list as a whole does."""
_NUMBERED = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z])[.)]\s")


def asked_items(quote: Quote, words: Mapping[str, float], text: str) -> list[Quote]:
    """What introduces a list and the items that say most of these words, each a quote of its own; the list itself
    where it is short, where no item tells more than its introduction does, or many do, and where its order counts.

    `text` is the reading text of the quote's document.
    """
    document = quote.hit.document
    if not quote.is_list or len(quote.text) <= SHORT_LIST_CHARS:
        return [quote]
    units = units_around(document, text, quote.start_char)
    items = [
        unit
        for unit in units
        if quote.core_start_char <= unit.start_char
        and unit.end_char <= quote.hit.passage.end_char
        and unit.kind is UnitKind.ITEM
    ]
    items = [unit for unit in items if unit.block == items[0].block]
    unsaid, least = unsaid_words(quote, words), LEAST_SAID * sum(words.values())
    told = [weight_said(terms_of(text[one.start_char : one.end_char]), unsaid) for one in items]
    telling = [one for one, weight in zip(items, told, strict=True) if weight == max(told) > 0]
    if not telling or max(told) < least or 3 * len(telling) > len(items) or len(telling) > MAX_ITEMS:
        return [quote]
    if any(_needs_others(text, units, one) for one in telling):
        return [quote]
    with_above = list(_with_above(text, units, telling))
    introduction = quote.introduction.rstrip()
    if not introduction:
        return [quote]
    part = replace(quote, is_list=False, continues=False)
    return [
        replace(part, end_char=quote.start_char + len(introduction), text=introduction),
        *(
            replace(
                part,
                start_char=one.start_char,
                core_start_char=one.start_char,
                end_char=one.end_char,
                text=text[one.start_char : one.end_char],
                continues=one is with_above[-1],
            )
            for one in with_above
        ),
    ]


def _with_above(text: str, units: Sequence[Unit], items: Sequence[Unit]) -> Iterator[Unit]:
    """The items, each behind those that it is set in below."""
    given: set[int] = set()
    for item in items:
        chain = [item]
        while (above := lead_in(text, units, chain[0])) is not None and above.kind is UnitKind.ITEM:
            chain.insert(0, above)
        for one in chain:
            if one.start_char not in given:
                given.add(one.start_char)
                yield one


def _needs_others(text: str, units: Sequence[Unit], item: Unit) -> bool:
    """Whether an item says what it does only beside others: a step, one that leans, or one with some below it."""
    said = text[item.start_char : item.end_char]
    sentences = item_sentences(text, item)
    place = units.index(item)
    return (
        _NUMBERED.match(said) is not None
        or not sentences
        or leans_on_another(text[sentences[0].start_char : item.end_char])
        or inner_end(units, place) > place
    )
