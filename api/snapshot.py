"""A snapshot: one open generation with all that answers from it, immutable, serving whole requests."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from api.nearness_ahead import NearnessAhead
from api.observer import NOBODY, Observer
from api.opened_ahead import Lender
from api.widths_ahead import meet_widths_ahead
from retriever.abstention.answerability import Answerability, Assessor
from retriever.abstention.calibration import CALIBRATION_FILE, CalibrationState, at_risk, load_calibration
from retriever.abstention.second_look import Read, not_read
from retriever.answers.answer import Answerer
from retriever.answers.draft import Draft
from retriever.encoder import Encoder, EncoderIdentity
from retriever.encoding.batching_encoder import BatchingEncoder
from retriever.encoding.open_encoder import open_encoder
from retriever.index import Index
from retriever.provenance.page_links import PageLinks
from retriever.query import Query, Retrieval
from retriever.questions.routing import RoutingRules, concerns_health
from retriever.questions.subjects import Subjects
from retriever.questions.synonyms import Synonyms
from retriever.ranking.rerank import Reranker
from retriever.reading.pair_reader import PairReader, own_pair_reader
from retriever.retrieve import Retriever
from retriever.search.dense import DenseSearch
from retriever.store.generation import Generation
from retriever.store.store import IndexStore

logger = logging.getLogger("footnoted.index")

WARM_UP = Query(text="warm-up", top_k=1)

GenerationSource = Callable[[Path], Generation]
"""Gives the generation to serve from an index directory. Raises IndexMissing, IndexRefused, StorageFailed."""


class Judge(Protocol):
    """Says how probable it is that the collection answers a question."""

    def assess(self, query: Query, retrieval: Retrieval, *, read: Read = not_read) -> Answerability:
        """The judgment of what was retrieved for a query; `read` is called where that leaves it open."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one request needs, all of one generation. Safe to share between threads.

    `concerns_health` says whether questions to this collection are looked at by the routing rules; `subjects`
    are what its pages are about, for questions that lean on earlier ones. `links` lead into its pages. `observer`
    is told of every question that is answered from here. `nearness` compares a question's vector with the rules'
    examples; None where there are none, or no vectors. `pair_reader` reads quotes together with the question; None
    where nobody does.
    """

    index: Index
    encoder: Encoder
    retriever: Retriever
    judge: Judge
    answerer: Answerer
    concerns_health: bool
    subjects: Subjects
    links: PageLinks
    observer: Observer = NOBODY
    nearness: NearnessAhead | None = None
    pair_reader: PairReader | None = None

    def draft(self, query: Query, retrieval: Retrieval, *, keeps_order: bool) -> Draft:
        """The answer to a query, not made before it is asked for; with its passages as they are if told so."""
        return Draft(self.answerer, self.pair_reader, query, retrieval, keeps_order=keeps_order)


class SnapshotOpener(Protocol):
    """Opens the current generation below a directory; `previous` lends its encoder where it is the same."""

    def __call__(self, index_dir: Path, previous: Snapshot | None) -> Snapshot:
        """A snapshot that has answered a warm-up query. Raises FootnotedError."""


def observed(opener: SnapshotOpener, observer: Observer) -> SnapshotOpener:
    """The same opener; what it opens tells `observer` of its questions."""

    def open_observed(index_dir: Path, previous: Snapshot | None) -> Snapshot:
        return replace(opener(index_dir, previous), observer=observer)

    return open_observed


def open_snapshot(
    index_dir: Path,
    previous: Snapshot | None = None,
    *,
    rules: RoutingRules | None = None,
    reranker: str | None = None,
    synonyms: Synonyms | None = None,
    max_risk: float | None = None,
    dense_search: DenseSearch = DenseSearch.EXACT,
    source: GenerationSource | None = None,
    lender: Lender | None = None,
    warm_up: bool = True,
) -> Snapshot:
    """The current generation, every file verified, with its own encoder, after a `warm_up` query.

    `source` gives the generation in place of the index directory itself, where another process has verified it.
    `dense_search` says whether a large index is searched exactly. `max_risk` is the share of the answered
    questions that may have no answer; None for what the calibration was made for. `reranker` names a cross-encoder
    that reads the best candidates again; `synonyms` are read in place of the program's own; `lender` may have
    encoder and index open already. Raises IndexMissing, IndexRefused, EncoderUnavailable or StorageFailed.
    """

    def encoder_of(identity: EncoderIdentity) -> Encoder:
        if previous is not None and previous.encoder.identity == identity:
            return previous.encoder
        lent = None if lender is None else lender.encoder(identity)
        encoder = BatchingEncoder(lent or open_encoder(identity, index_dir))
        if warm_up and identity.artifact_sha256 is not None:  # torch makes nothing for a shape
            meet_widths_ahead(encoder)
        return encoder

    def opened(generation: Generation) -> tuple[Index, Encoder]:
        with ThreadPoolExecutor(1, thread_name_prefix="open-encoder") as beside:
            opening = beside.submit(encoder_of, generation.manifest.encoder)
            lent = None if lender is None else lender.index(generation.manifest)
            return lent or Index(generation, dense_search=dense_search), opening.result()

    index, encoder = IndexStore(index_dir).read(opened) if source is None else opened(source(index_dir))
    calibration = load_calibration(index_dir, index)
    if calibration.state is CalibrationState.UNREADABLE:
        logger.warning(
            "%s is damaged or of another version: answers are judged by the default one", CALIBRATION_FILE
        )
    judge = Assessor(index, calibration if max_risk is None else at_risk(calibration, max_risk))
    retriever = Retriever(index, encoder, reranker=_second_stage(reranker), synonyms=synonyms)
    snapshot = make_snapshot(index, encoder, retriever, judge, rules=rules, pair_reader=own_pair_reader())
    if warm_up:
        _answer_warm_up(snapshot)
    return with_nearness(snapshot, rules, previous)


def _second_stage(reranker: str | None) -> Reranker | None:
    if reranker is None:
        return None
    from retriever.ranking.cross_encoder import open_reranker

    return open_reranker(reranker)


def _answer_warm_up(snapshot: Snapshot) -> None:
    retrieval = snapshot.retriever.retrieve(WARM_UP)
    if not snapshot.index.manifest.has_vectors:
        snapshot.encoder.encode_queries([WARM_UP.text])  # this retrieval had no use for it, quotes will have
    snapshot.judge.assess(WARM_UP, retrieval)
    snapshot.answerer.answer(WARM_UP.text, retrieval.hits)


def with_nearness(snapshot: Snapshot, rules: RoutingRules | None, previous: Snapshot | None) -> Snapshot:
    """The snapshot with what the rules' examples say, taken over from `previous` where the encoder is the same."""
    if rules is None or not snapshot.concerns_health or not snapshot.index.manifest.has_vectors:
        return snapshot
    known = None if previous is None else previous.nearness
    if known is None or known.encoder is not snapshot.encoder:
        known = NearnessAhead(rules, snapshot.encoder)
    return replace(snapshot, nearness=known)


def make_snapshot(
    index: Index,
    encoder: Encoder,
    retriever: Retriever,
    judge: Judge,
    *,
    rules: RoutingRules | None,
    pair_reader: PairReader | None = None,
) -> Snapshot:
    """The snapshot over an open index; what is read from the whole collection is read here, once."""
    return Snapshot(
        index=index,
        encoder=encoder,
        retriever=retriever,
        judge=judge,
        answerer=Answerer(index, encoder),
        concerns_health=rules is not None and concerns_health(index.documents, rules),
        subjects=Subjects.of(index),
        links=PageLinks(index),
        pair_reader=pair_reader,
    )
