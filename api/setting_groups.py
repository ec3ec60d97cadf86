"""What belongs together among the settings of a server, so that its help can be read."""

from collections.abc import Mapping

import click

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Where": ("index_dir", "host", "port", "reload_interval_s", "retry_interval_s"),
    "Who may ask": ("keys_file", "insecure", "rate_limit", "trusted_proxies"),
    "Answers": (
        "freshness",
        "max_risk",
        "routing",
        "routing_rules",
        "dense_search",
        "reranker",
        "synonyms",
        "evidence_policy",
        "small_talk",
    ),
    "Generated answers": ("llm_url", "llm_model", "llm_key", "llm_timeout_s"),
    "Writing over HTTP": ("documents_dir", "document_limit_bytes", "write_timeout_s"),
    "Load": (
        "workers",
        "threads",
        "waiting_limit",
        "wait_limit_s",
        "body_limit_bytes",
        "chat_body_limit_bytes",
        "body_timeout_s",
        "shutdown_grace_s",
    ),
    "Watching it": ("metrics", "log_format"),
}
"""Fields of `Settings`, each once; one that is missing here is shown under "Other options"."""


class GroupedCommand(click.Command):
    """A command whose help shows the options of each group under a heading, what has no group last."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the options as click does, group by group."""
        options = {param.name: record for param in self.get_params(ctx) if (record := param.get_help_record(ctx))}
        for heading, names in GROUPS.items():
            shown = [options.pop(name) for name in names if name in options]
            if shown:
                with formatter.section(heading):
                    formatter.write_dl(shown)
        with formatter.section("Other options"):
            formatter.write_dl(list(options.values()))
