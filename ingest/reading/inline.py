"""Inline: what a reader sees of a stretch of Markdown within one block, as slices of the source.

One pass over the marks of a stretch, in time linear in its length. The inline grammar of tree-sitter-markdown
was tried first: it does not see a link whose text holds brackets, of which real pages hold tens of thousands,
and takes 14 seconds for 50,000 asterisks.

Source: the inline rules of the CommonMark specification 0.31, https://spec.commonmark.org/0.31.2/#inlines.
Where a reader of plain text is served better, this departs from it: an unknown tag is text, a link within a
link is one too, and struck-out text stays.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.reading.blocks import Part, Slice, flow
from ingest.reading.citation_marks import citation_marks
from ingest.reading.emphasis import emphasis_marks
from ingest.reading.html_text import entity_parts, tag_effect, unseen_end
from ingest.reading.picture_controls import is_beside_picture, may_be_control

# One class of characters is found many times faster than a choice of patterns.
_MARKUP = re.compile(r"[\\`*_!\[\]<&~\r\n]")
_TOKEN = re.compile(
    r"(?P<break>\\(?:\r\n|\n|\r))"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<code>`+)"
    r"|(?P<comment><!--)"
    r"|<(?P<autolink>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>"
    r"|(?P<tag></?[A-Za-z][^<>]*>)"
    r"|(?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<open>!?\[)"
    r"|(?P<close>\])"
    r"|(?P<emphasis>\*+|_+)"
    r"|(?P<strike>~~)"
)
_TARGET = re.compile(
    r"\(\s*(?P<target><[^<>\r\n]*>|(?:[^\s()<]|\([^\s()]*\))(?:[^\s()]|\([^\s()]*\))*)?"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)"
)
# An address copied without care for brackets: it ends at the last bracket before white space.
_LOOSE_TARGET = re.compile(r"\((?P<target>https?://[^\s<>]*)\)(?=[\s.,;:]|\Z)")
_LABEL = re.compile(r"\[([^\[\]]*)\]")

_MARKS_OF_WORDS = "*_[!"
_STOPPED = re.compile(r"[a-z)][.!?:;]")
_BEGINNING = re.compile(r"[A-Z][a-z\s]")
"""Not what follows in the name of a fusion of genes: "ETV6::*RUNX1*"."""

_POINTERS = frozenset({"[pubmed abstract]", "pubmed abstract"})
"""Links that say nothing but where they lead; they drop out of the entries of a list of references."""


@dataclass(frozen=True, slots=True)
class Inline:
    """Running text; `links` are the targets when it is nothing but links, else empty.

    A link may go on over several blocks, as cards with a picture do: `open_bracket` is the source position
    of a bracket without its end, and `ends_link` tells that there is an end of a link without its bracket.
    """

    parts: tuple[Part, ...]
    links: tuple[str, ...]
    open_bracket: int | None
    ends_link: bool


class _Drop(NamedTuple):
    """A span of the stretch that a reader does not see, and the white space it leaves behind."""

    start: int
    end: int
    gap: str = ""


class _Link(NamedTuple):
    """The span of a link's text, and its target."""

    shown: Slice
    target: str


def read_inline(
    source: str, span: Slice, *, labels: frozenset[str] = frozenset(), unseen: Sequence[Slice] = ()
) -> Inline:
    """The text of `source` within `span` without its marks.

    `labels` are the page's link definitions: a bracket without one is text. `unseen` are spans of the source
    that belong to the blocks around the stretch, such as the quote marks of its later lines.
    """
    text = source[span.start : span.end]
    drops = [_Drop(skip.start - span.start, skip.end - span.start, " ") for skip in unseen]
    scanner = _Scanner(text, labels)
    if _MARKUP.search(text):
        scanner.scan()
        drops += scanner.drops
    kept = _with_blanks(text, _kept(text, drops))
    moved = (p if isinstance(p, str) else Slice(p.start + span.start, p.end + span.start) for p in kept)
    unmatched = span.start + scanner.brackets[-1].start if scanner.brackets else None
    only_links = _only_links(text, kept, scanner.links)
    return Inline(flow(source, moved), only_links, unmatched, scanner.ends_link)


def label_of(text: str) -> str:
    """A link label as it is compared: without brackets, white space collapsed, case folded."""
    return " ".join(text.strip("[]").split()).casefold()


@dataclass(slots=True)
class _Scanner:
    text: str
    labels: frozenset[str]
    drops: list[_Drop] = field(default_factory=list)
    links: list[_Link] = field(default_factory=list)
    brackets: list[Slice] = field(default_factory=list)
    ends_link: bool = False
    _picture_end: int = 0
    _runs: list[Slice] = field(default_factory=list)
    _strikes: list[Slice] = field(default_factory=list)
    _code_runs: dict[int, list[int]] | None = None

    def scan(self) -> None:
        citations = [_Drop(*mark) for mark in citation_marks(self.text)]
        self.drops += citations
        waiting = iter(citations)
        citation = next(waiting, None)
        position = 0
        while mark := _MARKUP.search(self.text, position):
            start = mark.start()
            while citation is not None and citation.end <= start:
                citation = next(waiting, None)
            if citation is not None and citation.start <= start:
                position = citation.end
            elif mark[0] in "\r\n":
                position = self._line_break(start)
            else:
                token = _TOKEN.match(self.text, start)
                position = self._take(token) if token else start + 1
        self.drops += [_Drop(mark.start, mark.end) for mark in emphasis_marks(self.text, self._runs)]
        pairs = len(self._strikes) // 2 * 2
        self.drops += [_Drop(mark.start, mark.end) for mark in self._strikes[:pairs]]

    def _take(self, match: re.Match[str]) -> int:
        """Note what a token means; where to go on."""
        start, end = match.span()
        match match.lastgroup:
            case "break":
                self.drops.append(_Drop(start, end, "\n"))
            case "escape":
                self.drops.append(_Drop(start, start + 1))
            case "code":
                return self._code(start, end)
            case "comment":
                closing = self.text.find("-->", end)
                if closing >= 0:
                    self.drops.append(_Drop(start, closing + 3))
                    return closing + 3
            case "autolink":
                self.drops += [_Drop(start, start + 1), _Drop(end - 1, end)]
            case "tag":
                return self._tag(start, end)
            case "entity":
                shown = next(iter(entity_parts(match[0], start)), "")
                self.drops.append(_Drop(start, end, shown) if isinstance(shown, str) else _Drop(shown.end, end))
            case "open":
                self.brackets.append(Slice(start, end))
            case "close":
                return self._close(start, end)
            case "emphasis":
                self._runs.append(Slice(start, end))
            case "strike":
                self._strikes.append(Slice(start, end))
        return end

    def _line_break(self, start: int) -> int:
        end = start + 1
        if self.text[max(0, start - 2) : start] == "  ":
            self.drops.append(_Drop(start, end, "\n"))
        return end

    def _code(self, start: int, end: int) -> int:
        if self._code_runs is None:
            self._code_runs = {}
            for run in reversed(list(re.finditer(r"`+", self.text))):
                self._code_runs.setdefault(len(run[0]), []).append(run.start())
        later = self._code_runs.get(end - start, [])
        while later and later[-1] < end:
            later.pop()
        if not later:
            return end
        closing = later.pop()
        self.drops += [_Drop(start, end), _Drop(closing, closing + end - start)]
        return closing + end - start

    def _tag(self, start: int, end: int) -> int:
        tag = self.text[start:end]
        effect = tag_effect(tag)
        if effect is None:
            return start + 1
        around = self.text[max(0, start - 1) : start] + self.text[end : end + 1]
        # Without its raised exponent, 10<sup>9</sup> must not become 109.
        gap = " " if len(around) == 2 and around.isdigit() else effect
        after = unseen_end(self.text, tag, end)
        self.drops.append(_Drop(start, after, gap))
        return after

    def _close(self, start: int, end: int) -> int:
        if not self.brackets:
            written = _TARGET.match(self.text, end)
            if written and re.match(r"/|#|https?:|mailto:", written["target"] or ""):
                self.drops.append(_Drop(start, written.end()))
                self.ends_link = True
                return written.end()
            return end
        opening = self.brackets.pop()
        target, after = self._target(opening, start, end)
        if target is None:
            return end
        if self.text[opening.start] == "!":
            around = self.text[max(0, opening.start - 1) : opening.start], self.text[after : after + 1]
            gap = " " if all(char.isalnum() for char in around) else ""
            self.drops.append(_Drop(opening.start, after, gap))
            self._picture_end = after
            return after
        shown = Slice(opening.end, start)
        said = self.text[max(shown.start, self._picture_end) : shown.end]
        if said.casefold() in _POINTERS:
            if self.brackets and self.brackets[-1].end == opening.start and self.text[after : after + 1] == "]":
                opening, after = self.brackets.pop(), after + 1
            self.drops.append(_Drop(opening.start, after))
            return after
        if may_be_control(target, said) and is_beside_picture(
            self.text, opening.start, after, picture_end=self._picture_end
        ):
            self.drops.append(_Drop(opening.start, after))
            return after
        self.drops += [_Drop(opening.start, opening.end), _Drop(start, after)]
        self.links.append(_Link(shown, target))
        return after

    def _target(self, opening: Slice, start: int, end: int) -> tuple[str | None, int]:
        """Where the bracket that ends at `end` leads to, and where that is written; None when it is text."""
        inline = _TARGET.match(self.text, end) or _LOOSE_TARGET.match(self.text, end)
        if inline:
            return inline["target"] or "", inline.end()
        if self.labels:
            label = _LABEL.match(self.text, end)
            name = label[1] if label and label[1] else self.text[opening.end : start]
            if label_of(name) in self.labels:
                return "", label.end() if label else end
        return None, end


def _kept(text: str, drops: list[_Drop]) -> list[Part]:
    """What is left of a stretch between the spans that drop out; these may overlap."""
    kept: list[Part] = []
    position = 0
    for drop in sorted(drops):
        if drop.start > position:
            kept.append(Slice(position, drop.start))
        if drop.gap and drop.end > position:
            kept.append(drop.gap)
        position = max(position, drop.end)
    kept.append(Slice(position, len(text)))
    return kept


def _with_blanks(text: str, kept: Sequence[Part]) -> list[Part]:
    """What is left, with a blank where only marks of emphasis or of a link stood behind the end of a sentence.

    The blank of "**Rest well.** Sleep" is often lost on the way: its label and its sentence would be one word.
    """
    parts: list[Part] = []
    for part in kept:
        before = parts[-1] if parts else None
        if isinstance(part, Slice) and isinstance(before, Slice) and part.start > before.end:
            is_mark = text[before.end] in _MARKS_OF_WORDS and _STOPPED.match(text, before.end - 2)
            parts += [" "] if is_mark and _BEGINNING.match(text, part.start) else []
        parts.append(part)
    return parts


def _only_links(text: str, kept: Sequence[Part], links: Sequence[_Link]) -> tuple[str, ...]:
    """The targets of a stretch that shows nothing outside of its links, else nothing."""
    remaining = sorted(links, reverse=True)
    shown: list[str] = []
    for part in kept:
        if isinstance(part, str) or not text[part.start : part.end].strip():
            continue
        while remaining and remaining[-1].shown.end <= part.start:
            remaining.pop()
        if not remaining or not remaining[-1].shown.start <= part.start < part.end <= remaining[-1].shown.end:
            return ()
        shown.append(remaining[-1].target)
    return tuple(dict.fromkeys(shown))
