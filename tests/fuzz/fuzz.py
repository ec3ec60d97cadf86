"""Coverage-guided fuzzing of what reads hostile bytes: `make fuzz`, or `python tests/fuzz/fuzz.py TARGET`.

Needs atheris, which is not among the locked libraries (it is compiled on the machine): `pip install atheris`.
A run begins with the hostile documents of the tests and keeps what it learns in `.fuzz/TARGET`, for the next run.
What it finds is kept as a test.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["ingest", "retriever.store.manifest", "retriever.store.pointer"]):
    from ingest.errors import DocumentSkipped
    from ingest.reading.read_text import read_text
    from ingest.reading.source_type import SourceType
    from retriever.errors import FootnotedError
    from retriever.store.manifest import decode_manifest
    from retriever.store.pointer import read_pointer
    from tests.hostile_documents import cases
    from tests.hostile_inventions import inventions

LARGEST_SEED = 8_192
ENDINGS = {
    "markdown": ".md",
    "plain-text": ".txt",
    "html": ".html",
    "pdf": ".pdf",
    "docx": ".docx",
    "front-matter": ".md",
}


def _document(source_type: SourceType, prefix: bytes = b"") -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        try:
            reading = read_text(prefix + data, "0" * 64, source_type=source_type, stem="s").reading_text
        except DocumentSkipped:
            return
        if "".join(reading.text[one.start_char : one.end_char] for one in reading.sections) != reading.text:
            raise RuntimeError("the sections do not tile the text")
        source_map = reading.source_map
        ends = [start + length for start, length in zip(source_map.source_starts, source_map.lengths, strict=True)]
        if any(start < end for start, end in zip(source_map.source_starts[1:], ends, strict=False)):
            raise RuntimeError("the slices of the source are not in order")

    return read


def _manifest(data: bytes) -> None:
    try:
        decode_manifest(data, generation="gen-000001")
    except FootnotedError:
        return
    raise RuntimeError("a manifest that nobody sealed was believed")


def _pointer(data: bytes) -> None:
    folder = Path("/tmp/footnoted-fuzz")  # noqa: S108 - one fuzzer on one machine
    folder.mkdir(exist_ok=True)
    (folder / "CURRENT").write_bytes(data)
    try:
        read_pointer(folder)
    except FootnotedError:
        return


TARGETS: dict[str, Callable[[bytes], None]] = {
    "front-matter": _document(SourceType.MARKDOWN, b"---\n"),
    "markdown": _document(SourceType.MARKDOWN),
    "plain-text": _document(SourceType.PLAIN_TEXT),
    "html": _document(SourceType.HTML, b"<p>"),
    "pdf": _document(SourceType.PDF),
    "docx": _document(SourceType.DOCX),
    "manifest": _manifest,
    "pointer": _pointer,
}


def _seeded(name: str) -> Path:
    """The folder of what a target learnt, the hostile documents of its kind among it."""
    folder = Path(__file__).resolve().parents[2] / ".fuzz" / name
    folder.mkdir(parents=True, exist_ok=True)
    ending = ENDINGS.get(name)
    seeds = [case for case in (*cases(), *inventions()) if ending and case.name.endswith(ending)]
    for number, case in enumerate(seeds):
        content = case.content.removeprefix(b"---\n") if name == "front-matter" else case.content
        if len(content) <= LARGEST_SEED:
            (folder / f"seed-{number:03}").write_bytes(content)
    return folder


def main() -> None:
    """Fuzzes the target that the first argument names; all others are libFuzzer's."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"name a target: {', '.join(TARGETS)}")
    name = sys.argv.pop(1)
    target = TARGETS[name]
    atheris.Setup([*sys.argv, str(_seeded(name))], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
