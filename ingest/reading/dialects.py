"""Dialects: what Markdown of Obsidian, Docusaurus, MkDocs, MyST, Hugo, Jekyll and MDX holds and does not show.

CommonMark would take these marks for words. Each is told by its whole form, and a form that is not complete,
such as a comment without its end, is text. Nothing within code is a mark. Time is linear in the page.

Source: https://help.obsidian.md/syntax, https://docusaurus.io/docs/markdown-features/admonitions,
https://mystmd.org/guide/directives, https://pandoc.org/MANUAL.html#divs-and-spans,
https://facelessuser.github.io/pymdown-extensions/extensions/blocks,
https://gohugo.io/content-management/shortcodes, https://shopify.github.io/liquid,
https://kramdown.gettalong.org/syntax.html, https://mdxjs.com/docs/what-is-mdx
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingest.reading.blocks import UNSEEN, Slice
from ingest.reading.comments import comments, modules, template_tags
from ingest.reading.indented_boxes import Opening
from ingest.reading.lines import merged

_WHOLE_LINE = re.compile(rf"^[ \t]*{UNSEEN}[ \t{UNSEEN}]*(?=[\r\n]|\Z)", re.MULTILINE)
_SIGNS = re.compile(
    r"%%|\[\[[^\[\]\r\n]+\]\](?!\()|==[^\s=]|\[![A-Za-z]|:::|///|\{\{[<%/]|\{[%:#./]|\{[ \t]+[#.]|\)\{"
    r"|\^[0-9a-z]{6}|^(?:import|export)\b|^[ \t]*</?[A-Z]",
    re.MULTILINE,
)
_CODE_OR_ESCAPE = re.compile(r"\\[!-{}-~]|`+")  # the bar of [[page\|label]] in a table is no escape
_CODE_TAG = re.compile(r"<(?P<end>/)?(?P<name>pre|code|kbd|samp)\b[^<>]*>", re.IGNORECASE)

_CALLOUT = re.compile(
    r"^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*>[ \t>]*(?P<mark>\[!)(?P<name>[A-Za-z][\w-]*)"
    r"(?P<end>(?:\|[^\]\r\n]*)?\][+-]?[ \t]*)(?P<title>[^\r\n]*)",
    re.MULTILINE,
)
_FENCE = re.compile(r"^[ \t>]*(?P<mark>(?P<sign>[:/])(?P=sign){2,})[ \t]*(?P<said>[^\r\n]*)", re.MULTILINE)
_DIRECTIVE = re.compile(
    r"(?:\{(?P<directive>[A-Za-z][\w:+-]*)\}|(?P<attributes>\{[^{}]*\})|(?P<name>[A-Za-z][\w-]*))"
    r"(?:\[(?P<label>[^\[\]]*)\])?(?:[ \t]*\{[^{}]*\})?"
    r"(?:(?P<bar>[ \t]*\|)?[ \t]+(?P<title>[^:\s](?:.*[^:\s])?))?[ \t]*:*[ \t]*"
)
_OPTIONS = {":": re.compile(r"[ \t>]*:[\w-]+:[^\r\n]*"), "/": re.compile(r"[ \t>]*(?: {4}|\t)[\w-]+:[^\r\n]*")}
_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_BOXES = re.compile(
    "abstract|attention|bug|caution|danger|error|example|failure|hint|important|info|note|question|seealso|success"
    "|summary|tip|todo|warning",
    re.IGNORECASE,
)
"""Kinds of boxes that are shown with their kind above them where they have no title."""

_NAME = r"[#.][A-Za-z][\w:.#-]*"
_ATTRIBUTE = rf"(?:{_NAME}|[A-Za-z][\w-]*=(?:\"[^\"\r\n]*\"|'[^'\r\n]*'|[^\s\"'{{}}]+))"
_ATTRIBUTES = re.compile(
    rf"\{{(?:(?P<kramdown>:)[ \t]*(?:[A-Za-z][\w-]*(?=[\s}}])|{_ATTRIBUTE})"
    rf"|[ \t]*(?:(?P<name>{_NAME})|{_ATTRIBUTE}))"
    rf"(?:[ \t]+{_ATTRIBUTE})*[ \t]*\}}"
)
_ENDS_OF_WORDS = (")", "]", "*", "\x02")
_MAY_END_IN_ATTRIBUTES = re.compile(r"[ \t>]*(?:#{1,6}[ \t].*)?\Z")
_REST_OF_LINE = re.compile(r"[ \t]*(?=[\r\n]|\Z)")

_WIKI_LINK = re.compile(
    r"(?<!\w)(?P<embed>!?)\[\[(?P<target>[^\[\]\r\n|]+)(?:\|(?P<label>[^\[\]\r\n]+))?\]\](?![(\[:])"
)
_BLOCK_ID = re.compile(r"(?<=[ \t])\^(?=[0-9]*[a-z])(?=[a-z]*[0-9])[0-9a-z]{6}[ \t]*(?=[\r\n]|\Z)")
"""As Obsidian makes them; with a letter and a digit it is no power."""
_HIGHLIGHT = re.compile(r"(?<![=\w<>!])==(?=[^\s=])[^=\r\n]*(?:=(?!=)[^=\r\n]*)*(?<=\S)==(?![=\w])")


@dataclass(frozen=True, slots=True)
class Marks:
    """The spans that are not shown, in order and apart, and the positions at which a box's title line begins."""

    spans: tuple[Slice, ...]
    titles: tuple[int, ...]


def may_hold_marks(source: str, start: int) -> bool:
    """Whether there is any sign of a mark from `start` on; most pages have none."""
    return _SIGNS.search(source, start) is not None


def unseen_marks(
    source: str, start: int, boxes: Iterable[Opening], *, code: Iterable[Slice], running: Iterable[Slice]
) -> Marks:
    """The marks from `start` on, with the lines that open indented boxes; `code` are the page's blocks of code,
    `running` its stretches of running text.
    """
    found = _Found(_without_code(source, code, running), start)
    for box in boxes:
        found.title(box.start, box.shown, box.end)
    found.take(comments(found.text))
    found.take(template_tags(found.text))
    found.take(modules(found.text))
    found.take(_attributes(found.text))
    for match in _CALLOUT.finditer(found.text):
        has_title = bool(match["title"].strip(f" \t{UNSEEN}"))
        found.title(match.start("mark"), match.span("title") if has_title else match.span("name"), match.end())
    for mark, shown, end in _fences(found.text):
        found.title(mark, shown, end)
    found.take((one.start(), one.end()) for one in _BLOCK_ID.finditer(found.text))
    found.take(_wiki_links(found.text))
    found.take(part for one in _HIGHLIGHT.finditer(found.text) for part in _ends(one.start(), one.end(), 2))
    return Marks(tuple(merged(found.spans)), tuple(found.titles))


def without_marks(source: str, marks: Marks) -> str:
    """The source, as long as it was, with marks replaced: within a line by `UNSEEN`, whole lines by blanks."""
    pieces: list[str] = []
    position = 0
    for span in marks.spans:
        pieces += [source[position : span.start], _hidden(source[span.start : span.end], UNSEEN)]
        position = span.end
    return _WHOLE_LINE.sub(lambda line: " " * len(line[0]), "".join((*pieces, source[position:])))


class _Found:
    """The marks so far, and the text in which the next ones are looked for."""

    def __init__(self, text: str, start: int) -> None:
        self.text = "\n" * start + text[start:]
        self.spans: list[Slice] = []
        self.titles: list[int] = []
        self._new: list[Slice] = []

    def take(self, spans: Iterable[tuple[int, int]]) -> None:
        """Note spans as marks; what stands within them is looked at no more."""
        new = merged([*self._new, *(Slice(*span) for span in spans)])
        self._new = []
        if new:
            self.spans += new
            self.text = without_marks(self.text, Marks(tuple(new), ()))

    def title(self, mark: int, shown: tuple[int, int], end: int) -> None:
        """Note a line from `mark` to `end` of which only a title is shown, or nothing."""
        self._new += [Slice(*one) for one in ((mark, shown[0]), (shown[1], end)) if one[0] < one[1]]
        if shown[0] < shown[1]:
            self.titles.append(mark)


def _hidden(text: str, sign: str) -> str:
    return re.sub(r"[^\r\n]", sign, text)


def _ends(start: int, end: int, width: int) -> Iterator[tuple[int, int]]:
    yield start, start + width
    yield end - width, end


def _without_code(source: str, code: Iterable[Slice], running: Iterable[Slice]) -> str:
    """The source with its code and its escaped signs replaced, as long as it was."""
    spans = [*code, *_code_elements(source)]
    for span in running:
        spans += _code_and_escapes(source, span)
    pieces: list[str] = []
    position = 0
    for span in merged(spans):
        pieces += [source[position : span.start], _hidden(source[span.start : span.end], "\x02")]
        position = span.end
    return "".join((*pieces, source[position:]))


def _code_elements(source: str) -> Iterator[Slice]:
    opened: dict[str, int] = {}
    for tag in _CODE_TAG.finditer(source):
        name = tag["name"].lower()
        if not tag["end"]:
            opened.setdefault(name, tag.end())
        elif name in opened:
            yield Slice(opened.pop(name), tag.start())


def _code_and_escapes(source: str, span: Slice) -> Iterator[Slice]:
    later: dict[int, list[int]] = {}
    for run in reversed(list(re.finditer(r"`+", source[span.start : span.end]))):
        later.setdefault(len(run[0]), []).append(span.start + run.start())
    position = span.start
    while token := _CODE_OR_ESCAPE.search(source, position, span.end):
        position = token.end()
        if token[0][0] == "\\":
            yield Slice(*token.span())
            continue
        ends = later.get(len(token[0]), [])
        while ends and ends[-1] < position:
            ends.pop()
        if ends:
            position = ends.pop() + len(token[0])
            yield Slice(token.start(), position)


def _fences(text: str) -> Iterator[tuple[int, tuple[int, int], int]]:
    """The lines that open and close boxes of colons, or of slashes: where each begins, what of it is shown, where
    it ends.
    """
    opened: dict[str, list[list[tuple[int, tuple[int, int], int]]]] = {":": [], "/": []}
    for line in _FENCE.finditer(text):
        start, end = line.start("mark"), line.end()
        waiting = opened[line["sign"]]
        if line["said"].strip():
            opening = _DIRECTIVE.fullmatch(text, *line.span("said"))
            if opening and (line["sign"] == ":" or opening["bar"] or not opening["title"]):
                has_options = opening["directive"] or line["sign"] == "/"
                options = _options(text, _OPTIONS[line["sign"]], end) if has_options else ()
                waiting.append([(start, _shown(opening), end), *options])
        elif waiting:
            yield from (*waiting.pop(), (start, (end, end), end))


def _shown(opening: re.Match[str]) -> tuple[int, int]:
    if opening["name"] == "html":  # what stands behind it is the name of an element
        return opening.end(), opening.end()
    for group in ("label", "title"):
        if opening[group]:
            return opening.span(group)
    kind = next((one for one in ("directive", "name") if _BOXES.fullmatch(opening[one] or "")), None)
    return opening.span(kind) if kind else (opening.end(), opening.end())


def _options(text: str, option: re.Pattern[str], end: int) -> Iterator[tuple[int, tuple[int, int], int]]:
    """The lines of options below the line that opens a box and ends at `end`."""
    position = _LINE_BREAK.match(text, end)
    while position and (line := option.match(text, position.end())):
        yield line.start(), (line.end(), line.end()), line.end()
        position = _LINE_BREAK.match(text, line.end())


def _attributes(text: str) -> Iterator[tuple[int, int]]:
    """Attributes in braces: on a line of their own, at the end of a heading, or right behind what they are for."""
    last = 0
    for match in _ATTRIBUTES.finditer(text):
        start, end = match.span()
        is_for_words = text[start - 1 : start] in _ENDS_OF_WORDS and (match["kramdown"] or match["name"])
        link = text.rfind("](", last, start) if text[start - 1 : start] == ")" else -1
        is_for_link = link >= 0 and not _LINE_BREAK.search(text, link, start)
        ends_line = _REST_OF_LINE.match(text, end) is not None
        if is_for_words or is_for_link or (ends_line and _MAY_END_IN_ATTRIBUTES.match(_line_before(text, start))):
            yield start, end
        last = end


def _line_before(text: str, position: int) -> str:
    return text[max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1 : position]


def _wiki_links(text: str) -> Iterator[tuple[int, int]]:
    """Links between notes, of which the words are shown; what is put in from another note is not."""
    for match in _WIKI_LINK.finditer(text):
        shown = "label" if match["label"] else "target"
        if not any(char.isalpha() for char in match[shown]):
            continue  # a citation, such as [[1]]
        if match["embed"]:
            yield match.span()
        else:
            yield match.start(), match.start(shown)
            yield match.end(shown), match.end()
