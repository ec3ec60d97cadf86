"""Copies of pages, served on this machine, and a browser that looks for quotes in them."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from eval.errors import EvalError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 2_500
_STEP_MS = 100
LOADING_MS = 60_000
"""A copy comes from this machine: only one that is very busy needs so long."""
_ATTEMPTS = 2
SHOWN_LETTERS = 80
COMPARED_LETTERS = 40
LINE_LETTERS = 300
_STYLE = (
    "body{font:16px/1.5 sans-serif;width:700px;margin:20px}p,li,tr,h1,h2,h3{margin:1.2em 0}"
    "::target-text{background:rgb(255,0,0);color:rgb(255,0,0)}"
)
_FIRST_MARKED = """async (url) => {
  const image = await createImageBitmap(await (await fetch(url)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const seen = context.getImageData(0, 0, image.width, image.height).data;
  for (let i = 0; i < seen.length; i += 4)
    if (seen[i] > 250 && seen[i + 1] < 5 && seen[i + 2] < 5) return Math.floor(i / 4 / image.width);
  return -1;
}"""
_MARKED_WORDS = """(y) => {
  // The text that stands where the mark begins: from the first marked line's first marked letter.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let text = '';
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.bottom < y) continue;
    for (let i = 0; i < node.length; i += 1) {
      range.setStart(node, i); range.setEnd(node, i + 1);
      const letter = range.getBoundingClientRect();
      if (text || letter.bottom > y) text += node.data[i];
      if (text.length > 600) return text;
    }
    if (text) text += ' ';
  }
  return text;
}"""


class BrowserMissing(EvalError):
    """There is no browser here that could be driven."""


class Landing(StrEnum):
    """Where a deep link led."""

    FOUND = "found"
    ELSEWHERE = "elsewhere"
    """Something was marked, and it does not begin with the quote."""
    NOT_FOUND = "not_found"
    """Nothing was marked."""
    NOT_LOADED = "not_loaded"
    """The browser did not open the page, though it was asked several times."""


@dataclass(frozen=True, slots=True)
class Landed:
    """Where a link led, and the words that are marked first where they are not the quote's."""

    landing: Landing
    marked: str = ""


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
            found.append(
                "<ul>" + "".join(f"<li>{escape(line.removeprefix('- '))}</li>" for line in lines) + "</ul>"
            )
        else:
            found.append(f"<p>{escape(block)}</p>")
    return _whole("\n".join(found))


def html_of_markdown(source: str) -> str:
    """A Markdown page as CommonMark renders it, tables included, front matter left out."""
    from markdown_it import MarkdownIt

    parts = source.split("---\n", 2) if source.startswith("---\n") else []
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    return _whole(str(renderer.render(parts[2] if len(parts) == 3 else source)))


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


@contextmanager
def chromium(executable: str = CHROMIUM) -> Iterator["Callable[[], Browser]"]:
    """What starts a headless Chromium and ends the one before it. Both it and this raise BrowserMissing."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise BrowserMissing("the package playwright is missing; run `pip install playwright`") from error
    with sync_playwright() as playwright:
        running: list[Browser] = []

        def ended() -> None:
            while running:
                with suppress(Error):  # one that broke down is gone already
                    running.pop().close()

        def started() -> "Browser":
            ended()
            try:
                running.append(playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"]))
            except Error as error:
                raise BrowserMissing(
                    f"{executable} cannot be started; install Chromium or give --chromium"
                ) from error
            return running[0]

        try:
            yield started
        finally:
            ended()


class Looking:
    """A browser that follows deep links into copies and says what it marked there.

    It outlives a page that hangs or breaks down, and a browser that does: `started` starts one.
    """

    def __init__(self, started: "Callable[[], Browser]", copies: Copies) -> None:
        self._started = started
        self._copies = copies
        self._followed = 0
        self._open()

    def follow(self, name: str, link: str, quoted: Sequence[str]) -> Landed:
        """Where the link's fragment leads in the copy called `name`; `quoted`: from each right place on."""
        from playwright.sync_api import Error

        landed = Landed(Landing.NOT_LOADED)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                landed = self._look(name, link, quoted, patience_ms=attempt * PATIENCE_MS)
            except Error:  # a busy machine: the page did not load in time, or the browser broke down
                self._open()
            # What is not found at once is looked for again: a busy browser marks late.
            if landed.landing is Landing.FOUND:
                break
        return landed

    def _open(self) -> None:
        browser = self._started()
        self._counter = browser.new_page()
        self._page = browser.new_page(viewport={"width": 800, "height": 600})
        self._page.set_default_timeout(LOADING_MS)

    def _look(self, name: str, link: str, quoted: Sequence[str], *, patience_ms: int) -> Landed:
        self._followed += 1
        # Another address each time: else the browser would only scroll in the page that it has open.
        address = f"{self._copies.address}/{quote(name, safe='')}?{self._followed}"
        self._page.goto(f"{address}#{link.partition('#')[2]}")
        for _ in range(patience_ms // _STEP_MS):
            top = self._first_marked()
            if top >= 0:
                words = str(self._page.evaluate(_MARKED_WORDS, top + 2))
                if any(_begins(words, one) for one in quoted):
                    return Landed(Landing.FOUND)
                return Landed(Landing.ELSEWHERE, " ".join(words.split())[:SHOWN_LETTERS])
            self._page.wait_for_timeout(_STEP_MS)
        return Landed(Landing.NOT_FOUND)

    def _first_marked(self) -> int:
        from playwright.sync_api import Error

        try:
            picture = b64encode(self._page.screenshot()).decode()
        except Error:  # a busy machine: the browser says that it cannot take a picture now
            return -1
        return int(self._counter.evaluate(_FIRST_MARKED, f"data:image/png;base64,{picture}"))


def _begins(words: str, quoted: str) -> bool:
    """Whether the line that is marked first holds the quote's first letters; figures may be marks of a list."""
    seen, wanted = _letters(words), _letters(quoted)
    return wanted[:COMPARED_LETTERS] in seen[:LINE_LETTERS]


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalpha())
