"""`footnoted ask`: one question on the command line, the same answer and passages as over HTTP."""

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.index_option import index_option

if TYPE_CHECKING:
    from api.query_response import CitationBody, PassageBody, QueryResponse

WIDTH = 100

_FRESHNESS = {
    "current": ("reviewed in time", "green"),
    "due_soon": ("review due soon", "yellow"),
    "overdue": ("REVIEW OVERDUE", "red"),
    "unknown": ("review date unknown", None),
}

_URGENT = ("emergency", "self_harm")
_ON_ANSWER = ("sources_differ", "list_continues")


def _pairs(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> list[tuple[str, str]]:
    pairs = [
        (key, value) for key, separator, value in (each.partition("=") for each in given) if key and separator
    ]
    if len(pairs) != len(given):
        raise click.BadParameter("write it as KEY=VALUE, for example language=en")
    return pairs


@click.command()
@click.argument("question")
@index_option
@click.option(
    "--top-k", type=click.IntRange(1, 50), default=5, show_default=True, help="How many passages are wanted."
)
@click.option(
    "--mode",
    type=click.Choice(["hybrid", "dense", "lexical"]),
    default="hybrid",
    show_default=True,
    help="Search by meaning (dense), by words (lexical) or both.",
)
@click.option(
    "--filter",
    "pairs",
    metavar="KEY=VALUE",
    multiple=True,
    callback=_pairs,
    help="Search only documents with this metadata; several keys all have to match.",
)
@click.option(
    "--reranker", envvar="FOOTNOTED_RERANKER", show_envvar=True, help="Cross-encoder that reads the best again."
)
@click.option("--json", "as_json", is_flag=True, help="Print the body of POST /v1/query.")
def command(
    question: str,
    index_dir: Path,
    top_k: int,
    mode: str,
    pairs: list[tuple[str, str]],
    reranker: str | None,
    as_json: bool,
) -> None:
    """Answer QUESTION in the words of the pages, with footnotes, then show the passages they stand in."""
    from api.answer_policy import AnswerPolicy, routing_rules
    from api.answers import answer_query
    from api.identifiers import new_identifier
    from api.query_request import QueryRequest
    from api.service import utc_today
    from api.snapshot import open_snapshot
    from retriever.errors import FootnotedError, QueryInvalid
    from retriever.governance import FreshnessPolicy

    try:
        request = QueryRequest.model_validate(
            {"query": question, "top_k": top_k, "mode": mode, "filters": _request_filter(pairs)}
        )
        today = utc_today()
        request.core_query(today=today)
        policy = AnswerPolicy(rules=routing_rules(None), freshness=FreshnessPolicy.WARN)
        snapshot = open_snapshot(index_dir, rules=policy.rules, reranker=reranker)
        response = answer_query(snapshot, request, policy, query_id=f"q_{new_identifier()}", today=today)
    except QueryInvalid as error:
        click.echo(f"footnoted ask: {error}", err=True)
        sys.exit(2)
    except FootnotedError as error:
        click.echo(f"footnoted ask: {error}", err=True)
        sys.exit(3)
    if as_json:
        click.echo(response.model_dump_json())
    else:
        _print(response)


def _request_filter(pairs: list[tuple[str, str]]) -> dict[str, object] | None:
    """The `KEY=VALUE` pairs in the filter language of the API; a repeated key matches with any of its values."""
    values: dict[str, list[str]] = {}
    for key, value in pairs:
        values.setdefault(key, []).append(value)
    if not values:
        return None
    return {"type": "and", "filters": [{"type": "in", "key": key, "value": each} for key, each in values.items()]}


def _print(response: "QueryResponse") -> None:
    for warning in response.warnings:
        if warning.code.value in _URGENT:
            click.secho(f"{textwrap.fill(warning.detail, WIDTH)}\n", fg="red", bold=True, err=True)
        elif warning.passage_rank is None:
            click.echo(f"Note: {warning.detail}.", err=True)
    if response.answer is not None:
        click.echo(
            "\n".join(_wrapped(line, indent="") for line in _plain(response.answer.text).splitlines()) + "\n"
        )
        for note in _notes_on_answer(response):
            click.echo(f"{click.style(_wrapped(note, indent=''), fg='yellow')}\n")
    elif response.answerability.decision.value == "abstain":
        nearest = " These are the nearest pages:\n" if response.passages else ""
        click.echo(f"Not found in this collection.{nearest}")
    for passage in response.passages:
        click.echo(_passage(passage) + "\n")


def _notes_on_answer(response: "QueryResponse") -> list[str]:
    """What to know of the answer, each note once, with the marks of the passages that it concerns."""
    marks: dict[str, list[str]] = {}
    for warning in response.warnings:
        if warning.code.value in _ON_ANSWER:
            marks.setdefault(warning.detail, []).append(f"[{warning.passage_rank}]")
    return [f"Note on {' and '.join(ranks)}: {detail}." for detail, ranks in marks.items()]


def _passage(passage: "PassageBody") -> str:
    citation = passage.citation
    wording, colour = _FRESHNESS[citation.freshness.value]
    due = f" (due {citation.review_due})" if citation.freshness.value == "overdue" else ""
    headings = [heading for heading in citation.headings if heading != citation.title]
    lines = [
        click.style(_plain(f"[{passage.rank}] {' > '.join([citation.title, *headings])}"), bold=True),
        *(_wrapped(line) for line in _plain(passage.text).splitlines()),
        _wrapped(_plain(_origin(citation))),
        f"    {click.style(wording + due, fg=colour)}",
        f"    {_plain(citation.url or 'no web address given')}",
        *(f"    also in: {_plain(other.title)}" for other in passage.also_in),
    ]
    return "\n".join(lines)


def _origin(citation: "CitationBody") -> str:
    source, cited = citation.source, citation.citation
    if source and cited and not cited.startswith(source):
        return f"{source}: {cited}"
    return cited or source or "source not given"


def _wrapped(line: str, *, indent: str = "    ") -> str:
    # A table's line keeps its tabs, and with them its columns.
    width = max(len(line) + 4, WIDTH) if "\t" in line else WIDTH
    return textwrap.fill(
        line,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        expand_tabs=False,
        replace_whitespace=False,
    )


def _plain(text: str) -> str:
    """The text without control characters, which a terminal would obey."""
    return "".join(character for character in text if character in "\n\t" or character.isprintable())
