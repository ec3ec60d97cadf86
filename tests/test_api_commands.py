"""The commands `ask`, `doctor` and `serve`: what they print, and how they end."""

import json
import shutil
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Event
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from api.app import create_app
from api.commands.ask import command as ask
from api.commands.check_surroundings import Check
from api.commands.checks import exit_code
from api.commands.doctor import command as doctor
from api.commands.keys import keys_group
from api.commands.serve import notes_on_writing
from api.server.listening import listen
from api.server.run import run_server
from api.settings import Settings
from ingest.commands.ingest import command as ingest
from tests.collections_on_disk import write_collection
from tests.fakes_api import FolderOpener, MemoryIndex, publish, snapshot_of
from tests.forked import forked, fresh_processes
from tests.running import forked_server, server
from tests.waiting import PATIENCE_S

CHECKOUT = Path(__file__).parent.parent
SERVE = "from api.commands.serve import command; command()"


def serve_slowly(index_dir: Path, may_answer: Event) -> None:
    """Serves three pages; says that a question is under way, and answers it when it may."""

    def wait(_: object) -> None:
        print("a question is under way", file=sys.stderr, flush=True)
        may_answer.wait(PATIENCE_S)

    name = publish(index_dir, 1)
    settings = Settings(index_dir=index_dir, shutdown_grace_s=60)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name), before=wait)})
    run_server(create_app(settings, opener=opener), settings, listen("127.0.0.1", 0))


def serve_and_tell_the_turn(index_dir: Path) -> None:
    """Serves three pages, and says in place of its address how long a thread's turn is."""
    name = publish(index_dir, 1)
    settings = Settings(index_dir=index_dir)
    app = create_app(settings, opener=FolderOpener({name: snapshot_of(MemoryIndex(name))}))

    def tell() -> None:
        print(f"answers at http://{sys.getswitchinterval():.4f}", file=sys.stderr, flush=True)

    run_server(app, settings, listen("127.0.0.1", 0), announce=tell)


pytestmark = pytest.mark.usefixtures("no_unknown_variables")


def test_the_thread_that_refuses_gets_its_turn_before_a_millisecond_has_gone(tmp_path: Path) -> None:
    with forked_server(serve_and_tell_the_turn, tmp_path / "index") as (_, interval):
        assert interval == "http://0.0005"


def test_a_server_without_an_index_answers_503_and_stops_with_0(tmp_path: Path) -> None:
    with server(SERVE, "--index", str(tmp_path / "none"), "--port", "0") as (process, address):
        assert httpx.get(f"{address}/livez", timeout=PATIENCE_S).status_code == 200
        response = httpx.post(f"{address}/v1/query", json={"query": "denosumab"}, timeout=PATIENCE_S)
        assert (response.status_code, response.json()["code"]) == (503, "index_missing")
        assert "server" not in response.headers
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0


def test_a_question_under_way_is_answered_after_the_server_is_told_to_stop(tmp_path: Path) -> None:
    may_answer = fresh_processes().Event()
    with (
        forked_server(serve_slowly, tmp_path / "index", may_answer) as (process, address),
        ThreadPoolExecutor(1) as callers,
    ):
        body = {"query": "denosumab"}
        asked = callers.submit(httpx.post, f"{address}/v1/query", json=body, timeout=PATIENCE_S)
        assert "a question is under way\n" in process.stderr
        process.send_signal(signal.SIGTERM)
        may_answer.set()
        assert asked.result().status_code == 200
        assert process.wait() == 0


def test_a_port_in_use_is_refused_with_the_remedy() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        forked(listen, "127.0.0.1", other.getsockname()[1]) as process,
    ):
        said = process.stderr.read()
        assert process.wait() == 3
    assert "--port" in said
    assert "Traceback" not in said


def test_what_keeps_documents_from_being_written_is_said_at_the_start(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    assert (
        CliRunner().invoke(keys_group, ["add", "editor", "--scope", "write", "--keys", str(keys)]).exit_code == 0
    )
    folder, none = tmp_path / "pages", tmp_path / "pagse"
    folder.mkdir()
    assert list(notes_on_writing(Settings())) == []
    assert list(notes_on_writing(Settings(documents_dir=folder, keys_file=keys))) == []
    (missing,) = notes_on_writing(Settings(documents_dir=none, keys_file=keys))
    assert f"there is no folder {none}" in missing
    (nobody,) = notes_on_writing(Settings(documents_dir=folder))
    assert "footnoted keys add NAME --scope read --scope write" in nobody


def test_a_command_answers_for_help_without_loading_the_numeric_libraries() -> None:
    code = (
        "import sys; import api.commands.ask, api.commands.doctor, api.commands.serve;"
        "sys.exit(bool({'torch', 'faiss', 'numpy', 'fastapi', 'pydantic', 'uvicorn'} & set(sys.modules)))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, timeout=PATIENCE_S, check=False).returncode == 0
    )


def test_asking_on_the_command_line_loads_no_web_framework(tmp_path: Path) -> None:
    code = (
        "import sys; from click.testing import CliRunner; from api.commands.ask import command;"
        f"done = CliRunner().invoke(command, ['why?', '--index', {str(tmp_path)!r}]);"
        "assert done.exit_code == 3, done.output;"
        "sys.exit(bool({'fastapi', 'httpx', 'mcp', 'torch', 'uvicorn'} & set(sys.modules)))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, timeout=PATIENCE_S, check=False).returncode == 0
    )


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["denosumab"], 3, "footnoted ingest"),
        ([" "], 2, "the question is empty"),
        (["denosumab", "--filter", "language"], 2, "KEY=VALUE"),
        (["denosumab", "--top-k", "0"], 2, "--top-k"),
        ([], 2, "QUESTION"),
    ],
)
def test_ask_refuses_with_the_next_action(arguments: list[str], code: int, says: str, tmp_path: Path) -> None:
    outcome = CliRunner().invoke(ask, [*arguments, "--index", str(tmp_path / "none")])
    assert outcome.exit_code == code
    assert says in outcome.stderr
    assert outcome.stdout == ""


def test_doctor_without_an_index_says_what_to_run(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(doctor, ["--index", str(tmp_path / "none"), "--json"])
    report = json.loads(outcome.stdout)
    failed = [check for check in report["checks"] if not check["ok"]]
    assert (outcome.exit_code, report["ok"]) == (1, False)
    assert [check["name"] for check in failed] == ["index"]
    assert "footnoted ingest" in failed[0]["detail"]


def test_a_refused_generation_outweighs_other_failures() -> None:
    fine, failed = Check("a", ok=True, detail=""), Check("b", ok=False, detail="")
    refused = Check("c", ok=False, detail="", refused=True)
    assert [exit_code(checks) for checks in ([fine], [fine, failed], [failed, refused])] == [0, 1, 3]


@pytest.fixture(scope="module")
def real_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    arguments = [str(write_collection(folder / "pages")), "--index", str(folder / "index")]
    outcome = CliRunner().invoke(ingest, [*arguments, "--arithmetic", "float32"])
    assert outcome.exit_code == 0, outcome.output
    return folder / "index"


@pytest.mark.model
def test_ask_prints_passages_with_numbers_sources_and_reviews(real_index: Path) -> None:
    outcome = CliRunner().invoke(ask, ["side effects of denosumab", "--index", str(real_index)])
    assert outcome.exit_code == 0
    assert "[1] Denosumab" in outcome.stdout
    assert "https://example.org/denosumab" in outcome.stdout
    assert "REVIEW OVERDUE (due 2026-03-30)" in outcome.stdout


@pytest.mark.model
def test_ask_filters_and_says_when_nothing_is_found(real_index: Path) -> None:
    arguments = ["denosumab", "--index", str(real_index), "--filter", "source=NCI", "--filter", "tags=none"]
    outcome = CliRunner().invoke(ask, arguments)
    assert (outcome.exit_code, outcome.stdout) == (0, "Not found in this collection.\n")
    assert "no document passes the filter" in outcome.stderr


@pytest.mark.model
def test_ask_names_the_keys_that_a_filter_can_have(real_index: Path) -> None:
    outcome = CliRunner().invoke(ask, ["denosumab", "--index", str(real_index), "--filter", "ward=3"])
    assert outcome.exit_code == 2
    keys = outcome.stderr.splitlines()[-1].removeprefix("its documents have: ").split(", ")
    assert {"source", "status", "title"} <= set(keys)
    assert "ward" not in keys


@pytest.mark.model
def test_ask_gives_the_same_passages_as_the_service(real_index: Path) -> None:
    unquoted = ["side", "effects", "of", "denosumab"]
    outcome = CliRunner().invoke(ask, [*unquoted, "--index", str(real_index), "--json"])
    printed = json.loads(outcome.stdout)
    with TestClient(create_app(Settings(index_dir=real_index))) as client:
        served = client.post("/v1/query", json={"query": "side effects of denosumab"}).json()
    assert set(printed) == set(served)
    for field in ("query", "index", "passages", "warnings"):
        assert printed[field] == served[field]


@pytest.mark.model
def test_doctor_finds_a_sound_index_sound_and_an_altered_one_refused(real_index: Path, tmp_path: Path) -> None:
    sound = CliRunner().invoke(doctor, ["--index", str(real_index)])
    assert (sound.exit_code, "FAIL" in sound.stdout) == (0, False)
    altered = shutil.copytree(real_index, tmp_path / "altered")
    vectors = altered / "gen-000001" / "dense.faiss"
    content = bytearray(vectors.read_bytes())
    content[-1] ^= 1
    vectors.write_bytes(content)
    refused = CliRunner().invoke(doctor, ["--index", str(altered)])
    assert refused.exit_code == 3
    assert "dense.faiss" in refused.stdout


@pytest.mark.model
def test_doctor_names_a_model_that_is_missing(real_index: Path, tmp_path: Path) -> None:
    bare = shutil.copytree(real_index, tmp_path / "bare")
    shutil.rmtree(bare / "encoders")
    outcome = CliRunner().invoke(doctor, ["--index", str(bare), "--json"])
    failed = [check["name"] for check in json.loads(outcome.stdout)["checks"] if not check["ok"]]
    assert (outcome.exit_code, failed) == (1, ["model", "encoder"])
