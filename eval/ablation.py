"""What each stage is worth: the same questions with stages alone and with each stage left out."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, replace

import numpy as np

from eval.compare import Difference, differences
from eval.datasets.source_tokens import SourceTokens
from eval.measures.evaluate import Depth, Evaluation, evaluate
from eval.results import Baseline, passages_of, rounded
from eval.systems.in_process import InProcess
from retriever.query import Mode
from retriever.ranking.ranking import Priors, Ranking

WORDS_ONLY = "words only"
UNREAD = "without reading quotes with the question"
ALWAYS_NAMED = "as if every question named its page"
Asking = Callable[[int, str], AbstractContextManager[Callable[[], None]]]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way of ranking."""

    name: str
    mode: Mode
    ranking: Ranking
    is_reranked: bool = False
    reads: bool = True


@dataclass(frozen=True, slots=True)
class Ablated:
    """A variant's evaluation and what it lacks against the whole pipeline; the median time in milliseconds."""

    name: str
    evaluation: Evaluation
    against_whole: tuple[Difference, ...]
    median_ms: float


def variants(ranking: Ranking) -> list[Variant]:
    """The searches alone, each remaining part of the fusion alone, the fusion without each part, and without what

    a passage's place says for or against it: all of it, then one by one.
    """
    parts = list(ranking.weights[Mode.HYBRID])
    if ranking.unnamed is not None:
        parts += [part for part in ranking.unnamed.weights[Mode.HYBRID] if part not in parts]
    alone = [Variant(f"{part} alone", Mode.HYBRID, _alone(ranking, part)) for part in parts if part != "dense"]
    without = [
        Variant(
            f"without {part}",
            Mode.HYBRID,
            _without(ranking, part),
        )
        for part in parts
        if len(parts) > 1
    ]
    return [
        Variant(WORDS_ONLY, Mode.LEXICAL, ranking),
        Variant("meaning only (dense)", Mode.DENSE, ranking),
        *alone,
        *without,
        Variant("fused, no priors", Mode.HYBRID, _without_priors(ranking, *(one.name for one in fields(Priors)))),
        *(
            Variant(f"without {prior.name} prior", Mode.HYBRID, _without_priors(ranking, prior.name))
            for prior in fields(Priors)
            if getattr(ranking.priors, prior.name)
        ),
        *([Variant(ALWAYS_NAMED, Mode.HYBRID, replace(ranking, unnamed=None))] if ranking.unnamed else []),
        Variant(UNREAD, Mode.HYBRID, ranking, reads=False),
    ]


def ablate(
    whole: Evaluation, system: InProcess, tokens: SourceTokens, *, depth: Depth, asking: Asking
) -> list[Ablated]:
    """Every variant on the questions of `whole`, compared with it."""
    found = []
    baseline = baseline_of(whole, "the whole pipeline")
    chosen = variants(system.ranking)
    if system.reranker is not None:
        chosen = [
            *(replace(one, is_reranked=one.mode is Mode.HYBRID) for one in chosen),
            Variant("without the re-ranker", Mode.HYBRID, system.ranking),
        ]
    for variant in chosen:
        with asking(len(whole.dataset.questions), variant.name) as tick:
            evaluation = evaluate(
                whole.dataset,
                system.variant(
                    mode=variant.mode,
                    ranking=variant.ranking,
                    reranker=system.reranker if variant.is_reranked else None,
                    reads=variant.reads,
                ),
                whole.names,
                tokens=tokens,
                depth=depth,
                seed=whole.seed,
                tick=tick,
            )
        apart = tuple(differences(evaluation, baseline)) if evaluation.means else ()
        found.append(Ablated(variant.name, evaluation, apart, median_ms(evaluation)))
    return found


def baseline_of(evaluation: Evaluation, name: str) -> Baseline:
    """An evaluation of this run as the baseline of another."""
    return Baseline(
        name=name,
        values={
            question: {measure: rounded(value) for measure, value in row.items()}
            for question, row in evaluation.values.items()
        },
        documents={
            question: tuple(document for document, _ in one.documents)
            for question, one in evaluation.collected.items()
        },
        passages={question: passages_of(evaluation, question) for question in evaluation.collected},
    )


def median_ms(evaluation: Evaluation) -> float:
    """The median time of one question."""
    return float(np.median([one.response.total_ms for one in evaluation.collected.values()]))


def _alone(ranking: Ranking, part: str) -> Ranking:
    return replace(
        ranking, weights={**ranking.weights, Mode.HYBRID: {part: 1.0}}, of_statements=None, unnamed=None
    )


def _without_priors(ranking: Ranking, *names: str) -> Ranking:
    return replace(
        ranking,
        priors=replace(ranking.priors, **dict.fromkeys(names, 0.0)),
        unnamed=None if ranking.unnamed is None else _without_priors(ranking.unnamed, *names),
    )


def _without(ranking: Ranking, part: str) -> Ranking:
    def left(weights: Mapping[str, float]) -> Mapping[str, float]:
        return {other: weight for other, weight in weights.items() if other != part}

    return replace(
        ranking,
        weights={**ranking.weights, Mode.HYBRID: left(ranking.weights[Mode.HYBRID])},
        of_statements=None if ranking.of_statements is None else left(ranking.of_statements),
        unnamed=None if ranking.unnamed is None else _without(ranking.unnamed, part),
    )
