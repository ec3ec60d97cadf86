"""HTML fields: what an HTML page says of itself in its head."""

import re
from collections.abc import Mapping

from selectolax.lexbor import LexborHTMLParser

from ingest.reading.extracted import FIELD_KEYS

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def html_fields(tree: LexborHTMLParser) -> Mapping[str, str]:
    """What the page says of itself: its address, its language, the name of its site, and `meta` elements."""
    fields: dict[str, str] = {}
    canonical = tree.css_first('head > link[rel="canonical"]')
    if canonical is not None and (address := canonical.attributes.get("href")):
        fields["url"] = address
    root = tree.css_first("html")
    language = (root.attributes.get("lang") if root is not None else None) or ""
    if _LANGUAGE.fullmatch(language.strip()):
        fields["language"] = language.strip()
    site = tree.css_first('head > meta[property="og:site_name"]')
    if site is not None and (name := site.attributes.get("content")):
        fields["source"] = name
    for key in FIELD_KEYS:
        own = tree.css_first(f'head > meta[name="{key}"]')
        if own is not None and (value := own.attributes.get("content")):
            fields[key] = value
    return fields
