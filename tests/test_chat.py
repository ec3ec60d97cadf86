"""The endpoints with OpenAI's shapes: what they answer, what they accept, what they refuse and in which form."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.chat.markdown_table import with_tables
from api.chat.reply import Reply, extractive_stretches, harmless
from api.query.response import QueryResponse
from retriever.document import Metadata
from retriever.questions.conversation import MAX_TURNS
from tests.fakes_api import PAGES, FolderOpener, MemoryIndex, publish, served, snapshot_of

QUESTION = "what is denosumab used for?"
CANARY = "canary7f3a"


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def chat(client: TestClient, *messages: dict[str, Any], **fields: object) -> Any:
    body = {"model": "footnoted", "messages": list(messages), **fields}
    response = client.post("/v1/chat/completions", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def refused(client: TestClient, body: object, path: str = "/v1/chat/completions") -> tuple[int, str, str | None]:
    response = client.post(path, json=body)
    assert response.headers["content-type"] == "application/json"
    assert set(response.json()) == {"error"}
    error = response.json()["error"]
    assert set(error) == {"message", "type", "code", "param"}
    return response.status_code, error["code"], error["param"]


def events(client: TestClient, *messages: dict[str, Any], **fields: object) -> list[Any]:
    body = {"model": "footnoted", "messages": list(messages), "stream": True, **fields}
    response = client.post("/v1/chat/completions", json=body)
    assert response.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in response.text.split("\n\n") if line]
    assert lines[-1] == "data: [DONE]"
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]


def test_the_reply_is_the_answer_of_a_query_with_its_sources(client: TestClient) -> None:
    asked = client.post("/v1/query", json={"query": QUESTION}).json()
    body = chat(client, user(QUESTION))
    content = body["choices"][0]["message"]["content"]
    assert content.startswith(asked["answer"]["text"].split(" [1]")[0])
    assert "Sources:\n\n- [1] Denosumab > About: https://example.org/denosumab#:~:text=" in content
    assert body["citations"] == [passage["citation"] for passage in asked["passages"]]
    assert body["searched_for"] == QUESTION
    assert body["generation"] is None
    assert (body["object"], body["model"], body["choices"][0]["finish_reason"]) == (
        *("chat.completion", "footnoted", "stop"),
    )


def test_an_annotation_marks_the_stretch_that_its_page_says(client: TestClient) -> None:
    body = chat(client, user(QUESTION))
    message = body["choices"][0]["message"]
    cited = message["annotations"][0]["url_citation"]
    stretch = message["content"][cited["start_index"] : cited["end_index"]]
    assert stretch == "Denosumab is used in cancer. [1]"
    assert cited["title"] == "Denosumab"
    assert cited["url"] == body["citations"][0]["deep_link"]


def test_a_page_without_a_web_address_is_cited_by_its_file(tmp_path: Path) -> None:
    name = publish(tmp_path / "index", 1)
    pages = ((Metadata(title="Notes", url="javascript:alert(1)"), "A mammogram is an X-ray of the breast."),)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name, pages))})
    with served(tmp_path / "index", opener) as client:
        message = chat(client, user("what is a mammogram?"))["choices"][0]["message"]
    assert message["annotations"] == []
    assert message["content"].endswith("- [1] Notes > About (pages/doc-0.md)")


def test_a_source_that_is_a_pdf_is_named_with_its_page(client: TestClient) -> None:
    body = client.post("/v1/query", json={"query": QUESTION}).json()
    body["passages"][0]["citation"]["page"] = 5
    response = QueryResponse.model_validate(body)
    reply = Reply(response)
    for stretch in extractive_stretches(response):
        reply.stretch(stretch)
    assert "[1] Denosumab > About, page 5: https://example.org/denosumab" in reply.closing()


def test_an_abstention_is_a_plain_sentence_and_cites_nothing(client: TestClient) -> None:
    body = chat(client, user("zebra"))
    message = body["choices"][0]["message"]
    assert message["content"] == ("Not found in this collection: nothing in the collection matches the question.")
    assert (message["annotations"], body["citations"]) == ([], [])
    assert body["answerability"]["decision"] == "abstain"


def test_an_emergency_is_spoken_to_before_the_answer(client: TestClient) -> None:
    body = chat(client, user("what is denosumab used for? I can't breathe and my throat is swelling"))
    content = body["choices"][0]["message"]["content"]
    warning = body["warnings"][0]
    assert warning["code"] == "emergency"
    assert content.startswith(warning["detail"])
    cited = body["choices"][0]["message"]["annotations"][0]["url_citation"]
    assert content[cited["start_index"] :].startswith("Denosumab")


def test_an_emergency_is_all_that_is_said_where_no_page_answers(client: TestClient) -> None:
    body = chat(client, user("cant breathe"))
    assert body["answerability"]["decision"] == "abstain"
    assert body["choices"][0]["message"]["content"] == body["warnings"][0]["detail"]


def test_an_emergency_is_seen_in_the_person_s_own_words_of_a_follow_up(client: TestClient) -> None:
    body = chat(
        client, user("denosumab"), {"role": "assistant", "content": "..."}, user("it hurts: I can't breathe")
    )
    assert body["warnings"][0]["code"] == "emergency"
    two = chat(client, user("I can't breathe"), user(QUESTION))
    assert two["warnings"][0]["code"] == "emergency"
    answered = chat(client, user("I can't breathe"), {"role": "assistant", "content": "..."}, user(QUESTION))
    assert "emergency" not in {warning["code"] for warning in answered["warnings"]}


def test_what_a_reply_warned_of_is_said_again_with_those_after_it(client: TestClient) -> None:
    first = user("My dad has collapsed")
    warned = {"role": "assistant", "content": chat(client, first)["choices"][0]["message"]["content"]}
    later = chat(client, first, warned, user("What is denosumab?"))

    assert [warning["code"] for warning in later["warnings"]].count("emergency") == 1
    text = later["choices"][0]["message"]["content"]
    assert text.startswith("Because of what you wrote earlier: This may be an emergency.")
    assert later["citations"]
    again = {"role": "assistant", "content": text}
    much_later = chat(client, *[again, user("What is denosumab?")] * MAX_TURNS)
    assert "emergency" not in {warning["code"] for warning in much_later["warnings"]}


def test_an_emergency_is_seen_in_the_light_of_what_was_said_before(client: TestClient) -> None:
    before = [user("I am on chemo"), {"role": "assistant", "content": "Not found in this collection."}]
    body = chat(client, *before, user("I have a fever now"))

    assert body["warnings"][0]["code"] == "emergency"
    assert "emergency" not in {each["code"] for each in chat(client, user("I have a fever now"))["warnings"]}


def test_a_reader_is_told_that_a_cited_page_is_overdue(client: TestClient) -> None:
    content = chat(client, user(QUESTION))["choices"][0]["message"]["content"]
    assert "Note on [1]: review was due on 2026-03-30." in content


def test_a_follow_up_is_searched_with_what_it_is_about(client: TestClient) -> None:
    body = chat(
        client,
        {"role": "system", "content": "Answer in French."},
        user("what is denosumab?"),
        {"role": "assistant", "content": "Denosumab is used in cancer. [1]", "annotations": []},
        user("what does it lower?"),
    )
    assert body["searched_for"] == "denosumab: what does it lower?"
    assert body["citations"][0]["title"] == "Denosumab"


def test_a_message_that_finds_nothing_alone_is_searched_with_what_was_spoken_of(client: TestClient) -> None:
    reply = {"role": "assistant", "content": "..."}
    asked = "would my dad hug me?"
    assert chat(client, user(asked))["answerability"]["decision"] == "abstain"
    body = chat(client, user("what are denosumab infusions?"), reply, user(asked))
    assert (body["searched_for"], body["answerability"]["decision"]) == (f"denosumab infusions: {asked}", "answer")


def test_content_may_be_a_list_of_text_parts(client: TestClient) -> None:
    parts = [{"type": "text", "text": "what is"}, {"type": "text", "text": "denosumab?"}]
    assert chat(client, {"role": "user", "content": parts})["searched_for"] == "what is denosumab?"


def test_a_stream_says_what_the_whole_reply_says(client: TestClient) -> None:
    whole = chat(client, user(QUESTION))
    chunks = events(client, user(QUESTION))
    text = "".join(choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"])
    assert text == whole["choices"][0]["message"]["content"]
    last = chunks[-1]
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["choices"][0]["delta"]["annotations"] == whole["choices"][0]["message"]["annotations"]
    for name in ("citations", "searched_for", "answerability", "warnings", "index", "generation"):
        assert last[name] == whole[name]
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert len({chunk["id"] for chunk in chunks}) == 1


def test_a_stream_ends_with_usage_only_where_it_was_asked_for(client: TestClient) -> None:
    assert all("usage" not in chunk for chunk in events(client, user(QUESTION)))
    last = events(client, user(QUESTION), stream_options={"include_usage": True})[-1]
    assert last["choices"] == []
    assert last["usage"]["total_tokens"] == last["usage"]["prompt_tokens"] + last["usage"]["completion_tokens"]


def test_what_chat_clients_send_along_is_accepted(client: TestClient) -> None:
    sent: dict[str, Any] = {
        **{"temperature": 0.7, "top_p": 1, "presence_penalty": 0, "frequency_penalty": 0.5, "seed": 7},
        **{"max_tokens": 5, "max_completion_tokens": 5, "stop": ["\n"], "logit_bias": {"50256": -100}},
        **{"user": "someone", "metadata": {"chat_id": "x"}, "stream": False, "stream_options": None, "n": 1},
        **{"tools": [], "tool_choice": "none", "response_format": {"type": "text"}, "reasoning_effort": "low"},
        **{"parallel_tool_calls": True, "store": False, "logprobs": False, "modalities": ["text"]},
    }
    assert chat(client, user(QUESTION), **sent)["choices"] == chat(client, user(QUESTION))["choices"]


def test_the_search_can_be_chosen_as_in_a_query(client: TestClient) -> None:
    only = {"type": "eq", "key": "source", "value": "CDC"}
    body = chat(client, user("denosumab mammogram"), filters=only, top_k=1, mode="lexical", max_per_document=1)
    assert [each["title"] for each in body["citations"]] == ["Mammography"]


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"messages": []}, "too_short", "messages"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "question_missing", "messages"),
        ({"messages": [user("\u200b")]}, "query_empty", "messages[0].content"),
        ({"messages": [user("a"), user("x" * 2001)]}, "query_too_long", "messages[1].content"),
        ({"messages": [{"role": "user", "content": None}]}, "query_empty", "messages[0].content"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "not_accepted", "messages[0].role"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": CANARY}}]}]},
            "not_offered",
            "messages[0].content",
        ),
        ({"n": 2}, "out_of_range", "n"),
        ({"temperature": 3}, "out_of_range", "temperature"),
        ({"temperature": "0"}, "type", "temperature"),
        ({"tools": [{"type": "function", "function": {"name": CANARY}}]}, "not_offered", "tools"),
        ({"response_format": {"type": "json_object"}}, "not_offered", "response_format"),
        ({"store": True}, "not_offered", "store"),
        ({"logprobs": True}, "not_offered", "logprobs"),
        ({CANARY: 1}, "unknown_field", None),
        ({"filters": {"type": "eq", "key": CANARY, "value": 1}}, "filter_unknown_key", "filters.key"),
        ({"stream": "yes"}, "type", "stream"),
    ],
)  # fmt: skip
def test_what_is_refused_is_named_and_never_repeated(
    client: TestClient, fields: dict[str, Any], code: str, param: str | None
) -> None:
    body = {"model": "footnoted", "messages": [user(QUESTION)], **fields}
    status, found, place = refused(client, body)
    assert (status, found, place) == (422, code, param)
    assert CANARY not in client.post("/v1/chat/completions", json=body).text


def test_another_model_is_not_found(client: TestClient) -> None:
    body = {"model": "gpt-9", "messages": [user(QUESTION)]}
    assert refused(client, body) == (404, "model_not_found", "model")
    assert client.get("/v1/models/gpt-9").json()["error"]["code"] == "model_not_found"


def test_the_one_model_is_listed(client: TestClient) -> None:
    listed = client.get("/v1/models").json()
    assert [each["id"] for each in listed["data"]] == ["footnoted"]
    assert client.get("/v1/models/footnoted").json() == listed["data"][0]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/chat/completions", 405, "method_not_allowed"),
        ("POST", "/v1/models", 405, "method_not_allowed"),
        ("POST", "/v1/vector_stores/other/search", 404, "vector_store_not_found"),
        ("GET", "/v1/models?x=1", 422, "unknown_field"),
        ("GET", "/v1/models/..%2f..%2fetc", 404, "not_found"),
        ("GET", "/v1/models/a%0d%0a/b", 404, "not_found"),
        ("DELETE", "/v1/vector_stores/default", 404, "not_found"),
        ("POST", "/v1/responses", 404, "not_found"),
    ],
)
def test_every_refusal_at_these_addresses_has_openai_s_form(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    response = client.request(method, path, json={"query": "x"} if method == "POST" else None)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert response.json()["error"]["type"] == "invalid_request_error"


def test_elsewhere_refusals_keep_their_own_form(client: TestClient) -> None:
    assert client.get("/v1/chat").headers["content-type"] == "application/problem+json"


def test_an_unforeseen_failure_and_a_missing_index_have_that_form_too(tmp_path: Path) -> None:
    def break_down(_: object) -> None:
        raise ValueError(CANARY)

    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name), before=break_down)})
    body = {"model": "footnoted", "messages": [user("x")]}
    with served(tmp_path / "index", opener) as client:
        assert refused(client, body)[:2] == (500, "internal")
    with served(tmp_path / "nothing", opener) as client:
        assert refused(client, body)[:2] == (503, "index_missing")


def test_a_long_conversation_may_be_larger_than_a_question(client: TestClient) -> None:
    told = {"role": "assistant", "content": "x" * 100_000}
    assert chat(client, user("what is denosumab?"), told, user(QUESTION))["searched_for"] == QUESTION


def test_a_store_is_searched_in_openai_s_shape(client: TestClient) -> None:
    found = client.post(
        "/v1/vector_stores/default/search", json={"query": ["mammogram"], "max_num_results": 2}
    ).json()
    assert (found["object"], found["search_query"]) == ("vector_store.search_results.page", ["mammogram"])
    first = found["data"][0]
    asked = client.post("/v1/query", json={"query": "mammogram", "top_k": 2}).json()
    assert first["file_id"] == asked["passages"][0]["document_id"]
    assert first["filename"] == f"pages/{first['file_id']}.md"
    assert first["content"] == [{"type": "text", "text": asked["passages"][0]["text"]}]
    assert first["citation"] == asked["passages"][0]["citation"]
    assert first["attributes"]["title"] == asked["passages"][0]["citation"]["title"]
    assert len(first["attributes"]) <= 16
    assert (found["has_more"], found["next_page"]) == (False, None)
    assert found["answerability"] == asked["answerability"]


def test_a_store_keeps_back_results_below_the_threshold(client: TestClient) -> None:
    ask = {"query": "mammogram zebra zebra zebra"}
    scores = [each["score"] for each in client.post("/v1/vector_stores/default/search", json=ask).json()["data"]]
    assert scores
    limited = {**ask, "ranking_options": {"score_threshold": min(1.0, max(scores) + 0.01)}}
    assert client.post("/v1/vector_stores/default/search", json=limited).json()["data"] == []


def test_a_list_of_several_questions_is_told_that_one_is_taken(client: TestClient) -> None:
    error = client.post("/v1/vector_stores/default/search", json={"query": ["a", "b"]}).json()["error"]
    assert (error["param"], error["message"]) == ("query", "this may have at most one entry")


def test_a_store_refuses_what_it_does_not_do(client: TestClient) -> None:
    path = "/v1/vector_stores/default/search"
    assert refused(client, {"query": "x", "rewrite_query": True}, path) == (422, "not_offered", "rewrite_query")
    assert refused(client, {"query": ["x", "y"]}, path)[0] == 422
    assert refused(client, {"query": "x", "max_num_results": 51}, path)[0] == 422


def test_words_of_a_page_make_no_image_and_no_link_in_a_chat(tmp_path: Path) -> None:
    text = "A mammogram is an X-ray ![x](http://evil.example/?q=1) and [y][z] <img src=x> of the breast."
    pages = ((replace(PAGES[1][0], title="![t](http://evil.example)"), text),)
    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name, pages))})
    with served(tmp_path / "index", opener) as client:
        content = chat(client, user("what is a mammogram?"))["choices"][0]["message"]["content"]
    assert "![x] (http://evil.example/?q=1) and [y] [z] < img src=x>" in content
    assert "](" not in content


def test_only_what_markup_would_take_is_changed() -> None:
    assert harmless("less < 5 mg [1] and [2].") == "less < 5 mg [1] and [2]."
    assert harmless("[a]: http://x <b> ![i](u) [r][s]") == "[a] : http://x < b> ![i] (u) [r] [s]"


def test_a_table_is_drawn_by_a_chat_client() -> None:
    quote = "Two uses\n\nUse\tDose\nBones\t5 mg\nCancer | myeloma\t4 mg [1]\nMore."
    assert with_tables(quote) == (
        "Two uses\n\n| Use | Dose |\n| --- | --- |\n| Bones | 5 mg |\n| Cancer \\| myeloma | 4 mg [1] |\nMore."
    )
    assert with_tables("As follows:\na\tb\nc") == "As follows:\n\n| a | b |\n| --- | --- |\nc"


def test_a_text_without_a_table_is_left_alone() -> None:
    assert with_tables("one\n\n- two\n- three [1] ") == "one\n\n- two\n- three [1] "


def test_the_annotation_of_a_table_spans_all_of_it(tmp_path: Path) -> None:
    table = "Use\tDose\nBones dose\t5 mg\nCancer dose\t4 mg"
    pages = [(Metadata(title="Doses", url="https://example.org/doses"), f"The doses differ:\n\n{table}"), *PAGES]
    opener = FolderOpener({publish(tmp_path, 1): snapshot_of(MemoryIndex("gen-000001", pages))})
    with served(tmp_path, opener) as client:
        message = chat(client, user("which doses of bones and cancer?"))["choices"][0]["message"]
    place = message["annotations"][0]["url_citation"]
    cited = message["content"][place["start_index"] : place["end_index"]]
    assert "| Bones dose | 5 mg |" in cited
    assert cited.endswith("[1] |")
