"""What docs/clients.md and docs/mcp.md show is run here, block by block, against a running server."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import forked_server, serve_small
from tests.waiting import PATIENCE_S

ROOT = Path(__file__).parent.parent
ADDRESS = "http://127.0.0.1:8000"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [
    (page, language, block)
    for page in ("clients.md", "mcp.md")
    for language, block in BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
]
RUN = {
    "sh": ["bash", "-euo", "pipefail", "-c"],
    "python": [sys.executable, "-c"],
    "js": ["node", "--input-type=module", "-e"],
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with forked_server(serve_small, tmp_path_factory.mktemp("clients") / "index") as (_, address):
        yield address


@pytest.mark.parametrize(
    ("language", "block"),
    [(language, block) for _, language, block in BLOCKS if language in RUN],
    ids=[f"{page}-{language}-{n}" for n, (page, language, _) in enumerate(BLOCKS) if language in RUN],
)
def test_what_the_documents_show_works_as_it_stands(address: str, language: str, block: str) -> None:
    command = RUN[language]
    for program in (command[0], "curl" if language == "sh" else command[0]):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine")
    if "llamaindex" in block and importlib.util.find_spec("llama_index") is None:
        pytest.skip("llama-index-core is not among the project's libraries; install it to run this")
    assert ADDRESS in block
    done = subprocess.run(
        [*command, block.replace(ADDRESS, address)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search("denosumab|doc-0", done.stdout, re.IGNORECASE)


def test_each_kind_of_client_is_shown() -> None:
    shown = "".join(block for _, language, block in BLOCKS if language in RUN)
    for name in ("curl", "httpx", "openai", "fetch(", "langchain", "llamaindex", "mcp"):
        assert name in shown


@pytest.mark.parametrize("block", [block for _, language, block in BLOCKS if language == "json"])
def test_a_configuration_that_is_shown_is_json_and_names_a_command_that_exists(block: str) -> None:
    for each in json.loads(block)["mcpServers"].values():
        arguments = [sys.executable, "-m", "footnoted", *each["args"][:1], "--help"]
        assert (
            subprocess.run(arguments, cwd=ROOT, capture_output=True, timeout=PATIENCE_S, check=False).returncode
            == 0
        )


def test_a_retriever_gives_nothing_where_the_service_abstains(address: str) -> None:
    program = (
        "from examples.langchain_retriever import FootnotedRetriever as R\n"
        f"print(len(R(address={address!r}).invoke('zzz qqq denosumab aaa bbb ccc ddd eee fff ggg hhh iii')),"
        f" len(R(address={address!r}, even_if_unsure=True).invoke('zzz qqq denosumab aaa bbb ccc ddd eee fff ggg"
        " hhh iii')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.stdout == "0 1\n", done.stderr
