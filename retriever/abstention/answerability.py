"""Answerability: how probable it is that the collection holds an answer, and the decision to give one or not."""

from dataclasses import astuple, dataclass, replace
from enum import StrEnum
from math import exp

from retriever.abstention.calibration import Calibration, Weights
from retriever.abstention.evidence import Evidence, EvidenceReader
from retriever.abstention.second_look import Read, is_open, not_read, seen_again
from retriever.index import Index
from retriever.query import NoHits, Query, Retrieval

OUT_OF_SCOPE_COVERED = 0.15
OUT_OF_SCOPE_COSINE = 0.4
"""Below both, nothing that was found speaks of what was asked, in words or in meaning."""
WORDS_ALONE_THRESHOLD = 0.8
"""The least threshold where words alone were searched. The cosine tells a page on the subject from one that only
shares its words. With it three of 259 questions are answered that the collection cannot answer; without it, at a
threshold of 0.65, they are 30, at this one 20, and all of 138 that it can."""


class Decision(StrEnum):
    """Whether an answer is given."""

    ANSWER = "answer"
    ABSTAIN = "abstain"


class Reason(StrEnum):
    """Why no answer is given. None of them says that there is no answer anywhere: only not in this collection."""

    NO_MATCH = "no_match"
    """No passage was found at all."""
    WEAK_EVIDENCE = "weak_evidence"
    """Passages were found, and it is not probable enough that they answer the question."""
    FILTERED_OUT = "filtered_out"
    """The filters leave no document."""
    EMPTY_INDEX = "empty_index"
    """The collection holds no document."""
    OUT_OF_SCOPE = "out_of_scope"
    """What was found speaks of other matters: the subject is not found in this collection."""


@dataclass(frozen=True, slots=True)
class Answerability:
    """`probability` that the collection answers the question, and what follows from it at `threshold`.

    `reason` is None where the decision is to answer.
    """

    decision: Decision
    probability: float
    threshold: float
    reason: Reason | None


class Assessor:
    """Judges the retrievals of one open generation. Safe to share between threads."""

    def __init__(self, index: Index, calibration: Calibration) -> None:
        """Reads the words of the collection once."""
        self.calibration = calibration
        self._reader = EvidenceReader(index)

    def assess(self, query: Query, retrieval: Retrieval, *, read: Read = not_read) -> Answerability:
        """The judgment of what was retrieved for a query. Best with at least `EVIDENCE_HITS` hits.

        `read` is called where the numbers of the retrieval leave it open.
        """
        if retrieval.no_hits is not None:
            return nothing_found(retrieval.no_hits, threshold=self.calibration.threshold)
        return assess(self._reader.read(query, retrieval), self._calibration_for(retrieval), read=read)

    def _calibration_for(self, retrieval: Retrieval) -> Calibration:
        if any(hit.dense is not None for hit in retrieval.hits):
            return self.calibration
        return replace(self.calibration, threshold=max(self.calibration.threshold, WORDS_ALONE_THRESHOLD))

    def evidence(self, query: Query, retrieval: Retrieval) -> Evidence:
        """The numbers behind the judgment. Raises ValueError where there are no hits."""
        return self._reader.read(query, retrieval)


def assess(evidence: Evidence, calibration: Calibration, *, read: Read = not_read) -> Answerability:
    """The judgment that follows from the evidence, and from what `read` gives where that leaves it open."""
    chance = probability(evidence, calibration.weights)
    if is_open(chance) and (logit := read()) is not None:
        chance = seen_again(chance, logit, evidence)
    if chance >= calibration.threshold:
        return Answerability(Decision.ANSWER, chance, calibration.threshold, None)
    elsewhere = evidence.covered < OUT_OF_SCOPE_COVERED and evidence.cosine < OUT_OF_SCOPE_COSINE
    reason = Reason.OUT_OF_SCOPE if elsewhere else Reason.WEAK_EVIDENCE
    return Answerability(Decision.ABSTAIN, chance, calibration.threshold, reason)


def nothing_found(why: NoHits, *, threshold: float) -> Answerability:
    """The judgment of a retrieval without hits."""
    return Answerability(Decision.ABSTAIN, 0.0, threshold, Reason(why.value))


def probability(evidence: Evidence, weights: Weights) -> float:
    """The logistic function of the weighted evidence, 0 to 1, rounded to four places."""
    weighed = sum(weight * found for weight, found in zip(astuple(weights.of), astuple(evidence), strict=True))
    logit = weights.intercept + weighed
    logit = min(max(logit, -30.0), 30.0)
    return round(1 / (1 + exp(-logit)), 4)
