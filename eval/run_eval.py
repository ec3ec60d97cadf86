"""What `footnoted eval run` does: open, ask, measure, compare, write, print."""

from pathlib import Path
from typing import Any

import click

from eval.ablation import Ablated, ablate, baseline_of
from eval.compare import Difference, differences, read_baseline
from eval.eval_options import Options
from eval.export import export
from eval.gate import GateFile, Setting, failures, gate_of, read_gate, refuse_other, write_gate
from eval.measures.evaluate import Depth, Evaluation, evaluate
from eval.measures.invariants import broken
from eval.opened import Opened, open_both
from eval.outputs import refuse_unwritable, writing
from eval.question_progress import asking
from eval.report.cases import Comparison
from eval.report.console import print_json
from eval.report.page import write_report
from eval.report.tables import print_tables
from eval.results import Baseline, rounded, summary_of, write_results
from eval.systems.in_process import InProcess
from eval.systems.over_http import OverHttp


def run_eval(options: Options) -> bool:
    """Runs one evaluation; False where a gate failed. Raises EvalError and what opening an index raises."""
    opened = open_both(options)
    # Before the questions are asked, which may take long: what cannot be compared or written is refused at once.
    setting, gate = gate_to_hold(options, opened)
    baseline = None if options.baseline is None else read_baseline(options.baseline, opened.dataset)
    gates = [options.gate] if options.gate is not None and options.update_gate else []
    refuse_unwritable(folder=options.out, files=gates + ([] if options.report is None else [options.report]))
    depth = Depth(options.depth, options.top_k, options.max_per_document, options.with_copies)
    with asking(len(opened.dataset.questions)) as tick:
        evaluation = evaluate(
            opened.dataset,
            opened.system,
            opened.names,
            tokens=opened.tokens,
            depth=depth,
            seed=options.seed,
            tick=tick,
        )
    if isinstance(opened.system, OverHttp):
        opened.system.close()
    apart = [] if baseline is None else differences(evaluation, baseline)
    problems = invariants_of(options, opened, evaluation)
    extra = problems_of(problems) | ({} if baseline is None else comparison_of(baseline, apart))
    if options.out is not None:
        with writing(options.out):
            write_results(options.out, evaluation, extra)
            export(evaluation, options.export, options.out)
    if options.report is not None:
        against = None if baseline is None else Comparison(baseline, apart)
        report(options.report, opened, evaluation, depth=depth, against=against, problems=problems)
    if options.as_json:
        print_json(summary_of(evaluation) | extra)
    else:
        print_tables(evaluation, baseline, apart, everything=options.show_all)
    if problems:
        click.echo("\n".join(f"broken: {problem}" for problem in problems), err=True)
    if options.gate is None or setting is None:
        return True
    return gate_passed(options.gate, setting, gate, evaluation, problems)


def report(
    path: Path,
    opened: Opened,
    evaluation: Evaluation,
    *,
    depth: Depth,
    against: Comparison | None,
    problems: list[str] | None,
) -> None:
    """Writes the page; asks the variants of the pipeline first where there is one to take apart.

    Without a baseline the page compares with searching by words only, which anyone could have.
    """
    system = opened.system if isinstance(opened.system, InProcess) else None
    ablated: list[Ablated] = []
    if system is not None and opened.tokens is not None:
        ablated = ablate(evaluation, system, opened.tokens, depth=depth, asking=asking)
    if against is None and ablated and evaluation.means:
        words = baseline_of(ablated[0].evaluation, ablated[0].name)
        against = Comparison(words, differences(evaluation, words))
    with writing(path):
        write_report(
            path,
            evaluation,
            against=against,
            ablated=ablated,
            tokens=opened.tokens,
            index=None if system is None else system.index,
            problems=problems,
        )


def invariants_of(options: Options, opened: Opened, evaluation: Evaluation) -> list[str] | None:
    """The invariants that returned passages break; None where there is no index to hold them against."""
    if not isinstance(opened.system, InProcess):
        return None
    system = opened.system
    return broken(evaluation.collected, system.index, system.encoder, sources=options.corpus)


def gate_to_hold(options: Options, opened: Opened) -> tuple[Setting | None, GateFile | None]:
    """What this run measures on, where there is a gate, and the gate, unless it is to be written.

    Raises ComparisonRefused for a gate of another collection, other questions or another depth.
    """
    if options.gate is None or not isinstance(opened.system, InProcess):
        return None, None
    corpus_sha256 = opened.system.index.manifest.corpus_sha256
    setting = Setting(corpus_sha256, options.top_k, options.max_per_document)
    if options.update_gate:
        return setting, None
    gate = read_gate(options.gate)
    refuse_other(gate, opened.dataset, setting)
    return setting, gate


def gate_passed(
    path: Path, setting: Setting, gate: GateFile | None, evaluation: Evaluation, problems: list[str] | None
) -> bool:
    """Whether the gate lets this evaluation through; writes the gate where there is none yet to hold it to."""
    if problems:
        click.echo("gate: failed, since an invariant is broken", err=True)
        return False
    if gate is None:
        with writing(path):
            write_gate(path, gate_of(evaluation, setting))
        click.echo(f"gate: {path} holds the figures of this run now", err=True)
        return True
    missed = failures(gate, evaluation)
    for line in missed:
        click.echo(f"gate: {line}", err=True)
    click.echo(f"gate: {'failed' if missed else 'passed'}, {len(gate.means)} measures", err=True)
    return not missed


def problems_of(problems: list[str] | None) -> dict[str, Any]:
    """The broken invariants as plain values; nothing where they were not checked."""
    return {} if problems is None else {"broken_invariants": problems}


def comparison_of(baseline: Baseline, apart: list[Difference]) -> dict[str, Any]:
    """The differences as plain values for the summary."""
    return {
        "baseline": baseline.name,
        "differences": [
            {
                "measure": one.measure,
                "subset": one.subset,
                "questions": one.questions,
                "baseline": rounded(one.baseline),
                "difference": rounded(one.interval.mean),
                "low": rounded(one.interval.low),
                "high": rounded(one.interval.high),
                "p": rounded(one.p),
                "wins": one.wins,
                "losses": one.losses,
                "verdict": str(one.verdict),
            }
            for one in apart
        ],
    }
