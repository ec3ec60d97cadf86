"""What `footnoted eval run` does: open, ask, measure, compare, write, print."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import Progress

from eval.ablation import Ablated, ablate, baseline_of
from eval.compare import Difference, differences, read_baseline
from eval.dataset import Dataset
from eval.document_names import DocumentNames, match_names
from eval.errors import ComparisonRefused
from eval.evaluate import Depth, Evaluation, evaluate
from eval.export import export
from eval.from_run import FromRun
from eval.gate import GateFile, Setting, failures, gate_of, read_gate, refuse_other, write_gate
from eval.in_process import InProcess
from eval.invariants import broken
from eval.over_http import OverHttp
from eval.read_dataset import read_dataset, read_list, sample
from eval.report import Comparison, write_report
from eval.results import Baseline, rounded, summary_of, write_results
from eval.source_tokens import SourceTokens
from eval.system import System
from eval.tables import print_tables
from retriever.cross_encoder import open_reranker
from retriever.errors import IndexMissing, IndexRefused
from retriever.index import Index
from retriever.query import Mode


@dataclass(frozen=True, slots=True)
class Options:
    """The command line of `footnoted eval run`."""

    dataset_path: Path
    index_dir: Path
    url: str | None
    key: str | None
    reranker: str | None
    run_file: Path | None
    baseline: Path | None
    out: Path | None
    report: Path | None
    gate: Path | None
    update_gate: bool
    corpus: Path | None
    export: tuple[str, ...]
    mode: str
    top_k: int
    max_per_document: int | None
    depth: int
    with_copies: bool
    exclude: Path | None
    wording: str
    split: str
    limit: int | None
    draw: int | None
    seed: int
    allow_missing: bool
    show_all: bool
    as_json: bool

    def problem(self) -> str | None:
        """What does not fit together in the options, if anything."""
        if self.url is not None and self.run_file is not None:
            return "--url and --run-file exclude each other"
        if self.reranker is not None and (self.url is not None or self.run_file is not None):
            return "--reranker works on the index; give it to the service, or leave --url and --run-file out"
        if self.export and self.out is None:
            return "--export needs a folder to write to; add --out"
        if self.update_gate and self.gate is None:
            return "--update-gate needs the file to write; add --gate"
        if self.gate is not None and (self.run_file is not None or self.url is not None):
            return "--gate looks inside the index; leave --url and --run-file out"
        return None


@dataclass(frozen=True, slots=True)
class Opened:
    """A dataset and the system that is asked, with the names that they share."""

    dataset: Dataset
    system: System
    names: DocumentNames
    tokens: SourceTokens | None


def run_eval(options: Options) -> bool:
    """Runs one evaluation; False where a gate failed. Raises EvalError and what opening an index raises."""
    opened = open_both(options)
    # Before the questions are asked, which may take long: what cannot be compared is refused at once.
    setting, gate = gate_to_hold(options, opened)
    baseline = None if options.baseline is None else read_baseline(options.baseline, opened.dataset)
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
        write_results(options.out, evaluation, extra)
        export(evaluation, options.export, options.out)
    if options.report is not None:
        against = None if baseline is None else Comparison(baseline, apart)
        report(options.report, opened, evaluation, depth=depth, against=against, problems=problems)
    if options.as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(summary_of(evaluation) | extra), indent=1))
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


@contextmanager
def asking(questions: int, label: str = "asking") -> Iterator[Callable[[], None]]:
    """A progress bar while questions are asked, or a line where stderr is no terminal; gives what counts them."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(f"{label}: {questions:,} question{'' if questions == 1 else 's'}", soft_wrap=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=questions)
        yield lambda: progress.advance(task)


def open_both(options: Options) -> Opened:
    """Reads the dataset, opens the system, and finds the judged documents in it."""
    dataset = read_dataset(options.dataset_path, wording=options.wording, split=options.split)
    dataset = sample(dataset, limit=options.limit, draw=options.draw, seed=options.seed)
    if options.exclude is not None:
        dataset = replace(dataset, excluded=(*dataset.excluded, *read_list(options.exclude)))
    if options.run_file is not None:
        return Opened(dataset, FromRun(options.run_file, dataset), DocumentNames.same(), None)
    mode = Mode(options.mode)
    system: InProcess | OverHttp
    if options.url is not None:
        system = OverHttp(options.url, mode=mode, key=options.key)
    else:
        reranker = None if options.reranker is None else open_reranker(options.reranker)
        system = InProcess.open(options.index_dir, mode=mode, reranker=reranker)
    named = match_names(system.source_paths, dataset.excluded)
    excluded = {named.document_id(name) for name in set(dataset.excluded) - set(named.missing)}
    system.leave_out(sorted(system.source_paths[document_id] for document_id in excluded))
    names = match_names(system.source_paths, dataset.judged)
    index = system.index if isinstance(system, InProcess) else local_index(options.index_dir, system)
    tokens = None if index is None else SourceTokens(index, names)
    refuse_missing(dataset, names, allowed=options.allow_missing)
    return Opened(dataset, system, names, tokens)


def local_index(index_dir: Path, service: OverHttp) -> Index | None:
    """The service's own index where it lies on this machine too; token places and quotations come from it."""
    try:
        index = Index.open(index_dir)
    except (IndexMissing, IndexRefused):
        return None
    return index if index.fingerprint == service.identity["index"] else None


def refuse_missing(dataset: Dataset, names: DocumentNames, *, allowed: bool) -> None:
    """Raises ComparisonRefused where documents that should be found are not there to be found."""
    if not names.missing:
        return
    missing = set(names.missing)
    relevant = {
        document
        for question in dataset.measured()
        for document, relevance in dataset.qrels[question].items()
        if relevance > 0
    } | {span.document for spans in dataset.spans.values() for span in spans}
    lost = sorted(relevant & missing)
    if lost and (len(lost) == len(relevant) or not allowed):
        raise ComparisonRefused(
            f"{len(lost)} of {len(relevant)} relevant documents are not in the index, such as {lost[0]}; ingest "
            "the dataset's own collection (`footnoted eval prepare` writes it for BEIR), or add --allow-missing"
        )


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
