"""The question page for everyone: axe-core on every state, the keyboard alone, phones, zoom, forced colours."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from retriever.document import Metadata
from tests.browsing import ask, needs_chromium, published, tab, visit, watched
from tests.fakes_api import PAGES
from tests.made_keys import add

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, needs_chromium]
QUESTION = "what is denosumab used for?"
WIDE = "Dose\tOften\tRemark\n" + "\n".join(f"{n} mg\tevery {n} months\t{'under the skin ' * 6}" for n in (60, 120))
TABLE_PAGE = (
    Metadata(title="Dose table", language="no such language", audience_level="everyone"),
    f"{WIDE}\n\nAnother dose:\n\n{WIDE}",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    headings = ("About", "What does it do?")
    with published(tmp_path_factory.mktemp("page"), [*PAGES, TABLE_PAGE], headings=headings) as address:
        yield address


@pytest.fixture(scope="module")
def still_tab(browser: "Browser") -> Iterator["Page"]:
    """Nothing moves in it."""
    with tab(browser, color_scheme="light", reduced_motion="reduce") as opened:
        yield opened


def settle(page: "Page") -> None:
    """Waits until nothing fades or moves any more: colours are looked at as they stay."""
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished)).then(() => true)")


def empty(page: "Page", _address: str) -> None:
    page.wait_for_selector("#collection:not(:empty)")


def filters_open(page: "Page", _address: str) -> None:
    page.click("#filters summary")
    page.wait_for_selector("#filter-row:not([hidden])")


def answer(page: "Page", _address: str) -> None:
    ask(page, QUESTION)
    page.click(".mark")
    page.click("#history summary")
    settle(page)


def urgent(page: "Page", _address: str) -> None:
    ask(page, "my mum has collapsed right now after denosumab")


def table(page: "Page", _address: str) -> None:
    ask(page, "dose often")
    page.eval_on_selector_all("details.passage", "all => all.forEach((one) => { one.open = true; })")


def abstention(page: "Page", _address: str) -> None:
    ask(page, "zebra giraffe ostrich penguin walrus badger otter lynx heron quokka mammogram")
    page.click(".passage summary >> nth=0")


def error(page: "Page", _address: str) -> None:
    page.evaluate("document.getElementById('question').removeAttribute('maxlength')")
    ask(page, "x" * 2_001)


def document(page: "Page", address: str) -> None:
    page.goto(f"{address}/#/document/doc-0/0-28")
    page.wait_for_selector(".whole mark")
    settle(page)


def reference(page: "Page", address: str) -> None:
    page.goto(f"{address}/docs")
    page.wait_for_selector("#QueryRequest")


STATES = (empty, filters_open, answer, urgent, table, abstention, error, document, reference)


COLOUR_RULES = ("color-contrast", "link-in-text-block")
"""The rules of axe-core that look at colours; the dark scheme changes nothing else."""


def violations(page: "Page", *rules: str) -> str:
    """What axe-core finds wrong, by all its rules or by these alone; empty where it finds nothing."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    # What passes is not described, which takes most of the time on a long page.
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = axe.Axe().run(page, options=options)
    return "" if found.violations_count == 0 else str(found.generate_report())


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_axe_finds_nothing_wrong_in_light_and_in_dark(
    still_tab: "Page", address: str, state: Callable[["Page", str], None]
) -> None:
    still_tab.emulate_media(color_scheme="light")
    with visit(still_tab, address) as page:
        state(page, address)
        assert violations(page) == ""
        # The reference draws a hundred of these in the same way; some of them say all of their colours.
        page.evaluate(
            "document.querySelectorAll('.operation:nth-of-type(n+6), .schema:nth-of-type(n+12)')"
            ".forEach((one) => one.remove())"
        )
        page.emulate_media(color_scheme="dark")
        assert violations(page, *COLOUR_RULES) == ""


def test_the_dark_scheme_changes_colours_alone(shared_tab: "Page", address: str) -> None:
    with visit(shared_tab, address) as page:
        changed = page.evaluate(
            "[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])"
            ".filter((rule) => rule.conditionText?.includes('prefers-color-scheme'))"
            ".flatMap((rule) => [...rule.cssRules]).flatMap((rule) => [...rule.style])"
        )
        assert len(changed) > 10
        assert all(name.startswith("--") for name in changed)


def test_axe_sees_words_that_fade_into_the_dark(still_tab: "Page", address: str) -> None:
    still_tab.emulate_media(color_scheme="dark")
    with visit(still_tab, address) as page:
        empty(page, address)
        page.evaluate("document.getElementById('collection').style.color = '#222'")
        assert "color-contrast" in violations(page, *COLOUR_RULES)


def test_axe_finds_nothing_wrong_with_the_field_for_a_key(browser: "Browser", tmp_path: Path) -> None:
    add(tmp_path / "keys.json", "page")
    with published(tmp_path, keys_file=tmp_path / "keys.json") as address, watched(browser, address) as page:
        page.wait_for_selector("#key-form:not([hidden])")
        assert violations(page) == ""


def test_everything_can_be_done_with_the_keyboard_alone(shared_tab: "Page", address: str) -> None:
    with visit(shared_tab, address) as page:
        page.wait_for_selector("#collection:not(:empty)")
        page.keyboard.type(QUESTION)
        page.keyboard.press("Enter")
        page.wait_for_selector("#answer")
        walked: list[str] = []
        while "read-here" not in walked and len(walked) < 20:
            page.keyboard.press("Tab")
            walked.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
            if walked[-1] == "mark":
                page.keyboard.press("Enter")
                assert page.is_visible("#note-1")
                page.keyboard.press("Escape")
                page.keyboard.press("Enter")
                walked.append(page.evaluate("document.activeElement.id"))
        assert walked == ["submit", "", "", "quiet small", "mark", "note-title-1", "plain", "", "read-here"]
        page.keyboard.press("Enter")
        page.wait_for_selector(".whole mark")
        assert page.evaluate("document.activeElement.id") == "document-title"
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#answer")
        assert page.evaluate("document.activeElement.className") == "read-here"


def test_every_stop_of_the_keyboard_can_be_seen(shared_tab: "Page", address: str) -> None:
    with visit(shared_tab, address) as page:
        ask(page, QUESTION)
        for _ in range(8):
            page.keyboard.press("Tab")
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
            assert (style, width) == ("solid", 3)


def test_progress_and_result_are_announced(shared_tab: "Page", address: str) -> None:
    with visit(shared_tab, address) as page:
        page.evaluate(
            "() => { window.heard = []; new MutationObserver(() => window.heard.push("
            "document.getElementById('status').textContent)).observe(document.getElementById('status'),"
            "{childList: true}); }"
        )
        ask(page, QUESTION)
        page.wait_for_function("window.heard.length >= 2")
        assert page.evaluate("window.heard") == [
            "Searching …",
            "Answered, with 1 footnote. Overdue for review: 1 of 3 passages.",
        ]
        assert page.get_attribute("#status", "aria-live") == "polite"


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_page_fits_its_window_and_is_drawn_in_light_and_in_dark(
    browser: "Browser", address: str, width: int
) -> None:
    viewport: Any = {"width": width, "height": 800}
    with watched(browser, address, viewport=viewport, color_scheme="light") as page:
        for state in (document, table, answer):
            page.goto(address)
            state(page, address)
            assert page.evaluate("document.documentElement.scrollWidth") == width, state.__name__
        light = page.screenshot(full_page=True)
        page.emulate_media(color_scheme="dark")
        dark = page.screenshot(full_page=True)
    assert min(len(light), len(dark)) > 8_000
    assert light != dark


def test_the_page_fits_when_its_text_is_twice_as_large(browser: "Browser", address: str) -> None:
    with watched(browser, address, viewport={"width": 640, "height": 800}) as page:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        for state in (filters_open, answer):
            state(page, address)
            assert page.evaluate("document.documentElement.scrollWidth") == 640
        box = page.locator("#submit").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 640


def test_nothing_moves_for_those_who_ask_for_less_motion(still_tab: "Page", address: str) -> None:
    with visit(still_tab, address) as page:
        ask(page, QUESTION)
        moving = page.evaluate(
            "[...document.querySelectorAll('*')].filter((one) => { const style = getComputedStyle(one);"
            "return style.animationName !== 'none' || style.transitionDuration !== '0s'; }).length"
        )
        assert moving == 0


def test_marks_keep_an_outline_in_forced_colours(browser: "Browser", address: str) -> None:
    with watched(browser, address, forced_colors="active") as page:
        ask(page, QUESTION)
        page.click(".mark")
        for selector in (".mark", ".badge"):
            assert (
                page.evaluate(f"getComputedStyle(document.querySelector('{selector}')).borderTopStyle") == "solid"
            )
        assert violations(page) == ""
