"""A training group: one question and texts, of which some answer it; kept one a line in a file."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from eval.datasets.lines import objects
from eval.errors import DatasetInvalid
from eval.outputs import writing
from retriever.reading.pair_text import on_one_line, pair_text

FEWEST_TEXTS = 3


class Group(msgspec.Struct, frozen=True):
    """A question as it is searched, and texts in the form of `pair_text`, each once.

    `labels` has 1 for each text that answers it and 0 for the others; `hard` are places of such as were found by a
    person to look like an answer. Where nothing answers, no label is 1.
    """

    question: str
    texts: tuple[str, ...]
    labels: tuple[int, ...]
    hard: tuple[int, ...] = ()


class Draft:
    """A group that is being put together: what answers comes first, and none of it is called wrong afterwards."""

    def __init__(self, question: str) -> None:
        self._question = question
        self._labels: dict[str, int] = {}
        self._hard: list[str] = []
        self._answers: set[str] = set()

    def add_answer(self, prefix: str, text: str) -> None:
        """A text that answers the question."""
        self.reserve(text)
        self._labels.setdefault(pair_text(prefix, text), 1)

    def reserve(self, text: str) -> None:
        """The words of an answer, so that no text that holds them counts as none; wherever it stands."""
        if words := on_one_line(text):
            self._answers.add(words)

    def add_wrong(self, prefix: str, text: str, *, is_hard: bool = False) -> None:
        """A text that does not answer it; left out where it is in the group, or holds an answer to the letter."""
        whole = pair_text(prefix, text)
        words = on_one_line(text)
        if whole in self._labels or any(answer in words for answer in self._answers):
            return
        self._labels[whole] = 0
        if is_hard:
            self._hard.append(whole)

    def group(self) -> Group | None:
        """What was put together; None where it is too little to learn from."""
        if len(self._labels) < FEWEST_TEXTS:
            return None
        texts = tuple(self._labels)
        hard = tuple(texts.index(text) for text in self._hard)
        return Group(self._question, texts, tuple(self._labels.values()), hard)


def write_groups(path: Path, groups: Iterable[Group]) -> int:
    """Writes one group a line and returns how many there were. Raises OutputRefused."""
    count = 0
    with writing(path), path.open("wb") as opened:
        for group in groups:
            opened.write(msgspec.json.encode(group) + b"\n")
            count += 1
    return count


def read_groups(path: Path) -> Iterator[Group]:
    """The groups of a file. Raises DatasetInvalid, naming file and line."""
    for number, group in objects(path, Group):
        places = range(len(group.texts))
        if len(group.labels) != len(places) or not set(group.labels) <= {0, 1} or not group.texts:
            raise DatasetInvalid(
                f"{path}:{number}: one label, 0 or 1, is wanted for each of the texts; correct it"
            )
        if any(place not in places or group.labels[place] for place in group.hard):
            raise DatasetInvalid(f"{path}:{number}: `hard` has to name texts with the label 0; correct it")
        yield group
