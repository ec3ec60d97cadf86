"""Files read line by line, each line checked: an error names the file and the line."""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from eval.errors import DatasetInvalid

Line = TypeVar("Line")
Split = tuple[int, list[str]]


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Every line that is not blank with its number, from 1; `.gz` is understood. Raises DatasetInvalid."""
    open_text = gzip.open if path.suffix == ".gz" else open
    try:
        with open_text(path, "rt", encoding="utf-8-sig") as opened:
            text = opened.read()
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise DatasetInvalid(f"{path} cannot be read ({reason}); check the path") from error
    except UnicodeDecodeError as error:
        raise DatasetInvalid(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.rstrip("\r")


def objects(path: Path, form: type[Line]) -> Iterator[tuple[int, Line]]:
    """Every line of a `.jsonl` file as one object of `form`, with its number. Raises DatasetInvalid."""
    decoder = msgspec.json.Decoder(form)
    for number, line in text_lines(path):
        try:
            yield number, decoder.decode(line)
        except msgspec.DecodeError as error:
            raise DatasetInvalid(f"{path}:{number}: {error}; one JSON object a line is wanted") from error
        except (RecursionError, UnicodeEncodeError) as error:
            raise DatasetInvalid(f"{path}:{number}: not JSON that can be read; correct the line") from error


def columns(path: Path, names: str, *, header: bool = False) -> Iterator[Split]:
    """The tab-separated columns of every line, as many as `names` names. Raises DatasetInvalid."""
    wanted = names.split()
    for place, (number, line) in enumerate(text_lines(path)):
        found = line.split("\t")
        if header and place == 0:
            if found[-1].strip().isdigit():
                raise DatasetInvalid(
                    f"{path}:{number}: the first line has to be the header; write {', '.join(wanted)} above it, "
                    "separated by tabs"
                )
            continue
        if len(found) != len(wanted):
            raise DatasetInvalid(
                f"{path}:{number}: {len(found)} columns instead of {len(wanted)}; write {', '.join(wanted)}, "
                "separated by tabs"
            )
        yield number, found


def whole_number(text: str, *, path: Path, number: int, what: str) -> int:
    """The text as a whole number. Raises DatasetInvalid."""
    try:
        return int(text)
    except ValueError as error:
        raise DatasetInvalid(f"{path}:{number}: the {what} is not a whole number; correct the line") from error


def files_sha256(files: Iterable[Path]) -> str:
    """One SHA-256 over the names and contents of files, in order of name."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(hashlib.sha256(path.name.encode()).digest())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
