"""`footnoted eval links`: what it asks, what it finds wrong, and that a browser really looks."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from eval.datasets.dataset import Question
from eval.eval_command import command
from eval.links.check import _Checking, check_links
from eval.links.page_copies import Landed, Landing, Looking, chromium, html_of_markdown, html_of_text, served
from eval.systems.service import Service, ServiceFailed
from retriever.provenance.deep_link import deep_link
from tests.test_eval_datasets import write_lines

TEXT = "Denosumab\n\nBones thin quickly when the injections stop.\n\nAsk your doctor before you stop.\n\n- A\n- B"
START = TEXT.index("Bones")
QUOTE = "Bones thin quickly when the injections stop."
URL = "https://example.org/denosumab"


class Told(Service):
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

    def follow(self, name: str, link: str, quoted: Any) -> Landed:  # noqa: ARG002 - the seam's
        return Landed(Landing.ELSEWHERE, "Ask your doctor")


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
        Service("http://127.0.0.1:1", key=key)
    assert key not in str(caught.value)


def test_the_key_of_the_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTED_API_KEY", "secret")
    assert Service("http://127.0.0.1:1")._client.headers["Authorization"] == "Bearer secret"
    assert Service("http://127.0.0.1:1", key="other")._client.headers["Authorization"] == "Bearer other"
    monkeypatch.delenv("FOOTNOTED_API_KEY")
    assert "Authorization" not in Service("http://127.0.0.1:1")._client.headers


def test_a_copy_of_a_markdown_page_has_its_links_and_no_front_matter() -> None:
    page = html_of_markdown(
        "---\ntitle: A\n---\n\n# Head\n\nBones **thin** [here](/x).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    assert "<strong>thin</strong>" in page
    assert "<td>1</td>" in page
    assert "title: A" not in page
    assert "<script" not in html_of_markdown("<script>alert(1)</script>")


@pytest.fixture(scope="module")
def looking() -> Iterator[Looking]:
    pytest.importorskip("playwright.sync_api")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("there is no Chromium on this machine")
    far = TEXT.replace("\n\nAsk", "\n\n" + "Filler goes here.\n\n" * 60 + "Ask")
    with served({"d": html_of_text(far)}) as copies, chromium() as started:
        yield Looking(started, copies)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("fragment", "quoted", "landing"),
    [
        (":~:text=Ask%20your%20doctor", "Ask your doctor before you stop.", Landing.FOUND),
        (":~:text=Filler%20goes", "Ask your doctor before you stop.", Landing.ELSEWHERE),
        (":~:text=Nobody%20wrote%20this", "Ask your doctor before you stop.", Landing.NOT_FOUND),
    ],
)
def test_a_browser_says_where_a_link_leads(looking: Looking, fragment: str, quoted: str, landing: Landing) -> None:
    landed = looking.follow("d", f"{URL}#{fragment}", [quoted])
    assert landed.landing is landing
    assert bool(landed.marked) is (landing is Landing.ELSEWHERE)


@pytest.mark.browser
def test_a_browser_that_broke_down_is_started_again(looking: Looking) -> None:
    looking._page.context.browser.close()  # type: ignore[union-attr]
    landed = looking.follow("d", f"{URL}#:~:text=Ask%20your%20doctor", ["Ask your doctor before you stop."])
    assert landed.landing is Landing.FOUND
