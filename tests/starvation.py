"""A server with half of one processor and every thread taken: is it up, and does it say truly what it is (F21)?"""

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import httpx

from eval.performance.load import Target, capacity, figures, offer, warm_up
from retriever.index import Index
from tests.running import CHECKOUT, server
from tests.waiting import PATIENCE_S

_STARVED = """
import os
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
"""
SERVE = f"{_STARVED}\nfrom footnoted import main\nmain()"
IDLE_LOOP = f"{_STARVED}\nwhile True: pass"
LONGEST_LIVEZ_MS = 200.0
OFFERED = 3
"""Of what it can answer in its state: all threads are taken, and most of the questions are refused."""
_QUESTIONS = ("What does denosumab do?", "How are falls prevented?", "Who is at risk of bone loss?", "calcium")


def starved(folder: Path, seconds: int) -> tuple[str, list[str]]:
    """Offers it three times what it can answer, for that long: what was seen, and what was violated."""
    pages, index_dir = folder / "pages", folder / "index"
    shutil.copytree(CHECKOUT / "corpus", pages)
    ingest = [sys.executable, "-m", "footnoted", "ingest", str(pages), "--index", str(index_dir)]
    subprocess.run(ingest, cwd=CHECKOUT, capture_output=True, check=True)
    generation = Index.open(index_dir).generation
    ready: Counter[tuple[int, str]] = Counter()
    over = threading.Event()

    def look(address: str) -> None:
        with httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
            while not over.wait(0.2):
                response = client.get("/readyz")
                ready[response.status_code, str(response.json().get("generation"))] += 1

    with (
        server(SERVE, "serve", "--index", str(index_dir), "--port", "0") as (process, address),
        subprocess.Popen([sys.executable, "-c", IDLE_LOOP]) as burning,
    ):
        assert process.stderr is not None
        reading = threading.Thread(target=process.stderr.read)  # a full pipe would stop the server
        looking = threading.Thread(target=look, args=(address,))
        try:
            reading.start()
            target = Target(address, _QUESTIONS)
            asyncio.run(warm_up(target, 10))
            able = max(1.0, *(step.answered for step in asyncio.run(capacity(target, 2, at_most=16))))
            looking.start()
            exchanges, livez_max_ms = asyncio.run(offer(target, OFFERED * able, seconds, seed=1))
            over.set()
            looking.join()
            answers_again = httpx.post(f"{address}/v1/query", json={"query": _QUESTIONS[0]}, timeout=PATIENCE_S)
        finally:
            over.set()
            burning.kill()
            process.kill()
            reading.join()
    found = figures("starved", exchanges, seconds, livez_max_ms=livez_max_ms)
    violations = [f"{found.failed} questions failed"] if found.failed else []
    if livez_max_ms > LONGEST_LIVEZ_MS:
        violations.append(f"/livez took {livez_max_ms:.0f} ms")
    if set(ready) != {(200, generation)}:
        violations.append(f"/readyz said {dict(ready)}")
    if answers_again.status_code != 200:
        violations.append(f"afterwards a question got {answers_again.status_code}")
    line = (
        f"starved for {seconds} s on half of one of {os.cpu_count()} processors: {able:.0f} questions/s at best, "
        f"{found.offered:.0f} offered, {found.goodput:.0f} answered, {found.refused:.0f} refused (99 % within "
        f"{found.refused_p99_ms:.0f} ms), {found.failed} failed, /livez at most {livez_max_ms:.0f} ms, "
        f"/readyz asked {sum(ready.values())} times"
    )
    return line, violations
