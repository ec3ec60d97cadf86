"""A whole service on a free port, and a browser that looks at its page."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from api.app import create_app
from api.settings import Settings
from retriever.document import Metadata
from retriever.query import Query
from tests.fakes_api import PAGES, TODAY, FolderOpener, MemoryIndex, publish, snapshot_of
from tests.running_service import running
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
DONE = "#results[aria-busy=false] > :not(.searching), #message:not([hidden]), #key-form:not([hidden])"


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A headless Chromium, closed afterwards."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def site(
    index_dir: Path,
    pages: Sequence[tuple[Metadata, str]] = PAGES,
    *,
    headings: tuple[str, ...] = ("About",),
    before: Callable[[Query], None] = lambda _: None,
    **settings: Any,
) -> Iterator[str]:
    """The address of a service whose index directory is as it is; `before` runs before each retrieval."""
    name = "gen-000001"
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name, pages, headings=headings), before)})
    chosen = Settings(index_dir=index_dir, reload_interval_s=0.05, **settings)
    app = create_app(chosen, opener=opener, today=lambda: TODAY)
    with running(app) as address:
        yield address


@contextmanager
def published(folder: Path, pages: Sequence[tuple[Metadata, str]] = PAGES, **options: Any) -> Iterator[str]:
    """The address of a service that is ready to answer from these pages."""
    publish(folder / "index", 1)
    with site(folder / "index", pages, **options) as address:
        yield address


@contextmanager
def tab(browser: "Browser", **options: Any) -> Iterator["Page"]:
    """An empty tab in a profile of its own. A new one costs more than all that most tests do in it."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_S * 1_000)
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def visit(page: "Page", address: str) -> Iterator["Page"]:
    """The page, opened; nothing but its own server may be asked, and no script may complain.

    Afterwards the tab is as empty as before, for the next visit.
    """
    complaints: list[str] = []
    asked: list[str] = []

    def dismiss(dialog: "Dialog") -> None:
        complaints.append("a dialog was opened")
        dialog.dismiss()

    listeners: dict[Any, Callable[[Any], None]] = {
        "pageerror": lambda error: complaints.append(str(error)),
        "console": lambda message: complaints.append(message.text) if message.type == "error" else None,
        "request": lambda request: asked.append(request.url),
        "dialog": dismiss,
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    try:
        page.goto(address)
        yield page
    finally:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        page.context.set_offline(False)
        page.evaluate("sessionStorage.clear()")
        page.goto("about:blank")
    own = "/".join(address.split("/")[:3])
    assert [url for url in asked if not url.startswith(own)] == []
    # A refused request is reported on the console by the browser itself.
    assert [text for text in complaints if "Failed to load resource" not in text] == []


@contextmanager
def watched(browser: "Browser", address: str, **options: Any) -> Iterator["Page"]:
    """A visit in a tab of its own."""
    with tab(browser, **options) as empty, visit(empty, address) as opened:
        yield opened


def ask(page: "Page", question: str) -> None:
    """Types a question, sends it with Enter, and waits until something is shown for it."""
    page.fill("#question", question)
    page.focus("#question")
    page.keyboard.press("Enter")
    page.wait_for_selector(DONE)
