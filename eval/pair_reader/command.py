"""`footnoted eval pair-reader`: trains the model that reads a question and a quote together, and converts it."""

from pathlib import Path

import click

from api.commands.shared_options import index_option
from eval.refusal_exit import refusing

BUNDLED = "all-MiniLM-L6-v2"
_a_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_a_folder = click.Path(exists=True, file_okay=False, path_type=Path)
_start = click.option(
    "--start", default=BUNDLED, show_default=True, help="The sentence model that it begins as: a folder or a name."
)
_seed = click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Decides every draw.")


@click.group(
    "pair-reader",
    short_help="Train the model that reads question and quote.",
    epilog="docs/models.md tells what it learns from and what comes of it.",
)
def pair_reader() -> None:
    """Train the pair reader: a small cross-encoder that reads a question together with one quote and gives one
    number, the higher the better the quote answers.

    It begins as the sentence model that comes with the program and learns from groups: a question with texts that
    answer it and texts that do not.

    \b
    footnoted eval pair-reader groups eval/natural-wide --out people.jsonl
    footnoted eval pair-reader groups --headings --most 1500 --out heads.jsonl
    footnoted eval pair-reader train people.jsonl --first-epoch heads.jsonl \\
      --out trained                                              # an hour or two
    footnoted eval pair-reader convert trained pair-reader       # model.xml, .bin
    """


@pair_reader.command(
    short_help="What it learns from, one group a line.",
    epilog="Exit codes: 0 done, 2 usage, 3 refused (a faulty dataset, no index or another one).",
)
@click.argument("dataset_path", metavar="[DATASET]", required=False, type=click.Path(exists=True, path_type=Path))
@index_option
@click.option("--headings", is_flag=True, help="In place of DATASET: groups made from the index's headings.")
@click.option("--pairs", type=_a_file, help="In place of DATASET: groups of this file of questions and answers.")
@click.option(
    "--most", type=click.IntRange(1), help="Of DATASET the first so many questions, else so many groups."
)
@_seed
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Write them here.")
def groups(
    dataset_path: Path | None,
    index_dir: Path,
    headings: bool,
    pairs: Path | None,
    most: int | None,
    seed: int,
    out: Path,
) -> None:
    """Write training groups: of a labelled DATASET on the pages of the index, or of pseudo questions.

    Of DATASET, the half for tuning where it is divided: its answers against its distractors, the quotes that the
    service itself would choose from, and what its authors read and did not mark.

    Pseudo questions are worded by the program. --headings asks for what stands below each heading. --pairs reads
    lines with id, focus, qtype, question and text (.gz is understood); the index is then of the pages that
    `footnoted eval prepare` writes of that file. What they call wrong is partly right: give them to
    `train --first-epoch`.

    \b
    Examples:
      footnoted eval pair-reader groups eval/natural-wide --out people.jsonl
      footnoted eval pair-reader groups --headings --most 1500 --out heads.jsonl
      footnoted eval prepare medquad.jsonl.gz pages
      footnoted ingest pages --index pairs-index
      footnoted eval pair-reader groups --pairs medquad.jsonl.gz \\
        --index pairs-index --most 2500 --out pairs.jsonl
    """
    if (dataset_path is not None) + headings + (pairs is not None) != 1:
        raise click.UsageError("one of DATASET, --headings and --pairs is wanted; give exactly one")
    from eval.pair_reader.run import run_dataset_groups, run_pseudo_groups

    with refusing():
        if dataset_path is not None:
            run_dataset_groups(dataset_path, index_dir=index_dir, most=most, seed=seed, out=out)
        else:
            run_pseudo_groups(pairs, index_dir=index_dir, most=most or 1_500, seed=seed, out=out)


@pair_reader.command(
    short_help="Learn from groups; an hour or two.",
    epilog="Exit codes: 0 done, 2 usage, 3 refused (a faulty file of groups, no such model, no place to write).",
)
@click.argument("files", metavar="GROUPS...", nargs=-1, required=True, type=_a_file)
@click.option(
    "--first-epoch",
    type=_a_file,
    multiple=True,
    help="Groups that count less and are read in the first epoch alone.",
)
@_start
@click.option("--epochs", type=click.IntRange(1, 20), default=2, show_default=True)
@click.option(
    "--learning-rate",
    type=click.FloatRange(0, 1, min_open=True),
    default=8e-5,
    show_default=True,
    help="At its peak.",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(16, 512),
    default=144,
    show_default=True,
    help="Word pieces of a question and a text together; the longer of both is cut.",
)
@_seed
@click.option("--threads", type=click.IntRange(1), help="Of torch.  [default: torch's own choice]")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Write weights and tokenizer here.",
)
def train(
    files: tuple[Path, ...],
    first_epoch: tuple[Path, ...],
    start: str,
    epochs: int,
    learning_rate: float,
    max_tokens: int,
    seed: int,
    threads: int | None,
    out: Path,
) -> None:
    """Train a pair reader on GROUPS, and tell on standard error how far it is.

    The vectors of the words are left as --start has them. The same files, seed, number of --threads and machine
    give the same weights; made_of.json beside them says what they came from.

    \b
    Example:
      footnoted eval pair-reader train people.jsonl --first-epoch heads.jsonl \\
        --first-epoch pairs.jsonl --out trained
    """
    from eval.pair_reader.run import run_train

    with refusing():
        run_train(
            files,
            first_epoch=first_epoch,
            start=start,
            out=out,
            epochs=epochs,
            learning_rate=learning_rate,
            max_tokens=max_tokens,
            seed=seed,
            threads=threads,
        )


@pair_reader.command(
    short_help="Into what the service runs.",
    epilog="Exit codes: 0 done, 2 usage, 3 refused (no such model, other vectors of words than those of --start).",
)
@click.argument("model", type=_a_folder)
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@_start
def convert(model: Path, out: Path, start: str) -> None:
    """Convert what `train` wrote in MODEL to model.xml and model.bin in OUT, its weights as 16-bit floats.

    The table of the words' vectors is left out, as training does not change it: who runs the graph looks them up
    in the model that --start names.

    \b
    Example:
      footnoted eval pair-reader convert trained pair-reader
    """
    from eval.pair_reader.run import run_convert

    with refusing():
        run_convert(model, out, start=start)


@pair_reader.command(
    short_help="What its number counts in the decision.",
    epilog="Exit codes: 0 done, 2 usage, 3 refused (a faulty dataset, no index, too few questions).",
)
@click.argument("sources", metavar="INDEX=DATASET...", nargs=-1, required=True)
@click.option("--model", type=_a_folder, help="A converted pair reader.  [default: the program's own]")
def weigh(sources: tuple[str, ...], model: Path | None) -> None:
    """Fit what a logit counts where the numbers of a retrieval leave it open whether to answer.

    Asks the labelled questions of each DATASET of its INDEX, and prints slope and zero. Take questions that the
    reader was not trained on.

    \b
    Example:
      footnoted eval pair-reader weigh index=eval/everyday index=eval/natural
    """
    from eval.pair_reader.run import run_weigh

    if any(not all(source.partition("=")[::2]) for source in sources):
        raise click.UsageError("give each source as INDEX=DATASET, such as index=eval/everyday")
    with refusing():
        run_weigh(sources, model=model)
