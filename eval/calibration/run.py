"""What `footnoted eval calibrate` does: open, ask, fit, write, print."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from eval.calibration.calibrate import (
    GENERATED,
    Calibrated,
    CategoryCoverage,
    calibrate,
    calibrate_across,
    examples_of_dataset,
    generated_examples,
    made_for,
    on_neighbours,
    transferred,
)
from eval.calibration.fit import Example, fit
from eval.datasets.dataset import Half
from eval.datasets.read_dataset import read_dataset, sample
from eval.question_progress import asking
from eval.report.console import print_json, table_console
from eval.systems.complete_index import open_complete
from retriever.abstention.calibration import (
    CalibrationState,
    default_calibration,
    encode_calibration,
    write_calibration,
)
from retriever.encoding.open_encoder import open_encoder
from retriever.retrieve import Retriever

Now = Callable[[], datetime]
FEW_ANSWERED = 0.5


def run_calibrate(
    dataset_path: Path | None,
    *,
    index_dir: Path,
    max_risk: float,
    questions: int,
    seed: int,
    as_json: bool,
    now: Now,
) -> None:
    """Calibrates one index and writes the result into it. Raises EvalError and what opening an index raises."""
    retriever = open_retriever(index_dir)
    examples, described = asked(retriever, dataset_path, questions=questions, seed=seed)
    prior = default_calibration().weights
    found = calibrate(examples, questions=described, max_risk=max_risk, seed=seed, now=now, prior=prior)
    path = write_calibration(index_dir, made_for(found.calibration, retriever.index))
    if as_json:
        print_json(summary(found))
    else:
        print_calibrated(found)
        click.echo(f"written to {path}; a running service reads it when it next opens the index", err=True)


def run_default(
    sources: Sequence[str], *, max_risk: float, out: Path, seed: int, adding: str | None, now: Now
) -> None:
    """Fits the program's own calibration: on the questions made from each INDEX, and on each INDEX=DATASET."""
    examples: list[Example] = []
    opened: dict[str, Retriever] = {}
    described = []
    for source in sources:
        index_dir, _, dataset = source.partition("=")
        if index_dir not in opened:
            opened[index_dir] = open_retriever(Path(index_dir))
        retriever = opened[index_dir]
        found, text = asked(
            retriever, Path(dataset) if dataset else None, questions=GENERATED, seed=seed, are_wordy_too=True
        )
        described.append(f"{text} on {len(retriever.index.documents)} documents")
        of = f" on {len(retriever.index.documents)} documents"  # sets of two collections count as two
        made = [] if dataset else on_neighbours(found)
        examples += [replace(one, source=one.source + of) for one in (*found, *made)]
    calibrated = calibrate_across(
        examples, questions="; ".join(described), max_risk=max_risk, seed=seed, now=now, adding=adding
    )
    fitted = fit if adding is None else partial(fit, prior=default_calibration().weights, adding=adding)
    out.write_bytes(encode_calibration(replace(calibrated.calibration, state=CalibrationState.DEFAULT)))
    print_calibrated(calibrated)
    for title, left_out in (
        ("each set judged by a fit on the others", lambda one: one.source),
        ("each collection judged by a fit on the others", lambda one: one.source.rpartition(" on ")[2]),
    ):
        across = transferred(examples, threshold=calibrated.point.threshold, left_out=left_out, fitted=fitted)
        table_console().print(_answered(title, across))


def open_retriever(index_dir: Path) -> Retriever:
    """The current generation under a directory with its encoder."""
    index = open_complete(index_dir)
    return Retriever(index, open_encoder(index.manifest.encoder, index_dir, threads=1))


def asked(
    retriever: Retriever, dataset_path: Path | None, *, questions: int, seed: int, are_wordy_too: bool = False
) -> tuple[list[Example], str]:
    """The evidence of a dataset's questions or of generated ones, and what they are in words.

    Of a dataset that is divided the half for tuning is asked. `are_wordy_too` asks its short questions in long
    messages as well.
    """
    if dataset_path is None:
        with asking(questions, "asking about the collection") as tick:
            examples = generated_examples(retriever, questions=questions, seed=seed, tick=tick)
        return examples, f"{len(examples)} questions made from the collection (seed {seed})"
    dataset = read_dataset(dataset_path)
    if any(one.half is Half.LOOK for one in dataset.questions):
        dataset = sample(dataset, half=Half.TUNE)
    with asking(len(dataset.questions)) as tick:
        wordy_seed = seed if are_wordy_too else None
        examples = examples_of_dataset(retriever, dataset, wordy_seed=wordy_seed, tick=tick)
    return examples, f"{len(examples)} questions of {dataset.name} (sha256 {dataset.sha256[:12]})"


def summary(found: Calibrated) -> dict[str, Any]:
    """The calibration's figures as plain values."""
    calibration = found.calibration
    return {
        "questions": calibration.questions,
        "answerable": calibration.answerable,
        "unanswerable": calibration.unanswerable,
        "max_risk": calibration.max_risk,
        "auroc": round(found.auroc, 4),
        **asdict(found.point),
        "by_category": [asdict(one) | {"share": round(one.share, 4)} for one in found.by_category],
    }


def print_calibrated(found: Calibrated) -> None:
    """Prints the threshold, what it means on held-out questions, and the shares answered by category."""
    console = table_console()
    point, calibration = found.point, found.calibration
    console.print(_answered(f"{calibration.questions}; AUROC {found.auroc:.3f}", found.by_category))
    console.print(
        f"threshold {point.threshold:g}: {point.coverage:.1%} of the answerable questions are answered, and "
        f"{point.false_answers:.1%} of the unanswerable ones; risk {point.risk:.1%} (at most "
        f"{point.risk_high:.1%} with 95 % confidence), accepted {calibration.max_risk:.1%}; "
        "on questions that the fit had not seen",
        soft_wrap=True,
    )
    if point.coverage < FEW_ANSWERED:
        console.print(
            "Note: fewer than half of the answerable questions reach this threshold. Questions made from a small "
            "collection are harder than people's; label some of your own, or accept more with --max-risk.",
            soft_wrap=True,
        )


def _answered(title: str, rows: Sequence[CategoryCoverage]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("set", "category", "answerable", "questions", "answered", "share", "at most"):
        table.add_column(heading, justify="left" if heading in ("set", "category", "answerable") else "right")
    for one in rows:
        kind = "yes" if one.answerable else "no"
        counts = (str(one.questions), str(one.answered), f"{one.share:.3f}", f"{one.high:.3f}")
        table.add_row(one.source, one.category, kind, *counts)
    return table
