"""Copies of pages, served on this machine for a browser."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote

from eval.links.landing import letters_of

_STYLE = (
    "body{font:11px/1.3 sans-serif;width:800px;margin:20px}p,li,tr,h1,h2,h3{margin:.4em 0}"
    "::target-text{background:rgb(255,0,0);color:rgb(255,0,0)}"
)


@dataclass(frozen=True, slots=True)
class Copies:
    """Pages by name, served at `address`."""

    address: str
    pages: Mapping[str, str]


def html_of_text(text: str) -> str:
    """A reading text as a page: blocks as paragraphs, lists and tables."""
    found = []
    for block in text.strip().split("\n\n"):
        lines = block.split("\n")
        if "\t" in block:
            rows = ("".join(f"<td>{escape(cell)}</td>" for cell in line.split("\t")) for line in lines)
            found.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
        elif lines[0].startswith("- "):
            items = (f"<li>{escape(line.lstrip(' ').removeprefix('- '))}</li>" for line in lines)
            found.append("<ul>" + "".join(items) + "</ul>")
        else:
            found.append(f"<p>{escape(block)}</p>")
    return _whole("\n".join(found))


def html_of_markdown(source: str) -> str:
    """A Markdown page as CommonMark renders it, tables included, front matter left out."""
    from markdown_it import MarkdownIt

    parts = source.split("---\n", 2) if source.startswith("---\n") else []
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    return _whole(str(renderer.render(parts[2] if len(parts) == 3 else source)))


def in_a_site(page: str) -> str:
    """A copy as a site shows it: menus above, a table of contents of its second-level headings, and a foot."""
    from selectolax.lexbor import LexborHTMLParser

    title, *_ = [*(heading.text() for heading in LexborHTMLParser(page).css("h1")), "copy"]
    headings = [heading.text() for heading in LexborHTMLParser(page).css("h2")]
    contents = "".join(f"<li><a href='#'>{escape(heading)}</a></li>" for heading in headings)
    head, style, body = page.partition("</style>")
    return (
        f"{head}{style}<header><p>Skip to main content</p><p>Home / {escape(title)}</p></header>"
        f"<nav><p>On this page</p><ul>{contents}</ul></nav>{body}<footer><p>Contact</p></footer>"
    )


def _whole(body: str) -> str:
    return f"<!doctype html><meta charset=utf-8><title>copy</title><style>{_STYLE}</style>{body}"


@contextmanager
def served(pages: Mapping[str, str]) -> Iterator[Copies]:
    """The pages on a port of this machine, for as long as the block lasts; `pages` may grow meanwhile."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = pages.get(unquote(self.path.partition("?")[0].strip("/")), "").encode()
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Copies(f"http://127.0.0.1:{server.server_port}", pages)
        finally:
            server.shutdown()


def shown_letters(page: str) -> str:
    """The letters of a page's body, in the order in which a browser holds them."""
    from selectolax.lexbor import LexborHTMLParser

    body = LexborHTMLParser(page).body
    return letters_of(body.text()) if body is not None else ""
