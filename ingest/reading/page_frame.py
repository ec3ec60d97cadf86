"""Page frame: what an HTML page has around its own text, found by what the page itself calls it.

| rule | what drops out | what stays |
|---|---|---|
| role | what is navigation, search, contentinfo or a dialogue by its role, or has `aria-modal` | other roles |
| footer | a `footer` of the whole page | the one of an `article`, `section`, `aside`, `main`, `blockquote` |
| mark | a link to a place of its own page that shows no word: `¶`, `#`, a raised `[1]` | links with words |
| wiki | what a wiki adds for who writes there, by its id or class | what holds a title (`h1`) |
| consent | the box in which a site asks about cookies, by its id or class | one with a title (`h1`) in it |
| main | all beside the one `main` that the page shows, where that holds a third of the text | its title above it |

Source: the roles that browsers give to elements, W3C "HTML Accessibility API Mappings 1.0", and the ids and
classes of the consent programs that sites use most (OneTrust, Cookiebot, Didomi, Usercentrics, Osano, CookieYes,
iubenda, Quantcast, TrustArc, Complianz), of MediaWiki ("[edit]", contents, "Retrieved from", categories) and of
Confluence (breadcrumbs, by whom and when). The word "consent" alone tells nothing: pages on informed consent have
it too.
"""

import re
from collections.abc import Mapping, Sequence

from selectolax.lexbor import LexborNode

_ROLES = frozenset({"navigation", "search", "contentinfo", "dialog", "alertdialog"})
_OWNERS = frozenset({"article", "section", "aside", "main", "blockquote"})
_CONSENT = re.compile(
    r"onetrust-|cybotcookiebot|didomi-|usercentrics|osano-cm|\bcky-|\bcc-(?:window|banner)\b|iubenda-cs|qc-cmp"
    r"|truste(?:-|_)|\bcmplz-"
    r"|(?:cookies?|gdpr)(?:[-_]?(?:law|consent))?"
    r"[-_]?(?:banner|notice|notification|consent|popup|bar|modal|message|overlay)",
    re.IGNORECASE,
)
_OF_A_WIKI = frozenset(
    {
        *("siteNotice", "siteSub", "toc", "noprint", "mw-editsection", "mw-jump-link", "printfooter", "catlinks"),
        *("breadcrumbs", "page-metadata"),
    }
)
_FOOTNOTE_MARK = re.compile(r"\[?\w{1,3}\]?")
_MAX_CONSENT_CHARS = 3_000
MAIN_SHARE = 1 / 3
"""A `main` with less of the page's text than this is not the page's text, whatever it is called."""


def is_frame(node: LexborNode, attributes: Mapping[str, str | None]) -> bool:
    """Whether an element belongs to the site around a page."""
    if (attributes.get("role") or "").strip().lower() in _ROLES:
        return True
    if (attributes.get("aria-modal") or "").strip().lower() == "true":
        return True
    if node.tag == "footer":
        return _is_of_page(node)
    if node.tag == "a" and (attributes.get("href") or "").startswith("#") and _is_mark(node):
        return True
    names = f"{attributes.get('id') or ''} {attributes.get('class') or ''}"
    if len(names) == 1 or node.tag in ("html", "body", "main"):
        return False
    if not _OF_A_WIKI.isdisjoint(names.split()):
        return node.css_first("h1, main, article") is None
    if _CONSENT.search(names):
        return node.css_first("h1, main, article") is None and len(node.text() or "") <= _MAX_CONSENT_CHARS
    return False


def is_main(node: LexborNode, attributes: Mapping[str, str | None]) -> bool:
    """Whether a page calls an element its main part."""
    return node.tag == "main" or (attributes.get("role") or "").strip().lower() == "main"


def main_parts(mains: Sequence[LexborNode], titles: Sequence[LexborNode]) -> list[LexborNode]:
    """The one main part that a page shows, behind the first of its titles (`h1`) where it holds none itself.

    Empty where the page shows no main part, or several.
    """
    if len(mains) != 1:
        return []
    return [*mains] if mains[0].css_first("h1") is not None else [*titles[:1], *mains]


def _is_mark(link: LexborNode) -> bool:
    text = (link.text() or "").strip()
    is_raised = "sup" in (link.parent and link.parent.tag, link.child and link.child.tag)
    return not any(map(str.isalnum, text)) or (is_raised and _FOOTNOTE_MARK.fullmatch(text) is not None)


def _is_of_page(node: LexborNode) -> bool:
    above = node.parent
    while above is not None:
        if above.tag in _OWNERS:
            return False
        above = above.parent
    return True
