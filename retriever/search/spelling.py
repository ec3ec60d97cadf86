"""Typing errors: the word of the collection that an unknown word of a question was meant to be."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from retriever.late_pattern import late_pattern
from retriever.method_cache import remembering
from retriever.search.analyze import terms, words
from retriever.search.compounds import Compounds
from retriever.search.english import common_word_of, is_english, slips, written_out
from retriever.search.lexical import LexicalField
from retriever.search.other_spelling import spelled_otherwise
from retriever.search.phonetics import sound_of, within_edits
from retriever.search.usage import is_usage

SHORTEST_CORRECTED = 6
"""Letters of the shortest word that may be a typing error: too many shorter ones are one letter apart."""
COMMON_SHARE = 2e-4
"""A word in this share of the passages, and in two of them, may have been meant: rarer ones are mostly names, and
an unknown name near a rare one is another name."""
MOST_UNKNOWN = 32
"""Unknown words of a question that are looked up, some milliseconds each: more of them are no misspelt English."""
CHANGED = 0.01
"""How likely a letter changed for another one is, beside one lost, doubled or exchanged with its neighbour."""
SHORTEST_MISHEARD = 7
"""Letters of the shortest word that may be taken for one that sounds alike, or nearly."""
MOST_EDITS = 3
"""So many letters may write a sound otherwise, its one error included: beyond it the likeness is by chance."""
_EDGE = 3
_KEPT = 4_096
"""Words of which each answer is remembered."""
FORMS_READ = 8
"""Passages that are read for how a word is written, of which the search keeps the stem alone."""
NAME_SHARE = 1e-3
"""A string like "teh" in more of the passages than this means something there: "tis" is a stage."""
SLIP_TIMES = 100
"""How many times as many passages hold what was meant by a string that a few have as a name."""
_VOWELS = late_pattern("[aeiouy]+")


@dataclass(frozen=True, slots=True)
class _Common:
    """A word that may have been meant."""

    term: str
    sound: str
    letters: frozenset[str]
    rows: int


class Spelling:
    """The words of one generation, as they are spelled there. Safe to share between threads."""

    def __init__(self, body: LexicalField, headings: LexicalField, text_of: Callable[[int], str]) -> None:
        """`text_of` gives the text of a row, its title and headings included."""
        self._body = body
        self._headings = headings
        self._text_of = text_of
        self._near = remembering(self._nearest, most=_KEPT)
        self._form = remembering(self._read_form, most=_KEPT)
        self._spelled = remembering(self._spelled_here, most=_KEPT)
        self._mended = remembering(self._mistyped, most=_KEPT)
        self._forms = remembering(self._read_forms, most=_KEPT)
        self._compounds = Compounds(body, headings, text_of, least=self._least)

    @cached_property
    def _common(self) -> Mapping[str, Sequence[_Common]]:
        """The common words by the sound they begin with. Made for the first unknown word, not at the start."""
        common: dict[str, list[_Common]] = defaultdict(list)
        for word in dict.fromkeys(chain(*(field.often(self._least) for field in (self._body, self._headings)))):
            if len(word) >= SHORTEST_CORRECTED - 1 and word.isalpha():
                sound = sound_of(word)
                common[sound[:1]].append(_Common(word, sound, frozenset(sound), self._rows_with(word)))
        return common

    @cached_property
    def _rare(self) -> Mapping[str, Sequence[str]]:
        """The words that are too rare for `_common`, by what is left of them without their vowels."""
        rare = defaultdict[str, list[str]](list)
        for word in {**self._body.numbers, **self._headings.numbers}:
            if len(word) >= SHORTEST_CORRECTED - 1 and word.isalpha() and self._rows_with(word) < self._least:
                rare[_VOWELS.sub("", word)].append(word)
        return rare

    @property
    def _least(self) -> float:
        return max(2, COMMON_SHARE * self._body.rows)

    def knows(self, term: str) -> bool:
        """Whether any passage, title or heading holds the term."""
        return term in self._body.numbers or term in self._headings.numbers

    def _stands(self, word: str) -> bool:
        """Whether the collection holds a word, which its term alone does not say: "duing" has that of the name Du,
        and "sall" that of an author among thousands.
        """
        (term, *_) = terms(word)
        rows = self._body.rows_with(term)
        if not rows or self._headings.rows_with(term) or rows > max(self._least, NAME_SHARE * self._body.rows):
            return self.knows(term)
        is_rare = rows < COMMON_SHARE * self._body.rows
        return is_english(word) or any(not is_rare or not form.istitle() for form in self._forms(word.lower()))

    def _read_forms(self, word: str) -> frozenset[str]:
        """How passages with a word's term write this very word, in small letters and with capitals."""
        (term, *_) = terms(word)
        rows = self._body.best_rows(term, FORMS_READ)
        return frozenset(form for row in rows for form in words(self._text_of(int(row))) if form.lower() == word)

    def meant(self, term: str) -> str:
        """The term itself where it is known or nothing is near it, else the common term that was meant.

        One edit away or heard as the same; else one edit from being heard so. Of several the one in most passages.
        Two edits are too many: osteopetrosis is no osteoporosis. A number is never corrected.
        Source: Damerau, "A technique for computer detection and correction of spelling errors" (1964): four of
        five misspelt words are one edit away from the right one.
        """
        if self.knows(term) or len(term) < SHORTEST_CORRECTED or not term.isalpha():
            return term
        return self._near(term)

    def _nearest(self, term: str) -> str:
        sound = sound_of(term)
        is_long = len(term) >= SHORTEST_MISHEARD
        start, end = term[:_EDGE], term[-_EDGE:]  # one edit leaves one of them as it is
        near = [
            one
            for words in self._common.values()
            for one in words
            if (one.sound == sound and is_long)
            or ((one.term.startswith(start) or one.term.endswith(end)) and one_edit_apart(term, one.term))
        ]
        if not near and is_long:
            near = _heard_nearly(term, self._common.get(sound[:1], ()))
        return min(near, key=lambda one: (-one.rows, one.term)).term if near else term

    def _written(self, term: str, asked: str) -> str:
        """How the collection writes a term, most like the word asked in its ending; the encoder knows no stems."""
        return self._form((term, asked))

    def _read_form(self, term_and_asked: tuple[str, str]) -> str:
        term, asked = term_and_asked
        forms: Counter[str] = Counter()
        for row in np.concatenate([field.best_rows(term, FORMS_READ) for field in (self._body, self._headings)]):
            forms.update(word.lower() for word in words(self._text_of(int(row))) if terms(word) == [term])
        return min(forms, key=lambda form: (-_same_ending(form, asked), -forms[form], form), default=term)

    def usual(self, word: str) -> str:
        """The word itself, or its other spelling (British or American) where the collection writes mostly that."""
        found = {
            other: self._rows_with(terms(other)[0])
            for other in spelled_otherwise(word.lower(), SHORTEST_CORRECTED)
        }
        if not any(found.values()):
            return word
        usual = min(found, key=lambda other: (-found[other], other))
        asked = self._rows_with(terms(word)[0])
        return usual if is_usage(found[usual], than=asked, least=self._least) else word

    def _rows_with(self, term: str) -> int:
        return max(self._body.rows_with(term), self._headings.rows_with(term))

    def mended(self, question: str, is_correct: Callable[[str], bool] | None = None) -> str:
        """The question with the word that was meant in the place of every one that the collection does not know.

        What `is_correct` is no typing error, though the collection does not know it. A word that the collection
        spells the other way (British or American) is spelled as it does, and so is what is one word here and two
        there, see `Compounds`.
        """
        asked, unknown = question, 0
        for word in dict.fromkeys(words(asked)):
            if word.lower().startswith("non") and not self.knows(terms(word)[0]) and word not in asked:
                word = word[3:]  # it stands apart, and may be known without
            meant = self._spelled(word)
            if meant == word:
                if self._stands(word):
                    continue
                unknown += 1
                if unknown > MOST_UNKNOWN:
                    break
                if is_correct is not None and is_correct(word):
                    continue
                meant = self._mended((word, _is_name(word, asked)))
            question = re.sub(rf"\b{re.escape(word)}\b", meant, question)
        return self._compounds.joined(question)

    def _spelled_here(self, word: str) -> str:
        """The word as the collection spells it: itself, in most cases."""
        common = written_out(word) or common_word_of(word)
        if common is not None and not self._is_a_word_here(word):
            return common
        usual = self.usual(word)
        return self._compounds.parted(word) if usual == word else usual

    def _is_a_word_here(self, word: str) -> bool:
        """Whether a string is more here than a rare slip or surname: in many passages, or written in capitals."""
        (term, *_) = terms(word)
        capitals = re.compile(rf"\b{re.escape(word.upper())}\b")
        rows = self._body.best_rows(term, FORMS_READ)
        is_common = self._body.rows_with(term) > max(self._least, NAME_SHARE * self._body.rows)
        return is_common or any(capitals.search(self._text_of(int(row))) for row in rows)

    def _mistyped(self, word_and_is_name: tuple[str, bool]) -> str:
        """The word that was meant by one that the collection does not know, as it writes it, or the word itself.

        What English has is no typing error, though it may be another spelling of what the collection has. A name
        is no slip in an everyday word, but may be one in another name.
        """
        word, is_name = word_and_is_name
        (term, *_) = terms(word)
        found = self.meant(term)
        if found == term and not is_english(word):
            found = self._rare_name(term)
        written = word if found == term else self._written(found, word.lower())
        if not within_edits(word.lower(), written.lower(), MOST_EDITS):
            written = word  # their stems are alike, and they are not
        slip = None if is_name else self._slip_of(word)
        if is_english(word) and slip is None:
            return written if word.lower() in spelled_otherwise(written, SHORTEST_CORRECTED) else word
        return slip or written

    def _rare_name(self, term: str) -> str:
        """The one rare name that differs from a term in a vowel: a handbook says Fosamax once. Else the term.

        Names that differ in another letter are different names too often.
        """
        if self.knows(term) or len(term) < SHORTEST_CORRECTED or not term.isalpha():
            return term
        near = [one for one in self._rare.get(_VOWELS.sub("", term), ()) if one_edit_apart(term, one)]
        names = [one for one in near if not is_english(self._written(one, term))]
        return names[0] if len(near) == len(names) == 1 else term

    def _slip_of(self, word: str) -> str | None:
        """The English word that was meant, of those that the collection holds the one that is likeliest.

        Where a letter was changed for another one, the collection has to write the very word. Of what it has
        as a name no letter was, nor is its first one wrong, and what was meant is far more frequent.
        """
        standing = self._rows_with(terms(word)[0]) if self._forms(word.lower()) else 0
        likely = []
        for slip in slips(word):
            (term, *_) = terms(slip.meant)
            rows = self._rows_with(term)
            if rows <= SLIP_TIMES * standing or (standing and slip.meant[0] != word[0].lower()):
                continue
            if not (slip.is_changed and (standing or self._written(term, slip.meant) != slip.meant)):
                likely.append((rows * slip.share * (CHANGED if slip.is_changed else 1), slip.meant))
        return max(likely)[1] if likely else None


def _is_name(word: str, question: str) -> bool:
    """Whether a word is written as a name of its own: with a capital, within a sentence of other small letters.

    Beside another capital it may be any word of a title ("Small Cell Lung Cancer").
    """
    if not word[:1].isupper() or question.isupper():
        return False
    found = re.search(rf"(?P<before>[^\s.?!]+)\s+{re.escape(word)}\b(?:\s+(?P<after>\S))?", question)
    return found is not None and not (found["before"][:1].isupper() or (found["after"] or "").isupper())


def one_edit_apart(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two neighbours exchanged, make one word the other."""
    return one != other and within_edits(one, other, 1)


def _heard_nearly(term: str, words: Iterable[_Common]) -> list[_Common]:
    sound = sound_of(term)
    letters = frozenset(sound)
    return [
        one
        for one in words
        if len(letters ^ one.letters) <= 2
        and one.sound[:2] == sound[:2]
        and within_edits(sound, one.sound, 1)
        and within_edits(term, one.term, MOST_EDITS)
    ]


def _same_ending(one: str, other: str) -> int:
    """How many of their last letters are the same."""
    return next(
        (
            place
            for place, (ours, theirs) in enumerate(zip(one[::-1], other[::-1], strict=False))
            if ours != theirs
        ),
        min(len(one), len(other)),
    )
