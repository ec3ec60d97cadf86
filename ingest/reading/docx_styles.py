"""DOCX styles: which paragraphs of a Word document are headings, which are items of lists, and how these count."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

MAX_LEVEL = 9
_MAX_INHERITED = 20
"""A style that inherits through more others than this, or from itself, inherits nothing more."""


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """`heading_level` is 0 for text, 1 for the document's title, 2 for a first heading; `list_id` is None outside
    lists, `list_level` counts from 0.
    """

    heading_level: int = 0
    list_id: str | None = None
    list_level: int = 0


class ParagraphStyles:
    """The styles of a document: what its part `styles.xml` says, and what a paragraph says of itself."""

    def __init__(self, part: Element | None) -> None:
        styles = [one for one in (part if part is not None else ()) if local_name(one) == "style"]
        self._styles = {attribute(style, "styleId"): style for style in styles}
        self._read: dict[str, ParagraphStyle] = {}

    def of(self, paragraph: Element) -> ParagraphStyle:
        """How a paragraph is set."""
        properties = child(paragraph, "pPr")
        if properties is None:
            return ParagraphStyle()
        named = child(properties, "pStyle")
        inherited = self._named(attribute(named, "val")) if named is not None else ParagraphStyle()
        return _read_over(properties, inherited)

    def _named(self, style_id: str) -> ParagraphStyle:
        if style_id not in self._read:
            chain: list[Element] = []
            style = self._styles.get(style_id)
            while style is not None and len(chain) < _MAX_INHERITED:
                chain.append(style)
                parent = child(style, "basedOn")
                style = self._styles.get(attribute(parent, "val")) if parent is not None else None
            read = ParagraphStyle()
            for one in reversed(chain):
                properties = child(one, "pPr")
                read = _read_over(properties, read) if properties is not None else read
                name = child(one, "name")
                if name is not None and attribute(name, "val").casefold() == "title":
                    read = ParagraphStyle(heading_level=1)
            self._read[style_id] = read
        return self._read[style_id]


class ListStyles:
    """The part `numbering.xml`: whether the items of a list are counted."""

    def __init__(self, part: Element | None) -> None:
        self._bulleted: dict[str, set[int]] = {}
        self._abstract: dict[str, str] = {}
        for one in part if part is not None else ():
            if local_name(one) == "abstractNum":
                formats = (
                    (_number(attribute(level, "ilvl")), child(level, "numFmt"))
                    for level in one
                    if local_name(level) == "lvl"
                )
                self._bulleted[attribute(one, "abstractNumId")] = {
                    level
                    for level, found in formats
                    if found is None or attribute(found, "val") in ("bullet", "none")
                }
            elif local_name(one) == "num" and (abstract := child(one, "abstractNumId")) is not None:
                self._abstract[attribute(one, "numId")] = attribute(abstract, "val")

    def is_numbered(self, list_id: str, level: int) -> bool:
        """Whether the items of a list are counted at a level; a list that the document does not tell of is not."""
        bulleted = self._bulleted.get(self._abstract.get(list_id, ""))
        return bulleted is not None and level not in bulleted


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """An attribute by its name without the namespace, empty where there is none."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def child(element: Element, name: str) -> Element | None:
    """The first child of this name."""
    return next((one for one in element if local_name(one) == name), None)


def _read_over(properties: Element, inherited: ParagraphStyle) -> ParagraphStyle:
    """What the properties of a paragraph or a style say, over what they inherit."""
    outline, numbering = child(properties, "outlineLvl"), child(properties, "numPr")
    heading_level, list_id, list_level = inherited.heading_level, inherited.list_id, inherited.list_level
    if outline is not None:
        level = _number(attribute(outline, "val"))
        heading_level = level + 2 if level < MAX_LEVEL else 0
    if numbering is not None:
        number, depth = child(numbering, "numId"), child(numbering, "ilvl")
        if number is not None:
            list_id = attribute(number, "val") if attribute(number, "val") != "0" else None
        list_level = min(_number(attribute(depth, "val")), MAX_LEVEL) if depth is not None else list_level
    return ParagraphStyle(heading_level, list_id, list_level)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
