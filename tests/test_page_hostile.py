"""What the text and the metadata of a hostile page cannot do to the question page."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from retriever.document import Metadata
from tests.browsing import ask, needs_chromium, published, tab, visit, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, needs_chromium]

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)><svg/onload=alert(3)>"
OVERRIDE = "\u202egnorw si sdrow fo redro ehT\u202c"
ESCAPES = "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07"
WORD = "denosumab" * 400
HOSTILE = (
    (
        Metadata(
            title=f'Marked "{SCRIPT}', url="javascript:alert(4)", source=SCRIPT, citation=SCRIPT,
            language='en" onload="alert(5)', audience_level=SCRIPT,
        ),
        f"A script is a program that runs in pages, such as {SCRIPT} does.",
    ),
    (Metadata(title="Data", url="data:text/html,<script>alert(6)</script>"), "A ledger is a data page."),
    (Metadata(title=OVERRIDE, url="https://example.org/bidi", source=OVERRIDE), f"A bidi turns {OVERRIDE}."),
    (Metadata(title=f"Terminal {ESCAPES}", source="A"), f"A terminal is coloured by {ESCAPES} codes."),
    (Metadata(title=f"Title {'very long title ' * 500}", source="A" * 3_000), "A giant is a long title."),
    (Metadata(title=WORD, citation=WORD, url=f"https://example.org/{WORD}"), f"An endless word is {WORD}."),
    (Metadata(title="Link", url="https://user:pass@example.org/<b>\"'"), "A fence is a strange address."),
    *((Metadata(title=f"Filler {n}"), f"Filler {n} speaks of bread.") for n in range(3)),
)  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with published(tmp_path_factory.mktemp("page"), HOSTILE, headings=(SCRIPT, OVERRIDE)) as address:
        yield address


@pytest.fixture(scope="module")
def phone(browser: "Browser") -> Iterator["Page"]:
    with tab(browser, viewport={"width": 320, "height": 640}) as opened:
        yield opened


@pytest.fixture
def page(phone: "Page", address: str) -> Iterator["Page"]:
    """`visit` fails the test where a dialog opens, a policy is broken or another server is asked."""
    with visit(phone, address) as opened:
        opened.wait_for_selector("#collection:not(:empty)")
        yield opened


def open_all(page: "Page", question: str) -> str:
    """Asks, opens all that can be opened, and gives the text that stands there."""
    ask(page, question)
    for mark in page.locator(".mark").all():
        mark.click()
    page.eval_on_selector_all("#results details", "all => all.forEach((one) => { one.open = true; })")
    return page.inner_text("#results")


@pytest.mark.parametrize(
    "question",
    ["what is a script?", "what is a ledger?", "what is a bidi?", "what is a terminal coloured by?",
     "what is a giant?", "what is an endless word?", "what is a fence?"],
)  # fmt: skip
def test_a_hostile_page_is_shown_as_text_and_fits_a_phone(page: "Page", question: str) -> None:
    shown = open_all(page, question)
    assert shown
    made = page.locator("#results :is(script, img, svg, iframe, object, [onload], [onerror], [style], [srcdoc])")
    assert made.count() == 0
    links = page.eval_on_selector_all("#results a", "all => all.map((one) => one.getAttribute('href'))")
    assert all(link.startswith(("https://", "#/document/")) for link in links)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.click(".read-here >> nth=0")
    page.wait_for_selector(".whole")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.locator("main :is(script, img, svg, iframe, [onload], [onerror], [style])").count() == 0


def test_markup_in_a_page_is_read_as_it_was_written(page: "Page") -> None:
    shown = open_all(page, "what is a script?")
    assert SCRIPT in shown
    assert "In the file pages/" in shown
    assert page.get_attribute(".note-panel .text", "lang") is None


def test_a_change_of_direction_ends_where_its_words_end(page: "Page") -> None:
    open_all(page, "what is a bidi?")
    isolated = page.eval_on_selector_all(
        "#results :is(.title, .path, .facts li, .text)",
        "all => all.map((one) => getComputedStyle(one).unicodeBidi)",
    )
    assert isolated
    assert set(isolated) <= {"isolate", "plaintext"}


def test_a_huge_title_does_not_bury_the_answer(page: "Page") -> None:
    ask(page, "what is a giant?")
    box = page.locator("#answer .footnotes li").first.bounding_box()
    assert box is not None
    assert box["height"] < 640


def test_what_is_copied_holds_nothing_that_a_terminal_obeys(browser: "Browser", address: str) -> None:
    with watched(browser, address, permissions=["clipboard-read", "clipboard-write"]) as page:
        for question in ("what is a terminal coloured by?", "what is a bidi?"):
            ask(page, question)
            page.click("text=Copy with citations")
            page.wait_for_selector("text=Copied")
            copied = page.evaluate("navigator.clipboard.readText()")
            assert "Sources" in copied
            assert not set(copied) & {"\x1b", "\x07", "\u202e", "\u202c"}


@pytest.mark.parametrize(
    "target",
    ["../../etc/passwd", "doc-0/1-2/<script>", "doc-0/99999999999999999999-1", "%2e%2e", "doc-0/-1-5", ""],
)
def test_an_address_that_was_tampered_with_shows_the_question(phone: "Page", address: str, target: str) -> None:
    with visit(phone, f"{address}/#/document/{target}") as page:
        page.wait_for_selector("#question:visible, #document-view[aria-busy=false]:visible")
        assert page.locator("main script").count() == 0
