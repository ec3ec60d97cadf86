"""Introductions: how a text says that a name is another name of something, and of what."""

import re
from collections.abc import Iterator
from itertools import takewhile

from retriever.late_pattern import late_pattern
from retriever.search.analyze import STOP_WORDS

LONGEST_ABBREVIATION = 6
_LOOKED_BACK = 90
"""Characters before a word in which its long form is looked for."""
_MAX_NAME_WORDS = 4

_WORD = r"[A-Za-z0-9][\w'’®-]*"
_SAID = (
    r"(?:also|sometimes|often|commonly|formerly|previously|once|usually)\s+"
    r"(?:called|known\s+as|referred\s+to\s+as)"
)
_INTRODUCES = late_pattern(rf"(?:[(\[]\s*(?:{_SAID}\s+)?|,?\s*{_SAID}\s+)(?:the\s+)?$", re.IGNORECASE)
_LAST_WORDS = late_pattern(rf"(?:(?:{_WORD} ){{1,6}})?{_WORD}$")
_AFTER = late_pattern(rf"\s*[(\[]((?:{_WORD}[ ]){{0,6}}{_WORD})[)\]]")
_INTRODUCING = ("(", "[", "called", "known as", "referred to as", "the")
_JOINING = frozenset(["of", "the", "and", "in", "with", "for", "to"])
_NEVER_FIRST = frozenset(["and", "or", "of"])
"""No long form begins so: what follows "and" is the last of a list, and the letters come from all of it."""
_NO_PART_OF_A_NAME = STOP_WORDS | frozenset((
    "called", "known", "condition", "disease", "also", "drug", "such", "about", "more", "have", "has", "been",
    "were", "which", "who", "can", "may", "from", "than", "other", "once",
))  # fmt: skip

_BRAND = r"(?i:\b(?:brand(?:[- ]?name)?|(?:trade|proprietary)[- ]?name)(?:\(s\)|s)?(?!\w))"
_NAME = r"[A-Z][\w'’-]*[®™]?(?: [A-Z0-9][\w-]*[®™]?){0,2}(?: \([^()\n]{1,40}\))?"
_NAMES = rf"(?P<names>{_NAME}(?:(?: ?[,/] ?(?:and |or )?|\n| and | or ){_NAME}){{0,7}})"
_OF = r"(?:\s+(?:of|for)\s+(?P<of>[\w-]+(?: [\w-]+){0,2}))"
_BE = r"(?:is|are|was|were)"
_SELLS = r"\b(?:sold|marketed|available)(?: [\w-]+){0,3}? (?:as|under)\b|\bunder (?:the |its )?(?=(?:brand|trade))"
_BRANDS_ARE = (
    rf"{_BRAND}{_OF}?(?:[^.;:()\n]{{0,30}}?\b(?:includ(?:e|es|ing)|such as|called|{_BE})\b|\s*:|)\s+"
    rf"(?:the )?{_NAMES}"
)
_SOLD_AS = rf"(?:{_SELLS})\s*(?:the |its )?(?:{_BRAND}(?: of)?\s+)?{_NAMES}"
_IS_A_BRAND = rf"{_NAMES}\s+{_BE}\s+(?:[\w-]+\s+){{0,5}}?{_BRAND}{_OF}?"
_BRANDS_OF = rf"{_NAMES}\s+{_BRAND}{_OF}"
_ITS_NAME = r"\bits(?: [\w-]+)? name\b"
_IS_ITS_NAME = rf"{_NAMES}\s+{_BE}\s+{_ITS_NAME}"
_ITS_NAME_IS = rf"{_ITS_NAME}(?: in [\w ]{{2,30}}?)?,? (?:{_BE}|and) {_NAMES}"
_BRAND_INTRODUCTIONS = tuple(
    map(late_pattern, (_BRANDS_ARE, _SOLD_AS, _IS_A_BRAND, _BRANDS_OF, _IS_ITS_NAME, _ITS_NAME_IS))
)
_SPEAKS_OF_BRANDS = late_pattern(rf"{_BRAND}|{_SELLS}|{_ITS_NAME}")
_BRAND_COLUMN = late_pattern(rf"^(?:[\w.]+ )?{_BRAND}$")
_DRUG_COLUMN = late_pattern(
    r"^(?:generic(?: name)?|drug|medicine|medication|active \w+|substance)s?$", re.IGNORECASE
)
_SUBJECT_BEFORE = late_pattern(
    rf"(?P<subject>[\w-]+(?: [\w-]+){{0,3}})(?: ?[(,] ?(?:(?:which|and|that) )?(?:{_BE} )?| {_BE} )(?:also )?$"
)
_PREPOSITIONS = frozenset(("for", "in", "of", "with", "against", "as", "by", "from", "to", "on"))
_BRACKETS = late_pattern(r"\s*[(\[][^()\[\]]*[)\]]")
_LAST_BRACKETS = late_pattern(r"\w\s*[(\[]([^()\[\]]*)[)\]](?:\s+[-–|]\s.*)?$")
_TITLE_ENDS = late_pattern(r"\s*(?:[,:;|–—]|\s-\s|\s(?:is|are|was|were)\s|[.!?]$)")
_PREPARATION = late_pattern(
    r"(?: (?:tablet|capsule|pill|injection|infusion|cream|gel|ointment|patch|spray|drop|inhaler|implant|syrup)"
    r"(?:s|es)?)+$",
    re.IGNORECASE,
)


def subject_of_title(title: str) -> str:
    """What a title names: without brackets, what is said of it, the site and the form a medicine comes in."""
    named, *_ = _TITLE_ENDS.split(_BRACKETS.sub("", title).strip(), maxsplit=1)
    return _PREPARATION.sub("", named).strip()


def other_names_in_title(title: str) -> list[str]:
    """What stands in brackets behind what a title names: "Denosumab injections (Prolia and Xgeva)"."""
    found = _LAST_BRACKETS.search(title)
    inside = found[1] if found else ""
    return [name for name in re.split(r"\s*(?:,|/|\band\b|\bor\b)\s*", inside) if name]


def introduced(word: str, text: str) -> Iterator[str]:
    """Every phrase that a text gives as another name of a word, in brackets or as what it is also called."""
    for found in re.finditer(rf"(?<![\w-]){re.escape(word)}(?:s|['’]s)?®?(?![\w-])", text, re.IGNORECASE):
        before = text[max(0, found.start() - _LOOKED_BACK) : found.start()]
        if before.rstrip().endswith(_INTRODUCING) and (said := _INTRODUCES.search(before)):
            phrase = _LAST_WORDS.search(before[: said.start()].rstrip())
            if phrase and (name := _named(word, phrase[0].split())):
                yield name
        after = _AFTER.match(text, found.end())
        if after and not _ends_a_longer_name(text, found.start(), after.end()):
            yield after[1]


def brand_of(word: str, text: str, title: str) -> list[str]:
    """What a text calls the word a brand of, the likeliest reading first; empty where it does not.

    Where the text says only that it is a brand, it is one of what the page's `title` names.
    """
    if not _SPEAKS_OF_BRANDS.search(text):
        return []
    written = re.compile(rf"(?<![\w-]){re.escape(word[0].upper())}(?i:{re.escape(word[1:])})(?![\w-])")
    subject = subject_of_title(title)
    for pattern in _BRAND_INTRODUCTIONS:
        for found in pattern.finditer(text):
            if not written.search(found["names"]):
                continue
            if of := found.groupdict().get("of"):
                return _shortening(of.split())
            before = _subjects_before(text[max(0, found.start() - _LOOKED_BACK) : found.start()])
            is_a_field = "\n" in text[found.start() : found.start("names")]
            return [*before, subject] if is_a_field or _begins_a_sentence(subject, text) else before
    return _brand_in_table(word, text, subject)


def _begins_a_sentence(subject: str, text: str) -> bool:
    """Whether a sentence of a text is about this: in that of a disease a brand is one of some medicine."""
    return re.search(rf"(?:^|[.!?\n]\s*){re.escape(subject)}[ ,(]", text, re.IGNORECASE) is not None


def _shortening(words: list[str]) -> list[str]:
    """The words before one that is no part of a name, then without the last of them, and so on."""
    name = list(takewhile(lambda word: word.lower() not in STOP_WORDS, words))
    return [" ".join(name[:count]) for count in range(len(name), 0, -1)]


def _subjects_before(text: str) -> list[str]:
    """What an introduction that follows this text may speak of: "It is for bones. X, also" is one of X."""
    found = _SUBJECT_BEFORE.search(text)
    words = re.split(r"\b(?:and|or|the|an|a) ", found["subject"])[-1].split() if found else []
    if _PREPOSITIONS & {word.lower() for word in words}:
        return []
    return [" ".join(words[start:]) for start in range(len(words))]


def _brand_in_table(word: str, text: str, subject: str) -> list[str]:
    """What a table with a column of brands, its cells apart by tabs, says of a word below that column's head."""
    head: list[str] = []
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) < 2:
            head = []
        elif not head:
            head = cells
        elif len(cells) == len(head):
            for name, cell in zip(head, cells, strict=True):
                if _BRAND_COLUMN.match(name) and word.lower() in re.split(r"[\s,/;]+", cell.lower()):
                    drugs = [one for of, one in zip(head, cells, strict=True) if _DRUG_COLUMN.match(of)]
                    return [*drugs, subject]
    return []


def _ends_a_longer_name(text: str, start: int, end: int) -> bool:
    """Whether a line is one name with another in brackets, and the word only its end: "Somatuline Depot (...)"."""
    before = text[text.rfind("\n", 0, start) + 1 : start].strip(" \t-*+•")
    is_whole_line = not text[end:].split("\n", 1)[0].strip()
    return is_whole_line and bool(before) and all(part[0].isupper() for part in before.split())


def _named(word: str, before: list[str]) -> str:
    """The last of the words before a name that are one with it: what spells an abbreviation, else a name."""
    if len(word) <= LONGEST_ABBREVIATION:
        letters = word.lower()
        spelled = {letters, letters.removesuffix("s")}
        counts = (count for count in range(1, len(before) + 1) if before[-count].lower() not in _NEVER_FIRST)
        phrases = [before[-count:] for count in counts]
        for phrase in phrases:
            if spelled & _initials(phrase):
                return " ".join(phrase)
        if word.isupper():
            return next((" ".join(phrase) for phrase in phrases if _holds_in_order(phrase, letters)), "")
    name: list[str] = []
    for part in reversed(before):
        if part.lower() in _NO_PART_OF_A_NAME or len(name) == _MAX_NAME_WORDS:
            break
        name.insert(0, part)
    return " ".join(name)


def _initials(phrase: list[str]) -> set[str]:
    """The first letters of a phrase's words and of their parts, with and without those that only join."""
    parts = [(part, word.lower() in _JOINING) for word in phrase for part in re.split(r"[-/]", word) if part]
    every = "".join(part[0] for part, _ in parts)
    telling = "".join(part[0] for part, is_joining in parts if not is_joining)
    return {every.lower(), telling.lower()}


def _holds_in_order(phrase: list[str], letters: str) -> bool:
    """Whether a phrase begins with the first of these letters and holds the others in their order."""
    left = iter(" ".join(phrase).lower())
    return phrase[0][0].lower() == letters[0] and all(letter in left for letter in letters)
