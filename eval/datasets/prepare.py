"""A collection given as rows, written as one Markdown file a row, so that `footnoted ingest` can read it."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from eval.datasets.document_names import file_name
from eval.errors import DatasetInvalid

CORPUS = "corpus.jsonl"
_NAME_BYTES = 255
_TAG_LIKE = re.compile(r"<(?=[A-Za-z/!?])")
_HEADING_LIKE = re.compile(r"^(?= {0,3}#)", re.MULTILINE)


class _BeirRow(msgspec.Struct):
    id: str = msgspec.field(name="_id")
    text: str
    title: str = ""


class _QuestionAnswerRow(msgspec.Struct):
    id: str
    text: str
    focus: str
    question: str
    url: str | None = None


def prepare(source: Path, out_dir: Path) -> int:
    """Writes every row of BEIR's `corpus.jsonl`, or of a file of questions and answers, into `out_dir`.

    `source` is the file (`.gz` is understood) or the folder that holds `corpus.jsonl`. Returns how many files
    were written. A file's name is its row's id, percent-encoded. Raises DatasetInvalid.
    """
    path = source / CORPUS if source.is_dir() else source
    out_dir.mkdir(parents=True, exist_ok=True)
    if any(out_dir.iterdir()):
        raise DatasetInvalid(
            f"{out_dir} is not empty; give a new folder, so that no file of another set stays in it"
        )
    seen: set[str] = set()
    for number, (identifier, page) in enumerate(_pages(path), start=1):
        name = file_name(identifier)
        if identifier in seen:
            raise DatasetInvalid(f"{path}:{number}: the id {identifier!r} stands twice; ids must be unique")
        if not identifier or len(name.encode()) > _NAME_BYTES:
            raise DatasetInvalid(f"{path}:{number}: the id is empty or too long for a file name; shorten it")
        seen.add(identifier)
        (out_dir / name).write_text(page, encoding="utf-8", newline="")
    if not seen:
        raise DatasetInvalid(f"{path} holds no row; give BEIR's {CORPUS}")
    return len(seen)


def page_of(title: str, headings: tuple[str, ...], text: str, *, url: str | None = None) -> str:
    """One row as a Markdown page: front matter, the title as first heading, headings below it, the text.

    What looks like a tag or a heading in the text is escaped, since rows hold plain text.
    """
    title = " ".join(title.split())
    fields = {"title": title, "url": url}
    lines = [f"{key}: {json.dumps(value, ensure_ascii=True)}" for key, value in fields.items() if value]
    front = ["---", *lines, "---"] if lines else []
    heads = [
        f"{'#' * depth} {_escaped(' '.join(heading.split()))}"
        for depth, heading in enumerate((title, *headings), start=1)
        if heading.split()
    ]
    return "\n".join([*front, *(f"\n{head}" for head in heads), "", _escaped(text), ""])


def _escaped(text: str) -> str:
    return _HEADING_LIKE.sub(r"\\", _TAG_LIKE.sub(r"\\<", text))


def _pages(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in _lines(path):
        try:
            row = msgspec.json.decode(line, type=dict[str, object])
            if "focus" in row and "_id" not in row:
                pair = msgspec.json.decode(line, type=_QuestionAnswerRow)
                yield pair.id, page_of(pair.focus, (pair.question,), pair.text, url=pair.url)
            else:
                beir = msgspec.json.decode(line, type=_BeirRow)
                yield beir.id, page_of(beir.title, (), beir.text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DatasetInvalid(
                f"{path}:{number}: {error}; BEIR's rows have `_id`, `title` and `text`"
            ) from error


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as stored:
            rows = gzip.GzipFile(fileobj=stored) if path.suffix == ".gz" else stored
            for number, line in enumerate(rows, start=1):
                if line.strip():
                    yield number, line
    except (OSError, EOFError) as error:
        raise DatasetInvalid(f"{path} cannot be read ({type(error).__name__}); give BEIR's {CORPUS}") from error
