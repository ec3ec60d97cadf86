"""Several workers: one copy of the index, replaced when they end, ended together, counted together."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click import BadParameter
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.exposition import generate_latest

from api.live_index import LiveIndex
from api.settings import Settings
from api.workers.copy_holder import CopyHolder
from api.workers.counts import EveryWorker, counts_of
from api.workers.failures import failure_content, failure_of
from api.workers.messages import receive, send
from api.workers.supervisor_link import Channels, SupervisorLink
from retriever.errors import IndexCorrupt, IndexMissing, IndexRefused
from retriever.store.store import IndexStore
from tests.collections_on_disk import DENOSUMAB, run_ingest, write_collection
from tests.fakes_api import FolderOpener, MemoryIndex, publish, snapshot_of
from tests.running import server
from tests.waiting import PATIENCE_S, wait_until

CHECKOUT = Path(__file__).parent.parent
SERVE = "from api.commands.serve import command; command()"
SUPERVISE = """
import sys
from pathlib import Path
from api.server.listening import listen
from api.settings import Settings
from api.workers.supervisor import Supervisor, WorkersRefused
settings = Settings(index_dir=Path(sys.argv[1]), host=sys.argv[2], workers=2, shutdown_grace_s=0)
listener = listen("127.0.0.1", 0)
started = lambda: print("all answer", file=sys.stderr, flush=True)
try:
    sys.exit(Supervisor(settings, listener, announce=started, program="tests.scripted_worker").run())
except WorkersRefused as refusal:
    sys.exit(f"refused: {refusal}")
"""


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    """An index of two generations, the second of them current."""
    pages = write_collection(tmp_path / "pages")
    run_ingest(pages, tmp_path / "index")
    write_collection(pages, {"denosumab.md": DENOSUMAB.replace("NCI", "WHO")})
    run_ingest(pages, tmp_path / "index")
    return tmp_path / "index"


def supervised(folder: Path, plan: str) -> "subprocess.Popen[str]":
    """A supervisor of two scripted workers, which hears SIGHUP even where the tests run under `nohup`."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        return subprocess.Popen(
            [sys.executable, "-c", SUPERVISE, str(folder), plan], cwd=CHECKOUT, stderr=subprocess.PIPE, text=True
        )
    finally:
        signal.signal(signal.SIGHUP, before)


@contextmanager
def linked(holder: CopyHolder) -> Iterator[SupervisorLink]:
    """A worker's link whose index channel is answered from a holder, in a thread."""
    ours, theirs = socket.socketpair()

    def answer() -> None:
        while (asked := receive(ours)) is not None:
            found = holder.current() if asked.content["ask"] == "published" else holder.last_good()
            send(ours, found.content, found.descriptor)
            if found.descriptor is not None:
                os.close(found.descriptor)

    answering = threading.Thread(target=answer)
    answering.start()
    theirs.settimeout(PATIENCE_S)
    with ours, theirs:
        yield SupervisorLink(Channels(theirs, theirs, theirs), number=1)
        theirs.shutdown(socket.SHUT_RDWR)
        answering.join()


def test_a_message_arrives_whole_with_its_open_file() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, Path(__file__).open("rb") as file:
        sending = threading.Thread(target=send, args=(ours, {"long": "x" * 500_000}, file.fileno()))
        sending.start()
        received = receive(theirs)
        sending.join()
        assert received is not None
        assert received.content == {"long": "x" * 500_000}
        assert received.descriptor is not None
        assert os.path.sameopenfile(received.descriptor, file.fileno())
        os.close(received.descriptor)
        ours.shutdown(socket.SHUT_WR)
        assert receive(theirs) is None


def test_an_error_of_another_process_keeps_its_class_and_an_unknown_one_is_a_refusal() -> None:
    told = failure_of(failure_content(IndexCorrupt("a file is altered")))
    assert (type(told), str(told)) == (IndexCorrupt, "a file is altered")
    assert type(failure_of({"failure": "SystemExit", "detail": ""})) is IndexRefused
    assert failure_of({"places": {}}) is None


def test_all_workers_read_one_copy_and_a_refused_generation_leaves_the_last_good_one(index_dir: Path) -> None:
    holder = CopyHolder(index_dir)
    with linked(holder) as first, linked(holder) as second:
        with pytest.raises(IndexMissing):
            first.last_good(index_dir)
        one, other = first.published(index_dir), second.published(index_dir)
        assert one.manifest == other.manifest == IndexStore(index_dir).open().manifest
        copies = [holder.current(), holder.last_good()]
        assert len({os.fstat(copy.descriptor or -1).st_ino for copy in copies}) == 1
        for copy in copies:
            os.close(copy.descriptor or -1)
        altered = index_dir / "gen-000001" / "texts.bin"
        IndexStore(index_dir).rollback()
        altered.write_bytes(b"x" + altered.read_bytes()[1:])
        with pytest.raises(IndexCorrupt, match=r"texts\.bin is altered"):
            first.published(index_dir)
        altered.unlink()
        with pytest.raises(IndexCorrupt, match="is altered"):
            second.published(index_dir)  # told from the first reading
        assert second.last_good(index_dir).manifest == one.manifest
        holder.close()
        # What a worker has mapped stays, whatever the supervisor lets go of.
        assert bytes(one.read("texts.bin")) == bytes(other.read("texts.bin"))


async def _refreshed(index_dir: Path, *, last_good: FolderOpener) -> LiveIndex:
    name = publish(index_dir, 2)
    live = LiveIndex(
        index_dir,
        FolderOpener({name: IndexCorrupt("altered")}),
        reload_interval_s=1,
        retry_interval_s=60,
        last_good=last_good,
    )
    await live.refresh()
    return live


def test_a_worker_that_starts_beside_a_refused_generation_serves_what_the_others_serve(tmp_path: Path) -> None:
    good = snapshot_of(MemoryIndex("gen-000001"))
    live = asyncio.run(_refreshed(tmp_path / "index", last_good=FolderOpener({"gen-000002": good})))
    assert live.snapshot() is good
    assert live.last_failure is not None
    live.close()


def test_the_counts_of_all_workers_are_shown_with_their_numbers() -> None:
    registries = [CollectorRegistry(), CollectorRegistry()]
    for number, registry in enumerate(registries, start=1):
        Counter("seen", "What was seen.", ["status"], registry=registry).labels("200").inc(number)
    shown = CollectorRegistry()
    others = (counts_of(registries[0], worker=1),)
    shown.register(EveryWorker(registries[1], worker=2, others=lambda: others))
    lines = generate_latest(shown).decode().splitlines()
    assert [line for line in lines if line.startswith("seen_total")] == [
        'seen_total{status="200",worker="1"} 1.0',
        'seen_total{status="200",worker="2"} 2.0',
    ]
    assert sum(line.startswith("# TYPE seen_total") for line in lines) == 1


def test_what_is_written_over_http_needs_a_single_worker(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="--workers 1"):
        Settings(documents_dir=tmp_path, workers=2)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_a_worker_that_ends_is_replaced_and_all_end_when_the_service_is_told_to(
    tmp_path: Path, told: signal.Signals
) -> None:
    starts = [tmp_path / "starts-1", tmp_path / "starts-2"]
    with supervised(tmp_path, "stay") as process:
        assert process.stderr is not None
        assert "all answer\n" in process.stderr
        for one in starts:
            os.kill(int(one.read_text()), signal.SIGKILL)
        wait_until(lambda: all(len(one.read_text().split()) == 2 for one in starts))
        process.send_signal(told)
        assert "all answer" not in process.stderr.read()
    assert process.returncode == 0
    for one in starts:
        for pid in one.read_text().split():
            with pytest.raises(ProcessLookupError):
                os.kill(int(pid), 0)


@pytest.mark.parametrize(
    ("plan", "code", "says"), [("die", 3, ""), ("refuse", 1, "refused: the rules are no rules\n")]
)
def test_workers_that_cannot_start_end_the_service(tmp_path: Path, plan: str, code: int, says: str) -> None:
    process = supervised(tmp_path, plan)
    _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == code
    assert says in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_two_real_workers_answer_on_one_port_and_end_with_their_supervisor(tmp_path: Path) -> None:
    arguments = ("--index", str(tmp_path / "none"), "--port", "0", "--workers", "2")
    with server(SERVE, *arguments) as (process, address):
        response = httpx.post(f"{address}/v1/query", json={"query": "denosumab"}, timeout=PATIENCE_S)
        assert (response.status_code, response.json()["code"]) == (503, "index_missing")
        counted = httpx.get(f"{address}/metrics", timeout=PATIENCE_S).text
        for worker in ("1", "2"):
            assert f'footnoted_index_open{{worker="{worker}"}} 0.0' in counted
        process.kill()

        def nobody_answers() -> bool:
            try:
                httpx.get(f"{address}/livez", timeout=PATIENCE_S)
            except httpx.HTTPError:
                return True
            return False

        wait_until(nobody_answers)
