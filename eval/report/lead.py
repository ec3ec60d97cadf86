"""The finding of an evaluation: what a reader has to know in the first ten seconds."""

from collections.abc import Iterator
from dataclasses import dataclass

from eval.compare import Difference
from eval.measures.evaluate import Evaluation
from eval.measures.uncertainty import Interval
from eval.report.cases import Comparison
from eval.report.headline import FIRST_PAGE, FIRST_PASSAGE, in_words, taken

FEW = 30
"""Below so many questions an interval may be narrower than what is known: five right ones of five give none."""


@dataclass(frozen=True, slots=True)
class LeadingShare:
    """A share with its interval, in words; `anchor` is the part of the page that has the questions behind it."""

    label: str
    share: Interval
    anchor: str
    difference: Difference | None = None


def lead(evaluation: Evaluation, against: Comparison | None) -> list[str]:
    """The result in words; with a baseline, how that does on the same questions."""
    over_all = _over_all(evaluation)
    asked = len(evaluation.dataset.questions)
    # Of few questions the numbers alone would say more than is known.
    said = [f"{asked} questions are too few to say much."] if asked < FEW else []
    said += _decided(evaluation)
    means = {measure: one.mean for measure, one in over_all.items()}
    ours = in_words(means, {measure: (one.low, one.high) for measure, one in over_all.items()})
    known = len(evaluation.dataset.measured())
    if FIRST_PAGE[0] in means and known < FEW:
        said.append(_counted(means[FIRST_PAGE[0]], known))
    elif ours is not None:
        said.append(f"Of a hundred questions like these, {ours}.")
    elif evaluation.decisions is None:
        said = []
    sentences = [" ".join(said)] if said else []
    if against is not None:
        before = {one.measure: one.baseline for one in against.differences if one.subset == "all"}
        theirs = in_words(before) if known >= FEW else None
        sentences += [] if theirs is None else [f"With “{against.baseline.name}”, the baseline: {theirs}."]
    return sentences


def findings(evaluation: Evaluation, against: Comparison | None) -> list[LeadingShare]:
    """What was decided, quoted and ranked, each as one share; what was not measured is left out."""
    over_all = _over_all(evaluation)
    apart = {} if against is None else {one.measure: one for one in against.differences if one.subset == "all"}
    found = list(_decisions(evaluation))
    if evaluation.quality is not None and evaluation.quality.precision is not None:
        label = "of an answer's quotes stand in the known answer"
        found.append(LeadingShare(label, evaluation.quality.precision, "beside"))
    asked = {one.measure: one.questions for one in evaluation.means if one.subset == "all"}
    for measures, label in (
        (FIRST_PAGE, "questions with a known page have a right one first"),
        (FIRST_PASSAGE, "questions with a known answer have a first passage that answers"),
    ):
        measure = taken(measures, over_all)
        if measure is not None:
            label = f"of {asked[measure]} {label}"
            found.append(LeadingShare(label, over_all[measure], "measures", apart.get(measure)))
    return found


def _counted(share: float, questions: int) -> str:
    """The right pages of so few questions that a share of a hundred would promise more than is known."""
    right, noun = round(share * questions), "question" if questions == 1 else "questions"
    return f"Of {questions} {noun} with a known page, {right} {'has' if right == 1 else 'have'} a right one first."


def _over_all(evaluation: Evaluation) -> dict[str, Interval]:
    return {one.measure: one.interval for one in evaluation.means if one.subset == "all"}


def _decided(evaluation: Evaluation) -> Iterator[str]:
    if evaluation.decisions is None:
        return
    yes, no = (
        next(one for one in evaluation.decisions.answered if one.answerable is side and one.category == "all")
        for side in (True, False)
    )
    yield (
        f"{yes.answered} of the {yes.questions} questions that these pages answer get an answer; "
        f"of the {no.questions} that they do not answer, {no.answered} get one."
    )


def _decisions(evaluation: Evaluation) -> Iterator[LeadingShare]:
    if evaluation.decisions is None:
        return
    for one in evaluation.decisions.answered:
        if one.category != "all":
            continue
        if one.answerable:
            yield LeadingShare(
                f"of {one.questions} questions that the pages answer are answered", one.share, "refused"
            )
        else:
            yield LeadingShare(f"of {one.questions} that they do not answer are answered", one.share, "false")
