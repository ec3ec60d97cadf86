"""Faults, one function for each kind: the tests run a sample of them, `tests.campaign` a release's worth.

Each returns what was violated, in words; an empty list is the promise kept.
"""

import json
import math
import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
import numpy as np
from numpy.typing import NDArray

from api.app import create_app
from api.settings import Settings
from api.snapshot import Snapshot, make_snapshot
from retriever.errors import FootnotedError, IndexLocked, IndexRefused
from retriever.index import Index
from retriever.questions.routing import default_rules
from retriever.retrieve import Retriever
from retriever.store.store import IndexStore
from tests.collections_on_disk import run_ingest, write_collection
from tests.fakes_api import WordJudge
from tests.forked import ended, fresh_processes
from tests.hashing import HashingEncoder
from tests.running_service import running
from tests.small_generations import publish, served
from tests.waiting import PATIENCE_S, wait_until

WRITERS = 10
CLIENTS = 8


def publish_when_told(began: Connection, index_dir: Path) -> None:
    """Says that it begins and each time that it has published, until it is killed."""
    while True:
        began.send_bytes(b"x")
        publish(index_dir, keep=2)


class SlowEncoder(HashingEncoder):
    """Takes its time, so that an ingest lasts long enough to be killed in the middle."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        time.sleep(0.02)
        return super().encode_passages(texts)


def ingest_slowly(began: Connection, root: Path, index_dir: Path) -> None:
    """Says that it begins, and builds the index anew, slowly."""
    began.send_bytes(b"x")
    run_ingest(root, index_dir, SlowEncoder(), rebuild=True)


def random_kills(index_dir: Path, kills: int, *, seed: int) -> list[str]:
    """Kills a process that publishes without end, at random moments; each time the next one just works."""
    processes, chance = fresh_processes(), random.Random(seed)  # noqa: S311
    violations, number = [], int(publish(index_dir).removeprefix("gen-"))
    first = number
    for kill in range(kills):
        begins, began = processes.Pipe(duplex=False)
        process = processes.Process(target=publish_when_told, args=(began, index_dir))
        process.start()
        began.close()
        # Most begin to write first, and half have published: one that is killed while it starts shows nothing.
        for _ in range(0 if chance.random() < 0.1 else chance.randint(1, 2)):
            if begins.poll(PATIENCE_S):
                begins.recv_bytes()
        time.sleep(chance.uniform(0, 0.02))
        process.kill()
        ended(process)
        begins.close()
        try:
            found = int(served(index_dir).removeprefix("gen-"))
            new = publish(index_dir)
        except (FootnotedError, ValueError) as error:
            violations.append(f"kill {kill}: {error}")
            continue
        if found < number or served(index_dir) != new or list(index_dir.glob("*.tmp")):
            violations.append(f"kill {kill}: {found} after {number}, then {new}")
        number = int(new.removeprefix("gen-"))
    if number - first <= kills:  # each round adds one of its own
        violations.append("the processes were killed before they wrote anything")
    return violations


def compete(
    index_dir: Path, start: Callable[[], int], finish: Callable[[], int], report: Callable[[str], None]
) -> None:
    """Tries to write at the same moment as others; who gets the lock keeps it until all others have failed."""
    start()
    started = time.monotonic()
    while True:
        try:
            with IndexStore(index_dir).writer():
                report(json.dumps({"pid": os.getpid(), "refusal": None, "seconds": 0}))
                finish()
        except IndexLocked as error:
            taken = time.monotonic() - started
            # On a busy machine the winner may get no turn to write its name for longer than a loser waits for it.
            if str(error).startswith("another process") and taken < PATIENCE_S:
                continue
            report(json.dumps({"pid": os.getpid(), "refusal": str(error), "seconds": taken}))
            finish()
        return


def lock_rounds(index_dir: Path, rounds: int, *, within_s: float = math.inf) -> list[str]:
    """Ten writers at once: exactly one wins, and the others end within so many seconds and name it."""
    processes, violations = fresh_processes(), []
    for number in range(rounds):
        start, finish, reports = processes.Barrier(WRITERS), processes.Barrier(WRITERS), processes.SimpleQueue()
        writers = [
            processes.Process(target=compete, args=(index_dir, start.wait, finish.wait, reports.put))
            for _ in range(WRITERS)
        ]
        for writer in writers:
            writer.start()
        told = [json.loads(reports.get()) for _ in writers]
        codes = [ended(writer) for writer in writers]
        reports.close()
        winners = [report["pid"] for report in told if report["refusal"] is None]
        losers = [report for report in told if report["refusal"] is not None]
        if codes != [0] * WRITERS or len(winners) != 1:
            violations.append(f"round {number}: {len(winners)} winners, exit codes {codes}")
            continue
        start_of_message = f"process {winners[0]} on {os.uname().nodename} has been writing to "
        violations += [
            f"round {number}: {report['seconds']:.2f} s: {report['refusal']}"
            for report in losers
            if not report["refusal"].startswith(start_of_message) or report["seconds"] >= within_s
        ]
    return violations


def flipped_bits(folder: Path, flips: int, *, seed: int, every_bit_of: range = range(0)) -> list[str]:
    """Flips bits, one at a time, in every file of a real index, and opens it as a server does.

    `flips` random ones, and all of the bytes at the places `every_bit_of`.
    """
    index_dir = folder / "index"
    run_ingest(write_collection(folder / "pages"), index_dir)
    generation = Index.open(index_dir).generation
    chance, violations = random.Random(seed), []  # noqa: S311
    files = [index_dir / "CURRENT", *sorted((index_dir / generation).iterdir())]
    for path in files:
        content = path.read_bytes()
        bits = [byte * 8 + bit for byte in every_bit_of if byte < len(content) for bit in range(8)]
        bits += [chance.randrange(len(content) * 8) for _ in range(flips)] if content else []
        for bit in bits:
            changed = bytearray(content)
            changed[bit // 8] ^= 1 << bit % 8
            path.write_bytes(changed)
            try:
                Index.open(index_dir)
            except IndexRefused:
                continue
            violations.append(f"{path.name}: bit {bit} was not seen")
        for length in sorted({0, 1, len(content) // 2, max(0, len(content) - 1)} - {len(content)}):
            path.write_bytes(content[:length])
            try:
                Index.open(index_dir)
            except IndexRefused:
                continue
            violations.append(f"{path.name}: a cut to {length} bytes was not seen")
        path.write_bytes(content)
    Index.open(index_dir)
    return violations


def open_hashing(index_dir: Path, previous: Snapshot | None) -> Snapshot:  # noqa: ARG001 - the seam's
    """What a server opens, with the encoder of the tests."""
    index, encoder = Index.open(index_dir), HashingEncoder()
    return make_snapshot(index, encoder, Retriever(index, encoder), WordJudge(), rules=default_rules())


def changes_under_load(folder: Path, changes: int) -> list[str]:
    """Eight clients ask without pause while generations are published, and now and then rolled back.

    Every page says of which edition it is, so that an answer made of two generations would show.
    """
    root, index_dir = folder / "pages", folder / "index"
    edition_of: dict[str, str] = {}

    def publish_edition(number: int) -> None:
        word = f"edition{number}"
        pages = {
            f"{n}.md": f"# Bones {n}\n\nStrong bones need calcium, says {word}, part {n}.\n" for n in range(5)
        }
        report = run_ingest(write_collection(root, pages), index_dir)
        edition_of[str(report.generation)] = word

    publish_edition(0)
    violations: list[str] = []
    answers: set[tuple[str, tuple[str, ...]]] = set()
    is_over = threading.Event()

    def ask(client: int, address: str) -> None:
        with httpx.Client(base_url=address, timeout=PATIENCE_S) as asking:
            while not is_over.is_set():
                response = asking.post("/v1/query", json={"query": "What do strong bones need?", "top_k": 5})
                if response.status_code != 200:
                    violations.append(f"client {client}: {response.status_code} {response.text[:200]}")
                    continue
                body = response.json()
                texts = tuple(passage["text"] for passage in body["passages"])
                answers.add((body["index"]["generation"], texts))
                seen[client].add(body["index"]["generation"])

    seen = [set[str]() for _ in range(CLIENTS)]
    settings = Settings(index_dir=index_dir, reload_interval_s=0.05, wait_limit_s=60)
    app = create_app(settings, opener=open_hashing)
    with running(app) as address:
        threads = [threading.Thread(target=ask, args=(client, address)) for client in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            for change in range(1, changes + 1):
                if change % 5 == 0:
                    IndexStore(index_dir).rollback()
                else:
                    publish_edition(change)
                now = str(IndexStore(index_dir).current())
                wait_until(lambda now=now: any(now in generations for generations in seen))  # type: ignore[misc]
            wait_until(lambda: all(seen))
        finally:
            is_over.set()
            for thread in threads:
                thread.join(PATIENCE_S)
    for generation, texts in sorted(answers):
        if not texts or any(f"{edition_of[generation]}," not in text for text in texts):
            violations.append(f"an answer of {edition_of[generation]} holds {texts}")
    return violations
