"""Sentences out of a model's reply as it comes: each with the marks that it carries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from retriever.answers.quotable.units import sentence_spans

MAX_SENTENCE_CHARS = 1_000

_MARK = r"[\[【]\s*\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*\s*[\]】]"
_MARKS = re.compile(_MARK)
_BEHIND_END = re.compile(rf"([.!?…][\"”’)]*)((?:\s*{_MARK})+)")
_EMPHASIS = re.compile(r"\*\*|__")


@dataclass(frozen=True, slots=True)
class ModelSentence:
    """A sentence as the model wrote it, without its marks, and the numbers in them; None where one is no list."""

    text: str
    marks: tuple[int, ...]


class SentenceReader:
    """Feed it text; it gives each sentence once it is certain to have ended."""

    def __init__(self) -> None:
        self._pending = ""

    def feed(self, piece: str) -> Iterator[ModelSentence]:
        """The sentences that end here."""
        self._pending += piece
        *lines, self._pending = self._pending.split("\n")
        for line in lines:
            yield from _sentences(line)
        ordered = _ordered(self._pending)
        spans = sentence_spans(ordered, 0, len(ordered))
        # A sentence has ended once another has begun, and not with what may yet become a mark of the first.
        while len(spans) > 1 and ordered[spans[1][0]] not in "[【":
            yield _written(ordered[spans[0][0] : spans[0][1]])
            self._pending = ordered[spans[1][0] :]
            spans = spans[1:]
        if len(self._pending) > MAX_SENTENCE_CHARS:
            self._pending = self._pending[:MAX_SENTENCE_CHARS]  # no sentence any more; it fails its checks

    def finish(self) -> Iterator[ModelSentence]:
        """What is left once the reply has ended."""
        rest, self._pending = self._pending, ""
        yield from _sentences(rest)


def _sentences(line: str) -> Iterator[ModelSentence]:
    ordered = _ordered(line)
    for start, end in sentence_spans(ordered, 0, len(ordered)):
        yield _written(ordered[start:end])


def _ordered(text: str) -> str:
    """Marks that stand behind the end of a sentence, put before it."""
    return _BEHIND_END.sub(lambda match: f"{match[2]}{match[1]}", _EMPHASIS.sub("", text))


def _written(sentence: str) -> ModelSentence:
    marks: list[int] = []
    for mark in _MARKS.findall(sentence):
        marks += [int(number) for number in re.findall(r"\d+", mark)]
    text = re.sub(rf"\s*{_MARK}", "", sentence)
    return ModelSentence(" ".join(text.split()), tuple(dict.fromkeys(marks)))
