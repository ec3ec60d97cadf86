"""Picture controls: links that show a picture alone or larger; their words are the web site's, not the page's."""

import re

MAX_WORDS = 4
"""More words than these say what the picture shows."""

_PICTURE = re.compile(r"[^?#]*\.(?:jpe?g|png|gif|webp|svg|avif|bmp|tiff?)(?:[?#].*)?", re.IGNORECASE)
_OPENING = re.compile(r"[ \t]*!\[")
_BLANK = re.compile(r"\s{0,9}")


def may_be_control(target: str, said: str) -> bool:
    """Whether a link may be one by where it leads and how little it says; it is one if a picture is beside it."""
    return _PICTURE.fullmatch(target) is not None and len(said.split()) <= MAX_WORDS


def is_beside_picture(text: str, start: int, end: int, *, picture_end: int) -> bool:
    """Whether in Markdown a picture stands right before a link, within it or behind it.

    Words that no blank parts from its end describe a picture that was not kept. `picture_end` is where the last
    picture before the link's end ends, 0 without one.
    """
    blank = _BLANK.match(text, picture_end)
    is_behind = picture_end > 0 and blank is not None and blank.end() >= start
    return is_behind or text[end : end + 1].isalnum() or _OPENING.match(text, end) is not None
