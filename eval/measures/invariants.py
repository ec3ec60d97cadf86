"""What must hold for every passage that a person sees: exact text, exact place, nothing cut."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from eval.measures.evaluate import Collected
from eval.systems.system import Found
from retriever.encoder import Encoder
from retriever.index import Index


def broken(
    collected: Mapping[str, Collected], index: Index, encoder: Encoder, *, sources: Path | None
) -> list[str]:
    """One line for each invariant that does not hold, with how often it fails; empty where all hold.

    Texts and places are checked for every returned passage, the count of word pieces for every passage of the
    index. With `sources`, the folder that was ingested, returned passages are looked up in their files too.
    """
    found = {
        (one.document_id, one.start_char, one.end_char): one
        for entry in collected.values()
        for one in entry.response.found
    }
    failures = Counter(problem for one in found.values() for problem in _problems(one, index))
    if sources is not None:
        failures.update(_source_problems(found.values(), index, sources))
    given = [entry.given for entry in collected.values() if entry.given is not None]
    wrong = sum(not quoted.is_exact for one in given for quoted in one.quotes)
    if wrong:
        failures["a quote of an answer is not the slice of the reading text that it names"] = wrong
    longest = index.manifest.encoder.max_tokens
    counted = encoder.count_tokens([one.text for one in found.values()])
    truncated = int(np.count_nonzero(index.rows["tokens"] > longest)) + sum(one > longest for one in counted)
    if truncated:
        failures[f"a passage is longer than the {longest} word pieces that the encoder reads"] = truncated
    return [f"{problem}: {count} times" for problem, count in sorted(failures.items())]


def holds_in_order(text: str, source: str) -> bool:
    """Whether the characters of `text` that are not white space stand in `source`, in this order."""
    place = 0
    for character in text:
        if character.isspace():
            continue
        place = source.find(character, place) + 1
        if place == 0:
            return False
    return True


def _problems(found: Found, index: Index) -> list[str]:
    if index.document(found.document_id) is None:
        return ["a passage names a document that the index does not have"]
    problems = []
    if index.reading_text(found.document_id)[found.start_char : found.end_char] != found.text:
        problems.append("a passage's text is not the slice of the reading text that it names")
    mapped = index.source_map(found.document_id).source_span(found.start_char, found.end_char)
    if mapped != (found.source_start_char, found.source_end_char):
        problems.append("a passage's place in the source is not where its text comes from")
    return problems


def _source_problems(found: Iterable[Found], index: Index, sources: Path) -> Counter[str]:
    failures: Counter[str] = Counter()
    texts: dict[str, str | None] = {}
    for one in found:
        document = index.document(one.document_id)
        if document is None:
            continue
        if one.document_id not in texts:
            texts[one.document_id] = _source_text(sources / document.source_path, document.sha256)
        text = texts[one.document_id]
        if text is None:
            failures["the source file of a passage is missing or is not the one that was ingested"] += 1
        elif not holds_in_order(one.text, text[one.source_start_char : one.source_end_char]):
            failures["a passage's characters do not stand in its span of the source file"] += 1
    return failures


def _source_text(path: Path, sha256: str) -> str | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content.decode("utf-8") if hashlib.sha256(content).hexdigest() == sha256 else None
