"""The question page in a real browser: what a person sees, and what a page's text cannot do to it."""

import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from api.app import create_app
from api.settings import Settings
from retriever.document import Metadata
from tests.fakes_api import PAGES, TODAY, FolderOpener, MemoryIndex, publish, snapshot_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]


@contextmanager
def site(index_dir: Path, pages: Sequence[tuple[Metadata, str]] = PAGES) -> Iterator[str]:
    """A service on a free port, its index directory as it is."""
    name = "gen-000001"
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name, pages))})
    app = create_app(Settings(index_dir=index_dir, reload_interval_s=0.05), opener=opener, today=lambda: TODAY)
    server = uvicorn.Server(
        uvicorn.Config(app, http="h11", ws="none", log_config=None, timeout_graceful_shutdown=2)
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(20)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    index_dir = tmp_path_factory.mktemp("page") / "index"
    publish(index_dir, 1)
    with site(index_dir) as address:
        yield address


@pytest.fixture
def page(browser: "Browser", address: str) -> Iterator["Page"]:
    """The page, opened; nothing but its own server may be asked, and no script may complain."""
    opened = browser.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(address)
    yield opened
    opened.close()
    assert [url for url in asked if not url.startswith(address)] == []
    # A refused request is reported on the console by the browser itself.
    assert [text for text in complaints if "Failed to load resource" not in text] == []


def ask(page: "Page", question: str) -> None:
    page.fill("#question", question)
    page.keyboard.press("Enter")
    page.wait_for_selector("#results[aria-busy=false], #message:not([hidden])", state="attached")
    page.wait_for_selector(".passage, #message:not([hidden]), #abstention:not([hidden])")


def test_the_page_says_what_collection_it_is(page: "Page") -> None:
    page.wait_for_selector("#collection:not(:empty)")
    assert page.inner_text("#collection") == "3 pages, 3 passages, indexed 22 November 2026"


def test_a_passage_is_shown_with_its_source_and_its_overdue_review(page: "Page") -> None:
    ask(page, "denosumab calcium")
    card = page.inner_text(".passage")
    assert "Review overdue since 30 March 2026" in card
    for shown in ("[1]", "Denosumab", "NCI, 2025", "Last reviewed 30 December 2025", "For: patients", "English"):
        assert shown in card
    link = page.get_attribute(".below a", "href") or ""
    assert link.startswith("https://example.org/denosumab#:~:text=Denosumab%20is%20used")
    assert "1 overdue for review" in page.inner_text("#status")


def test_a_list_keeps_its_lines(page: "Page") -> None:
    ask(page, "denosumab calcium")
    assert "- It lowers calcium levels.\n- It may cause skin infections." in page.inner_text("#passages .text")


def test_the_answer_stands_on_top_with_its_footnote(page: "Page") -> None:
    ask(page, "what is denosumab used for?")
    answer = page.inner_text("#answer")
    for shown in (
        "Denosumab is used in cancer.",
        "Reviewed 30 December 2025",
        "Review overdue since",
        "In the page",
    ):
        assert shown in answer
    assert page.get_attribute(".mark", "aria-label") == "Footnote 1: show these words in Denosumab"
    above = "document.querySelector('#answer').compareDocumentPosition(document.querySelector('#passages')) & 4"
    assert page.evaluate(above)
    assert "Answered, with 1 footnote." in page.inner_text("#status")


def test_a_footnote_leads_to_the_quoted_words_and_back(page: "Page") -> None:
    ask(page, "what is denosumab used for?")
    page.focus(".mark")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "card-1"
    assert page.locator("#card-1 mark.shown").all_inner_texts() == ["Denosumab is used in cancer."]
    page.click("text=Back to the answer")
    assert page.evaluate("document.activeElement.className") == "mark"


def test_an_emergency_is_met_with_its_text_before_all_else(page: "Page") -> None:
    ask(page, "my mum has collapsed right now after denosumab")
    notice = page.locator("#urgent")
    assert "call your local emergency number now" in notice.inner_text()
    assert notice.get_attribute("role") == "alert"
    ask(page, "denosumab")
    assert not notice.is_visible()


def test_pages_that_differ_are_shown_plainly(browser: "Browser", tmp_path: Path) -> None:
    pages = [
        (Metadata(title="Denosumab"), "Denosumab is given every six months under the skin."),
        (Metadata(title="Denosumab injections"), "Denosumab is given every four weeks under the skin."),
        *((Metadata(title=f"Bread {n}"), "Bread is how often given.") for n in range(2)),
    ]
    publish(tmp_path / "index", 1)
    with site(tmp_path / "index", pages) as address:
        opened = browser.new_page()
        opened.goto(address)
        ask(opened, "how often is denosumab given?")
        answer = opened.inner_text("#answer")
        opened.close()
    assert re.search(r"Sources \d and \d differ\.", answer)
    assert "six months" in answer
    assert "four weeks" in answer


def test_the_text_of_a_page_is_never_markup_and_a_script_address_never_a_link(page: "Page") -> None:
    page.evaluate("() => { window.alert = () => { throw new Error('a script ran'); }; }")
    ask(page, "mammogram café")
    page.eval_on_selector_all("details", "all => all.forEach((one) => { one.open = true; })")
    shown = page.inner_text("#results")
    assert "<script>alert(1)</script>" in shown
    assert page.locator("#results script").count() == 0
    links = page.eval_on_selector_all("#results a", "all => all.map((one) => one.href)")
    assert links
    assert all(link.startswith("https://example.org/") for link in links)
    assert "No web address given" in shown
    assert "The same words also in Notes" in shown


def test_what_is_not_found_is_said_clearly(page: "Page") -> None:
    ask(page, "zebra")
    assert page.inner_text("#abstention h2") == "Not found in this collection"
    assert page.locator(".passage:visible").count() == 0


def test_an_abstention_offers_the_nearest_pages(page: "Page") -> None:
    ask(page, "zebra giraffe ostrich penguin walrus badger otter lynx heron quokka mammogram")
    assert page.inner_text("#abstention h2") == "Not found in this collection"
    assert "These are the nearest pages" in page.inner_text("#abstention")
    assert not page.locator("#answer").is_visible()
    page.click("#others summary >> nth=0")
    assert "A mammogram is an X-ray." in page.inner_text("#others")
    assert "Not found in this collection" in page.inner_text("#status")


def test_the_question_never_stands_in_the_address(page: "Page") -> None:
    ask(page, "denosumab")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", page.url)


def test_slash_returns_to_the_question(page: "Page") -> None:
    ask(page, "denosumab")
    page.focus(".below a")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "question"
    assert page.input_value("#question") == "denosumab"


def test_the_examples_come_from_the_collection(page: "Page") -> None:
    page.wait_for_selector("#examples:not([hidden])")
    page.click("text=What does the collection say about Denosumab?")
    page.wait_for_selector(".passage")
    assert "Denosumab" in page.inner_text(".passage h3 >> nth=0")


def test_a_refused_question_is_explained(page: "Page") -> None:
    page.evaluate("document.getElementById('question').removeAttribute('maxlength')")
    ask(page, "x" * 2_001)
    assert page.inner_text("#message-title") == "This question cannot be searched"
    assert "at most 2,000" in page.inner_text("#message-text")


def test_a_page_without_an_index_says_so_and_answers_once_there_is_one(browser: "Browser", tmp_path: Path) -> None:
    with site(tmp_path / "index") as address:
        opened = browser.new_page()
        opened.goto(address)
        ask(opened, "denosumab")
        assert opened.inner_text("#message-title") == "Not ready to answer yet"
        assert opened.inner_text("#collection") == "The collection is not ready yet"
        publish(tmp_path / "index", 1)
        deadline = time.monotonic() + 10
        while opened.locator(".passage").count() == 0 and time.monotonic() < deadline:
            opened.click("#retry")
            opened.wait_for_timeout(200)
        assert "Denosumab" in opened.inner_text(".passage")
        opened.close()


def test_the_page_fits_a_phone(browser: "Browser", address: str) -> None:
    opened = browser.new_page(viewport={"width": 320, "height": 640})
    opened.goto(address)
    ask(opened, "denosumab")
    assert opened.evaluate("document.documentElement.scrollWidth") == 320
    opened.close()


def test_the_reference_lists_every_endpoint_offline(page: "Page", address: str) -> None:
    page.goto(f"{address}/docs")
    page.wait_for_selector("#QueryRequest")
    titles = page.locator(".operation h3").all_inner_texts()
    assert "POST/v1/query" in titles
    described = page.evaluate("fetch('/openapi.json').then((got) => got.json())")
    assert len(titles) == sum(len(methods) for methods in described["paths"].values())
