"""List items: of a long list, what introduces it and the few items that speak of what was asked."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from retriever.answers.about import says
from retriever.answers.levels import inner_end, lead_in
from retriever.answers.quote_subject import introduction_of, terms_of
from retriever.answers.quotes import Quote
from retriever.answers.sentences import Unit, UnitKind, item_sentences, section_units
from retriever.answers.standing import leans_on_another
from retriever.answers.stretches import section_of
from retriever.questions.title_fit import page_name

SHORT_LIST_CHARS = 300
"""A list up to this length is quoted whole."""
MAX_ITEMS = 3
"""Where more items speak of it, or more than a third of them, the list as a whole does."""
LEAST_SAID = 0.3
"""What its items have to say of all of a question's words, by their idf, beyond what its introduction does."""
_NUMBERED = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z])[.)]\s")


def items_say(quote: Quote, words: Mapping[str, float]) -> bool:
    """Whether the items of a list say enough of a question's words that its page's name and introduction do not.

    True of a long message, of whose words none are known to count.
    """
    if not quote.is_list:
        return False
    said = terms_of(quote.text[quote.core_start_char - quote.start_char :])
    return _weight(said, _unsaid(quote, words)) >= LEAST_SAID * sum(words.values())


def asked_items(quote: Quote, words: Mapping[str, float], text: str) -> list[Quote]:
    """What introduces a list and the items that say most of these words, each a quote of its own; the list itself
    where it is short, where no item tells more than its introduction does, or many do, and where its order counts.

    `text` is the reading text of the quote's document.
    """
    document = quote.hit.document
    if not quote.is_list or len(quote.text) <= SHORT_LIST_CHARS:
        return [quote]
    units = section_units(text, section_of(document, quote.start_char), language=document.metadata.language)
    items = [
        unit
        for unit in units
        if quote.core_start_char <= unit.start_char
        and unit.end_char <= quote.hit.passage.end_char
        and unit.kind is UnitKind.ITEM
    ]
    items = [unit for unit in items if unit.block == items[0].block]
    unsaid, least = _unsaid(quote, words), LEAST_SAID * sum(words.values())
    told = [_weight(terms_of(text[one.start_char : one.end_char]), unsaid) for one in items]
    telling = [one for one, weight in zip(items, told, strict=True) if weight == max(told) > 0]
    if not telling or max(told) < least or 3 * len(telling) > len(items) or len(telling) > MAX_ITEMS:
        return [quote]
    if any(_needs_others(text, units, one) for one in telling):
        return [quote]
    with_above = list(_with_above(text, units, telling))
    introduction = text[quote.start_char : quote.core_start_char].rstrip()
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


def _unsaid(quote: Quote, words: Mapping[str, float]) -> dict[str, float]:
    near = terms_of(f"{page_name(quote.hit.document.metadata)}\n{introduction_of(quote)}")
    return {word: weight for word, weight in words.items() if not says(near, word)}


def _weight(said: Collection[str], words: Mapping[str, float]) -> float:
    return sum(weight for word, weight in words.items() if says(said, word))


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
