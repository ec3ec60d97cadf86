"""HTML inside Markdown: the text between tags stays, as slices of the source; tags and comments drop out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.reading.blocks import Part, Slice

_BLOCK_TAGS = re.compile(
    "address|article|aside|blockquote|body|caption|center|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|"
    "footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|meta|nav|noframes|ol|"
    "optgroup|option|p|pre|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
_INLINE_TAGS = re.compile(
    "a|abbr|acronym|area|audio|b|base|basefont|bdi|bdo|big|button|canvas|cite|code|col|colgroup|data|datalist|del|"
    "dfn|em|embed|font|i|img|input|ins|kbd|label|map|mark|meter|noscript|object|output|param|picture|progress|q|rp|"
    "rt|ruby|s|samp|script|select|slot|small|source|span|strike|strong|style|sub|sup|svg|template|textarea|time|"
    "track|tt|u|var|video|wbr"
)
_UNSEEN_TAGS = frozenset({"script", "style", "template", "noscript", "svg"})
"""Elements whose content no reader sees as text."""

_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)(?=[\s/>])[^<>]*>")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BLANK_ENTITIES = frozenset(
    {"&nbsp;", "&ensp;", "&emsp;", "&thinsp;", "&numsp;", "&hairsp;", "&#160;", "&#xa0;", "&#32;", "&#9;", "&#10;"}
)
_EMPTY_ENTITIES = frozenset(
    {"&shy;", "&#173;", "&#xad;", "&#8203;", "&#x200b;", "&#65279;", "&#xfeff;", "&lrm;", "&rlm;"}
)


@dataclass(frozen=True, slots=True)
class HtmlBlock:
    """One block of text within HTML; `level` is its heading level, 0 for a paragraph."""

    parts: tuple[Part, ...]
    level: int = 0


def tag_effect(tag: str) -> str | None:
    """The white space that a tag leaves behind: none, a blank, a line break; None when it is no HTML tag.

    What only looks like a tag is text: a placeholder as `<T>`, a date form as `<MM/DD>`, `a <b and c> d`
    excepted, which HTML itself takes for a tag.
    """
    if tag.startswith(("<!", "<?")):
        return ""
    match = _TAG.fullmatch(tag)
    name = match[1].lower() if match else ""
    if name == "br":
        return "\n"
    if _BLOCK_TAGS.fullmatch(name):
        return " "
    return "" if _INLINE_TAGS.fullmatch(name) else None


def unseen_end(text: str, tag: str, end: int) -> int:
    """Where the content of an element that shows no text ends, when `tag` opens one before `end`; else `end`."""
    match = _TAG.fullmatch(tag)
    if match is None or tag.startswith("</") or match[1].lower() not in _UNSEEN_TAGS or tag.endswith("/>"):
        return end
    closing = re.compile(rf"</{match[1]}\s*>", re.IGNORECASE).search(text, end)
    return closing.end() if closing else end


def entity_parts(entity: str, start: int) -> list[Part]:
    """How a character reference that begins at `start` is shown: `&amp;` by its own first character.

    A reference whose character does not stand in the source stays as it is written.
    """
    name = entity.lower()
    if name in _BLANK_ENTITIES:
        return [" "]
    if name in _EMPTY_ENTITIES:
        return []
    return [Slice(start, start + (1 if name in {"&amp;", "&#38;", "&#x26;"} else len(entity)))]


def html_blocks(source: str, start: int, end: int) -> Iterator[HtmlBlock]:
    """The blocks of text within a stretch of HTML, in order, each as parts for `flow`."""
    parts: list[Part] = []
    level = 0
    position = start
    while position < end:
        opening = source.find("<", position, end)
        opening = end if opening < 0 else opening
        parts.extend(_text_parts(source, position, opening))
        if opening == end:
            break
        closing = _markup_end(source, opening, end)
        tag = source[opening:closing]
        effect = tag_effect(tag)
        if effect is None:
            parts.append(Slice(opening, opening + 1))
            position = opening + 1
            continue
        heading = re.match(r"<(/?)h([1-6])\b", tag, re.IGNORECASE)
        if effect == " " and not re.match(r"</?t[dh]\b", tag, re.IGNORECASE):
            yield HtmlBlock(tuple(parts), level)
            parts = []
            level = int(heading[2]) if heading and not heading[1] else 0
        elif effect:
            parts.append(effect)
        position = min(unseen_end(source, tag, closing), end)
    yield HtmlBlock(tuple(parts), level)


def _markup_end(source: str, opening: int, end: int) -> int:
    """Where a comment or a tag that begins at `opening` ends; one that is never closed ends nowhere."""
    if source.startswith("<!--", opening):
        closing = source.find("-->", opening + 4, end)
        return end if closing < 0 else closing + 3
    closing = source.find(">", opening, end)
    return opening + 1 if closing < 0 else closing + 1


def _text_parts(source: str, start: int, end: int) -> Iterator[Part]:
    position = start
    for match in _ENTITY.finditer(source, start, end):
        yield Slice(position, match.start())
        yield from entity_parts(match[0], match.start())
        position = match.end()
    yield Slice(position, end)
