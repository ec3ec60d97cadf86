"""The question page in a real browser: what a person sees and can do."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from retriever.document import Metadata
from tests.browsing import ask, needs_chromium, published, site, visit, watched
from tests.fakes_api import publish
from tests.made_keys import add
from tests.waiting import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with published(tmp_path_factory.mktemp("page")) as address:
        yield address


@pytest.fixture
def page(shared_tab: "Page", address: str) -> Iterator["Page"]:
    with visit(shared_tab, address) as opened:
        yield opened


def focused(page: "Page") -> str:
    """The id of the element that has the focus, or its class."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.className"))


def test_the_page_says_what_collection_it_is(page: "Page") -> None:
    page.wait_for_selector("#collection:not(:empty)")
    assert page.inner_text("#collection") == "3 pages, 3 passages, indexed 22 November 2026"


def test_the_answer_stands_on_top_with_its_footnote(page: "Page") -> None:
    ask(page, "what is denosumab used for?")
    answer = page.inner_text("#answer")
    for shown in (
        *("Denosumab is used in cancer.", "NCI", "Reviewed 30 December 2025"),
        *("Review overdue since 30 March 2026", "Open at example.org"),
    ):
        assert shown in answer
    assert page.get_attribute(".mark", "aria-label") == "Footnote 1: show these words in Denosumab"
    link = page.get_attribute(".ways a", "href") or ""
    assert link.startswith("https://example.org/denosumab#:~:text=Denosumab%20is%20used")
    assert page.inner_text("#status") == "Answered, with 1 footnote. Overdue for review: 1 of 3 passages."


def test_a_list_keeps_its_lines(page: "Page") -> None:
    ask(page, "what is denosumab used for?")
    page.click(".note-title")
    assert "- It lowers calcium levels.\n- It may cause skin infections." in page.inner_text(".note-panel .text")


def test_a_footnote_opens_at_the_quoted_words_and_leads_back(page: "Page") -> None:
    ask(page, "what is denosumab used for?")
    assert not page.is_visible("#note-1")
    page.click(".mark")
    assert page.locator("#note-1 mark.shown").all_inner_texts() == ["Denosumab is used in cancer."]
    assert page.get_attribute("#note-title-1", "aria-expanded") == "true"
    assert focused(page) == "note-title-1"
    page.click("text=Back to the answer")
    assert focused(page) == "mark"


def test_escape_closes_a_footnote_and_returns_to_its_mark(page: "Page") -> None:
    ask(page, "what is denosumab used for?")
    page.focus(".mark")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert not page.is_visible("#note-1")
    assert focused(page) == "mark"


def test_an_emergency_is_met_with_its_text_before_all_else(page: "Page") -> None:
    ask(page, "my mum has collapsed right now after denosumab")
    notice = page.locator("#urgent")
    assert "call your local emergency number now" in notice.inner_text()
    assert notice.get_attribute("role") == "alert"
    assert page.evaluate("document.querySelector('#urgent').getBoundingClientRect().bottom < innerHeight")
    ask(page, "denosumab")
    assert not notice.is_visible()


def test_the_numbers_of_an_emergency_can_be_called_with_one_touch(page: "Page") -> None:
    ask(page, "my mum has collapsed right now after denosumab")
    links = page.eval_on_selector_all("#urgent a", "all => all.map((one) => one.getAttribute('href'))")
    assert links == ["tel:112", "tel:911", "tel:999"]
    assert page.inner_text("#urgent strong") == "This may be an emergency."


def test_pages_that_do_not_answer_stay_closed_beside_an_emergency(page: "Page") -> None:
    ask(page, "zebra giraffe ostrich penguin walrus badger otter lynx heron quokka mammogram, send an ambulance")
    assert page.is_visible("#urgent")
    assert page.locator("#abstention").count() == 0
    assert not page.is_visible(".passage >> nth=0")
    page.click("text=Pages that are near")
    assert page.is_visible(".passage >> nth=0")


def test_a_page_that_is_near_with_several_passages_is_named_once(page: "Page") -> None:
    ask(page, "zebra giraffe ostrich penguin walrus badger otter lynx heron quokka mammogram")
    shown = page.evaluate(
        """async () => {
          const { showResponse } = await import("/page/results.js");
          const question = { method: "POST", headers: { "Content-Type": "application/json" } };
          question.body = JSON.stringify({ query: document.querySelector("#question").value });
          const body = await (await fetch("/v1/query", question)).json();
          body.passages = body.passages.concat(body.passages);
          showResponse(body, { kept: "", searchAll: () => {} });
          return [body.passages.length, document.querySelectorAll("details.passage").length];
        }"""
    )
    assert shown[0] == 2 * shown[1] > 0


def test_pages_that_differ_are_shown_plainly(browser: "Browser", tmp_path: Path) -> None:
    pages = [
        (Metadata(title="Denosumab"), "Denosumab is given every six months under the skin."),
        (Metadata(title="Denosumab injections"), "Denosumab is given every four weeks under the skin."),
        *((Metadata(title=f"Bread {n}"), "Bread is how often given.") for n in range(2)),
    ]
    with published(tmp_path, pages) as address, watched(browser, address) as opened:
        ask(opened, "how often is denosumab given?")
        answer = opened.inner_text("#answer")
        assert opened.locator(".mark").all_inner_texts() == ["1", "2"]
    assert "Sources 1 and 2 differ." in answer
    assert "six months" in answer
    assert "four weeks" in answer


def copied_by(button: str, said: str, browser: "Browser", address: str) -> list[str]:
    """The lines that a button puts on the clipboard, after the page has said so."""
    allowed = ["clipboard-read", "clipboard-write"]
    with watched(browser, address, permissions=allowed) as page:
        ask(page, "what is denosumab used for?")
        page.click(f"text={button}")
        page.wait_for_selector("text=Copied")
        copied: str = page.evaluate("navigator.clipboard.readText()")
        assert page.inner_text("#status") == said
    return copied.split("\n")


def test_the_answer_is_copied_with_its_sources(browser: "Browser", address: str) -> None:
    said = "The answer and its sources are on the clipboard."
    assert copied_by("Copy with citations", said, browser, address) == [
        *("what is denosumab used for?", "", "Denosumab is used in cancer. [1]", "", "Sources"),
        "[1] Denosumab. About. NCI, 2025. Last reviewed 30 December 2025. Review overdue since 30 March 2026. "
        "https://example.org/denosumab",
        *("", "Quoted word for word from this collection (gen-000001)."),
    ]


def test_one_quote_is_copied_with_its_source(browser: "Browser", address: str) -> None:
    said = "The words and their source are on the clipboard."
    assert copied_by("Copy this quote", said, browser, address) == [
        *("Denosumab is used in cancer.", ""),
        "Denosumab. About. NCI, 2025. Last reviewed 30 December 2025. Review overdue since 30 March 2026. "
        "https://example.org/denosumab",
    ]


def test_a_printed_answer_has_its_question_its_evidence_and_the_addresses(page: "Page") -> None:
    ask(page, "what is denosumab used for?")
    assert not page.is_visible("#note-1")
    page.emulate_media(media="print")
    try:
        for shown in ("#answer .asked", "#note-1 mark", ".foot p"):
            assert page.is_visible(shown), shown
        for left_out in ("#form", "#tools", ".answer-head", ".back", ".read-here", "#results > .passages"):
            assert not page.is_visible(left_out), left_out
        address = "getComputedStyle(document.querySelector('#answer .ways a'), '::after').content"
        assert page.evaluate(address) == '"https://example.org/denosumab"'
    finally:
        page.emulate_media(media="screen")


def test_what_is_not_found_is_said_clearly(page: "Page") -> None:
    ask(page, "zebra")
    assert page.inner_text("#abstention h2") == "Not found in this collection"
    assert page.locator(".passage, #answer").count() == 0


def test_an_abstention_offers_the_nearest_pages(page: "Page") -> None:
    ask(page, "zebra giraffe ostrich penguin walrus badger otter lynx heron quokka mammogram")
    assert page.inner_text("#abstention h2") == "Not found in this collection"
    assert "These are the nearest pages" in page.inner_text("#abstention")
    page.click(".passage summary >> nth=0")
    assert "A mammogram is an X-ray." in page.inner_text(".passage >> nth=0")
    assert "Not found in this collection" in page.inner_text("#status")


@pytest.mark.parametrize(("score", "reason", "opened"), [
    (0.5, "weak_evidence", 1), (0.75, "weak_evidence", 0), (0.5, "out_of_scope", 0)
])  # fmt: skip
def test_an_abstention_opens_a_passage_that_leads_by_far(
    page: "Page", score: float, reason: str, opened: int
) -> None:
    def with_another(route: "Route") -> None:
        answered = route.fetch()
        body = answered.json()
        body["answerability"]["reason"] = reason
        first = body["passages"][0] | {"score": 0.9}
        body["passages"] = [first, first | {"rank": 2, "score": score, "document_id": "b" * 64}]
        route.fulfill(response=answered, json=body)

    page.route("**/v1/query", with_another)
    try:
        ask(page, "zebra giraffe ostrich penguin walrus badger otter lynx heron quokka mammogram")
    finally:
        page.unroute("**/v1/query")
    assert page.inner_text("#abstention h2") == "Not found in this collection"
    assert page.locator(".passage").count() == 2
    assert page.locator(".passage[open]").count() == opened
    assert ("One passage is much nearer" in page.inner_text("#abstention")) == bool(opened)
    assert ("One passage is much nearer" in page.inner_text("#status")) == bool(opened)


def test_questions_can_be_kept_to_a_part_of_the_collection(page: "Page") -> None:
    page.click("#filters summary")
    page.check("label:has-text('NCI') input")
    assert page.inner_text("#filters summary") == "Narrow down (1)"
    page.fill("#question", "mammogram")
    page.click("text=Ask with these")
    page.wait_for_selector("#abstention")
    assert "Only a part was searched. Source: NCI." in page.inner_text("#results")
    assert "Only a part of the collection was searched." in page.inner_text("#status")
    page.click("text=Search everything")
    page.wait_for_selector("#answer")
    assert page.locator(".kept").count() == 0


def test_pages_that_name_no_source_can_be_searched_alone(page: "Page") -> None:
    page.click("#filters summary")
    page.check("fieldset:has-text('Source') label:has-text('Not given') input")
    page.check("fieldset:has-text('Review') label:has-text('Date not known') input")
    ask(page, "mammogram denosumab")
    assert page.locator("#results .title").all_inner_texts() == ["Notes"]
    assert "Source: Not given; Review: Date not known" in page.inner_text(".kept")


def test_the_questions_of_this_tab_are_listed_and_can_be_cleared(page: "Page") -> None:
    ask(page, "denosumab")
    ask(page, "zebra")
    page.click("#history summary")
    assert page.locator("#history-list li").all_inner_texts() == ["zebra\nnot found", "denosumab\nanswered"]
    assert "Nothing of this list leaves this browser." in page.inner_text("#history")
    page.click("#history-list >> text=denosumab")
    page.wait_for_selector("#answer")
    page.reload()
    assert page.inner_text("#history summary") == "Earlier questions (2)"
    page.click("#history summary")
    page.click("text=Clear the list")
    assert not page.is_visible("#history")
    assert page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [0, 0, ""]


def test_a_document_is_shown_whole_with_the_cited_words_marked(page: "Page") -> None:
    ask(page, "what is denosumab used for?")
    page.click(".read-here >> nth=0")
    page.wait_for_selector(".whole")
    assert page.locator(".whole mark").all_inner_texts() == ["Denosumab is used in cancer."]
    assert "It may cause skin infections." in page.inner_text(".whole")
    assert re.search(r"/#/document/doc-0/0-28/[0-9a-f]{12}$", page.url)
    assert focused(page) == "document-title"
    page.go_back()
    assert page.is_visible("#answer")
    assert focused(page) == "read-here"
    page.go_forward()
    page.wait_for_selector(".whole mark")
    page.click("#document-view >> text=Back to the answer")
    page.wait_for_selector("#answer")


def test_a_link_to_a_document_can_be_passed_on(shared_tab: "Page", address: str) -> None:
    with visit(shared_tab, f"{address}/#/document/doc-0/31-55") as page:
        page.wait_for_selector(".whole mark")
        assert page.locator(".whole mark").all_inner_texts() == ["It lowers calcium level"]
        page.click("text=Ask a question")
        assert page.is_visible("#question")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("doc-0/0-28/000000000000", "This page has changed since the link was made."),
        ("doc-0/0-9000", "The place that the link names is not in this page."),
        ("nothing", "This page is not in the collection"),
    ],
)
def test_a_link_that_no_longer_holds_says_so(shared_tab: "Page", address: str, target: str, said: str) -> None:
    with visit(shared_tab, f"{address}/#/document/{target}") as page:
        page.wait_for_selector("#document-view[aria-busy=false]")
        assert said in page.inner_text("#document-view")


def test_the_question_never_stands_in_the_address(page: "Page") -> None:
    ask(page, "denosumab")
    page.click(".read-here >> nth=0")
    page.wait_for_selector(".whole")
    assert "denosumab" not in page.url
    assert page.title() == "Denosumab · Footnoted"


def test_back_leads_to_the_question_before_and_a_reload_keeps_the_answer(page: "Page") -> None:
    answer = "#answer .words"
    ask(page, "what is denosumab used for?")
    ask(page, "what is a mammogram?")
    page.go_back()
    page.wait_for_selector(f"{answer} >> text=Denosumab is used in cancer.")
    assert page.input_value("#question") == "what is denosumab used for?"
    page.reload()
    page.wait_for_selector(f"{answer} >> text=Denosumab is used in cancer.")
    page.go_forward()
    page.wait_for_selector(f"{answer} >> text=A mammogram is an X-ray.")
    page.click(".wordmark")
    assert not page.is_visible("#results")
    assert page.input_value("#question") == ""
    page.go_back()
    page.wait_for_selector(f"{answer} >> text=A mammogram is an X-ray.")


def test_a_question_that_was_cleared_cannot_be_gone_back_to(page: "Page") -> None:
    ask(page, "what is denosumab used for?")
    page.click("#history summary")
    page.click("#history-clear")
    ask(page, "what is a mammogram?")
    page.go_back()
    page.wait_for_selector("#results", state="hidden")
    assert page.input_value("#question") == ""


def test_slash_returns_to_the_question(page: "Page") -> None:
    ask(page, "denosumab")
    page.focus(".ways a")
    page.keyboard.press("/")
    assert focused(page) == "question"
    assert page.input_value("#question") == "denosumab"


def test_the_examples_come_from_the_collection(browser: "Browser", tmp_path: Path) -> None:
    pages = [(Metadata(title="Calcium"), "What does calcium do?\n\nCalcium makes bones hard.")]
    headings = ("Calcium", "What does calcium do?")
    with published(tmp_path, pages, headings=headings) as address, watched(browser, address) as page:
        page.click("#examples >> text=What does calcium do?")
        page.wait_for_selector("#answer")
        assert page.input_value("#question") == "What does calcium do?"


def test_a_refused_question_is_explained(page: "Page") -> None:
    page.evaluate("document.getElementById('question').removeAttribute('maxlength')")
    ask(page, "x" * 2_001)
    assert page.inner_text("#message-title") == "This question cannot be searched"
    assert "at most 2,000" in page.inner_text("#message-text")
    assert not page.is_visible("#retry")


def test_too_many_questions_at_once_are_put_off_in_words(browser: "Browser", tmp_path: Path) -> None:
    asked, goes_on = threading.Event(), threading.Event()

    def hold(query: object) -> None:
        if "slowly" in str(query):
            asked.set()
            goes_on.wait(PATIENCE_S)

    with (
        published(tmp_path, before=hold, threads=1, waiting_limit=0) as address,
        watched(browser, address) as first,
        watched(browser, address) as second,
    ):
        second.wait_for_selector("#examples, #collection:not(:empty)", state="attached")
        first.fill("#question", "slowly denosumab")
        first.keyboard.press("Enter")
        assert first.inner_text("#results") == "Searching …"
        assert asked.wait(PATIENCE_S)
        ask(second, "denosumab")
        assert second.inner_text("#message-title") == "Too many questions at once"
        assert "Wait a second, then try again." in second.inner_text("#message-text")
        goes_on.set()
        first.wait_for_selector("#answer, #abstention")
        second.click("#retry")
        second.wait_for_selector("#answer")


def test_without_a_connection_the_question_is_kept(page: "Page") -> None:
    page.wait_for_selector("#collection:not(:empty)")
    page.context.set_offline(True)
    ask(page, "denosumab")
    assert page.inner_text("#message-title") == "You are offline"
    page.context.set_offline(False)
    page.click("#retry")
    page.wait_for_selector("#answer")


def test_a_page_without_an_index_says_so_and_answers_once_there_is_one(browser: "Browser", tmp_path: Path) -> None:
    with site(tmp_path / "index") as address, watched(browser, address) as opened:
        ask(opened, "denosumab")
        assert opened.inner_text("#message-title") == "Not ready to answer yet"
        assert opened.inner_text("#collection") == "The collection is not ready yet"
        publish(tmp_path / "index", 1)

        def is_answered() -> bool:
            if opened.is_visible("#retry"):
                opened.click("#retry")
            opened.wait_for_timeout(200)
            return opened.locator("#answer").count() > 0

        wait_until(is_answered)
        assert "Denosumab" in opened.inner_text("#answer")


def test_a_service_that_asks_for_a_key_is_given_one(browser: "Browser", tmp_path: Path) -> None:
    key = add(tmp_path / "keys.json", "page")
    with published(tmp_path, keys_file=tmp_path / "keys.json") as address, watched(browser, address) as page:
        page.wait_for_selector("#key-form:not([hidden])")
        assert focused(page) == "key"
        page.fill("#key", "wrong")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=This key is not accepted.")
        page.fill("#key", key)
        page.keyboard.press("Enter")
        page.wait_for_selector("text=3 pages")
        ask(page, "denosumab")
        assert page.is_visible("#answer")
        assert not page.is_visible("#key-form")
        assert page.evaluate("localStorage.length") == 0
        assert page.input_value("#key") == ""
        page.click("text=HTTP reference")
        page.wait_for_selector("#QueryRequest")


def test_the_reference_says_where_a_key_is_given(browser: "Browser", tmp_path: Path) -> None:
    add(tmp_path / "keys.json", "page")
    with (
        published(tmp_path, keys_file=tmp_path / "keys.json") as address,
        watched(browser, f"{address}/docs") as page,
    ):
        page.wait_for_selector("text=This service asks for a key.")


def test_more_questions_than_are_allowed_are_put_off_in_words(browser: "Browser", tmp_path: Path) -> None:
    with published(tmp_path, rate_limit="3/hour") as address, watched(browser, address) as page:
        page.wait_for_selector("text=3 pages")
        for _ in range(4):
            ask(page, "denosumab")
        assert page.inner_text("#message-title") == "Too many questions for now"
        assert re.search(r"Wait \d+ seconds, then try again\.", page.inner_text("#message-text"))


def test_the_reference_lists_every_endpoint_offline(shared_tab: "Page", address: str) -> None:
    with visit(shared_tab, f"{address}/docs") as page:
        page.wait_for_selector("#QueryRequest")
        titles = page.locator(".operation h3").all_inner_texts()
        assert "POST /v1/query" in titles
        described = page.evaluate("fetch('/openapi.json').then((got) => got.json())")
        assert len(titles) == sum(len(methods) for methods in described["paths"].values())


def test_a_list_is_one_for_a_screen_reader_too(page: "Page") -> None:
    ask(page, "what is denosumab used for?")
    page.click(".note-title")
    heard = page.locator(".note-panel .text").aria_snapshot()
    assert "- list:\n  - listitem: It lowers calcium levels.\n  - listitem: It may cause skin infections." in heard


def test_a_closed_passage_shows_how_it_begins_for_whom_it_is_and_that_it_is_overdue(page: "Page") -> None:
    ask(page, "zebra giraffe ostrich penguin walrus badger otter lynx heron quokka cancer")
    closed = page.locator(".passage summary", has_text="Denosumab")
    assert closed.inner_text().split("\n")[2:] == [
        "Denosumab is used in cancer. • It lowers calcium levels. • It may cause skin infections.",
        "Review overdue",
        "For patients",
    ]
    closed.click()
    assert "Review overdue since 30 March 2026" in page.locator(".passage[open]").inner_text()


def test_the_cells_of_a_table_keep_apart_in_a_closed_passage(browser: "Browser", tmp_path: Path) -> None:
    pages = [
        (Metadata(title="Doses"), "Age\tDose\nadults\t700 mg\n\nAsk if in doubt about a dose."),
        *((Metadata(title=f"Bread {n}"), "Bread is baked.") for n in range(3)),
    ]
    with published(tmp_path, pages) as address, watched(browser, address) as opened:
        ask(opened, "zebra giraffe ostrich penguin walrus badger otter lynx heron quokka adults")
        shown = opened.locator(".passage .begins").first.inner_text()
    assert shown == "Age · Dose; adults · 700 mg Ask if in doubt about a dose."


def test_a_quote_from_a_pdf_says_on_which_page_it_stands(page: "Page") -> None:
    ask(page, "what is denosumab used for?")
    shown = page.evaluate(
        """async () => {
          const { facts } = await import("/page/passages.js");
          const { withSource } = await import("/page/copying.js");
          const question = { method: "POST", headers: { "Content-Type": "application/json" } };
          question.body = JSON.stringify({ query: document.querySelector("#question").value });
          const { passages } = await (await fetch("/v1/query", question)).json();
          const citation = { ...passages[0].citation, page: 5 };
          return [facts(citation).children[1].textContent, withSource("Words.", citation)];
        }"""
    )
    assert shown[0] == "Page 5"
    assert shown[1].startswith("Words.\n\nDenosumab. About. Page 5. NCI, 2025.")


def test_an_item_that_is_set_in_belongs_to_the_item_before_it(page: "Page") -> None:
    shown = page.evaluate(
        """async (text) => {
          const { shaped } = await import("/page/text.js");
          const items = (list) => [...list.children].map((item) => {
            const inner = item.querySelector("ul");
            const words = item.textContent.replace(inner?.textContent ?? "", "").trim();
            return inner ? [words, items(inner)] : words;
          });
          return items(shaped(text)[0]);
        }""",
        "- fever\n- infections of\n  - the skin\n    - of the hands\n  - the lungs\n- pain",
    )
    assert shown == [
        "- fever",
        ["- infections of", [["- the skin", ["- of the hands"]], "- the lungs"]],
        "- pain",
    ]


def test_a_first_heading_that_repeats_the_title_is_not_shown_again(page: "Page") -> None:
    shown = page.evaluate(
        """async (titles) => {
          const { path } = await import("/page/passages.js");
          return titles.map((title) => path({ title, headings: ["Dry mouth", "Tips"] }).textContent);
        }""",
        ["Dry mouth - Example", "Dry mouth | Side effects", "Dry mouths", "Mouth"],
    )
    assert shown == ["Tips", "Tips", "Dry mouth › Tips", "Dry mouth › Tips"]


def test_a_footnote_mark_stays_on_the_line_of_its_last_word(browser: "Browser", address: str) -> None:
    with watched(browser, address) as page:
        ask(page, "what is denosumab used for?")
        for width in range(320, 420, 4):
            page.set_viewport_size({"width": width, "height": 700})
            word, mark = (page.locator(f".tail > {one}").bounding_box() for one in ("span", "sup"))
            assert word is not None
            assert mark is not None
            assert mark["x"] >= word["x"] + word["width"] - 1
            assert mark["y"] < word["y"] + word["height"]


def test_a_table_of_doses_is_seen_whole_on_a_phone(browser: "Browser", tmp_path: Path) -> None:
    rows = [
        "Use\tBrand\tDose\tHow often",
        "Osteoporosis\tAclasta, Reclast\t5 mg\tonce a year",
        "Bone metastases, myeloma\tZometa\t4 mg\tevery 3 to 4 weeks, or every 12 weeks",
    ]
    pages = [(Metadata(title="Zoledronic acid"), "\n".join(rows))]
    screen = {"width": 320, "height": 640}
    with published(tmp_path, pages) as address, watched(browser, address, viewport=screen) as page:
        ask(page, "how often is zometa given for osteoporosis?")
        page.eval_on_selector_all("details.passage", "all => all.forEach((one) => { one.open = true; })")
        assert page.eval_on_selector(".table", "table => [table.scrollWidth - table.clientWidth]") == [0]
