"""OpenAI's own client, unmodified, against a running service."""

from collections.abc import Iterator

import openai
import pytest

from tests.running_service import running_service
from tests.waiting import PATIENCE_S

QUESTION = "what is denosumab used for?"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openai.OpenAI]:
    with (
        running_service(tmp_path_factory.mktemp("chat")) as address,
        openai.OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0, timeout=PATIENCE_S) as client,
    ):
        yield client


def test_a_completion_carries_its_citations(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(
        model="footnoted", messages=[{"role": "user", "content": QUESTION}], temperature=0, max_tokens=50
    )
    message = reply.choices[0].message
    assert message.content is not None
    assert message.content.startswith("Denosumab is used in cancer. [1]")
    assert message.annotations is not None
    cited = message.annotations[0].url_citation
    assert message.content[cited.start_index : cited.end_index] == "Denosumab is used in cancer. [1]"
    assert reply.model_extra is not None
    assert reply.model_extra["citations"][0]["title"] == "Denosumab"
    assert reply.model_extra["searched_for"] == QUESTION
    assert reply.usage is not None
    assert reply.usage.completion_tokens > 5


def test_a_streamed_completion_ends_with_its_citations(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model="footnoted",
        messages=[{"role": "user", "content": QUESTION}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    assert text.startswith("Denosumab is used in cancer. [1]")
    last = chunks[-2]
    assert last.choices[0].finish_reason == "stop"
    assert last.model_extra is not None
    assert last.model_extra["citations"][0]["title"] == "Denosumab"
    assert last.choices[0].delta.model_extra is not None
    assert last.choices[0].delta.model_extra["annotations"][0]["type"] == "url_citation"
    assert chunks[-1].usage is not None


def test_the_stream_helper_puts_the_same_reply_together(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(
        model="footnoted", messages=[{"role": "user", "content": QUESTION}]
    ) as stream:
        text = "".join(event.delta for event in stream if event.type == "content.delta")
        final = stream.get_final_completion()
    assert final.choices[0].message.content == text


def test_a_conversation_goes_on(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(
        model="footnoted",
        messages=[
            {"role": "user", "content": "what is denosumab?"},
            {"role": "assistant", "content": "Denosumab is used in cancer. [1]"},
            {"role": "user", "content": [{"type": "text", "text": "what does it lower?"}]},
        ],
    )
    assert reply.model_extra is not None
    assert reply.model_extra["searched_for"] == "denosumab: what does it lower?"


def test_the_models_are_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["footnoted"]
    assert client.models.retrieve("footnoted").owned_by == "footnoted"


def test_a_vector_store_is_searched(client: openai.OpenAI) -> None:
    page = client.vector_stores.search(
        "default",
        query="denosumab calcium",
        max_num_results=1,
        filters={"type": "eq", "key": "source", "value": "NCI"},
        ranking_options={"score_threshold": 0.1},
    )
    (found,) = list(page)
    assert found.attributes is not None
    assert found.attributes["title"] == "Denosumab"
    assert found.content[0].text.startswith("Denosumab is used")


def test_refusals_are_the_client_s_own_errors(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="gpt-9", messages=[{"role": "user", "content": "x"}])
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.UnprocessableEntityError) as invalid:
        client.chat.completions.create(model="footnoted", messages=[{"role": "user", "content": " "}])
    assert (invalid.value.code, invalid.value.param) == ("query_empty", "messages[0].content")
    assert invalid.value.request_id
