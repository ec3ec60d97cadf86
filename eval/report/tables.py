"""The result of an evaluation as tables on a terminal."""

from collections.abc import Sequence

from rich.table import Table

from eval.compare import Difference, Verdict
from eval.measures.answer_values import AnswerQuality
from eval.measures.decisions import ANSWERED, Answered, Decisions
from eval.measures.evaluate import Evaluation
from eval.measures.uncertainty import Interval
from eval.report.console import table_console
from eval.report.headline import headline
from eval.report.lead import lead
from eval.results import Baseline

_COLOURS = {Verdict.BETTER: "green", Verdict.WORSE: "red", Verdict.NOISE: "dim", Verdict.SAME: "dim"}


def print_tables(
    evaluation: Evaluation, baseline: Baseline | None, apart: Sequence[Difference], *, everything: bool = True
) -> None:
    """Prints means with intervals, differences to a baseline, and how well signals separate.

    Without `everything` only the measures that a reader sees first, in their order.
    """
    console = table_console()
    dataset = evaluation.dataset
    for sentence in lead(evaluation, None):
        console.print(f"{sentence}\n", markup=False)
    by_measure = {(one.measure, one.subset): one for one in apart}
    table = Table(title=f"{dataset.name}: {len(dataset.questions)} questions", title_justify="left")
    for heading in ("measure", "questions", "mean", "95 % interval"):
        is_name = heading == "measure"
        table.add_column(heading, justify="left" if is_name else "right", no_wrap=is_name)
    if baseline is not None:
        for heading in (baseline.name, "difference", "95 % interval", "p", "won / lost", ""):
            table.add_column(heading, justify="right")
    means = list(evaluation.means)
    if not everything:
        known = {(one.measure, one.subset): one for one in means}
        means = [known[key] for key in headline(known, is_graded=dataset.is_graded)]
    previous = ""
    for one in means:
        if everything and previous not in ("", one.subset):
            table.add_section()
        previous = one.subset
        name = one.measure if one.subset == "all" else f"{one.measure} [{one.subset}]".replace("[", "\\[")
        row = [name, str(one.questions), f"{one.interval.mean:.3f}", _range(one.interval)]
        difference = by_measure.get((one.measure, one.subset))
        if difference is not None:
            row += [
                f"{difference.baseline:.3f}",
                f"{difference.interval.mean:+.3f}",
                _range(difference.interval, signed=True),
                f"{difference.p:.4f}",
                f"{difference.wins} / {difference.losses}",
                f"[{_COLOURS[difference.verdict]}]{difference.verdict}[/]",
            ]
        table.add_row(*row)
    if means:
        console.print(table)
    if len(means) < len(evaluation.means):
        console.print(f"{len(evaluation.means)} measures in all: --all prints them, --report explains them.")
    if evaluation.separations:
        console.print(_separations(evaluation))
    if evaluation.decisions is not None:
        console.print(_decisions(evaluation.decisions))
    if evaluation.quality is not None:
        console.print(_quality(evaluation.quality, asked=len(dataset.questions)))
    for note in notes_of(evaluation):
        console.print(f"Note: {note}", markup=False, soft_wrap=True)


def notes_of(evaluation: Evaluation) -> list[str]:
    """What a reader has to know beside the figures."""
    dataset, notes = evaluation.dataset, []
    unmeasured = sum(question.question_id not in dataset.measured() for question in dataset.questions)
    if dataset.qrels and unmeasured:
        notes.append(f"{unmeasured} questions have no relevant document; rankings are measured on the others.")
    if evaluation.names.missing:
        notes.append(f"{len(evaluation.names.missing)} judged documents are not in the index.")
    spans = dataset.spans or dataset.quoted
    if spans and not any(one.measure.startswith("token-") for one in evaluation.means):
        notes.append("Token measures and quotations need the service's own index here; give it with --index.")
    refused = sum(one.response.refused for one in evaluation.collected.values())
    if refused:
        notes.append(f"{refused} questions were refused by the service (too long or empty) and score zero.")
    return notes


def _separations(evaluation: Evaluation) -> Table:
    table = Table(title="answerable or not", title_justify="left")
    for heading in (
        "signal",
        "category",
        "questions",
        "AUROC",
        "95 % interval",
        "rejected at 95 %",
        "95 % interval",
    ):
        table.add_column(heading, justify="left" if heading in ("signal", "category") else "right")
    for one in evaluation.separations:
        table.add_row(
            one.signal,
            one.category,
            f"{one.answerable} / {one.unanswerable}",
            f"{one.auroc.mean:.3f}",
            _range(one.auroc),
            f"{one.rejected.mean:.3f}",
            _range(one.rejected),
        )
    return table


def _decisions(found: Decisions) -> Table:
    at_risk = found.coverage_at_risk
    title = (
        f"answered at {found.threshold:.2f}: coverage {found.at_threshold.coverage:.3f} at risk "
        f"{found.at_threshold.risk:.3f}; coverage at 5 % risk {at_risk.mean:.3f} ({_range(at_risk)}); "
        f"{ANSWERED:.0%} of the answerable ones are answered at {found.at_coverage.threshold:.2f}"
    )
    daring = found.at_coverage
    table = Table(title=title, title_justify="left")
    columns = ("answered", "share", "95 % interval")
    for heading in ("questions", "kind", "asked", *columns, f"at {daring.threshold:.2f}", *columns[1:]):
        table.add_column(heading, justify="left" if heading in ("questions", "kind") else "right")
    for one, dared in zip(found.answered, daring.answered, strict=True):
        side = "answerable" if one.answerable else "unanswerable"
        table.add_row(side, one.category, str(one.questions), *_counted(one), *_counted(dared))
    for gap in found.gaps:
        points = f"{100 * gap.gap.mean:+.1f} points ({100 * gap.gap.low:+.1f} to {100 * gap.gap.high:+.1f})"
        table.caption = f"{gap.style} questions are refused more often than {gap.other} ones by {points}"
    return table


def _counted(one: Answered) -> tuple[str, str, str]:
    return str(one.answered), f"{one.share.mean:.3f}", _range(one.share)


def _quality(found: AnswerQuality, *, asked: int) -> str:
    precision = ""
    if found.precision is not None:
        precision = f", precision {found.precision.mean:.3f} ({_range(found.precision)})"
    if found.misleading is not None:
        precision += (
            f"; misleading {found.misleading.mean:.3f} ({_range(found.misleading)}) of the "
            f"{found.misleading_answers} to questions with distractors"
        )
    return (
        f"answers: {found.answers} to {asked} questions, of {found.characters[0]:.0f} characters "
        f"(95 % up to {found.characters[1]:.0f}); "
        f"quotes equal to their span: {found.exact_quotes} of {found.quotes}{precision}"
    )


def _range(interval: Interval, *, signed: bool = False) -> str:
    form = "+.3f" if signed else ".3f"
    return f"{interval.low:{form}} to {interval.high:{form}}"
