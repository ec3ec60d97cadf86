"""`footnoted eval encoders` and `footnoted eval growth`: the figures of docs/performance.md, made anew."""

from pathlib import Path

import click

from api.index_option import index_option
from eval.refusing import refusing

_write = click.option(
    "--write",
    "page",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also put the figures into this Markdown page, between its marks.",
)


@click.command(short_help="The model in every arithmetic.")
@index_option
@click.option("--passages", type=click.IntRange(1), default=128, show_default=True, help="Passages to encode.")
@click.option("--repeats", type=click.IntRange(1), default=2, show_default=True, help="Rounds that count.")
@click.option("--model", default="all-MiniLM-L6-v2", show_default=True)
@_write
def encoders(index_dir: Path, passages: int, repeats: int, model: str, page: Path | None) -> None:
    """Time the model in every arithmetic on passages of the index, against sentence-transformers' default call."""
    from eval.encoder_speed import as_markdown, compare_encoders, passages_of
    from eval.marked_section import write_section

    with refusing():
        texts = passages_of(index_dir, passages)
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
    from eval.growth import as_markdown, drawing_of, grow
    from eval.marked_section import write_section

    with refusing():
        steps = grow(index_dir, sorted(sizes), searches=searches, say=_say)
        written = as_markdown(steps, "growth.svg")
        if page is not None:
            write_section(page, "growth", written)
            page.with_name("growth.svg").write_text(drawing_of(steps), encoding="utf-8")
    click.echo(written)


def _say(message: str) -> None:
    click.echo(message, err=True)
