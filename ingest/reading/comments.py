"""Comments: what a page's source says to its writers, to a template or to a bundler, and not to its readers.

Each is told by its whole form, and a form that is not complete, such as a comment without its end, is text.

Source: https://help.obsidian.md/syntax#Comments, https://gohugo.io/content-management/shortcodes,
https://shopify.github.io/liquid, https://kramdown.gettalong.org/syntax.html#extensions,
https://mdxjs.com/docs/what-is-mdx
"""

import re
from collections.abc import Iterator

_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r)[ \t>]*(?:\r\n|\n|\r)")
_REST_OF_LINE = re.compile(r"[ \t]*(?=[\r\n]|\Z)")
_PERCENTS = re.compile(r"(?<!%)%%(?!%)")

_TEMPLATE = re.compile(
    r"(?P<open>\{\{<|\{\{%|\{\{/\*|\{/\*|\{%|\{::|\{:/)|(?P<close>>\}\}|%\}\}|\*/\}\}|\*/\}|%\}|\})"
)
_CLOSED_BY = {
    "{{<": ">}}",
    "{{%": "%}}",
    "{{/*": "*/}}",
    "{/*": "*/}",
    "{%": "%}",
    "{::": "}",
    "{:/": "}",
}
_TAG = re.compile(r"[\s-]*(?P<end>/|end)?\s*#?\s*(?P<name>[A-Za-z][\w./-]*)?")

_IMPORT = re.compile(
    r"import[ \t](?:[\w$*{}, \t]*[ \t]from[ \t])?[ \t]*(?:'[^'\r\n]+'|\"[^\"\r\n]+\")[ \t]*;?[ \t]*"
)
_EXPORT = re.compile(
    r"export[ \t]+(?:(?:const|let|var)[ \t]+[\w$]+[ \t]*=|(?:default[ \t]+)?(?:async[ \t]+)?function\b[^\r\n(]*\("
    r"|default[ \t]*(?:[({]|[\w$]+;)|\{[^{}\r\n]*\}|\*[ \t]+from\b)"
)
_COMPONENT = re.compile(
    r"[ \t]*<(?P<end>/)?(?P<name>[A-Z][\w.]*)"
    r"(?:[ \t]+[A-Za-z][\w-]*(?:=(?:\"[^\"]*\"|'[^']*'|\{[^{}]*\}))?)*[ \t]*(?P<alone>/)?>[ \t]*"
)
_LINE = re.compile(r"^[^\r\n]*", re.MULTILINE)


def comments(text: str) -> Iterator[tuple[int, int]]:
    """Comments between two `%%`: within a paragraph, or of whole lines. Behind a digit it is a percentage."""
    opening: re.Match[str] | None = None
    for sign in _PERCENTS.finditer(text):
        before, after = text[sign.start() - 1 : sign.start()], text[sign.end() : sign.end() + 1]
        is_word = after.isalnum()
        if opening is not None and not (is_word and before in " \t"):
            inner = opening.end(), sign.start()
            if _BLANK_LINE.search(text, *inner) is None or _is_block(text, *inner):
                yield opening.start(), sign.end()
                opening = None
                continue
        opening = None if before.isdigit() else sign


def _is_block(text: str, start: int, end: int) -> bool:
    """Whether a comment with this content begins a line, and either its begin or its end ends one."""
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    if text[line : start - 2].strip(" \t>"):
        return False
    return any(_REST_OF_LINE.match(text, place) is not None for place in (start, end + 2))


def template_tags(text: str) -> Iterator[tuple[int, int]]:
    """Tags of templates, comments in braces, and what stands between tags of the name "comment"."""
    opened: dict[str, re.Match[str]] = {}
    comment: tuple[str, int] | None = None
    for sign in _TEMPLATE.finditer(text):
        if sign["open"]:
            opened[_CLOSED_BY[sign[0]]] = sign
            continue
        opening = opened.pop(sign[0], None)
        if opening is None:
            continue
        inner = opening.end(), sign.start()
        tag = _TAG.match(text, *inner)
        if tag is None or not (opening[0].endswith("*") or _is_tag(text, inner, tag, opening[0])):
            continue
        yield opening.start(), sign.end()
        is_end = opening[0] == "{:/" or bool(tag["end"])
        if comment is not None and is_end and comment[0] == opening[0].replace("/", ":"):
            yield comment[1], sign.start()
            comment = None
        elif comment is None and not is_end and tag["name"] == "comment":
            comment = opening[0], sign.end()


def _is_tag(text: str, inner: tuple[int, int], tag: re.Match[str], opening: str) -> bool:
    is_named = bool(tag["name"] or tag["end"]) or (opening == "{:/" and inner[0] == inner[1])
    return is_named and _BLANK_LINE.search(text, *inner) is None


def modules(text: str) -> Iterator[tuple[int, int]]:
    """The lines of MDX that hold nothing but an import, a part of an export, or the tag of a component."""
    is_anew, is_export = True, False
    opened: dict[str, list[tuple[int, int]]] = {}
    for line in _LINE.finditer(text):
        is_blank = not line[0] or line[0].isspace()
        is_export = not is_blank and (is_export or (is_anew and _EXPORT.match(line[0]) is not None))
        is_import = is_anew and _IMPORT.fullmatch(line[0]) is not None
        is_anew = is_blank or is_import or is_export
        tag = _COMPONENT.fullmatch(line[0])
        if is_import or is_export or (tag and tag["alone"]):
            yield line.span()
        elif tag and not tag["end"]:
            opened.setdefault(tag["name"], []).append(line.span())
        elif tag and opened.get(tag["name"]):
            yield from (opened[tag["name"]].pop(), line.span())
