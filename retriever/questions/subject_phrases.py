"""Subject phrases: the stretches of a question that name what it is about, as they stand in it."""

import re

from retriever.questions.follow_ups import NARROWING_TERMS, is_content, may_name
from retriever.questions.subjects import Subjects
from retriever.search.analyze import terms

MAX_PHRASES = 3
MAX_PHRASE_WORDS = 6
LONGEST_SHORT_QUESTION = 4
"""Content words of a question so short that all of them are its subject, where none is a known name."""

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_BETWEEN = frozenset(["of", "the", "in", "with", "for", "to"])
_HEADS = frozenset(
    terms(
        "disease syndrome test tests scan therapy treatment injection injections infusion tablets pills "
        "drug medicine medicines surgery screening condition vaccine supplement supplements"
    )
)
_STAGE = re.compile(r"(?:stage|grade|type|phase)", re.IGNORECASE)
_DEGREE = re.compile(r"(?:\d{1,2}|[ivx]{1,4})[a-d]?", re.IGNORECASE)


def subject_phrases(question: str, subjects: Subjects, *, is_guessed: bool) -> tuple[str, ...]:
    """What a question is about, in its own words and order: at most three phrases, none where it does not say.

    "triple-negative breast cancer in men" is one phrase: names, what narrows them, and what joins them. Where
    no word is a known name, `is_guessed` takes all that a short question speaks of.
    """
    words = list(_WORD.finditer(question))
    names = [may_name(word[0]) and subjects.names(word[0]) for word in words]
    if not any(names):
        content = [word[0] for word in words if may_name(word[0])]
        return (" ".join(content),) if is_guessed and 0 < len(content) <= LONGEST_SHORT_QUESTION else ()
    phrases: list[str] = []
    place = 0
    while place < len(words):
        if not names[place]:
            place += 1
            continue
        first, last = _extended(question, words, names, place)
        phrases.append(question[words[first].start() : words[last].end()])
        place = last + 1
    return tuple(dict.fromkeys(phrases))[:MAX_PHRASES]


def _extended(question: str, words: list[re.Match[str]], names: list[bool], place: int) -> tuple[int, int]:
    """The first and last word of the phrase around a name."""
    first = place
    while first and _narrows(words, first - 1):
        first -= 1
    if first == place and place and may_name(words[place - 1][0]) and _adjoin(question, words, place - 1):
        first -= 1  # "lung" of "lung cancer", "PET" of "PET scan"
    last = place
    while last + 1 < len(words) and last - first < MAX_PHRASE_WORDS:
        after = last + 1
        if names[after] or _narrows(words, after) or _is_head(words, after):
            last = after
            continue
        if may_name(words[after][0]) and _is_head(words, after + 1):
            last = after + 1  # "bone density tests"
            continue
        while after < len(words) and after - last <= 2 and words[after][0].lower() in _BETWEEN:
            after += 1
        if after == last + 1 or after >= len(words) or not (names[after] or _narrows(words, after)):
            break
        last = after
    return first, last


def _adjoin(question: str, words: list[re.Match[str]], place: int) -> bool:
    return not question[words[place].end() : words[place + 1].start()].strip()


def _is_head(words: list[re.Match[str]], place: int) -> bool:
    return place < len(words) and frozenset(terms(words[place][0])) <= _HEADS


def _narrows(words: list[re.Match[str]], place: int) -> bool:
    word = words[place][0]
    if _STAGE.fullmatch(word):
        return place + 1 < len(words) and _DEGREE.fullmatch(words[place + 1][0]) is not None
    if _DEGREE.fullmatch(word) and place and _STAGE.fullmatch(words[place - 1][0]):
        return True
    return is_content(word) and frozenset(terms(word)) <= NARROWING_TERMS and not word.isdigit()
