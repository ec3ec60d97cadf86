"""One evaluation as one HTML page that needs nothing else: no network, no script to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined

from eval.ablation import Ablated, median_ms
from eval.compare import Difference
from eval.datasets.source_tokens import SourceTokens
from eval.measures.evaluate import Evaluation, Measured
from eval.measures.percentiles import percentiles
from eval.report.cases import Comparison, mistakes, ranked
from eval.report.charts import Histogram, curve_chart, histogram, reliability_chart
from eval.report.headline import deciding, headline, meaning
from eval.report.lead import findings, lead
from eval.report.tables import notes_of
from retriever.index import Index

ABLATION_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of the headline table."""

    label: str
    meaning: str
    measured: Measured
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class AblationRow:
    """One variant: its headline values, and the differences to the whole pipeline where they are known."""

    name: str
    values: tuple[tuple[float, Difference | None], ...]
    median_ms: float


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
    measured = [(one.measure, one.subset) for one in evaluation.means]
    firsts = headline(measured, is_graded=evaluation.dataset.is_graded)
    page = template.render(
        evaluation=evaluation,
        dataset=evaluation.dataset,
        baseline=None if against is None else against.baseline.name,
        lead=lead(evaluation, against),
        findings=findings(evaluation, against),
        headline=_rows(evaluation, against, firsts),
        everything=_rows(evaluation, against, measured),
        ablation_measures=[_label(measure, subset) for measure, subset in firsts[:ABLATION_COLUMNS]],
        ablation=_ablation(evaluation, ablated, firsts[:ABLATION_COLUMNS]),
        mistakes=mistakes(evaluation, tokens),
        ranked=ranked(evaluation, against, tokens, decider),
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
