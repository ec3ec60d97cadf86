"""`footnoted eval`: how good the service is on a dataset, and whether a change made it better."""

import sys
from pathlib import Path
from typing import Any

import click

from api.index_option import index_option
from eval.links_command import links
from eval.peers_command import install_peers, peers
from eval.performance_command import encoders, growth
from eval.refusing import refusing


class DefaultGroup(click.Group):
    """A group whose command is `run` where the first word is none of its commands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=DefaultGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="docs/evaluation.md tells what each measure says and how to make a dataset of your own pages.",
)
def command() -> None:
    """Measure retrieval on questions whose answers are known.

    `footnoted eval DATASET` is short for `footnoted eval run DATASET`. A dataset is a folder: queries.jsonl and
    qrels.tsv, or labelled questions.jsonl, or BEIR's layout.

    \b
    footnoted eval eval/starter --report report.html              figures, and a page to look through
    footnoted eval eval/starter --out before                      keep a run ...
    footnoted eval eval/starter --baseline before                 ... and compare the next one with it
    footnoted eval eval/starter --gate eval/starter/gate.json     exit 1 where something got worse
    """


@command.command(
    epilog="Exit codes: 0 done, 1 a gate failed, 2 usage, 3 refused (a faulty dataset, no index, another one).",
    short_help="Ask the questions of DATASET and measure (the default).",
)
@click.argument("dataset_path", metavar="DATASET", type=click.Path(exists=True, path_type=Path))
@index_option
@click.option("--url", help="Ask a running service instead, such as http://127.0.0.1:8000.")
@click.option("--key", envvar="FOOTNOTED_API_KEY", show_envvar=True, help="The key of a service that wants one.")
@click.option("--reranker", help="Cross-encoder that reads the best candidates again: a folder or a hub name.")
@click.option(
    "--run-file",
    type=click.Path(exists=True, path_type=Path),
    help="Measure another system: its TREC run, its passages.jsonl, or a folder that --out wrote.",
)
@click.option(
    "--baseline",
    type=click.Path(exists=True, path_type=Path),
    help="Compare with this: a folder that --out wrote, or a TREC run.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write run, values and summary here."
)
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write one HTML page here.")
@click.option(
    "--gate", type=click.Path(dir_okay=False, path_type=Path), help="Fail where this baseline is missed."
)
@click.option("--update-gate", is_flag=True, help="Write the figures of this run into the --gate file instead.")
@click.option(
    "--corpus",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that was ingested: passages are then looked up in their files too.",
)
@click.option("--export", type=click.Choice(["ragas", "trec"]), multiple=True, help="Also write this into --out.")
@click.option("--mode", type=click.Choice(["hybrid", "dense", "lexical"]), default="hybrid", show_default=True)
@click.option("--top-k", type=click.IntRange(1, 50), default=20, show_default=True, help="Passages per question.")
@click.option(
    "--max-per-document", type=click.IntRange(1, 50), help="Passages of one document  [default: the API's]"
)
@click.option("--depth", type=click.IntRange(1, 50), default=50, show_default=True, help="Documents per question.")
@click.option("--with-copies", is_flag=True, help="Count documents that a passage names as holding the same text.")
@click.option("--exclude", type=click.Path(exists=True, path_type=Path), help="Search without these source paths.")
@click.option(
    "--wording",
    type=click.Choice(["question", "summary", "paraphrase"]),
    default="question",
    show_default=True,
    help="Which field of a query is asked.",
)
@click.option("--split", default="test", show_default=True, help="Which of BEIR's qrels.")
@click.option("--limit", type=click.IntRange(1), help="Only the first N questions.")
@click.option("--sample", "draw", type=click.IntRange(1), help="Only N questions, drawn by the seed.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--allow-missing", is_flag=True, help="Go on where relevant documents are not in the index.")
@click.option("--all", "show_all", is_flag=True, help="Print every measure, not only those that stand first.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def run(**options: Any) -> None:
    """Ask every question of DATASET and measure what comes back (the default command).

    \b
    Examples:
      footnoted eval eval/starter --report report.html
      footnoted eval eval/starter --all
      footnoted eval eval/starter --url http://127.0.0.1:8000
      footnoted eval eval/starter --run-file their-run.trec --report theirs.html
      footnoted eval eval/starter --baseline their-run.trec --out ours --export ragas
      footnoted eval eval/starter --gate gate.json --update-gate      write a gate ...
      footnoted eval eval/starter --gate gate.json                    ... and hold later runs to it
    """
    from eval.run_eval import Options, run_eval

    chosen = Options(**options)
    if problem := chosen.problem():
        raise click.UsageError(problem)
    with refusing():
        passed = run_eval(chosen)
    sys.exit(0 if passed else 1)


@command.command(short_help="Rows (BEIR's corpus.jsonl) as Markdown files.")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.argument("out_dir", type=click.Path(file_okay=False, path_type=Path))
def prepare(source: Path, out_dir: Path) -> None:
    """Write a collection of rows (BEIR's corpus.jsonl) as Markdown files that `footnoted ingest` can read.

    \b
    Example:
      footnoted eval prepare scifact pages && footnoted ingest pages && footnoted eval scifact
    """
    from eval.prepare import prepare as write_pages

    with refusing():
        written = write_pages(source, out_dir)
    click.echo(f"{written} pages written; next: footnoted ingest {out_dir}", err=True)


@command.command(short_help="Latency, throughput and memory of an index.")
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
    "--concurrency", type=click.IntRange(1, 256), multiple=True, default=(1, 8), show_default=True, help="Threads."
)
@click.option("--starts", type=click.IntRange(0), default=3, show_default=True, help="Fresh processes timed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench(dataset_path: Path, index_dir: Path, as_json: bool, **options: Any) -> None:
    """Time the questions of DATASET: by stage, cold and warm, at several concurrencies.

    \b
    Examples:
      footnoted eval bench eval/starter
      footnoted eval bench eval/starter --against other-index --concurrency 1 --concurrency 8
    """
    from eval.run_bench import echo, run_bench

    with refusing():
        found = run_bench(dataset_path, index_dir=index_dir, **options)
    echo(found, as_json=as_json)


@command.command(short_help="More questions than a service can answer.")
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
    help="Most questions under way to measure it: 2, 4, 8 ... as long as more are answered.",
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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def load(dataset_path: Path, url: str, questions: int, as_json: bool, **options: Any) -> None:
    """Ask a running service more than it can answer, and see what becomes of the questions.

    An open loop: questions are sent when they are due, and latency counts from then.

    \b
    Examples:
      footnoted eval load eval/starter --url http://127.0.0.1:8000
      footnoted eval load eval/starter --multiple 2 --multiple 5 --slow 1000
    """
    from eval.read_dataset import read_dataset
    from eval.run_load import echo, run_load

    with refusing():
        texts = [question.text for question in read_dataset(dataset_path).questions[:questions]]
        found = run_load(url, texts, **options)
    echo(found, as_json=as_json)


@command.command(short_help='When to say "not found" in this collection.')
@click.argument("dataset_path", metavar="[DATASET]", required=False, type=click.Path(exists=True, path_type=Path))
@index_option
@click.option(
    "--max-risk",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    help="Share of the answered questions that may be unanswerable, where both kinds are equally frequent.",
)
@click.option(
    "--questions", type=click.IntRange(20, 10_000), default=400, show_default=True, help="Made without DATASET."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def calibrate(**options: Any) -> None:
    """Fit to this collection when to say "not found in this collection".

    On labelled questions (DATASET), or, without them, on questions made from the collection by leaving documents
    out. Writes calibration.json into the index directory.

    \b
    Examples:
      footnoted eval calibrate
      footnoted eval calibrate my-questions --max-risk 0.02
    """
    from datetime import UTC, datetime

    from eval.run_calibrate import run_calibrate

    with refusing():
        run_calibrate(**options, now=lambda: datetime.now(UTC))


@command.command("calibrate-default", hidden=True)
@click.argument("sources", metavar="INDEX[=DATASET]...", nargs=-1, required=True)
@click.option("--max-risk", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.05)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--seed", type=click.IntRange(0), default=0)
def calibrate_default(sources: tuple[str, ...], **options: Any) -> None:
    """Fit the calibration that comes with the program: on every INDEX's own questions or on a DATASET's."""
    from datetime import UTC, datetime

    from eval.run_calibrate import run_default

    with refusing():
        run_default(sources, **options, now=lambda: datetime.now(UTC))


command.add_command(links)
command.add_command(encoders)
command.add_command(growth)
command.add_command(peers)
command.add_command(install_peers)
