"""A language model's server that does what it is told: any reply, byte for byte, however wrong."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.waiting import PATIENCE_S

Behaviour = Callable[[socket.socket, bool], None]


@dataclass
class ScriptedServer:
    """Answers each connection by `behave(connection, stream)`; remembers the bodies and heads of the requests."""

    behave: Behaviour
    bodies: list[dict[str, Any]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    url: str = ""

    def serve(self, connection: socket.socket) -> None:
        """One request, one behaviour."""
        with connection, suppress(OSError, ValueError):
            connection.settimeout(PATIENCE_S)
            received = b""
            while b"\r\n\r\n" not in received:
                more = connection.recv(65_536)
                if not more:
                    return
                received += more
            head, _, body = received.partition(b"\r\n\r\n")
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length")
                ),
                0,
            )
            while len(body) < length:
                body += connection.recv(65_536)
            self.heads.append(head.decode("latin-1"))
            self.bodies.append(json.loads(body))
            self.behave(connection, bool(self.bodies[-1]["stream"]))


@contextmanager
def scripted(behave: Behaviour) -> Iterator[ScriptedServer]:
    """A server on a free port that behaves like this; its `url` ends in /v1."""
    server = ScriptedServer(behave)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"

        def accept() -> None:
            with suppress(OSError):  # which ends it when nothing more is listened for
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=server.serve, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE_S)


def head(status: int = 200, content_type: str = "application/json", extra: str = "") -> bytes:
    """The head of a response that ends with its connection."""
    return f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nConnection: close\r\n{extra}\r\n".encode()


def completion(text: object, finish: object = "stop") -> bytes:
    """A whole completion."""
    return json.dumps({"choices": [{"message": {"content": text}, "finish_reason": finish}]}).encode()


def event(text: object, finish: object = None) -> bytes:
    """One event of a streamed completion."""
    chunk = {"choices": [{"delta": {"content": text}, "finish_reason": finish}]}
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()


def says(text: str, *, pieces: int = 7) -> Behaviour:
    """A well-behaved server that says this, in pieces of so many characters where it streams."""

    def behave(connection: socket.socket, stream: bool) -> None:
        if not stream:
            connection.sendall(head() + completion(text))
            return
        connection.sendall(head(content_type="text/event-stream"))
        for start in range(0, len(text), pieces):
            connection.sendall(event(text[start : start + pieces]))
        connection.sendall(event(None, "stop") + b"data: [DONE]\n\n")

    return behave


def sends(whole: bytes, streamed: bytes | None = None) -> Behaviour:
    """A server that sends these bytes and closes."""

    def behave(connection: socket.socket, stream: bool) -> None:
        connection.sendall(whole if streamed is None or not stream else streamed)

    return behave


def stalls(first: bytes = b"") -> Behaviour:
    """A server that sends this and then nothing, for as long as the caller stays."""

    def behave(connection: socket.socket, _: bool) -> None:
        connection.sendall(first)
        connection.recv(1)

    return behave


def held(behave: Behaviour, go_on: threading.Event) -> Behaviour:
    """A server that behaves like this once it is told to go on."""

    def behave_later(connection: socket.socket, stream: bool) -> None:
        go_on.wait(PATIENCE_S)
        behave(connection, stream)

    return behave_later


def drips(parts: Sequence[bytes], *, every_s: float = 0.2) -> Behaviour:
    """A server that sends its parts slowly."""

    def behave(connection: socket.socket, _: bool) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(every_s)

    return behave
