"""The log: one line or one JSON object per event, and never a word of what was asked."""

import asyncio
import errno
import json
import logging
import logging.config
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from api.observing.logging_setup import LogFormat, logging_config
from api.observing.loop_faults import QUIET_S, LoopFaults
from api.settings import Settings
from tests.waiting import PATIENCE_S

CHECKOUT = Path(__file__).parent.parent
CANARY = "canary7f3a"
SERVICE = """
import sys
import httpx, threading
from pathlib import Path
from api.app import create_app
from api.server.listening import listen
from api.server.run import run_server
from api.settings import Settings
from tests.fakes_api import FolderOpener, MemoryIndex, publish, snapshot_of

def fail(query):
    if "break" in query.text:
        raise ValueError(f"cannot work on {query.text}")

index_dir = Path(sys.argv[1])
name = publish(index_dir, 1)
settings = Settings(index_dir=index_dir, port=0, log_format=sys.argv[2], shutdown_grace_s=60)
app = create_app(settings, opener=FolderOpener({name: snapshot_of(MemoryIndex(name), before=fail)}))
listener = listen("127.0.0.1", 0)
port = listener.getsockname()[1]

def client():
    import os, signal, socket, time
    canary = sys.argv[3]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as http:
        while True:
            try:
                http.get("/livez")
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        http.post("/v1/query", json={"query": f"denosumab {canary}"})
        http.post("/v1/query", json={"query": f"break {canary}"})
        http.post("/v1/query", json={"query": canary, canary: 1})
        http.get(f"/v1/documents/{canary}?{canary}={canary}")
    raw = socket.create_connection(("127.0.0.1", port))
    raw.sendall(f"GET /{canary} HTTP/1.1\\r\\n{canary}\\r\\n\\r\\n".encode())
    raw.recv(1000)
    raw.close()
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=client, daemon=True).start()
run_server(app, settings, listener)
"""


@pytest.fixture
def restored() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in ("footnoted", "uvicorn", "")]
    kept = [(one, one.handlers[:], one.level, one.propagate) for one in loggers]
    yield
    for one, handlers, level, propagate in kept:
        one.handlers[:], one.propagate = handlers, propagate
        one.setLevel(level)


def test_a_server_logs_json_and_nothing_else_and_never_the_question(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVICE, str(tmp_path / "index"), LogFormat.JSON, CANARY],
        cwd=CHECKOUT, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert CANARY not in done.stderr.lower()
    events: list[dict[str, Any]] = [json.loads(line) for line in done.stderr.splitlines()]
    assert all({"time", "level", "logger", "message"} <= set(event) for event in events)
    asked = [event for event in events if event.get("route") == "/v1/query"]
    assert [event["status"] for event in asked] == [200, 500, 422]
    assert all(event["method"] == "POST" and event["duration_ms"] > 0 for event in asked)
    assert re.fullmatch(r"POST /v1/query 200 [\d.]+ms request_id=\w+", asked[0]["message"])
    failed = [event for event in events if event["level"] == "ERROR"]
    assert [event["request_id"] for event in failed] == [asked[1]["request_id"]]


@pytest.mark.usefixtures("restored")
def test_an_event_is_a_line_for_people_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(logging_config(LogFormat(Settings().log_format)))
    logging.getLogger("footnoted.access").info("POST /v1/query 200")
    assert re.fullmatch(r"\S+ \S+ INFO footnoted\.access POST /v1/query 200\n", capsys.readouterr().err)


@pytest.mark.usefixtures("restored")
def test_an_event_of_any_library_is_one_object_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(logging_config(LogFormat.JSON))
    logging.getLogger("some.library").warning("two\nlines of %s", "café")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["level"], event["logger"], event["message"]) == ("WARNING", "some.library", "two\nlines of café")
    assert datetime.fromisoformat(event["time"]).utcoffset() is not None


def test_connections_that_cannot_be_taken_are_one_line_and_anything_else_is_told_as_ever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    tell = LoopFaults(clock=lambda: now[0])
    full = {"message": "socket.accept() out of system resource", "exception": OSError(errno.EMFILE, "full")}
    with closing(asyncio.new_event_loop()) as loop:
        for now[0] in (0.0, 0.0, QUIET_S - 1, QUIET_S):
            tell(loop, full)
        tell(loop, {"message": "odd", "exception": ValueError()})
    assert [(record.name, record.exc_info is None) for record in caplog.records] == [
        ("footnoted.serve", True),
        ("footnoted.serve", True),
        ("asyncio", False),
    ]
