"""Which measures a reader sees first, and what each of them says in plain words."""

from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType

from eval.measures.rank_documents import JUDGED_ONLY

HEADLINE: tuple[tuple[str, str], ...] = (
    ("nDCG@10", "all"),
    ("R@1", "all"),
    (JUDGED_ONLY, "all"),
    ("passage-hit@1", "all"),
    ("passage-hit@5", "all"),
    ("passage-hit@5 uncapped", "all"),
    ("passage-hit@1", "tight"),
    ("passage-hit@5", "tight"),
    ("passage-hit-2@1", "all"),
    ("passage-hit-2@5", "all"),
    ("token-recall@1000t", "all"),
    ("containment@1000t", "all"),
    ("token-IoU@1000t", "all"),
    ("nDCG@10", "plain"),
    ("nDCG@10", "wordy"),
    ("passage-hit-2@1", "plain"),
    ("passage-hit-2@1", "wordy"),
    ("R@5", "all"),
    ("answer-hit", "all"),
    ("answer-recall", "all"),
)
_INSTEAD_OF = {
    "passage-hit-2@1": "passage-hit@1",
    "passage-hit-2@5": "passage-hit@5",
    JUDGED_ONLY: "passage-hit-2@1",
}
"""Second choices: shown where the first choice was not measured."""

MEANING = {
    "nDCG": "the right pages stand near the top of the first ten",
    "R": "share of the right pages that stand among the first {k}",
    "RR": "one over the rank of the first right page",
    "Success": "a right page is among the first {k}",
    "Judged": "share of the first ten that anyone judged",
    "nDCG(judged_only)": "the same on judged pages only",
    "passage-hit": "one of the first {k} passages lies mostly inside the answer",
    "passage-hit-2": "one of the first {k} passages holds most of the answering sentence or lies mostly in it",
    "token-recall": "share of the answer's words among the first 1,000 tokens shown",
    "token-precision": "share of the first 1,000 tokens shown that belong to the answer",
    "token-IoU": "overlap of the first 1,000 tokens with the answer",
    "answer-hit": "a quote of the answer stands in the known answer",
    "answer-recall": "share of the known answer's words that the answer quotes",
    "containment": "a whole answer stands among the first 1,000 tokens shown",
}


_NO_RANGES: Mapping[str, tuple[float, float]] = MappingProxyType({})


def headline(measured: Iterable[tuple[str, str]], *, is_graded: bool) -> list[tuple[str, str]]:
    """The measures that stand first, as (measure, subset), out of those that were measured.

    `is_graded` as the dataset says it: else what counts judged documents alone is left to the whole list.
    """
    known = {one for one in measured if is_graded or one[0] != JUDGED_ONLY}
    return [
        (measure, subset)
        for measure, subset in HEADLINE
        if (measure, subset) in known and (_INSTEAD_OF.get(measure), subset) not in known
    ]


def meaning(measure: str) -> str:
    """What a measure says, in plain words."""
    name, _, rest = measure.partition("@")
    depth = rest.partition(" ")[0]
    said = MEANING.get(name, "").replace("{k}", depth).replace("one of the first 1 passages", "the first passage")
    said = said.replace("stand among the first 1", "come first").replace("is among the first 1", "comes first")
    return f"{said}; any number of passages of one page" if " " in rest else said


def in_words(means: Mapping[str, float], ranges: Mapping[str, tuple[float, float]] = _NO_RANGES) -> str | None:
    """The result as a clause for whoever does not know the measures; None where nothing of it was measured.

    `means` are those over all questions, by measure, and `ranges` the low and high of their intervals where they
    are to be told too; a share is told as so many of a hundred.
    """
    told = []
    for measures, text in _TOLD:
        measure = taken(measures, means)
        if measure is None:
            continue
        told.append(f"{text} for {round(100 * means[measure])}")
        if measure in ranges:
            low, high = ranges[measure]
            told[-1] += f" ({round(100 * low)} to {round(100 * high)})"
    return ", ".join(told) or None


def taken(measures: Iterable[str], known: Container[str]) -> str | None:
    """The first of `measures` that was taken."""
    return next((measure for measure in measures if measure in known), None)


FIRST_PAGE = ("Success@1", "R@1")
FIRST_PASSAGE = ("passage-hit@1", "passage-hit-2@1")
_TOLD = (
    (FIRST_PAGE, "the right page comes first"),
    (FIRST_PASSAGE, "the first passage answers"),
    (("passage-hit@5", "passage-hit-2@5"), "one of the first five passages does"),
)
"""What a reader wants to know first, each by the first of its measures that was taken."""


def deciding(means: Mapping[str, float]) -> str | None:
    """The measure by which questions are called won or lost, from those over all questions, by name.

    What nearly every question reaches tells no two systems apart, as a thousand tokens do on a small collection;
    then the next one decides.
    """
    known = [measure for measure in _DECIDING if measure in means]
    return next((one for one in known if means[one] < _REACHED), known[-1] if known else None)


_DECIDING = ("token-recall@1000t", "passage-hit-2@1", "nDCG@10")
_REACHED = 0.9
