"""What a chat says to messages that ask nothing of the pages, and that it searches all others."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from api.chat.remark import filled
from api.chat.small_talk import SmallTalk, SmallTalkInvalid, parse_small_talk, read_small_talk
from footnoted import main
from retriever.document import Metadata
from tests.fakes_api import MemoryIndex, small_collection

EMERGENCY = "I can't breathe and my throat is swelling"


def chat(client: TestClient, *said: str, **fields: object) -> Any:
    messages = [{"role": "user", "content": text} for text in said]
    response = client.post("/v1/chat/completions", json={"model": "footnoted", "messages": messages, **fields})
    assert response.status_code == 200, response.text
    return response.json()


def content(body: Any) -> str:
    return str(body["choices"][0]["message"]["content"])


def own() -> SmallTalk:
    return read_small_talk(None)


@pytest.mark.parametrize(
    ("message", "begins"),
    [
        ("hello", "Hello."),
        ("Hi there!", "Hello."),
        ("good morning, how are you?", "Hello."),
        ("Hello, I have a question.", "Hello."),
        ("thanks a lot for your help :)", "You are welcome."),
        ("OK, thank you so much!", "You are welcome."),
        ("hi, thanks", "You are welcome."),
        ("Thanks, bye", "You are welcome."),
        ("goodbye", "Goodbye."),
        ("hey, what can you do?", "I am a program"),
        ("Who are you", "I am a program"),
        ("Great", "Ask on"),
        ("yes please", "I cannot tell"),
        ("I don't understand", "I only quote"),
        ("ok, in simpler words please", "I only quote"),
        ("that's not what I asked!", "Then the pages"),
        ("that’s very helpful", "You are welcome."),
    ],
)
def test_a_message_that_asks_nothing_of_the_pages_has_its_reply(message: str, begins: str) -> None:
    reply = own().reply_to(message)
    assert reply is not None
    assert reply.strip().startswith(begins)


@pytest.mark.parametrize(
    "message",
    [
        *(
            "hello, what is denosumab?",
            "thanks, and its side effects?",
            "is it good?",
            "how does it work?",
            "there",
        ),
        *(
            "hi hi hi hi hi hi hi hi hi hi hi hi hi hi hi hi hi",
            "?!",
            "is that all right for me",
            "why",
            "tell me more",
        ),
        *("good calcium", "what are you supposed to eat", "can you help me with the pain", "thank you note"),
    ],
)
def test_every_other_message_is_searched(message: str) -> None:
    assert own().reply_to(message) is None


def test_a_greeting_is_answered_without_a_search(client: TestClient) -> None:
    body = chat(client, "Hello!")
    assert content(body).startswith("Hello. I answer questions from a collection of 3 pages")
    assert "{" not in content(body)
    assert (body["searched_for"], body["answerability"], body["citations"], body["warnings"]) == (
        None,
        None,
        [],
        [],
    )
    assert body["choices"][0]["message"]["annotations"] == []
    assert body["usage"]["total_tokens"] > 0
    counted = client.get("/metrics").text
    assert 'footnoted_questions_total{decision="answer"} 0.0' in counted
    assert 'footnoted_questions_total{decision="abstain"} 0.0' in counted


def test_a_streamed_greeting_says_the_same_and_ends_as_every_stream(client: TestClient) -> None:
    messages = [{"role": "user", "content": "hello"}]
    sent = {"model": "footnoted", "messages": messages, "stream": True}
    lines = client.post("/v1/chat/completions", json=sent).text.split("\n\n")
    assert "Hello. I answer questions" in lines[1]
    assert '"finish_reason":"stop"' in lines[2]
    assert lines[3:] == ["data: [DONE]", ""]


def test_a_query_knows_no_small_talk(client: TestClient) -> None:
    found = client.post("/v1/query", json={"query": "hello"}).json()
    assert (found["answerability"]["decision"], found["answer"]) == ("abstain", None)


def test_a_greeting_behind_an_emergency_that_nobody_has_replied_to_hides_nothing(client: TestClient) -> None:
    body = chat(client, EMERGENCY, "hello?")
    assert body["warnings"][0]["code"] == "emergency"
    assert content(body).startswith(body["warnings"][0]["detail"])


def test_questions_to_begin_with_are_shown_where_the_pages_have_some() -> None:
    text = "Hello: {count}.\n\nFor example:\n{questions}\n\nEnd."
    pages = ((Metadata(title="Vitamin D"), "Ten."), (Metadata(title="![x](http://evil.example)"), "Two."))
    none = filled(text, MemoryIndex("gen-000001", pages))
    assert none == "Hello: 2.\n\nEnd."
    asked = filled(text, MemoryIndex("gen-000001", pages, headings=("Vitamin D", "How much vitamin D is needed?")))
    assert asked == "Hello: 2.\n\nFor example:\n- How much vitamin D is needed?\n\nEnd."


def test_a_file_of_ones_own_replaces_all_of_it(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('version = 1\n[[reply]]\nto = ["hallo"]\ntext = "Guten Tag: {count}"\n', encoding="utf-8")
    with small_collection(tmp_path, small_talk=file) as client:
        assert content(chat(client, "Hallo!")) == "Guten Tag: 3"
        assert chat(client, "hello")["searched_for"] == "hello"


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("version = ", "not TOML"),
        ("version = 2", "version"),
        ('version = 1\nreply = [{to = ["hi"]}]', "reply.0.text"),
        ('version = 1\nreply = [{to = [], text = "x"}]', "reply.0.to"),
        ('version = 1\nreply = [{to = ["?"], text = "x"}]', "without a word"),
        ("version = 1\nreplies = []", "replies"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(file: str, says: str) -> None:
    with pytest.raises(SmallTalkInvalid, match=says):
        parse_small_talk(file)


def test_without_a_reply_every_message_is_searched() -> None:
    assert parse_small_talk("version = 1").reply_to("hello") is None


def test_the_service_does_not_start_with_a_file_that_is_not_there(tmp_path: Path) -> None:
    arguments = ["serve", "--small-talk", str(tmp_path / "none.toml"), "--index", str(tmp_path / "index")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "cannot be read" in result.output
