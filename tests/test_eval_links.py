"""`footnoted eval links`: what it asks, what it finds wrong, and that a browser really looks."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from eval.datasets.dataset import Question
from eval.eval_command import command
from eval.links.browser import Looking, chromium
from eval.links.check import _Checking, check_links
from eval.links.landing import Alignment, Extent, Landing, Marked, Place, extent, landing, letters_of
from eval.links.page_copies import html_of_markdown, html_of_text, in_a_site, served, shown_letters
from eval.systems.service import ServiceClient, ServiceFailed
from retriever.provenance.deep_link import deep_link
from tests.small_datasets import write_lines

TEXT = "Denosumab\n\nBones thin quickly when the injections stop.\n\nAsk your doctor before you stop.\n\n- A\n- B"
START = TEXT.index("Bones")
QUOTE = "Bones thin quickly when the injections stop."
URL = "https://example.org/denosumab"


class Told(ServiceClient):
    """A service that says what a test tells it to."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.answer = answer
        self.asked: list[Mapping[str, Any]] = []

    def get(self, path: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:  # noqa: ARG002 - the seam's
        return {"text": TEXT} if path.endswith("/text") else {"source_path": "denosumab.md"}

    def post(self, path: str, body: Mapping[str, Any], *, refusals: Any = ()) -> dict[str, Any]:  # noqa: ARG002 - the seam's
        self.asked.append(body)
        return dict(self.answer)


def response(**changes: Any) -> dict[str, Any]:
    """A right answer, with some of its values changed."""
    said: dict[str, Any] = {
        "text": QUOTE,
        "answer": f"{QUOTE} [1]",
        "quote_start": START,
        "url": URL,
        "link": deep_link(URL, TEXT, START, START + len(QUOTE)),
    } | changes
    span = {
        "start_char": 0,
        "end_char": len(QUOTE),
        "passage_rank": 1,
        "quote": {
            "document_id": "d",
            "start_char": said["quote_start"],
            "end_char": START + len(QUOTE),
            "deep_link": said["link"],
        },
    }
    cited = {
        "start_char": START,
        "end_char": START + len(said["text"]),
        "deep_link": said["link"],
        "url": said["url"],
    }
    passage = {"rank": 1, "document_id": "d", "text": said["text"], "citation": cited}
    return {"passages": [passage], "answer": {"text": said["answer"], "spans": [span]}}


def checked(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What is found without a browser."""
    return check_links(
        [Question("q1", "what if I stop")], Told(answer), corpus=None, executable=None, tick=lambda: None
    ).summary()


def test_a_right_answer_has_no_fault() -> None:
    found = checked(response())
    assert (found["questions"], found["answered"], found["passages"], found["quotes"]) == (1, 1, 1, 1)
    assert found["faults"] == {}


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"text": QUOTE.replace("thin", "grow")}, {"a passage is not its span"}),
        ({"answer": f"{QUOTE.replace('thin', 'grow')} [1]"}, {"a quote is not its span"}),
        ({"answer": f"{QUOTE} [1] Surely."}, {"an answer holds words that are no quote"}),
        ({"quote_start": START - 2}, {"a quote is not its span", "a quote lies outside its passage"}),
    ],
)
def test_what_does_not_hold_is_counted_by_kind(changes: dict[str, Any], kinds: set[str]) -> None:
    found = checked(response(**changes))
    assert set(found["faults"]) == kinds
    assert found["examples"][0]["question"] == "q1"
    assert "stop" not in json.dumps(found["examples"])


def test_a_refused_question_is_counted_and_a_page_without_address_too() -> None:
    assert checked({"status": 422})["refused"] == 1
    assert checked(response(link=None, url=None))["pages_without_address"] == 2


class Failing(Told):
    """A service that answers one question in two."""

    def post(self, path: str, body: Mapping[str, Any], *, refusals: Any = ()) -> dict[str, Any]:
        found = super().post(path, body, refusals=refusals)
        if len(self.asked) % 2:
            raise ServiceFailed("it answered 503")
        return found


def test_a_question_that_the_service_fails_is_counted_and_the_others_are_asked() -> None:
    questions = [Question(f"q{number}", "what if I stop") for number in range(20)]
    found = check_links(questions, Failing(response()), corpus=None, executable=None, tick=lambda: None).summary()
    assert (found["questions"], found["answered"], found["failed"]) == (20, 10, 10)
    assert found["faults"] == {"the service did not answer": 10}
    assert len(found["examples"]) == 10


class Landings(Looking):
    """A browser that marks other words than the quote's."""

    def __init__(self) -> None:
        """Starts nothing."""

    def follow(self, name: str, link: str) -> list[Marked]:  # noqa: ARG002 - the seam's
        place = len(letters_of(TEXT[: TEXT.index("Ask")]))
        return [Marked(place, place + 20, "Ask your doctor")]


def test_a_link_that_is_not_found_is_reported_with_what_it_looks_for() -> None:
    checking = _Checking(Told(response()), None)
    checking.ask_all([Question("q1", "what if I stop")], Landings(), lambda: None)
    (fault,) = checking.checked.faults
    assert fault.kind == "a link's target is elsewhere"
    assert fault.why.startswith("looks for text=Bones thin quickly")
    assert fault.why.endswith("marked is: Ask your doctor")


def test_the_command_exits_with_1_where_a_service_is_not_there(tmp_path: Path) -> None:
    write_lines(tmp_path / "questions.jsonl", {"id": "a", "question": "what?", "answerable": True})
    outcome = CliRunner().invoke(command, ["links", str(tmp_path), "--url", "http://127.0.0.1:1", "--no-browser"])
    assert outcome.exit_code == 3
    assert "connection failed" in outcome.stderr


@pytest.mark.parametrize("key", ["clé", "two\nlines"])
def test_a_key_that_no_header_may_hold_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ServiceFailed) as caught:
        ServiceClient("http://127.0.0.1:1", key=key)
    assert key not in str(caught.value)


def test_the_key_of_the_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTED_API_KEY", "secret")
    assert ServiceClient("http://127.0.0.1:1")._client.headers["Authorization"] == "Bearer secret"
    assert ServiceClient("http://127.0.0.1:1", key="other")._client.headers["Authorization"] == "Bearer other"
    monkeypatch.delenv("FOOTNOTED_API_KEY")
    assert "Authorization" not in ServiceClient("http://127.0.0.1:1")._client.headers


def test_a_copy_of_a_markdown_page_has_its_links_and_no_front_matter() -> None:
    page = html_of_markdown(
        "---\ntitle: A\n---\n\n# Head\n\nBones **thin** [here](/x).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    assert "<strong>thin</strong>" in page
    assert "<td>1</td>" in page
    assert "title: A" not in page
    assert "<script" not in html_of_markdown("<script>alert(1)</script>")


def test_a_page_shows_the_letters_of_its_body_and_nothing_of_its_head() -> None:
    assert shown_letters(html_of_text("Bones & <b>\n\n- 60 mg")) == "Bonesbmg"


SECTION = "The injections are put off until the teeth are healed. Ask your doctor before you stop."
TWICE = f"Denosumab\n\nFirst year\n\n{SECTION}\n\nSecond year\n\n{SECTION}\n\nThe end of all that is said here."
SHOWN = letters_of(
    TWICE.replace("Denosumab", "Denosumab Menu First year Second year").replace("healed.", "healed.[a]")
)
"""The letters of a page that shows a table of contents and the marks of references besides."""


def placed(quoted: str, *, nth: int = 1) -> tuple[Place, int]:
    """Where a quote stands on the page, and its letters."""
    start = -1
    for _ in range(nth):
        start = TWICE.index(quoted, start + 1)
    alignment = Alignment(TWICE, SHOWN)
    return alignment.place(start, start + len(quoted)), alignment.letters(start, start + len(quoted))


@pytest.mark.parametrize("nth", [1, 2])
def test_a_span_is_found_on_its_page_though_its_words_stand_there_twice(nth: int) -> None:
    place, letters = placed("Ask your doctor before you stop.", nth=nth)
    # The mark of the reference before it may belong to it, as far as letters tell.
    assert SHOWN[place.start : place.end] == "aAskyourdoctorbeforeyoustop"
    assert letters == len("Askyourdoctorbeforeyoustop")
    assert SHOWN[: place.start].count("Askyour") == nth - 1


def test_a_span_over_what_only_the_page_shows_ends_where_it_ends_there() -> None:
    place, letters = placed(SECTION, nth=2)
    assert SHOWN[place.start : place.end] == letters_of(SECTION.replace("healed.", "healed.[a]"))
    assert letters == len(letters_of(SECTION))


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ([], Landing.NOT_FOUND),
        ([Marked(1000, 1040)], Landing.FOUND),
        ([Marked(1018, 1040)], Landing.FOUND),
        ([Marked(1030, 1040)], Landing.ELSEWHERE),
        ([Marked(100, 140)], Landing.ELSEWHERE),
        ([Marked(600, 1040)], Landing.FOUND),
        ([Marked(300, 1040)], Landing.TOO_LONG),
        ([Marked(1000, 1700)], Landing.TOO_LONG),
        ([Marked(100, 140), Marked(1000, 1040)], Landing.TOO_LONG),
    ],
)
def test_a_mark_is_judged_by_its_place_and_not_by_its_words(marked: list[Marked], expected: Landing) -> None:
    assert landing(Place(1000, 1040), 40, marked) is expected


SPAN = letters_of(SECTION)
FIRST, LAST = 20, 21 + len(SPAN)
AROUND = f"{'Menu' * 5}{SPAN[:30]}x{SPAN[30:]}{'Foot' * 5}"
"""The letters of a page that shows one letter, the mark of a reference, within the span."""


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ([Marked(FIRST, LAST)], Extent.EXACT),
        ([Marked(FIRST, 50), Marked(51, LAST)], Extent.EXACT),
        ([Marked(FIRST, 50), Marked(52, LAST)], Extent.SHORTER),
        ([Marked(FIRST + 1, LAST)], Extent.SHORTER),
        ([Marked(FIRST, LAST - 1)], Extent.SHORTER),
        ([Marked(FIRST - 1, LAST)], Extent.LONGER),
        ([Marked(FIRST, LAST + 1)], Extent.LONGER),
        ([Marked(0, FIRST)], Extent.NOTHING),
        ([], Extent.NOTHING),
    ],
)
def test_how_much_of_a_span_is_marked_is_told_letter_by_letter(marked: list[Marked], expected: Extent) -> None:
    assert extent(SPAN, Place(FIRST, LAST), AROUND, marked) is expected


def test_a_site_shows_a_page_below_its_headings() -> None:
    page = in_a_site(html_of_markdown("# Milk\n\nIt is white.\n\n## Who drinks <it>\n\n### Cats\n\nMany.\n"))
    above = "Skip to main content Home Milk On this page Who drinks it"
    assert shown_letters(page) == letters_of(f"{above} Milk It is white Who drinks it Cats Many Contact")


STAGES = "# Stages\n\n" + "".join(
    f"## Stage {stage}\n\nTreatment may include:\n\n- {drug} for weeks, or for as long as it helps.\n- Rest.\n\n"
    for stage, drug in (("A", "Cisplatin"), ("B", "Etoposide"), ("C", "Docetaxel"))
)


@pytest.fixture(scope="module")
def looking() -> Iterator[Looking]:
    pytest.importorskip("playwright.sync_api")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("there is no Chromium on this machine")
    far = TEXT.replace("\n\nAsk", "\n\n" + "Filler goes here.\n\n" * 200 + "Ask")
    with (
        served({"d": html_of_text(far), "site": in_a_site(html_of_markdown(STAGES))}) as copies,
        chromium() as started,
    ):
        yield Looking(started, copies, patience_ms=600)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        (":~:text=Ask%20your%20doctor", ["Ask your doctor"]),
        (":~:text=Filler%20goes", ["Filler goes"]),
        (":~:text=Nobody%20wrote%20this", []),
    ],
)
def test_a_browser_says_what_a_link_marks(looking: Looking, fragment: str, words: list[str]) -> None:
    marked = looking.follow("d", f"{URL}#{fragment}")
    assert [one.words for one in marked or ()] == words


@pytest.mark.browser
def test_a_mark_is_followed_beyond_what_is_in_view(looking: Looking) -> None:
    (marked,) = looking.follow("d", f"{URL}#:~:text=Bones%20thin,before%20you%20stop") or [Marked(0, 0)]
    start = len(letters_of(TEXT[:START]))
    assert marked.start == start
    assert marked.end == start + len(letters_of(TEXT[START : TEXT.index(".\n\n- A")] + "Filler goes here." * 200))


@pytest.mark.browser
def test_a_browser_that_broke_down_is_started_again(looking: Looking) -> None:
    looking._page.context.browser.close()  # type: ignore[union-attr]
    marked = looking.follow("d", f"{URL}#:~:text=Ask%20your%20doctor")
    assert [one.words for one in marked or ()] == ["Ask your doctor"]


@pytest.mark.browser
@pytest.mark.parametrize("opening", ["Stage B", "Treatment may include:"])
def test_a_quote_is_marked_from_a_first_line_that_stands_elsewhere_too(looking: Looking, opening: str) -> None:
    text = STAGES.replace("#", "").replace("\n ", "\n").strip()
    start = text.index(opening, text.index("Stage B"))
    end = text.index("\n\nStage C")
    outline = ((0, "Stages"), *((1, f"Stage {stage}") for stage in "ABC"))
    link = deep_link(URL, text, start, end, outline=outline)
    letters = shown_letters(looking._copies.pages["site"])
    place = Alignment(text, letters).place(start, end)
    marked = looking.follow("site", link or "")
    assert marked is not None
    assert extent(letters_of(text[start:end]), place, letters, marked) is Extent.EXACT
