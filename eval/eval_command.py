"""`footnoted eval`: how good the service is on a dataset, and whether a change made it better."""

import sys
from pathlib import Path
from typing import Any

import click

from api.commands.shared_options import index_option, mode_option
from eval.calibration.command import calibrate, calibrate_default
from eval.links.command import links
from eval.pair_reader.command import pair_reader
from eval.peers.command import install_peers, peers
from eval.performance.command import bench, encoders, growth, load
from eval.refusal_exit import refusing


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
    footnoted eval eval/starter --report report.html           # figures, a page
    footnoted eval eval/starter --out before                   # keep a run ...
    footnoted eval eval/starter --baseline before              # ... and compare
    footnoted eval eval/starter --gate eval/starter/gate.json  # exit 1 if worse
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
@mode_option
@click.option("--top-k", type=click.IntRange(1, 50), default=20, show_default=True, help="Passages per question.")
@click.option(
    "--max-per-document", type=click.IntRange(1, 50), help="Passages of one document  [default: the API's]"
)
@click.option(
    "--depth",
    type=click.IntRange(1, 100_000),
    default=50,
    show_default=True,
    help="Documents per question; beyond the 50 that the service gives, the index ranks all others too.",
)
@click.option("--with-copies", is_flag=True, help="Count documents that a passage names as holding the same text.")
@click.option("--exclude", type=click.Path(exists=True, path_type=Path), help="Search without these source paths.")
@click.option(
    "--wording",
    type=click.Choice(["question", "summary", "paraphrase", "misspelt", "wordy"]),
    default="question",
    show_default=True,
    help="Which field of a query is asked; or the question with typing errors, or in a long message (--seed).",
)
@click.option("--split", default="test", show_default=True, help="Which of BEIR's qrels.")
@click.option("--half", type=click.Choice(["tune", "look"]), help="Only that half of a dataset that is divided.")
@click.option("--limit", type=click.IntRange(1), help="Only the first N questions.")
@click.option("--sample", "draw", type=click.IntRange(1), help="Only N questions, drawn by the seed.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Decides what is drawn, and resampled."
)
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
      footnoted eval eval/starter --baseline their.trec --out ours --export ragas
      footnoted eval eval/starter --gate gate.json --update-gate  # write a gate
      footnoted eval eval/starter --gate gate.json                # hold to it
    """
    from eval.eval_options import Options
    from eval.run_eval import run_eval

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
      footnoted eval prepare scifact pages
      footnoted ingest pages && footnoted eval scifact
    """
    from eval.datasets.prepare import prepare as write_pages

    with refusing():
        written = write_pages(source, out_dir)
    click.echo(f"{written} pages written; next: footnoted ingest {out_dir}", err=True)


command.add_command(bench)
command.add_command(load)
command.add_command(calibrate)
command.add_command(calibrate_default)
command.add_command(links)
command.add_command(encoders)
command.add_command(growth)
command.add_command(pair_reader)
command.add_command(peers)
command.add_command(install_peers)
