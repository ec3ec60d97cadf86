"""What the service can be told: declared once, for flags, environment, checks and the configuration reference."""

from collections.abc import Callable, Container
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import click

from api.setting_kinds import SECRET, SERVICE_ADDRESS, Secret

DEFAULT_INDEX = Path("index")
Command = TypeVar("Command", bound=Callable[..., object])


def _setting(default: Any, flag: str, kind: click.ParamType[Any], help_line: str) -> Any:
    """A field that `flag` sets, or its variable: `--reload-interval`, FOOTNOTED_RELOAD_INTERVAL."""
    return field(default=default, metadata={"flag": flag, "kind": kind, "help": help_line})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one server. Raises click.BadParameter on a value that its flag would refuse.

    The environment is read by the command line, never here.
    """

    index_dir: Path = _setting(
        DEFAULT_INDEX,
        "--index",
        click.Path(path_type=Path),
        "Directory that `footnoted ingest` publishes into.",
    )
    host: str = _setting("127.0.0.1", "--host", click.STRING, "Address to listen on.")
    port: int = _setting(8000, "--port", click.IntRange(0, 65_535), "Port to listen on; 0 takes any free one.")
    reload_interval_s: float = _setting(
        1.0,
        "--reload-interval",
        click.FloatRange(0.01, 3_600),
        "Seconds between two looks for a newly published generation.",
    )
    retry_interval_s: float = _setting(
        60.0,
        "--retry-interval",
        click.FloatRange(0.01, 3_600),
        "Seconds until a generation that was refused is tried again.",
    )
    workers: int = _setting(
        1,
        "--workers",
        click.IntRange(1, 64),
        "Processes that answer; they share one copy of the index, each has its own model, threads and limits.",
    )
    threads: int = _setting(2, "--threads", click.IntRange(1, 64), "Questions worked on at the same time.")
    waiting_limit: int = _setting(
        64, "--waiting-limit", click.IntRange(0, 10_000), "Questions that may wait for a thread."
    )
    wait_limit_s: float = _setting(
        1.0,
        "--wait-limit",
        click.FloatRange(0.01, 60),
        "Seconds that a question may wait for a thread; what would wait more than half of it is refused at once.",
    )
    body_limit_bytes: int = _setting(
        64 * 1024, "--body-limit", click.IntRange(1_024, 16 * 1024 * 1024), "Bytes that a request's body may have."
    )
    chat_body_limit_bytes: int = _setting(
        1024 * 1024,
        "--chat-body-limit",
        click.IntRange(1_024, 16 * 1024 * 1024),
        "Bytes that the body of a chat request may have, which holds the whole conversation.",
    )
    body_timeout_s: float = _setting(
        8.0, "--body-timeout", click.FloatRange(0.01, 300), "Seconds in which a request's body must have arrived."
    )
    keys_file: Path | None = _setting(
        None,
        "--keys",
        click.Path(path_type=Path),
        "File of the keys that callers need, made with `footnoted keys add`; without it everybody may read.",
    )
    insecure: bool = _setting(
        False, "--insecure", click.BOOL, "Listen on an address that others can reach although there are no keys."
    )
    rate_limit: str = _setting(
        "off",
        "--rate-limit",
        click.STRING,
        "Requests of one key, or of one address where there are no keys, such as 600/minute.",
    )
    trusted_proxies: str = _setting(
        "",
        "--trusted-proxy",
        click.STRING,
        "Addresses or networks of the proxies in front, with commas between; only they are believed about the "
        "caller's address.",
    )
    shutdown_grace_s: int = _setting(
        10,
        "--shutdown-grace",
        click.IntRange(0, 600),
        "Seconds that open requests may take to finish once the service is told to stop.",
    )
    metrics: bool = _setting(True, "--metrics", click.BOOL, "Whether GET /metrics tells Prometheus how it goes.")
    log_format: str = _setting(
        "line",
        "--log-format",
        click.Choice(["line", "json"]),
        "A log line for people, or one JSON object per line.",
    )
    max_risk: float | None = _setting(
        None,
        "--max-risk",
        click.FloatRange(0, 1, min_open=True, max_open=True),
        "Share of the answered questions that may have no answer here; else what the calibration was made for.",
    )
    freshness: str = _setting(
        "warn",
        "--freshness",
        click.Choice(["ignore", "warn", "demote", "exclude"]),
        "Pages overdue for review: say nothing, warn, rank them behind the others, or leave them out.",
    )
    routing: bool = _setting(
        True, "--routing", click.BOOL, "Whether questions about health are looked at for emergencies."
    )
    routing_rules: Path | None = _setting(
        None,
        "--routing-rules",
        click.Path(path_type=Path),
        "File of rules that tell an emergency from a question, in place of the program's own.",
    )
    dense_search: str = _setting(
        "exact",
        "--dense-search",
        click.Choice(["exact", "auto", "approximate"]),
        "Where a search by meaning looks: at every passage; or, from a million passages on (auto) or from 8,192 "
        "(approximate), into the cells nearest to the question, which may miss some.",
    )
    reranker: str | None = _setting(
        None,
        "--reranker",
        click.STRING,
        "Cross-encoder that reads the best candidates again: a folder or a name of the model hub; needs torch.",
    )
    synonyms: Path | None = _setting(
        None,
        "--synonyms",
        click.Path(path_type=Path),
        "File of what people call things and what pages call them, in place of the program's own table.",
    )
    small_talk: Path | None = _setting(
        None,
        "--small-talk",
        click.Path(path_type=Path),
        "File of what a chat replies to greetings and thanks, in place of the program's own.",
    )
    llm_url: str | None = _setting(
        None,
        "--llm-url",
        SERVICE_ADDRESS,
        "Server of a language model that re-words answers in chats, any with OpenAI's API: http://HOST:PORT/v1.",
    )
    llm_model: str | None = _setting(None, "--llm-model", click.STRING, "Model to ask that server for.")
    llm_key: Secret | None = _setting(
        None, "--llm-key", SECRET, "Key for that server; give it by the variable, since flags are seen by others."
    )
    llm_timeout_s: float = _setting(
        20.0, "--llm-timeout", click.FloatRange(0.1, 600), "Seconds that a reply of the language model may take."
    )

    evidence_policy: Path | None = _setting(
        None,
        "--evidence-policy",
        click.Path(path_type=Path),
        "File of trust tiers and minimum evidence for /v1/compat/evidence, in place of the program's own.",
    )

    documents_dir: Path | None = _setting(
        None,
        "--documents",
        click.Path(path_type=Path, file_okay=False),
        "Folder that the index holds and that callers with a key may write; without it nothing can be written.",
    )
    document_limit_bytes: int = _setting(
        10_000_000,
        "--document-limit",
        click.IntRange(1_024, 100_000_000),
        "Bytes that a written document may have.",
    )
    write_timeout_s: float = _setting(
        900.0,
        "--write-timeout",
        click.FloatRange(1, 86_400),
        "Seconds that the ingest of one written document may take.",
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if value is not None or each.default is not None:
                flag, kind = each.metadata["flag"], each.metadata["kind"]
                option = click.Option([flag, each.name], type=kind)
                object.__setattr__(self, each.name, kind.convert(value, option, None))
        if (self.llm_url is None) != (self.llm_model is None):
            raise click.BadParameter("--llm-url and --llm-model go together; give both or neither")
        if self.documents_dir is not None and self.workers > 1:
            raise click.BadParameter(
                "--documents needs --workers 1: what one worker writes, the others would serve later"
            )
        if self.documents_dir is not None:
            pages, index = self.documents_dir.resolve(), self.index_dir.resolve()
            if pages.is_relative_to(index) or index.is_relative_to(pages):
                raise click.BadParameter(
                    "the folder of --documents and the index lie one in the other; keep them apart"
                )


def settings_options(command: Command, *, only: Container[str] | None = None) -> Command:
    """Gives a command one option per setting; its keyword arguments are those of `Settings`.

    `only` names the fields that the command has a use for; None means all of them.
    """
    for each in reversed(fields(Settings)):
        if only is not None and each.name not in only:
            continue
        flag = each.metadata["flag"]
        name = f"{flag}/--no-{flag[2:]}" if each.metadata["kind"] is click.BOOL else flag
        option = click.option(
            name,
            each.name,
            type=each.metadata["kind"],
            default=each.default,
            envvar=variable_of(flag),
            show_default=each.default != "",
            show_envvar=True,
            help=each.metadata["help"],
        )
        command = option(command)
    return command


def variable_of(flag: str) -> str:
    """The environment variable of a flag."""
    return f"FOOTNOTED_{flag[2:].replace('-', '_').upper()}"
