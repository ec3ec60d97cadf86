"""`footnoted eval calibrate`: fits answerability to a collection, on a person's questions or on its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from eval.calibration.fit import (
    Example,
    choose,
    curve,
    fit,
    held_out,
    labels_of,
    probabilities_of,
    shares,
    upper,
)
from eval.datasets.asked_queries import left_out_paths, query_of
from eval.datasets.dataset import Dataset
from eval.datasets.generated_questions import LEFT_OUT, generate
from eval.datasets.wordings import wordy
from eval.errors import ComparisonRefused, DatasetInvalid
from eval.measures.abstention import auroc
from retriever.abstention.calibration import (
    FORMAT,
    Calibration,
    CalibrationState,
    CurvePoint,
    Weights,
    default_calibration,
    document_digests,
)
from retriever.abstention.evidence import EVIDENCE_HITS, Evidence, EvidenceReader
from retriever.index import Index
from retriever.questions.question import LONG_QUESTION_WORDS
from retriever.retrieve import Retriever

GENERATED = 400
"""Questions that are generated unless another number is asked for."""
GENERATED_SET = "generated"
FEWEST = 10
"""Questions of either side below which nothing can be said of a risk."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration and what held-out questions say of it, `point` being what its threshold means on them."""

    calibration: Calibration
    point: CurvePoint
    auroc: float
    by_category: tuple["CategoryCoverage", ...]


@dataclass(frozen=True, slots=True)
class CategoryCoverage:
    """How many questions of a category are answered at a threshold."""

    source: str
    category: str
    answerable: bool
    questions: int
    answered: int

    @property
    def share(self) -> float:
        """The share that is answered."""
        return self.answered / self.questions

    @property
    def high(self) -> float:
        """The upper end of the 95 % interval of that share."""
        return upper(self.answered, self.questions)


def calibrate(
    examples: Sequence[Example],
    *,
    questions: str,
    max_risk: float,
    seed: int,
    now: Callable[[], datetime],
    prior: Weights | None,
) -> Calibrated:
    """Fits weights to the examples, and the threshold to the risk on questions that a fit has not seen.

    Raises ComparisonRefused where there are too few questions, or no threshold keeps the risk.
    """
    labels = labels_of(examples)
    for count, side in ((int(labels.sum()), "answerable"), (int((~labels).sum()), "unanswerable")):
        if count < FEWEST:
            raise ComparisonRefused(f"there are {count} {side} questions; at least {FEWEST} are needed: add some")
    unseen = held_out(examples, seed=seed, prior=prior)
    return judged(examples, unseen, fit(examples, prior), questions=questions, max_risk=max_risk, now=now)


def calibrate_across(
    examples: Sequence[Example],
    *,
    questions: str,
    max_risk: float,
    seed: int,
    now: Callable[[], datetime],
    adding: str | None = None,
) -> Calibrated:
    """Weights from all sets; the threshold, and all that is said of it, from people's held-out questions alone.

    With `adding` the present default's weights stay but for that number's, see `fit`.
    """
    prior = None if adding is None else default_calibration().weights
    unseen = held_out(examples, seed=seed, prior=prior, adding=adding)
    asked = np.array([_is_of_people(example) for example in examples])
    people = [example for example, own in zip(examples, asked, strict=True) if own]
    weights, held = fit(examples, prior, adding=adding), unseen[asked]
    return judged(people, held, weights, questions=questions, max_risk=max_risk, now=now)


def transferred(
    examples: Sequence[Example],
    *,
    threshold: float,
    left_out: Callable[[Example], str],
    fitted: Callable[[Sequence[Example]], Weights] = fit,
) -> tuple[CategoryCoverage, ...]:
    """The shares of people's sets that are answered by weights that have not seen what `left_out` names alike.

    By its set, a set is judged by the other sets; by its collection, as a new collection is: with no other set on
    it, and without what was made from it.
    """
    found: list[CategoryCoverage] = []
    for name in dict.fromkeys(left_out(example) for example in examples if _is_of_people(example)):
        own = [example for example in examples if left_out(example) == name and _is_of_people(example)]
        groups = frozenset(example.group for example in own)
        others = [one for one in examples if left_out(one) != name and one.group not in groups]
        found += answered_by_category(own, probabilities_of(own, fitted(others)), threshold=threshold)
    return tuple(found)


def on_neighbours(examples: Sequence[Example]) -> list[Example]:
    """Those made from a collection whose pages are left out and whose place a neighbour takes, as another set.

    Both questions of each pair. As a set they count as much as all that is made from the collection: a page on the
    nearest relative of what was asked is the gap that looks most like an answer, and few draws give it.
    """
    taken = frozenset(one.group for one in examples if one.category == LEFT_OUT and one.evidence.neighbour > 0)
    return [replace(one, source=f"{one.source} on neighbours") for one in examples if one.group in taken]


def judged(
    examples: Sequence[Example],
    unseen: NDArray[np.float64],
    weights: Weights,
    *,
    questions: str,
    max_risk: float,
    now: Callable[[], datetime],
) -> Calibrated:
    """These weights with the lowest threshold that keeps the risk by the `unseen` probabilities.

    Raises ComparisonRefused where no threshold does.
    """
    labels = labels_of(examples)
    points = curve(unseen, labels, shares(examples))
    point = choose(points, max_risk=max_risk)
    if point is None:
        lowest = min(points, key=lambda one: (one.risk, one.threshold))
        raise ComparisonRefused(
            f"no threshold keeps the risk at {max_risk:g}; the lowest is {lowest.risk:g}, with "
            f"{lowest.coverage:.0%} of the answerable questions answered: accept more with "
            "--max-risk, or look for wrong labels"
        )
    calibration = Calibration(
        format=FORMAT,
        state=CalibrationState.CALIBRATED,
        weights=weights,
        threshold=point.threshold,
        max_risk=max_risk,
        answerable=int(labels.sum()),
        unanswerable=int((~labels).sum()),
        questions=questions,
        created=now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        curve=tuple(points),
    )
    answered = answered_by_category(examples, unseen, threshold=point.threshold)
    return Calibrated(calibration, point, auroc(unseen[labels], unseen[~labels]), answered)


def made_for(calibration: Calibration, index: Index) -> Calibration:
    """The calibration, naming the collection and the encoder that it holds for."""
    return replace(
        calibration,
        corpus_sha256=index.manifest.corpus_sha256,
        fingerprint=index.fingerprint,
        encoder=index.manifest.encoder,
        documents=document_digests(index),
    )


def answered_by_category(
    examples: Sequence[Example], probabilities: NDArray[np.float64], *, threshold: float
) -> tuple[CategoryCoverage, ...]:
    """How many questions of each category reach the threshold, the answerable categories first."""
    keys = sorted({(not one.answerable, one.source, one.category) for one in examples})
    found = []
    for no, source, category in keys:
        own = np.array(
            [(not one.answerable, one.source, one.category) == (no, source, category) for one in examples]
        )
        reached = int((probabilities[own] >= threshold).sum())
        found.append(CategoryCoverage(source, category, not no, int(own.sum()), reached))
    return tuple(found)


def examples_of_dataset(
    retriever: Retriever,
    dataset: Dataset,
    *,
    wordy_seed: int | None = None,
    tick: Callable[[], None] = lambda: None,
) -> list[Example]:
    """The evidence of a person's labelled questions; a group is one question, in whichever set it stands.

    With a `wordy_seed` each short question is also asked in a long message made around it, as an example of a
    set of its own. Raises DatasetInvalid where no question says whether it is answerable.
    """
    reader = EvidenceReader(retriever.index)
    left_out = left_out_paths(dataset, retriever.index)
    examples = []
    for place, question in enumerate(dataset.questions):
        if question.answerable is not None:
            texts = {dataset.name: question.text}
            if wordy_seed is not None and len(question.text.split()) <= LONG_QUESTION_WORDS:
                message = wordy(question.text, np.random.default_rng((wordy_seed, place)))
                texts[f"{GENERATED_SET} messages around {dataset.name}"] = message
            category = question.category or ", ".join(question.subsets) or "other"
            for source, text in texts.items():
                evidence = _evidence(retriever, reader, text, left_out)
                if evidence is not None:
                    examples.append(Example(evidence, question.answerable, category, question.text, source))
        tick()
    if not examples:
        raise DatasetInvalid(
            f"no question of {dataset.name} says whether it is answerable; give labelled questions (`answerable`: "
            "true or false), or leave the dataset out to calibrate on questions made from the collection"
        )
    return examples


def generated_examples(
    retriever: Retriever, *, questions: int, seed: int, tick: Callable[[], None] = lambda: None
) -> list[Example]:
    """The evidence of questions made from the collection by leaving documents out.

    Raises ComparisonRefused for a collection of which nothing can be left out.
    """
    reader = EvidenceReader(retriever.index)
    examples = []
    for one in generate(retriever.index, questions=questions, seed=seed):
        evidence = _evidence(retriever, reader, one.text, one.left_out)
        if evidence is not None:
            examples.append(Example(evidence, one.answerable, one.kind, one.group, GENERATED_SET))
        tick()
    if not examples:
        raise ComparisonRefused(
            "the collection is too small, or too much of one subject, to leave documents out; "
            "give labelled questions"
        )
    return examples


def _is_of_people(example: Example) -> bool:
    return not example.source.startswith(GENERATED_SET)


def _evidence(
    retriever: Retriever, reader: EvidenceReader, text: str, left_out: tuple[str, ...]
) -> Evidence | None:
    """The evidence of one question; None where nothing was found, which needs no model to judge."""
    query = query_of(text, top_k=EVIDENCE_HITS, left_out=left_out)
    if query is None:
        return None
    retrieval = retriever.retrieve(query)
    return reader.read(query, retrieval) if retrieval.hits else None
