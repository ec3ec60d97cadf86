"""`footnoted eval bench`, `load`, `encoders` and `growth`: how fast, how much at once, and at which size."""

from pathlib import Path
from typing import Any

import click

from api.commands.shared_options import index_option, json_option
from eval.refusal_exit import refusing

_write = click.option(
    "--write",
    "page",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also put the figures into this Markdown page, between its marks.",
)


@click.command(short_help="Latency, throughput and memory of an index.")
@click.argument("dataset_path", metavar="DATASET", type=click.Path(exists=True, path_type=Path))
@index_option
@click.option("--against", type=click.Path(exists=True, path_type=Path), help="Another index, asked in turns.")
@click.option(
    "--ingest",
    "pages",
    type=click.Path(exists=True, path_type=Path),
    help="Also time a complete ingest of these pages into a new index.",
)
@click.option("--questions", type=click.IntRange(1), default=100, show_default=True, help="The first N questions.")
@click.option("--repeats", type=click.IntRange(1), default=3, show_default=True, help="Rounds that count.")
@click.option(
    "--concurrency",
    type=click.IntRange(1, 256),
    multiple=True,
    default=(1, 8, 32),
    show_default=True,
    help="Threads.",
)
@click.option("--starts", type=click.IntRange(0), default=3, show_default=True, help="Fresh processes timed.")
@json_option
def bench(dataset_path: Path, index_dir: Path, as_json: bool, **options: Any) -> None:
    """Time the questions of DATASET: by stage, cold and warm, at several concurrencies.

    \b
    Examples:
      footnoted eval bench eval/starter
      footnoted eval bench eval/starter --against other-index
      footnoted eval bench eval/starter --concurrency 1 --concurrency 8
    """
    from eval.performance.run_bench import echo, run_bench

    with refusing():
        found = run_bench(dataset_path, index_dir=index_dir, **options)
    echo(found, as_json=as_json)


@click.command(short_help="More questions than a service can answer.")
@click.argument("dataset_path", metavar="DATASET", type=click.Path(exists=True, path_type=Path))
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The running service.")
@click.option(
    "--seconds", type=click.FloatRange(1, 86_400), default=30.0, show_default=True, help="Of each phase."
)
@click.option(
    "--multiple", "multiples", type=click.FloatRange(0.01, 100), multiple=True, default=(0.7, 2, 5, 0.7),
    show_default=True, help="Phases, each as a multiple of the capacity.",
)  # fmt: skip
@click.option("--rate", type=click.FloatRange(0.1), help="The capacity, where it is known; else it is measured.")
@click.option(
    "--at-once", type=click.IntRange(1, 256), default=64, show_default=True,
    help="Most questions under way to measure it: 1, 2, 4 ... as long as more are answered.",
)  # fmt: skip
@click.option(
    "--step-seconds", type=click.FloatRange(0.1, 3_600), default=6.0, show_default=True, help="Of each such step."
)
@click.option("--slow", type=click.IntRange(0, 10_000), default=0, help="A phase beside so many slow callers.")
@click.option("--retries", type=click.IntRange(0, 10), default=0, help="A phase of clients that retry at once.")
@click.option("--key", envvar="FOOTNOTED_API_KEY", show_envvar=True, help="The key of a service that wants one.")
@click.option("--other-key", help="A second key: whether the first can push it aside.")
@click.option("--questions", type=click.IntRange(1), default=200, show_default=True, help="The first N questions.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@json_option
def load(dataset_path: Path, url: str, questions: int, key: str | None, as_json: bool, **options: Any) -> None:
    """Ask a running service more than it can answer, and see what becomes of the questions.

    An open loop: questions are sent when they are due, and latency counts from then.

    \b
    Examples:
      footnoted eval load eval/starter --url http://127.0.0.1:8000
      footnoted eval load eval/starter --multiple 2 --multiple 5 --slow 1000
    """
    import asyncio

    from eval.datasets.read_dataset import read_dataset
    from eval.performance.load import Target
    from eval.performance.run_load import echo, run_load

    with refusing():
        texts = [question.text for question in read_dataset(dataset_path).questions[:questions]]
        found = asyncio.run(run_load(Target(url, texts, key=key), **options))
    echo(found, as_json=as_json)


@click.command(short_help="The model in every arithmetic.")
@index_option
@click.option("--passages", type=click.IntRange(1), default=128, show_default=True, help="Passages to encode.")
@click.option("--repeats", type=click.IntRange(1), default=2, show_default=True, help="Rounds that count.")
@click.option("--model", default="all-MiniLM-L6-v2", show_default=True)
@_write
def encoders(index_dir: Path, passages: int, repeats: int, model: str, page: Path | None) -> None:
    """Time the model in every arithmetic on passages of the index, against sentence-transformers' default call."""
    from eval.embedded_text import embedded_texts
    from eval.performance.encoder_speed import as_markdown, compare_encoders
    from eval.report.marked_section import write_section

    with refusing():
        texts = embedded_texts(index_dir, passages)
        found = compare_encoders(texts, model=model, repeats=repeats, say=_say)
        written = as_markdown(found, passages=len(texts))
        if page is not None:
            write_section(page, "encoders", written)
    click.echo(written)


@click.command(short_help="Time and memory as a collection grows.")
@index_option
@click.option(
    "--size",
    "sizes",
    type=click.IntRange(100, 10_000_000),
    multiple=True,
    default=(1_000, 10_000, 100_000, 1_000_000),
    show_default=True,
    help="Passages; give it several times.",
)
@click.option("--searches", type=click.IntRange(1), default=50, show_default=True, help="Searches at each size.")
@_write
def growth(index_dir: Path, sizes: tuple[int, ...], searches: int, page: Path | None) -> None:
    """Time building and searching as the collection grows, exactly and approximately, and the memory.

    Passages beyond those of the index are synthetic and marked so. With --write, growth.svg goes beside the page.
    """
    from eval.performance.growth import as_markdown, drawing_of, grow
    from eval.report.marked_section import write_section

    with refusing():
        steps = grow(index_dir, sorted(sizes), searches=searches, say=_say)
        written = as_markdown(steps, "growth.svg")
        if page is not None:
            write_section(page, "growth", written)
            page.with_name("growth.svg").write_text(drawing_of(steps), encoding="utf-8")
    click.echo(written)


def _say(message: str) -> None:
    click.echo(message, err=True)
