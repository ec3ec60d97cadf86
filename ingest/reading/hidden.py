"""Hidden: whether a page hides an element from its readers, by its attributes and its inline style."""

import re
from collections.abc import Mapping

_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*(?:\.0+)?\s*(?:;|!|\Z)"
    r"|font-size\s*:\s*0+(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|\Z)",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?<![-\w])color\s*:\s*([^;!]{1,40})", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?<![-\w])background(?:-color)?\s*:\s*([^;!]{1,40})", re.IGNORECASE)


def is_hidden(attributes: Mapping[str, str | None]) -> bool:
    """Whether an element with these attributes is not shown; style sheets are not read."""
    if not attributes:
        return False
    if "hidden" in attributes or (attributes.get("aria-hidden") or "").strip().lower() == "true":
        return True
    style = (attributes.get("style") or "")[:2_000]
    if not style:
        return False
    if _HIDING_STYLE.search(style):
        return True
    colour, background = _COLOUR.search(style), _BACKGROUND.search(style)
    return bool(colour and background and colour[1].strip().lower() == background[1].strip().lower())
