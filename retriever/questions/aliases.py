"""Aliases: what the collection itself says that a brand name or an abbreviation of a question stands for."""

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from retriever.index import Index
from retriever.query import Meant
from retriever.questions.messages import SIDE_TERMS
from retriever.questions.question import FACET_TERMS
from retriever.questions.title_fit import page_name
from retriever.remembering import remembering
from retriever.search.analyze import STOP_WORDS, terms

PASSAGES_READ = 40
"""Of the passages that hold a word, those that score best by it: short ones that repeat it tell what it is."""
MAX_ALIASES = 2
MAX_WORDS_READ = 3
"""Words of one question that are looked up, those in capitals and the rarest first: each has passages to read."""
LEAST_VOTES = 2
MAJORITY = 0.5
COMMON_SHARE = 0.02
"""A word in more of the passages than this is the language's, unless it is written in capitals."""
LONGEST_ABBREVIATION = 6
PLAIN_SHARE = 0.1
"""A short name that so many of its passages write in small letters is a word of the language as well."""
MIN_TITLE_SHARE = 0.5
"""An alias makes up at least this much of some page's title, so that there is a page on just that."""
_KEPT = 4_096
_MAX_NAME_WORDS = 4

_ASKED = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_WORD = r"[A-Za-z0-9][\w'’®-]*"
_SAID = (
    r"(?:also|sometimes|often|commonly|formerly|previously|once|usually)\s+"
    r"(?:called|known\s+as|referred\s+to\s+as)"
)
_INTRODUCES = re.compile(rf"(?:[(\[]\s*(?:{_SAID}\s+)?|,?\s*{_SAID}\s+)(?:the\s+)?$", re.IGNORECASE)
_LAST_WORDS = re.compile(rf"(?:(?:{_WORD} ){{1,6}})?{_WORD}$")
_AFTER = re.compile(rf"\s*[(\[]((?:{_WORD}[ ]){{0,6}}{_WORD})[)\]]")
_INTRODUCING = ("(", "[", "called", "known as", "referred to as", "the")
_LOOKED_BACK = 90
"""Characters before a word in which its long form is looked for."""
_JOINING = frozenset(["of", "the", "and", "in", "with", "for", "to"])
_NO_PART_OF_A_NAME = STOP_WORDS | frozenset((
    "called", "known", "condition", "disease", "also", "drug", "such", "about", "more", "have", "has", "been",
    "were", "which", "who", "can", "may", "from", "than", "other", "once",
))  # fmt: skip


class Aliases:
    """The other names of one generation's subjects. Nothing is kept of a collection: the passages that hold a word
    are read when it is asked for. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._stands_for = remembering(self._read, most=_KEPT)
        self._means_both = remembering(self._is_a_word_too, most=_KEPT)
        self._names_a_page = remembering(self._is_in_a_name, most=_KEPT)

    def meant(self, question: str) -> Meant:
        """The question with what a word stands for after it, "keytruda (pembrolizumab)", and in its place.

        Only for words that name no page themselves, and only where the collection says it twice and has a page on
        what they stand for.
        """
        told = in_place = question
        found = 0
        for word in self._unnamed(question):
            alias = self._stands_for(word)
            if alias and found < MAX_ALIASES and alias.lower() not in told.lower() and self._fits(word, question):
                found += 1
                named = rf"\b{re.escape(word)}\b"
                told = re.sub(named, f"{word} ({alias})", told, count=1)
                in_place = re.sub(named, alias, in_place)
        return Meant(told, in_place)

    def _unnamed(self, question: str) -> list[str]:
        """The words of a question that may be other names, those in capitals first, then the rarest."""
        words = dict.fromkeys(_ASKED.findall(question))
        shouts = 2 * sum(word.isupper() for word in words) > len(words)
        rows_with: dict[str, int] = {}
        for word in words:
            (term, *_) = terms(word)
            is_capital = word.isupper() and not shouts and word.isalpha()
            if len(word) < 3 or word.isdigit() or term in FACET_TERMS or word.lower() in STOP_WORDS:
                continue
            rows = self._index.body.rows_with(term)
            if rows >= LEAST_VOTES and (is_capital or (self._is_rare(rows) and not self._names_a_page(term))):
                rows_with[word] = rows
        return sorted(rows_with, key=lambda word: (not word.isupper(), rows_with[word]))[:MAX_WORDS_READ]

    def _fits(self, word: str, question: str) -> bool:
        """Whether a word may be the short name here: "cup" of a "world cup" is the thing to drink from.

        Where the collection has it as a plain word too, who asks writes it in capitals, or the rarest word beside
        it stands in a passage that does.
        """
        if word.isupper() or not self._means_both(word):
            return True
        others = frozenset(terms(question)) - frozenset(terms(word)) - SIDE_TERMS
        if not others:
            return True
        rarest = min(sorted(others), key=self._index.body.rows_with)
        return bool(np.isin(self._rows_in_capitals(word), self._index.body.rows_of(rarest)).any())

    def _is_a_word_too(self, word: str) -> bool:
        """Whether the collection writes a short name as a word as well, in other places."""
        rows = self._index.body.rows_of(terms(word)[0])[:: self._step(word)].tolist()
        plain = re.compile(rf"(?<![\w-]){re.escape(word.lower())}s?(?![\w-])")
        written = sum(plain.search(self._index.passage(row).text) is not None for row in rows)
        return len(word) <= LONGEST_ABBREVIATION and written >= max(1, PLAIN_SHARE * len(rows))

    def _rows_in_capitals(self, word: str) -> list[int]:
        rows = self._index.body.best_rows(terms(word)[0], PASSAGES_READ).tolist()
        short = re.compile(rf"(?<![\w-]){re.escape(word.upper())}(?![\w-])")
        return [row for row in rows if short.search(self._index.passage(row).text)]

    def _step(self, word: str) -> int:
        """Of the passages that hold a word every so manieth is read, about `PASSAGES_READ` in all."""
        return max(1, self._index.body.rows_with(terms(word)[0]) // PASSAGES_READ)

    def _is_rare(self, rows: int) -> bool:
        return rows <= max(LEAST_VOTES, COMMON_SHARE * self._index.body.rows)

    def _is_in_a_name(self, term: str) -> bool:
        documents = np.unique(self._index.document_of_row[self._index.headings.rows_of(term)])
        return any(term in terms(page_name(self._index.documents[one].metadata)) for one in documents.tolist())

    def _read(self, word: str) -> str:
        """What the passages that hold a word say that it stands for; empty where they do not agree."""
        (term, *_) = terms(word)
        said: dict[str, list[str]] = {}
        votes: Counter[str] = Counter()
        for row in self._index.body.best_rows(term, PASSAGES_READ).tolist():
            aliases = {" ".join(terms(alias)): alias for alias in _said_of(word, self._index.passage(row).text)}
            for key, alias in aliases.items():
                if term not in key.split():
                    votes[key] += 1
                    said.setdefault(key, []).append(alias)
        key = min(votes, key=lambda one: (-votes[one], one), default="")
        agreed = bool(key) and votes[key] >= max(LEAST_VOTES, MAJORITY * votes.total())
        return said[key][0] if agreed and self._heads_a_page(frozenset(key.split())) else ""

    def _heads_a_page(self, alias: frozenset[str]) -> bool:
        wanted = alias - FACET_TERMS
        if not wanted:
            return False
        rows = None
        for term in sorted(wanted):
            having = self._index.headings.rows_of(term)
            rows = having if rows is None else np.intersect1d(rows, having, assume_unique=True)
        documents = np.unique(self._index.document_of_row[rows])
        for document in documents.tolist():
            title = frozenset(terms(self._index.documents[document].prefix_title))
            if wanted <= title and len(wanted) >= MIN_TITLE_SHARE * len(title):
                return True
        return False


def _said_of(word: str, text: str) -> Iterator[str]:
    """Every phrase that a text gives as another name of a word."""
    for found in re.finditer(rf"(?<![\w-]){re.escape(word)}(?:s|['’]s)?®?(?![\w-])", text, re.IGNORECASE):
        before = text[max(0, found.start() - _LOOKED_BACK) : found.start()]
        if before.rstrip().endswith(_INTRODUCING) and (said := _INTRODUCES.search(before)):
            phrase = _LAST_WORDS.search(before[: said.start()].rstrip())
            if phrase and (name := _named(word, phrase[0].split())):
                yield name
        after = _AFTER.match(text, found.end())
        if after and not _ends_a_longer_name(text, found.start(), after.end()):
            yield after[1]


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
        phrases = [before[-count:] for count in range(1, len(before) + 1)]
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
