"""What only a socket can show: framing, sizes of heads, callers who are slow, stopping (H6, H35-H38, H50, F18)."""

import json
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.server.limits import MAX_HEAD_BYTES, MAX_HEADERS, MAX_TARGET_BYTES
from tests.running_server import exchange, running_server
from tests.waiting import PATIENCE_S, wait_until

HOST = b"Host: x\r\n"
GET = b"GET /livez HTTP/1.1\r\n" + HOST
POST = b"POST /v1/query HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
QUESTION = b'{"query": "denosumab"}'
FRAMED = POST + b"Content-Length: %d\r\n\r\n" % len(QUESTION) + QUESTION
ONE_BY_ONE = b"".join(b"1;a=b\r\n%c\r\n" % letter for letter in b'{"query": "' + b" " * 20_000 + b'"}')
LAST = GET + b"Connection: close\r\n\r\n"
"""A request after which the server closes: when its answer has come, nothing more will."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running_server(tmp_path_factory.mktemp("wire")) as (port, _):
        yield port


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET + b"\r\n", 400),
        (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", 400),
        (POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde", 400),
        (POST + b"Content-Length: -1\r\n\r\n", 400),
        (POST + b"Content-Length: +4\r\n\r\nabcd", 400),
        (POST + b"Content-Length: 4, 4\r\n\r\nabcd", 400),
        (POST + b"Content-Length: 99999999999999999999999\r\n\r\n", 400),
        (POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (POST.replace(b"HTTP/1.1", b"HTTP/1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (GET + b"A: b\r\n c\r\n\r\n", 400),
        (b"GET /livez HTTP/1.1\nHost: x\n\n", 400),
        (GET + b"A: b\x00c\r\n\r\n", 400),
        (GET + b"A b: c\r\n\r\n", 400),
        (GET + HOST + b"\r\n", 400),
        (b"GET /livez HTTP/1.1\r\n\r\n", 400),
        (b"GET /livez HTTP/1.1\r\nHost: x/health?\r\n\r\n", 400),
        (b"GET /livez HTTP/3.7\r\n" + HOST + b"\r\n", 400),
        (b"GET /livez HTTP/2.0\r\n" + HOST + b"\r\n", 400),
        (b"GET /liv\xffez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"CONNECT x:1 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"x" * 100, 400),
        (GET + b"A: " + b"a" * 100_000 + b"\r\n\r\n", 431),
        (GET + b"A: " + b"a" * 100_000, 431),
        (GET + b"".join(b"A%d: b\r\n" % number for number in range(4_000)) + b"\r\n", 431),
        (GET + b"A:\r\n" * MAX_HEADERS + b"\r\n", 431),
        (b"\r\n" * MAX_HEAD_BYTES, 431),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET /" + b"a" * MAX_TARGET_BYTES + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (POST + b"Content-Length: 1000000\r\n\r\n" + b" " * 1_000_000, 413),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + (b"8000\r\n" + b" " * 0x8000 + b"\r\n") * 3, 413),
        (POST + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde", 415),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1;a=" + b"b" * 1_000_000, 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + (b"1;a=" + b"b" * 9_000 + b"\r\n \r\n") * 20, 400),
    ],
)  # fmt: skip
def test_a_request_that_could_be_read_in_two_ways_or_is_too_large_is_refused_and_ends(
    port: int, request_bytes: bytes, status: int
) -> None:
    found, closed = exchange(port, request_bytes)
    assert ([answer.status for answer in found], closed) == ([status], True)
    assert found[0].headers["content-type"] == "application/problem+json"
    assert found[0].headers["connection"] == "close"
    assert re.fullmatch(r"[0-9A-Z]{26}", found[0].headers["x-request-id"])
    body = json.loads(found[0].body)
    assert (body["status"], len(found[0].body) < 4_000) == (status, True)


def test_a_refused_request_ends_even_where_its_beginning_was_in_order(port: int) -> None:
    found, closed = exchange(port, FRAMED + GET + b"A: b\r\n c\r\n\r\n")
    assert ([answer.status for answer in found], closed) == ([200, 400], True)


@pytest.mark.parametrize(
    ("request_bytes", "statuses"),
    [
        (FRAMED, [200]),
        (FRAMED * 100, [200] * 100),
        ((GET + b"\r\n") * 100, [200] * 100),
        (b"GET http://elsewhere/livez HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
        (GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: A\r\n\r\n", [200]),
        (FRAMED.replace(HOST, HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n"), [200]),
        (GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", [200]),
        (FRAMED.replace(HOST, HOST + b"Expect: 100-continue\r\n"), [100, 200]),
        (GET.replace(b"livez", b"v1/index") + b"A: " + b"a" * (MAX_HEAD_BYTES - 20) + b"\r\n\r\n", [200]),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(QUESTION) + QUESTION + b"\r\n0\r\n\r\n", [200]),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + ONE_BY_ONE + b"0\r\n\r\n", [422]),
    ],
)  # fmt: skip
def test_a_request_that_is_in_order_is_answered_and_the_next_one_too(
    port: int, request_bytes: bytes, statuses: list[int]
) -> None:
    found, closed = exchange(port, request_bytes + LAST)
    assert ([answer.status for answer in found], closed) == ([*statuses, 200], True)


def test_a_caller_of_http_1_0_is_sent_no_interim_response(port: int) -> None:
    old = FRAMED.replace(b"HTTP/1.1", b"HTTP/1.0").replace(HOST, HOST + b"Expect: 100-continue\r\n")
    found, closed = exchange(port, old)
    assert ([answer.status for answer in found], closed) == ([200], True)


@pytest.mark.parametrize(
    ("request_bytes", "allowed"),
    [
        (b"FOO /v1/query HTTP/1.1\r\n" + HOST + b"\r\n", "POST"),
        (FRAMED.replace(b"POST", b"post"), "POST"),
        (
            b"PATCHY /livez HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            "GET, HEAD",
        ),
    ],
)
def test_a_method_that_nobody_knows_is_refused_with_the_ones_that_are_allowed(
    port: int, request_bytes: bytes, allowed: str
) -> None:
    (found, last), _ = exchange(port, request_bytes + LAST)
    assert (found.status, found.headers["allow"], last.status) == (405, allowed, 200)


def test_a_refused_head_is_told_the_length_of_what_get_would_be_told_and_nothing_more(port: int) -> None:
    (told,), closed = exchange(port, b"HEAD /livez HTTP/1.1\r\nHost: x/health?\r\n\r\n")
    assert (told.status, told.body, closed) == (400, b"", True)
    assert int(told.headers["content-length"]) > 0


def test_what_comes_behind_a_body_is_no_header(port: int) -> None:
    # A proxy that sets or strips a header looks at the head alone, so a trailer of that name must not count.
    body = b"%x\r\n" % len(QUESTION) + QUESTION + b"\r\n0\r\n"
    trailers = b"X-Request-ID: trailer\r\nContent-Type: text/plain\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
    found, _ = exchange(port, POST + b"Transfer-Encoding: chunked\r\n\r\n" + body + trailers + LAST)
    assert [answer.status for answer in found] == [200, 200]
    assert found[0].headers["x-request-id"] != "trailer"


@pytest.mark.parametrize(
    "request_bytes", [FRAMED.replace(b"HTTP/1.1", b"HTTP/1.0"), LAST.replace(b"GET /livez", b"HEAD /v1/index")]
)
def test_a_connection_ends_after_the_answer_where_the_caller_wants_no_more(
    port: int, request_bytes: bytes
) -> None:
    found, closed = exchange(port, request_bytes)
    assert ([answer.status for answer in found], closed) == ([200], True)


def test_a_body_that_comes_after_its_refusal_is_thrown_away_and_the_connection_lives_on(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(PATIENCE_S)
        connection.sendall(b"POST /nothing HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\n")
        assert b" 404 " in connection.recv(65_536)
        connection.sendall(b"123456789" + LAST)
        received = b""
        while found := connection.recv(65_536):
            received += found
    assert b" 200 " in received


def said_until_closed(port: int, first: bytes, drip: bytes) -> bytes | None:
    """What a caller who sends `drip` again and again is told until he is closed on; None where he never is."""
    deadline, received = time.monotonic() + PATIENCE_S, b""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(0.2)
        connection.sendall(first)
        while time.monotonic() < deadline:
            try:
                found = connection.recv(65_536)
                if not found:
                    return received
                received += found
            except TimeoutError:
                pass
            except OSError:
                return received
            try:
                connection.sendall(drip)
            except OSError:
                return received
    return None


def test_callers_who_are_slow_are_not_waited_for(tmp_path: Path) -> None:
    cases = {
        "silent": (b"", b"", b""),
        "slow head": (GET, b"A: b\r\n", b" 408 "),
        "slow body": (POST + b"Content-Length: 1000\r\n\r\n", b" ", b" 408 "),
        "a body nobody reads": (POST.replace(b"query", b"x") + b"Content-Length: 9\r\n\r\n", b"", b" 404 "),
        "kept open": (GET + b"\r\n", b"", b" 200 "),
        "kept open, then a slow head": (GET + b"\r\n" + GET, b"A: b\r\n", b" 408 "),
    }  # fmt: skip
    with (
        running_server(tmp_path, body_timeout_s=1.0) as (port, _),
        ThreadPoolExecutor(len(cases)) as callers,
    ):
        told = callers.map(lambda case: said_until_closed(port, case[0], case[1]), cases.values())
        outcomes = dict(zip(cases, told, strict=True))
    assert [name for name, said in outcomes.items() if said is None] == []
    assert [name for name, said in outcomes.items() if cases[name][2] not in (said or b"")] == []


def metric(port: int, name: str) -> float:
    found, _ = exchange(port, LAST.replace(b"/livez", b"/metrics"))
    value = re.search(rf"^{re.escape(name)} (\S+)$", found[0].body.decode(), re.MULTILINE)
    return float(value[1]) if value else 0.0


@pytest.mark.parametrize("sent", [FRAMED, FRAMED + GET + b"\r\n", FRAMED * 2])
def test_a_question_whose_caller_has_gone_is_not_worked_on(tmp_path: Path, sent: bytes) -> None:
    (tmp_path / "hold").touch()
    with running_server(tmp_path, threads=1) as (port, _):
        first = socket.create_connection(("127.0.0.1", port))
        first.sendall(FRAMED)
        wait_until(lambda: metric(port, "footnoted_questions_running") == 1)
        with socket.create_connection(("127.0.0.1", port)) as gone:
            gone.sendall(sent)
            wait_until(lambda: metric(port, "footnoted_questions_waiting") == 1)
        wait_until(lambda: metric(port, 'footnoted_question_work_total{outcome="abandoned"}') == 1)
        (tmp_path / "hold").unlink()
        first.settimeout(PATIENCE_S)
        assert b" 200 " in first.recv(65_536)
        first.close()
        assert metric(port, 'footnoted_question_work_total{outcome="begun"}') == 1
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert "ERROR" not in log
    assert "without starting response" not in log


def connections_of(port: int) -> int:
    """How many connections the server's port has on this machine's table, from its side, open or half open."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    return sum(line.split()[1].endswith(f":{port:04X}") and line.split()[3] in ("01", "08") for line in lines)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="looks at Linux's table of connections")
def test_whoever_does_not_take_the_answers_is_cut_off(tmp_path: Path) -> None:
    with running_server(tmp_path) as (port, _):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        reader.connect(("127.0.0.1", port))
        reader.sendall(b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n" + b"")
        for _ in range(199):
            reader.sendall(b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n")
        assert connections_of(port) == 1
        wait_until(lambda: connections_of(port) == 0)
        reader.close()


@pytest.mark.slow
def test_a_thousand_slow_callers_keep_nobody_from_an_answer(port: int) -> None:
    slow = []
    try:
        for number in range(1_000):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(GET if number % 2 else POST + b"Content-Length: 1000\r\n\r\n")
            slow.append(connection)
        found, _ = exchange(port, FRAMED.replace(HOST, HOST + b"Connection: close\r\n"))
        assert [answer.status for answer in found] == [200]
    finally:
        for connection in slow:
            connection.close()
