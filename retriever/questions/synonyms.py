"""Synonyms: what people call things in a question, and what pages call them, from a table that can be replaced."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retriever.errors import FootnotedError
from retriever.index import Index
from retriever.search.analyze import terms
from retriever.search.lexical import LexicalField
from retriever.search.usage import is_usage

TABLE_FILE = "synonyms.txt"
_WORD = re.compile(r"\w+")


class SynonymsInvalid(FootnotedError, ValueError):
    """A table of synonyms cannot be used; the message names the line and the cause."""


@dataclass(frozen=True, slots=True)
class Synonyms:
    """What each phrase, in lower case, is read as."""

    read_as: Mapping[str, str]
    _by_first_word: Mapping[str, Sequence[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_first_word: dict[str, list[str]] = {}
        for phrase in sorted(self.read_as, key=lambda phrase: (-len(phrase), phrase)):
            by_first_word.setdefault(next(iter(_WORD.findall(phrase)), ""), []).append(phrase)
        object.__setattr__(self, "_by_first_word", by_first_word)

    def applied(self, question: str, index: Index) -> str:
        """The question in the words of the table, where the collection says it so and not as asked."""

        def read(found: re.Match[str]) -> str:
            meant = self.read_as[_plain(found[0])]
            is_called = _names_a_page(meant, index) and not _names_a_page(found[0], index)
            rows, asked = (len(rows_of_all(phrase, index.body)) for phrase in (meant, found[0]))
            return meant if is_called or is_usage(rows, than=asked) else found[0]

        phrases = self._that_may_stand_in(question)
        return _pattern(phrases).sub(read, question) if phrases else question

    def _that_may_stand_in(self, question: str) -> tuple[str, ...]:
        """The phrases all of whose words stand somewhere in the question, the longest first: mostly none."""
        asked = frozenset(_WORD.findall(question.lower()))
        found = (phrase for word in (*asked, "") for phrase in self._by_first_word.get(word, ()))
        standing = [phrase for phrase in found if asked.issuperset(_WORD.findall(phrase))]
        return tuple(sorted(standing, key=lambda phrase: (-len(phrase), phrase)))


def _pattern(phrases: Sequence[str]) -> re.Pattern[str]:
    """Finds the first of these phrases that stands at a place of a text, however its words are joined."""
    either = "|".join(re.escape(one).replace(r"\ ", r"[\s-]+").replace("'", "['’]") for one in phrases)
    return re.compile(rf"\b(?:{either})\b", re.IGNORECASE)


@cache
def default_synonyms() -> Synonyms:
    """The table that comes with the program."""
    return parse_synonyms(resources.files(__package__).joinpath(TABLE_FILE).read_text(encoding="utf-8"))


def read_synonyms(path: Path | None) -> Synonyms:
    """The table in a file, or the program's own. Raises SynonymsInvalid, also for a file that cannot be read."""
    if path is None:
        return default_synonyms()
    try:
        return parse_synonyms(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SynonymsInvalid(f"the synonyms in {path} cannot be read: {reason}; mend the file") from error


def parse_synonyms(content: str) -> Synonyms:
    """The table in the text of such a file, in the form of Solr's explicit mappings. Raises SynonymsInvalid."""
    read_as: dict[str, str] = {}
    for number, line in enumerate(content.splitlines(), start=1):
        rule, *_ = line.split("#")
        if not rule.strip():
            continue
        phrases, arrow, meant = rule.partition("=>")
        names = [_plain(phrase) for phrase in phrases.split(",")]
        if not arrow or not meant.strip() or "," in meant or "=>" in meant or not all(names):
            raise SynonymsInvalid(f"line {number} of the synonyms is no rule; write: phrase, phrase => one phrase")
        for name in names:
            if name in read_as:
                raise SynonymsInvalid(f"line {number} of the synonyms gives a phrase of an earlier line; keep one")
            read_as[name] = " ".join(meant.split())
    return Synonyms(read_as)


def _plain(phrase: str) -> str:
    return " ".join(phrase.lower().replace("-", " ").replace("’", "'").split())


def rows_of_all(phrase: str, field: LexicalField) -> NDArray[np.int32]:
    """The rows of a field that hold every term of a phrase, ascending."""
    rows = [field.rows_of(term) for term in terms(phrase)]
    return reduce(np.intersect1d, rows) if rows else np.empty(0, dtype=np.int32)  # a sign, no word


def _names_a_page(phrase: str, index: Index) -> bool:
    """Whether some page's title holds the phrase."""
    wanted = terms(phrase)
    rows = rows_of_all(phrase, index.headings)
    line = f" {' '.join(wanted)} "
    titles = (index.documents[one].prefix_title for one in np.unique(index.document_of_row[rows]).tolist())
    return any(line in f" {' '.join(terms(title))} " for title in titles)
