"""A worker for the tests of the supervisor: it does what the settings' `host` says, without any service."""

import os
import signal
import socket
import sys
from pathlib import Path

from api.workers.messages import receive, send


def main() -> None:
    """`die` ends at once, `refuse` says why it cannot start, `stay` is ready and stays."""
    channel = socket.socket(fileno=int(sys.argv[3]))
    told = receive(channel)
    assert told is not None
    plan, folder = told.content["host"], Path(told.content["index_dir"])
    starts = folder / f"starts-{sys.argv[1]}"
    with starts.open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    if plan == "die":
        sys.exit(7)
    if plan == "refuse":
        send(channel, {"tell": "refused", "reason": "the rules are no rules"})
        receive(channel)
        sys.exit(2)
    send(channel, {"tell": "ready"})
    receive(channel)
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
