"""Reading text to passages: inside one section, whole paragraphs and sentences where they fit, nothing lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from retriever.document import ReadingText, Section
from retriever.store.contents import embedding_text
from retriever.store.manifest import SplitIdentity

SPLIT_VERSION = 1
"""Raised when the rules of this module change: unchanged files are then split anew."""
DEFAULT_CHUNK_SIZE = 1000
PREFIX_CHARS = 120
PREFIX_SHARE = 1 / 3
SHORT_TAIL = 0.2
_SEPARATORS = ("\n\n", "\n", r"(?<=[.!?])\s+(?=[^\sa-z])", r"(?<=[;:,])\s+", r"\s+", "")

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class SplitPassage:
    """A span of the reading text that becomes a passage; `section` is the place of its section in the text's list.

    `prefix` is the heading prefix that is embedded with it, `tokens` what the encoder then reads.
    """

    section: int
    start_char: int
    end_char: int
    prefix: str
    tokens: int


def split_identity(*, chunk_size: int, max_tokens: int) -> SplitIdentity:
    """What the manifest remembers of this module's settings."""
    return SplitIdentity(splitter="sections", version=SPLIT_VERSION, chunk_size=chunk_size, max_tokens=max_tokens)


def split(
    reading: ReadingText, *, prefix_title: str, identity: SplitIdentity, count_tokens: CountTokens
) -> list[SplitPassage]:
    """The passages of a text, in order, none overlapping; every one fits the encoder with its prefix counted.

    Every character that is not white space lies in exactly one. `chunk_size` is the aim in characters;
    a passage is shorter where its section is, or where it would not fit `max_tokens`.
    """
    prefixes = _prefixes(reading.sections, prefix_title, identity.max_tokens, count_tokens)
    waiting = [
        (place, start, end, identity.chunk_size)
        for place, section in enumerate(reading.sections)
        for start, end in _pieces(reading.text, section.start_char, section.end_char, identity.chunk_size)
    ]
    done: list[SplitPassage] = []
    while waiting:
        texts = [embedding_text(prefixes[place], reading.text[start:end]) for place, start, end, _ in waiting]
        too_long: list[tuple[int, int, int, int]] = []
        for (place, start, end, size), tokens in zip(waiting, count_tokens(texts), strict=True):
            if tokens <= identity.max_tokens or end - start == 1:
                done.append(SplitPassage(place, start, end, prefixes[place], tokens))
            else:
                smaller = max(1, min(size, end - start) * 2 // 3)
                too_long += [(place, s, e, smaller) for s, e in _pieces(reading.text, start, end, smaller)]
        waiting = too_long
    return sorted(done, key=lambda passage: passage.start_char)


def _pieces(text: str, start: int, end: int, chunk_size: int) -> list[tuple[int, int]]:
    """Spans of at most `chunk_size` characters between `start` and `end`, of like size, white space trimmed."""
    length = end - start
    even = min(chunk_size, ceil(length / ceil(length / chunk_size) * (1 + SHORT_TAIL))) if length else chunk_size
    # The splitter takes longer to load than an unchanged collection to read, which needs none.
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=even,
        chunk_overlap=0,
        separators=list(_SEPARATORS),
        is_separator_regex=True,
        keep_separator="end",
        strip_whitespace=False,
    )
    spans: list[tuple[int, int]] = []
    position = start
    for piece in splitter.split_text(text[start:end]):
        # the library's own start index is wrong on repeated text; its pieces lie end to end, which is checked
        if not text.startswith(piece, position):
            raise RuntimeError("the splitter returned text that does not stand in its input; report this as a bug")
        spans.append((position, position + len(piece)))
        position += len(piece)
    if position != end:
        raise RuntimeError("the splitter lost text; report this as a bug")
    return _trimmed(text, _without_short_tail(spans, chunk_size))


def _without_short_tail(spans: list[tuple[int, int]], chunk_size: int) -> list[tuple[int, int]]:
    """Joins a last piece that is too short to stand alone to the one before, if both fit together."""
    if len(spans) > 1:
        (start, _), (tail_start, end) = spans[-2:]
        if end - tail_start < SHORT_TAIL * chunk_size and end - start <= chunk_size:
            return [*spans[:-2], (start, end)]
    return spans


def _trimmed(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    trimmed = []
    for start, end in spans:
        piece = text[start:end]
        if piece.strip():
            trimmed.append((start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())))
    return trimmed


def _prefixes(sections: Sequence[Section], title: str, max_tokens: int, count_tokens: CountTokens) -> list[str]:
    """Each section's heading prefix: the title and the last two headings, as many as leave room for the text."""
    choices = [prefix_choices(title, section.headings) for section in sections]
    limit = max_tokens * PREFIX_SHARE
    fits: dict[str, bool] = {}
    # The first choice is rarely too long, so the others are counted where it is.
    for place in range(len(choices[0]) if choices else 0):
        left = [several for several in choices if not any(fits.get(choice) for choice in several[:place])]
        wanted = sorted({several[place] for several in left}.difference(fits))
        fits |= {choice: tokens <= limit for choice, tokens in zip(wanted, count_tokens(wanted), strict=True)}
    return [next((choice for choice in several if fits.get(choice)), "") for several in choices]


def prefix_choices(title: str, headings: tuple[str, ...]) -> list[str]:
    """The heading prefixes that a passage may have, the first that leaves room for the text being taken."""
    parts = [_shortened(part) for part in (title, *headings[-2:])]
    if len(parts) > 1 and parts[0].casefold().startswith(parts[1].casefold()):  # the page's own title again
        del parts[1]
    return [" > ".join(parts), " > ".join(parts[-2:]), parts[-1], parts[-1][: PREFIX_CHARS // 4]]


def _shortened(heading: str) -> str:
    """A heading of at most `PREFIX_CHARS` characters on one line, cut at a word."""
    line = " ".join(heading.split())
    if len(line) <= PREFIX_CHARS:
        return line
    return line[: PREFIX_CHARS + 1].rsplit(" ", 1)[0][:PREFIX_CHARS]
