"""What the command line of `footnoted eval run` asks for, and what of it does not fit together."""

from dataclasses import dataclass
from pathlib import Path

from eval.systems.system import MOST_GIVEN


@dataclass(frozen=True, slots=True)
class Options:
    """The command line of `footnoted eval run`."""

    dataset_path: Path
    index_dir: Path
    url: str | None
    key: str | None
    reranker: str | None
    run_file: Path | None
    baseline: Path | None
    out: Path | None
    report: Path | None
    gate: Path | None
    update_gate: bool
    corpus: Path | None
    export: tuple[str, ...]
    mode: str
    top_k: int
    max_per_document: int | None
    depth: int
    with_copies: bool
    exclude: Path | None
    wording: str
    split: str
    half: str | None
    limit: int | None
    draw: int | None
    seed: int
    allow_missing: bool
    show_all: bool
    as_json: bool

    def problem(self) -> str | None:
        """What does not fit together in the options, if anything."""
        if self.url is not None and self.run_file is not None:
            return "--url and --run-file exclude each other"
        if self.reranker is not None and (self.url is not None or self.run_file is not None):
            return "--reranker works on the index; give it to the service, or leave --url and --run-file out"
        if self.export and self.out is None:
            return "--export needs a folder to write to; add --out"
        if self.update_gate and self.gate is None:
            return "--update-gate needs the file to write; add --gate"
        if self.gate is not None and (self.run_file is not None or self.url is not None):
            return "--gate looks inside the index; leave --url and --run-file out"
        if self.url is not None and self.depth > MOST_GIVEN:
            return (
                f"a service gives at most {MOST_GIVEN} passages; for a greater --depth name the index, not --url"
            )
        return None
