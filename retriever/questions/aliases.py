"""Aliases: what the collection itself says that a brand name or an abbreviation of a question stands for."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from retriever.index import Index
from retriever.method_cache import remembering
from retriever.query import Meant
from retriever.questions.introductions import (
    LONGEST_ABBREVIATION,
    brand_of,
    introduced,
    other_names_in_title,
    subject_of_title,
)
from retriever.questions.messages import SIDE_TERMS
from retriever.questions.question import FACET_TERMS
from retriever.questions.title_fit import page_name
from retriever.search.analyze import STOP_WORDS, terms

PASSAGES_READ = 40
"""Of the passages that hold a word, those that score best by it: short ones that repeat it tell what it is."""
MAX_ALIASES = 2
MOST_READ = 120
"""Passages that are read for all words of one question, for those in capitals first, then for the rarest."""
LEAST_VOTES = 2
"""So many passages have to say it, unless one says that it is a brand name or a title has it in brackets."""
MAJORITY = 0.5
COMMON_SHARE = 0.02
"""A word in more of the passages than this is the language's, unless it is written in capitals."""
SURELY_RARE = 10
"""A word in no more passages than this may be a name in the smallest collection."""
PLAIN_SHARE = 0.1
"""A short name that so many of its passages write in small letters is a word of the language as well."""
MIN_TITLE_SHARE = 0.5
"""An alias makes up at least this much of some page's title, so that there is a page on just that."""
_KEPT = 4_096


class _Alias(NamedTuple):
    """What a word stands for, empty where nothing is said; whether some passage calls it a brand of that."""

    name: str
    is_of_brand: bool


_NOTHING = _Alias("", is_of_brand=False)


_ASKED = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


class Aliases:
    """The other names of one generation's subjects. Nothing is kept of a collection: the passages that hold a word
    are read when it is asked for. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._stands_for = remembering(self._read, most=_KEPT)
        self._means_both = remembering(self._is_a_word_too, most=_KEPT)
        self._names_a_page = remembering(self._is_in_a_name, most=_KEPT)

    def meant(self, question: str) -> Meant:
        """The question with what a word stands for behind it, "NMSC (nonmelanoma skin cancer)", and in its place.

        Only for words that name no page themselves but in brackets behind its title, and only where the collection
        says it twice, or once in so many words, and has a page on what they stand for. What some
        passage calls a brand gives way to its medicine in both: that passage may say no more of it. Two names of
        one thing are set apart, and stay.
        """
        stands_for = {word: said for word in self._unnamed(question) if (said := self._stands_for(word)).name}
        names_of = Counter({word.lower(): said.name for word, said in stands_for.items()}.values())
        told = in_place = question
        found = 0
        for word, (alias, is_of_brand) in stands_for.items():
            if found == MAX_ALIASES or alias.lower() in told.lower() or not self._fits(word, question):
                continue
            found += 1
            named = rf"\b{re.escape(word)}\b"
            is_one_of_two = names_of[alias] > 1
            if not is_one_of_two:
                in_place = re.sub(named, alias, in_place)
            gives_way = is_of_brand and not is_one_of_two
            told = re.sub(named, alias if gives_way else f"{word} ({alias})", told, count=not gives_way)
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
            if rows and (is_capital or (self._is_rare(rows) and not self._names_a_page(term))):
                rows_with[word] = rows
        in_order = sorted(rows_with, key=lambda word: (not word.isupper(), rows_with[word]))
        reads = accumulate(min(rows_with[word], PASSAGES_READ) for word in in_order)
        return [word for word, read in zip(in_order, reads, strict=True) if read <= MOST_READ]

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
        return rows <= max(SURELY_RARE, COMMON_SHARE * self._index.body.rows)

    def _documents_headed(self, term: str) -> list[int]:
        documents = np.unique(self._index.document_of_row[self._index.headings.rows_of(term)])
        found: list[int] = documents.tolist()
        return found

    def _is_in_a_name(self, term: str) -> bool:
        """Whether some page's name holds the term, and not only as another name in brackets."""
        for document in self._documents_headed(term):
            metadata = self._index.documents[document].metadata
            is_bracketed = term in terms(" ".join(other_names_in_title(metadata.title)))
            named = subject_of_title(metadata.title) if is_bracketed else page_name(metadata)
            if term in terms(named):
                return True
        return False

    def _read(self, word: str) -> _Alias:
        """What the collection says that a word stands for; nothing where its passages do not agree."""
        (term, *_) = terms(word)
        said: dict[str, list[str]] = {}
        votes: Counter[str] = Counter()
        rows = self._index.body.best_rows(term, PASSAGES_READ).tolist()
        texts = [self._index.passage(row).text for row in rows]
        for text in texts:
            for key, alias in {" ".join(terms(alias)): alias for alias in introduced(word, text)}.items():
                votes[key] += 1
                said.setdefault(key, []).append(alias)
        sure: set[str] = set()
        brands: set[str] = set()
        if not _is_plain(word, texts):
            for alias, is_of_brand in self._in_so_many_words(word, term, rows, texts):
                key = " ".join(terms(alias))
                votes[key] += LEAST_VOTES
                sure.add(key)
                brands |= {key} if is_of_brand else set()
                said.setdefault(key, []).append(alias)
        votes = Counter({key: count for key, count in votes.items() if term not in key.split()})
        key = min(votes, key=lambda one: (-votes[one], one), default="")
        agreed = bool(key) and votes[key] >= max(LEAST_VOTES, MAJORITY * votes.total())
        if not agreed or not (key in sure or self._heads_a_page(key)):
            return _NOTHING
        return _Alias(said[key][0], key in brands)

    def _in_so_many_words(self, word: str, term: str, rows: list[int], texts: list[str]) -> Iterator[_Alias]:
        """What a title has before the word in brackets, and what a passage says that the word is a brand of."""
        for document in self._documents_headed(term):
            title = self._index.documents[document].prefix_title
            for name in other_names_in_title(title):
                if word.lower() == name.lower():
                    yield _Alias(subject_of_title(title), is_of_brand=False)
        for row, text in zip(rows, texts, strict=True):
            title = self._index.documents[self._index.document_of_row[row]].prefix_title
            for alias in brand_of(word, text, title):
                if self._heads_a_page(" ".join(terms(alias)), subject_of_title):
                    yield _Alias(alias, is_of_brand=True)
                    break

    def _heads_a_page(self, alias: str, named: Callable[[str], str] = str) -> bool:
        """Whether these terms make up most of some page's title, or of what is `named` in it."""
        wanted = frozenset(alias.split()) - FACET_TERMS
        if not wanted:
            return False
        rows = None
        for term in sorted(wanted):
            having = self._index.headings.rows_of(term)
            rows = having if rows is None else np.intersect1d(rows, having, assume_unique=True)
        documents = np.unique(self._index.document_of_row[rows])
        for document in documents.tolist():
            title = frozenset(terms(named(self._index.documents[document].prefix_title)))
            if wanted <= title and len(wanted) >= MIN_TITLE_SHARE * len(title):
                return True
        return False


def _is_plain(word: str, texts: Sequence[str]) -> bool:
    """Whether so many of these texts write the word in small letters that it is no name."""
    plain = re.compile(rf"(?<![\w-]){re.escape(word.lower())}(?![\w-])")
    return sum(plain.search(text) is not None for text in texts) > PLAIN_SHARE * len(texts)
