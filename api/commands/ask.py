"""`footnoted ask`: one question on the command line, the same answer and passages as over HTTP."""

import sys
from pathlib import Path

import click

from api.commands.shared_options import index_option, mode_option
from api.garbage import uncollected


def _pairs(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> list[tuple[str, str]]:
    pairs = [
        (key, value) for key, separator, value in (each.partition("=") for each in given) if key and separator
    ]
    if len(pairs) != len(given):
        raise click.BadParameter("write it as KEY=VALUE, for example language=en")
    return pairs


@click.command(
    epilog="Exit codes: 0 done, whether or not it was answered, 2 usage, 3 refused (no index, or a damaged one)."
)
@click.argument("question", nargs=-1, required=True)
@index_option
@click.option(
    "--top-k", type=click.IntRange(1, 50), default=5, show_default=True, help="How many passages are wanted."
)
@mode_option
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
@click.option(
    "--synonyms",
    type=click.Path(path_type=Path),
    envvar="FOOTNOTED_SYNONYMS",
    show_envvar=True,
    help="File of what people call things, in place of the program's own table.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the body of POST /v1/query.")
@uncollected()
def command(
    question: tuple[str, ...],
    index_dir: Path,
    top_k: int,
    mode: str,
    pairs: list[tuple[str, str]],
    reranker: str | None,
    synonyms: Path | None,
    as_json: bool,
) -> None:
    """Answer QUESTION in the words of the pages, with footnotes, then show the passages they stand in.

    Where the collection does not answer it, that is said, and the nearest passages are shown.

    \b
    Examples:
      footnoted ask "what are the side effects of zoledronic acid?"
      footnoted ask "how is it given?" --filter language=en --filter source=NCI
      footnoted ask "what is denosumab?" --top-k 1 --json
    """
    from api.opened_ahead import OpenedAhead

    ahead = OpenedAhead(index_dir)  # while the rest is imported
    from api.query.answer_policy import AnswerPolicy, routing_rules
    from api.query.answers import answer_query, new_query_id
    from api.query.request import QueryRequest
    from api.snapshot import open_snapshot
    from api.today import utc_today
    from retriever.errors import FootnotedError, QueryInvalid
    from retriever.provenance.overdue import FreshnessPolicy
    from retriever.questions.synonyms import read_synonyms

    try:
        request = QueryRequest.model_validate(
            {"query": " ".join(question), "top_k": top_k, "mode": mode, "filters": _request_filter(pairs)}
        )
        today = utc_today()
        request.core_query(today=today)
        policy = AnswerPolicy(rules=routing_rules(None), freshness=FreshnessPolicy.WARN)
        snapshot = open_snapshot(
            index_dir,
            rules=policy.rules,
            reranker=reranker,
            synonyms=read_synonyms(synonyms),
            lender=ahead,
            warm_up=False,
        )
        response = answer_query(snapshot, request, policy, query_id=new_query_id(), today=today)
    except QueryInvalid as error:
        click.echo(f"footnoted ask: {error}", err=True)
        if error.code == "filter_unknown_key":
            click.echo(f"its documents have: {', '.join(sorted(snapshot.retriever.filter_keys))}", err=True)
        sys.exit(2)
    except FootnotedError as error:
        click.echo(f"footnoted ask: {error}", err=True)
        sys.exit(3)
    if as_json:
        click.echo(response.model_dump_json().encode())
    else:
        from rich.console import Console

        from api.commands.answer_text import print_response

        print_response(response, data=Console(), talk=Console(stderr=True))


def _request_filter(pairs: list[tuple[str, str]]) -> dict[str, object] | None:
    """The `KEY=VALUE` pairs in the filter language of the API; a repeated key matches with any of its values."""
    values: dict[str, list[str]] = {}
    for key, value in pairs:
        values.setdefault(key, []).append(value)
    if not values:
        return None
    return {"type": "and", "filters": [{"type": "in", "key": key, "value": each} for key, each in values.items()]}
