"""The evidence gate: of what was retrieved, which passages a bot may answer from, or why it should not answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from api.evidence.body import (
    Confidence,
    EvidenceChunk,
    EvidenceDocument,
    EvidenceQuality,
    EvidenceResponse,
    EvidenceStatus,
    ReasonCode,
)
from api.evidence.cancer_type import Fit
from api.evidence.policy import EvidencePolicy, Minimum
from api.query.response import PassageBody, QueryResponse, WarningCode
from retriever.abstention.answerability import Decision, Reason
from retriever.freshness import Freshness, is_to_come
from retriever.provenance.overdue import FreshnessPolicy

_NOT_FOUND = "This was not found in the collection."
_MESSAGES: Mapping[ReasonCode, str] = {
    ReasonCode.NO_RESULTS: _NOT_FOUND,
    ReasonCode.FILTERED_OUT: "The collection has no page for this kind of cancer, or none that may be searched.",
    ReasonCode.LOW_SCORE: _NOT_FOUND,
    ReasonCode.LOW_TRUST: "What was found does not come from sources that are trusted enough for this question.",
    ReasonCode.RECENCY_FAIL: "What was found was reviewed too long ago for this question.",
    ReasonCode.LOW_DIVERSITY: "Too few independent pages were found for this question.",
}
_FOUND = "The collection has pages on this."
_DIFFERING = "The pages do not say the same; read each before you rely on one."
_ROUTED = (WarningCode.SELF_HARM, WarningCode.EMERGENCY)


@dataclass(frozen=True, slots=True)
class EvidenceGate:
    """What a response is judged by. `fits` says of each document by its id what it has to do with the type of
    cancer that was asked for; it is empty where none was.
    """

    policy: EvidencePolicy
    minimum: Minimum
    freshness: FreshnessPolicy
    fits: Mapping[str, Fit]
    today: date

    def judge(self, response: QueryResponse, *, top_k: int) -> EvidenceResponse:
        """The verdict on the passages of a response, with at most `top_k` chunks."""
        found = self._ordered(response.passages)
        if not found:
            filtered = any(each.code is WarningCode.FILTERED_OUT for each in response.warnings)
            code = ReasonCode.FILTERED_OUT if filtered else ReasonCode.NO_RESULTS
            return _insufficient(response, code, "no passage was found")
        judged = response.answerability
        if judged.decision is Decision.ABSTAIN:
            reason = f"the probability of an answer is {judged.probability:.2f}, below {judged.threshold:.2f}"
            code = ReasonCode.NO_RESULTS if judged.reason is Reason.OUT_OF_SCOPE else ReasonCode.LOW_SCORE
            return _insufficient(response, code, reason)
        if any(each.code is WarningCode.VECTORS_PENDING for each in response.warnings):
            reason = "no similarity is known before the vectors of the collection are made"
            return _insufficient(response, ReasonCode.LOW_SCORE, reason)
        floor = max(self.minimum.similarity, max(map(similarity, found)) - self.policy.chunks.below_best)
        near = [each for each in found if similarity(each) >= floor]
        if not near:
            return _insufficient(response, ReasonCode.LOW_SCORE, f"no passage has a similarity of {floor:.2f}")
        trusted = [each for each in near if self._tier(each) <= self.minimum.tier]
        if not trusted:
            reason = f"{_counted(near)}, none of tier {self.minimum.tier} or better"
            return _insufficient(response, ReasonCode.LOW_TRUST, reason)
        recent = [each for each in trusted if self._is_recent(each)]
        if not recent:
            reason = f"{_counted(trusted)}, none reviewed in the last {self.minimum.max_review_age_days} days"
            return _insufficient(response, ReasonCode.RECENCY_FAIL, reason)
        if self._is_one_sided(recent):
            least = f"{self.minimum.documents} pages of {self.minimum.sources} sources"
            return _insufficient(
                response, ReasonCode.LOW_DIVERSITY, f"{_counted(recent)}; at least {least} needed"
            )
        return self._approved(response, recent, top_k=top_k)

    def _approved(
        self, response: QueryResponse, approved: Sequence[PassageBody], *, top_k: int
    ) -> EvidenceResponse:
        differing = {each.passage_rank for each in response.warnings if each.code is WarningCode.SOURCES_DIFFER}
        differing &= {each.rank for each in approved}
        conflicting = len(differing) > 1
        # Both sides of a contradiction are shown before anything else is.
        first = [each for each in approved if conflicting and each.rank in differing]
        chosen = [*first, *(each for each in approved if each not in first)][:top_k]
        strong = self.policy.strong
        likely = response.answerability.probability >= strong.probability
        is_strong = likely and any(self._tier(each) <= strong.tier for each in chosen)
        fresh = chosen[0].citation.freshness is not Freshness.OVERDUE
        if conflicting:
            quality, confidence = EvidenceQuality.CONFLICTING, Confidence.LOW
        elif is_strong:
            quality, confidence = EvidenceQuality.STRONG, Confidence.HIGH if fresh else Confidence.MEDIUM
        else:
            quality, confidence = EvidenceQuality.WEAK, Confidence.MEDIUM if likely else Confidence.LOW
        return EvidenceResponse(
            status=EvidenceStatus.OK,
            approved_chunks=[self._chunk(each) for each in chosen],
            reason_code=None,
            should_abstain=False,
            confidence=confidence,
            quality=quality,
            reason=f"{_counted(approved)} pass" + (", and they contradict each other" if conflicting else ""),
            message=_routed(response) or (_DIFFERING if conflicting else _FOUND),
        )

    def _ordered(self, passages: Sequence[PassageBody]) -> list[PassageBody]:
        """Best first: what names the type of cancer a little before, what is titled by another behind all."""

        def place(passage: PassageBody) -> tuple[bool, float, int]:
            fit = self.fits.get(passage.document_id)
            bonus = self.policy.cancer_type.bonus if fit is Fit.NAMED else 0.0
            return fit is Fit.TITLED_OTHERWISE, -(passage.score + bonus), passage.rank

        # Without a type the order of the retrieval stays, which a policy may have made from more than scores.
        return sorted(passages, key=place) if self.fits else list(passages)

    def _tier(self, passage: PassageBody) -> int:
        return self.policy.trust.tier_of(passage.citation.source_type)

    def _is_recent(self, passage: PassageBody) -> bool:
        """By the last review; a service that ignores reviews ignores them here too."""
        reviewed = passage.citation.last_reviewed
        if self.freshness is FreshnessPolicy.IGNORE or self.minimum.max_review_age_days == 0:
            return True
        if reviewed is None or is_to_come(reviewed, today=self.today):
            return self.minimum.undated
        return self.today - reviewed <= timedelta(days=self.minimum.max_review_age_days)

    def _is_one_sided(self, passages: Sequence[PassageBody]) -> bool:
        pages = {each.document_id for each in passages}
        sources = {each.citation.source or each.document_id for each in passages}
        return len(pages) < self.minimum.documents or len(sources) < self.minimum.sources

    def _chunk(self, passage: PassageBody) -> EvidenceChunk:
        citation = passage.citation
        return EvidenceChunk(
            chunk_id=passage.passage_id,
            doc_id=passage.document_id,
            content=passage.text,
            similarity=similarity(passage),
            document=EvidenceDocument(
                title=citation.title,
                url=citation.url,
                source_type=citation.source_type,
                source=citation.source,
                citation=citation.citation,
                last_reviewed=citation.last_reviewed,
                is_trusted_source=self._tier(passage) <= self.policy.trust.trusted,
            ),
        )


def similarity(passage: PassageBody) -> float:
    """The cosine of question and passage, 0 where it is negative: a scale that no question stretches."""
    return min(1.0, max(0.0, passage.scores.dense or 0.0))


def _insufficient(response: QueryResponse, code: ReasonCode, reason: str) -> EvidenceResponse:
    return EvidenceResponse(
        status=EvidenceStatus.INSUFFICIENT,
        approved_chunks=[],
        reason_code=code,
        should_abstain=True,
        confidence=Confidence.LOW,
        quality=EvidenceQuality.INSUFFICIENT,
        reason=reason,
        message=_routed(response) or _MESSAGES[code],
    )


def _routed(response: QueryResponse) -> str | None:
    """The fixed text for what must not wait for a search."""
    return next((each.detail for each in response.warnings if each.code in _ROUTED), None)


def _counted(passages: Sequence[PassageBody]) -> str:
    pages = len({each.document_id for each in passages})
    return f"{len(passages)} passage{'s' * (len(passages) != 1)} of {pages} page{'s' * (pages != 1)}"
