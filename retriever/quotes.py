"""Quotes: the stretches of a passage that may be shown alone, because they say there what they say on the page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retriever.boilerplate import is_reference_list
from retriever.document import Section
from retriever.query import Hit
from retriever.sentences import Unit, UnitKind, section_units

MAX_LIST_CHARS = 900
MIN_WORDS = 3
_MAX_ANTECEDENTS = 2

_ANAPHOR = re.compile(
    r"""(?:(?:however|but|and|or|so|also|thus|yet|then|moreover|furthermore|instead|still|in\ addition|for\ example
      |for\ instance|in\ this\ case|in\ these\ cases|in\ that\ case|as\ a\ result|therefore|otherwise|likewise
      |by\ contrast|in\ contrast|on\ the\ other\ hand|similarly|consequently|in\ general|sometimes|usually
      |often|rarely|if\ so|if\ not|when|while|because\ of|after|before|during|with|without|for|in|as|once
      |although|even\ though|even|by|to|if),?\s+)*
    (?:it|its|it[’']s|this|these|they|they[’']re|their|theirs|them|that|those|such|he|she|his|her|hers|him
      |both\ of|neither|either|each\ of|another|others|the\ (?:latter|former|same|other|others|above)
      |one\ of\ these|some\ of\ (?:these|them)|most\ of\ (?:these|them)|all\ of\ (?:these|them)
      |many\ of\ (?:these|them)
      |any\ of\ (?:these|them)|none\ of\ (?:these|them))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_POINTS_BACK = re.compile(r"(?:\S+\s+){0,9}these\b|(?:\S+\s+){0,4}(?:this|such)\b(?!\s+as\b)", re.IGNORECASE)
_ABOUT_ITSELF = re.compile(
    r"\bthis (?:page|leaflet|fact sheet|summary|section|article|guide|booklet)\b", re.IGNORECASE
)
_CONNECTIVE = re.compile(
    r"(?:however|but|and|or|so|also|thus|yet|then|moreover|furthermore|instead|in addition|for example|"
    r"for instance|as a result|therefore|otherwise|likewise|by contrast|in contrast|on the other hand|similarly|"
    r"consequently|if so|if not|in this case|in these cases|in that case|even so|that said|nevertheless|still,)\b",
    re.IGNORECASE,
)
_IMPERSONAL = re.compile(
    r"(?:there (?:is|are|was|were|may|can|has|have)|it(?: is|[’']s) (?:\w+ ){0,2}(?:that|to)\b)", re.I
)
_END = re.compile(r"[.!…]['\"”’»)\]*_]*\Z")
_LETTER_WORD = re.compile(r"[^\W\d_]{2,}")
_POINTER = re.compile(
    r"\(?(?:see|refer to|go to|visit|click|read|watch|learn|to learn|find out|for (?:more|further|additional)|"
    r"more information|also see|call the|contact|drug information from|definition from|scroll)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of one hit's passage that stands alone, verbatim and contiguous.

    `core_start_char` is where the part that was looked for begins: what stands before it is a lead-in, or the
    sentence that a pronoun refers to. `units` counts its sentences, a list with its lead-in as one.
    `continues` says that its list goes on behind the passage.
    """

    hit: Hit
    start_char: int
    end_char: int
    core_start_char: int
    units: int
    is_list: bool
    continues: bool
    text: str


def quotes_of(hit: Hit, text: str, section: Section, *, language: str | None = None) -> list[Quote]:
    """Every stretch of the hit's passage that may be quoted; `text` is the reading text, `section` the passage's.

    No quote is a part of a sentence, a question, a pointer to another page or to a publication, or a list without
    what introduces it.
    """
    if is_reference_list(hit.passage.text, hit.passage.headings):
        return []
    units = section_units(text, section, language=language)
    inside = [
        unit
        for unit in units
        if hit.passage.start_char <= unit.start_char and unit.end_char <= hit.passage.end_char
    ]
    quotes: list[Quote] = []
    for place, unit in enumerate(inside):
        if unit.kind is UnitKind.SENTENCE:
            quote = _sentence(hit, text, inside, place)
        elif place and inside[place - 1].block == unit.block and inside[place - 1].kind is unit.kind:
            continue  # the first of its list or table speaks for all of it
        else:
            quote = _list(hit, text, units, inside, place)
        if quote is not None:
            quotes.append(quote)
    return quotes


def leans_on_another(sentence: str) -> bool:
    """Whether a sentence begins with, or soon has, a word whose meaning stands in the sentence before it."""
    said = _ABOUT_ITSELF.sub("the page", sentence)
    if _CONNECTIVE.match(said) or (_ANAPHOR.match(said) and not _IMPERSONAL.match(said)):
        return True
    return _POINTS_BACK.match(said) is not None


def _sentence(hit: Hit, text: str, inside: Sequence[Unit], place: int) -> Quote | None:
    unit = inside[place]
    said = text[unit.start_char : unit.end_char]
    if not _is_statement(said):
        return None
    first = _antecedent(text, inside, place)
    if first is None:
        return None
    return Quote(
        hit=hit,
        start_char=inside[first].start_char,
        end_char=unit.end_char,
        core_start_char=unit.start_char,
        units=place - first + 1,
        is_list=False,
        continues=False,
        text=text[inside[first].start_char : unit.end_char],
    )


def _is_statement(said: str) -> bool:
    words = _LETTER_WORD.findall(said)
    return len(words) >= MIN_WORDS and _END.search(said) is not None and _POINTER.match(said) is None


def _antecedent(text: str, inside: Sequence[Unit], place: int) -> int | None:
    """The place of the sentence with which a quote that ends here must begin; None where there is none."""
    first = place
    while leans_on_another(text[inside[first].start_char : inside[first].end_char]):
        before = inside[first - 1] if first else None
        if before is None or before.kind is not UnitKind.SENTENCE or before.block != inside[first].block:
            return None
        first -= 1
        if place - first > _MAX_ANTECEDENTS:
            return None
        if not _END.search(text[before.start_char : before.end_char]):
            return None
    return first


def _list(hit: Hit, text: str, units: Sequence[Unit], inside: Sequence[Unit], place: int) -> Quote | None:
    """The list or table that begins here, with what introduces it; None where that is not in the passage."""
    opening = inside[place]
    if opening.kind is UnitKind.HEADING or not place or _begins_before(units, opening):
        return None
    last = place
    while last + 1 < len(inside) and inside[last + 1].block == opening.block:
        last += 1
    before = inside[place - 1]
    first: int | None = place - 1
    if before.kind is UnitKind.SENTENCE:
        first = _antecedent(text, inside, place - 1)
    elif before.kind is not UnitKind.HEADING:
        return None
    if first is None or inside[last].end_char - inside[first].start_char > MAX_LIST_CHARS:
        return None
    start_char, end_char = inside[first].start_char, inside[last].end_char
    return Quote(
        hit=hit,
        start_char=start_char,
        end_char=end_char,
        core_start_char=opening.start_char,
        units=place - first,
        is_list=True,
        continues=any(unit.block == opening.block and unit.start_char >= end_char for unit in units),
        text=text[start_char:end_char],
    )


def _begins_before(units: Sequence[Unit], opening: Unit) -> bool:
    """Whether the list of this unit has others before it, outside of the passage."""
    return any(
        unit.block == opening.block and unit.kind is opening.kind and unit.start_char < opening.start_char
        for unit in units
    )
