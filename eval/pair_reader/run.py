"""What `footnoted eval pair-reader` does: opens, makes, trains, converts, and says what came of it."""

from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import click
import msgspec

from eval.datasets.dataset import Half
from eval.datasets.lines import files_sha256
from eval.datasets.read_dataset import read_dataset, sample
from eval.errors import DatasetInvalid
from eval.outputs import refuse_unwritable, writing
from eval.pair_reader.group import read_groups, write_groups
from eval.pair_reader.groups import dataset_groups
from eval.pair_reader.pseudo_questions import heading_groups, pair_groups, read_pairs
from eval.pair_reader.recipe import Recipe
from eval.pair_reader.second_look import OpenQuestion, fit, open_questions
from eval.question_progress import asking
from eval.systems.complete_index import open_complete
from retriever.answers.answer import Answerer
from retriever.encoding.model_files import find_model
from retriever.encoding.open_encoder import open_encoder
from retriever.reading.pair_reader import PairReader, own_pair_reader
from retriever.retrieve import Retriever

MADE_OF = "made_of.json"
LIBRARIES = ("torch", "transformers", "tokenizers", "numpy")


def run_dataset_groups(dataset_path: Path, *, index_dir: Path, most: int | None, seed: int, out: Path) -> None:
    """Writes the groups of a dataset, of its half for tuning where it is divided."""
    refuse_unwritable(folder=None, files=[out])
    dataset = read_dataset(dataset_path)
    is_divided = any(one.half is Half.LOOK for one in dataset.questions)
    dataset = sample(dataset, half=Half.TUNE if is_divided else None, limit=most)
    index = open_complete(index_dir)
    encoder = open_encoder(index.manifest.encoder, index_dir, threads=1)
    with asking(len(dataset.questions)) as tick:
        groups = dataset_groups(dataset, Retriever(index, encoder), encoder, seed=seed, tick=tick)
        count = write_groups(out, groups)
    click.echo(f"{count:,} groups of {len(dataset.questions):,} questions written to {out}", err=True)


def run_pseudo_groups(pairs: Path | None, *, index_dir: Path, most: int, seed: int, out: Path) -> None:
    """Writes groups of the questions and answers in a file, or without one of the index's headings."""
    refuse_unwritable(folder=None, files=[out])
    known = None if pairs is None else read_pairs(pairs)
    index = open_complete(index_dir)
    retriever = Retriever(index, open_encoder(index.manifest.encoder, index_dir, threads=1))
    made = (
        heading_groups(retriever, most=most, seed=seed)
        if known is None
        else pair_groups(known, retriever, most=most, seed=seed)
    )
    click.echo(f"{write_groups(out, made):,} groups written to {out}", err=True)


def run_train(
    groups: Sequence[Path],
    *,
    first_epoch: Sequence[Path],
    start: str,
    out: Path,
    epochs: int,
    learning_rate: float,
    max_tokens: int,
    seed: int,
    threads: int | None,
) -> None:
    """Trains a pair reader and writes its weights, its tokenizer and what they were made of."""
    files = find_model(start)
    refuse_unwritable(folder=out, files=[])
    people = list(chain.from_iterable(map(read_groups, groups)))
    pseudo = list(chain.from_iterable(map(read_groups, first_epoch)))
    if not people:
        raise DatasetInvalid("the files hold no group; make some with `footnoted eval pair-reader groups`")
    import torch

    from eval.pair_reader.train import train

    if threads is not None:
        torch.set_num_threads(threads)
    recipe = Recipe(epochs=epochs, learning_rate=learning_rate, max_tokens=max_tokens, seed=seed)
    train(files.path, people, out, recipe, first_epoch=pseudo, say=lambda line: click.echo(line, err=True))
    made_of = {
        "start": {"model": files.name, "sha256": files.sha256},
        "groups": {"count": len(people), "sha256": files_sha256(groups)},
        "first_epoch": {"count": len(pseudo), "sha256": files_sha256(first_epoch)},
        "recipe": asdict(recipe),
        "threads": torch.get_num_threads(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }
    with writing(out / MADE_OF):
        (out / MADE_OF).write_bytes(msgspec.json.format(msgspec.json.encode(made_of), indent=1) + b"\n")
    click.echo(f"written to {out}; next: footnoted eval pair-reader convert {out} FOLDER", err=True)


def run_convert(model: Path, out: Path, *, start: str) -> None:
    """Converts a trained pair reader; what it was made of goes with it."""
    from eval.pair_reader.convert import convert

    size = convert(model, out, words_of=find_model(start).path)
    if (model / MADE_OF).is_file():
        with writing(out / MADE_OF):
            (out / MADE_OF).write_bytes((model / MADE_OF).read_bytes())
    click.echo(f"{size / 1e6:.1f} MB written to {out}", err=True)


def run_weigh(sources: Sequence[str], *, model: Path | None) -> None:
    """Prints what a logit should count, by the labelled questions of each INDEX=DATASET."""
    reader = own_pair_reader() if model is None else PairReader(model)
    opened: dict[str, tuple[Retriever, Answerer]] = {}
    found: list[OpenQuestion] = []
    for source in sources:
        index_dir, _, path = source.partition("=")
        if index_dir not in opened:
            index = open_complete(Path(index_dir))
            encoder = open_encoder(index.manifest.encoder, Path(index_dir), threads=1)
            opened[index_dir] = Retriever(index, encoder), Answerer(index, encoder)
        dataset = read_dataset(Path(path))
        with asking(len(dataset.questions)) as tick:
            found += open_questions(*opened[index_dir], reader, dataset, tick)
    fitted = fit(found)
    click.echo(
        f"{fitted.questions} questions are open: slope {fitted.slope:g}, zero {fitted.zero:g}; loss "
        f"{fitted.before:.4f} without a second look, {fitted.present:.4f} as it is, {fitted.after:.4f} fitted"
    )
