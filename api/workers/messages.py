"""Messages between the supervisor and its processes: JSON behind its length, and at most one open file."""

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class Message:
    """What was sent, and the descriptor that came with it, which the receiver closes."""

    content: Mapping[str, Any]
    descriptor: int | None = None


def send(channel: socket.socket, content: Mapping[str, Any], descriptor: int | None = None) -> None:
    """Sends a message whole. Raises OSError where nobody is there to receive it."""
    encoded = json.dumps(content).encode()
    frame = len(encoded).to_bytes(_LENGTH_BYTES, "big") + encoded
    sent = 0 if descriptor is None else socket.send_fds(channel, [frame], [descriptor])
    if sent < len(frame):
        channel.sendall(frame[sent:])


def receive(channel: socket.socket) -> Message | None:
    """The next message; None where the other side has ended. Raises TimeoutError at the channel's timeout."""
    try:
        head, descriptors, _, _ = socket.recv_fds(channel, _LENGTH_BYTES, 1)
        descriptor = descriptors[0] if descriptors else None
        if descriptor is not None:
            os.set_inheritable(descriptor, False)
        head += _exactly(channel, _LENGTH_BYTES - len(head)) if head else b""
        content = _exactly(channel, int.from_bytes(head, "big"))
    except TimeoutError:
        raise
    except OSError:
        return None
    return Message(json.loads(content), descriptor) if content else None


def _exactly(channel: socket.socket, size: int) -> bytes:
    """Bytes of this size, none where the other side has ended."""
    received = b""
    while len(received) < size:
        piece = channel.recv(size - len(received))
        if not piece:
            return b""
        received += piece
    return received
