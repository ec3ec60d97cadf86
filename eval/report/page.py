"""One evaluation as one HTML page that needs nothing else: no network, no script to be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined

from eval.datasets.source_tokens import SourceTokens
from eval.measures.ablation import Ablated, median_ms
from eval.measures.compare import SAME, Difference
from eval.measures.evaluate import Evaluation, Measured
from eval.measures.percentiles import percentiles
from eval.report.charts import Histogram, curve_chart, histogram, reliability_chart
from eval.report.headline import deciding, headline, in_words, meaning
from eval.report.marks import MarkedPassage, marked
from eval.report.tables import notes_of
from eval.results import Baseline, passages_of
from retriever.index import Index

SHOWN = 5
CARDS = 5
FEW = 30
"""Below so many questions an interval may be narrower than what is known: five right ones of five give none."""
ABLATION_COLUMNS = 8
MOST_QUESTIONS = 60
"""How many questions each of the lists won, lost and missed shows; the page says how many there are."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of the headline table."""

    label: str
    meaning: str
    measured: Measured
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what both systems returned for it."""

    question_id: str
    text: str
    value: float
    baseline: float | None
    rank: int | None
    baseline_rank: int | None
    ours: tuple[MarkedPassage, ...]
    theirs: tuple[MarkedPassage, ...]


@dataclass(frozen=True, slots=True)
class CaseList:
    """Questions under one heading, the furthest apart first; `total` counts those that are not shown too."""

    title: str
    explanation: str
    total: int
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class AblationRow:
    """One variant: its headline values, and the differences to the whole pipeline where they are known."""

    name: str
    values: tuple[tuple[float, Difference | None], ...]
    median_ms: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the evaluation is held against."""

    baseline: Baseline
    differences: Sequence[Difference]


def write_report(
    path: Path,
    evaluation: Evaluation,
    *,
    against: Comparison | None,
    ablated: Sequence[Ablated],
    tokens: SourceTokens | None,
    index: Index | None,
    problems: Sequence[str] | None,
) -> None:
    """Writes the page. `problems` are the broken invariants, None where they were not checked."""
    decider = _decider(evaluation)
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(lambda name: (files(__package__) / name).read_text(encoding="utf-8")),
    )
    template = environment.get_template("report.html.jinja")
    firsts = headline((one.measure, one.subset) for one in evaluation.means)
    page = template.render(
        evaluation=evaluation,
        dataset=evaluation.dataset,
        baseline=None if against is None else against.baseline.name,
        lead=_lead(evaluation, against),
        cards=_rows(evaluation, against, [key for key in firsts if key[1] == "all"][:CARDS]),
        headline=_rows(evaluation, against, firsts),
        everything=_rows(evaluation, against, [(one.measure, one.subset) for one in evaluation.means]),
        ablation_measures=[_label(measure, subset) for measure, subset in firsts[:ABLATION_COLUMNS]],
        ablation=_ablation(evaluation, ablated, firsts[:ABLATION_COLUMNS]),
        cases=_case_lists(evaluation, against, tokens, decider),
        deciding_meaning=meaning(decider or ""),
        histograms=[] if index is None else _histograms(index),
        latency=_latency(evaluation, ablated),
        problems=problems,
        decisions=evaluation.decisions,
        quality=evaluation.quality,
        curve=None if evaluation.decisions is None else curve_chart(evaluation.decisions),
        reliability=[] if evaluation.decisions is None else reliability_chart(evaluation.decisions),
        notes=notes_of(evaluation),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def _lead(evaluation: Evaluation, against: Comparison | None) -> list[str]:
    """The result in words; with a baseline, how that does on the same questions."""
    over_all = {one.measure: one.interval for one in evaluation.means if one.subset == "all"}
    # Of few questions the numbers alone would say more than is known.
    ours = in_words(
        {measure: one.mean for measure, one in over_all.items()},
        {measure: (one.low, one.high) for measure, one in over_all.items()},
    )
    asked = len(evaluation.dataset.questions)
    said = f"{asked} questions are too few to say much. " if asked < FEW else ""
    lead = [] if ours is None else [f"{said}Of a hundred questions like these, {ours}."]
    if against is not None:
        before = {one.measure: one.baseline for one in against.differences if one.subset == "all"}
        theirs = in_words(before)
        lead += [] if theirs is None else [f"With {against.baseline.name}: {theirs}."]
    return lead


def _label(measure: str, subset: str) -> str:
    return measure if subset == "all" else f"{measure}, {subset}"


def _rows(evaluation: Evaluation, against: Comparison | None, wanted: Sequence[tuple[str, str]]) -> list[Row]:
    means = {(one.measure, one.subset): one for one in evaluation.means}
    apart = {} if against is None else {(one.measure, one.subset): one for one in against.differences}
    return [Row(_label(*key), meaning(key[0]), means[key], apart.get(key)) for key in wanted]


def _ablation(
    evaluation: Evaluation, ablated: Sequence[Ablated], firsts: Sequence[tuple[str, str]]
) -> list[AblationRow]:
    if not ablated:
        return []
    whole = {(one.measure, one.subset): one.interval.mean for one in evaluation.means}
    rows = [AblationRow("the whole pipeline", tuple((whole[key], None) for key in firsts), median_ms(evaluation))]
    for one in ablated:
        means = {(mean.measure, mean.subset): mean.interval.mean for mean in one.evaluation.means}
        apart = {(difference.measure, difference.subset): difference for difference in one.against_whole}
        values = tuple((means[key], apart.get(key)) for key in firsts)
        rows.append(AblationRow(one.name, values, one.median_ms))
    return rows


def _decider(evaluation: Evaluation) -> str | None:
    return deciding({one.measure: one.interval.mean for one in evaluation.means if one.subset == "all"})


def _case_lists(
    evaluation: Evaluation, against: Comparison | None, tokens: SourceTokens | None, measure: str | None
) -> list[CaseList]:
    if measure is None:
        return []
    asked = [question for question, row in evaluation.values.items() if measure in row]
    missed = sorted(question for question in asked if evaluation.values[question][measure] < SAME)
    lists = [("Missed", f"{measure} is zero", missed)]
    if against is not None:
        apart = {
            question: evaluation.values[question][measure] - against.baseline.values[question][measure]
            for question in asked
            if measure in against.baseline.values.get(question, {})
        }
        won = sorted((one for one in apart if apart[one] > SAME), key=lambda one: (-apart[one], one))
        lost = sorted((one for one in apart if apart[one] < -SAME), key=lambda one: (apart[one], one))
        name = against.baseline.name
        lists = [
            ("Won", f"{measure} is higher than with {name}", won),
            ("Lost", f"{measure} is lower than with {name}", lost),
            *lists,
        ]
    return [
        CaseList(
            title,
            explanation,
            len(questions),
            tuple(_case(evaluation, against, tokens, measure, one) for one in questions[:MOST_QUESTIONS]),
        )
        for title, explanation, questions in lists
    ]


def _case(
    evaluation: Evaluation,
    against: Comparison | None,
    tokens: SourceTokens | None,
    measure: str,
    question_id: str,
) -> Case:
    judged = evaluation.dataset.qrels.get(question_id, {})
    gold = evaluation.gold.get(question_id, ())
    texts = {question.question_id: question.text for question in evaluation.dataset.questions}
    theirs = () if against is None else against.baseline.passages.get(question_id, ())
    ranked = () if against is None else against.baseline.documents.get(question_id, ())
    before = None if against is None else against.baseline.values.get(question_id, {}).get(measure)
    return Case(
        question_id=question_id,
        text=texts[question_id],
        value=evaluation.values[question_id][measure],
        baseline=before,
        rank=_first_rank([name for name, _ in evaluation.collected[question_id].documents], judged),
        baseline_rank=_first_rank(ranked, judged),
        ours=tuple(marked(passages_of(evaluation, question_id)[:SHOWN], gold, judged, tokens)),
        theirs=tuple(marked(theirs[:SHOWN], gold, judged, tokens)),
    )


def _first_rank(documents: Sequence[str], judged: Mapping[str, int]) -> int | None:
    return next((rank for rank, name in enumerate(documents, start=1) if judged.get(name, 0) > 0), None)


def _histograms(index: Index) -> list[Histogram]:
    rows = index.rows
    longest = index.manifest.encoder.max_tokens
    return [
        histogram(
            (rows["end_char"] - rows["start_char"]).astype("int64"), title="Passage length", unit="characters"
        ),
        histogram(
            rows["tokens"].astype("int64"), title="What the encoder reads", unit="word pieces", limit=longest
        ),
    ]


def _latency(evaluation: Evaluation, ablated: Sequence[Ablated]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for name, one in [("this run", evaluation), *((each.name, each.evaluation) for each in ablated)]:
        responses = [collected.response for collected in one.collected.values()]
        found.append(
            {
                "name": name,
                "encode": percentiles([response.encode_ms for response in responses]),
                "search": percentiles([response.search_ms for response in responses]),
                "total": percentiles([response.total_ms for response in responses]),
            }
        )
    return found
