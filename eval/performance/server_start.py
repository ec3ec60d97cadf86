"""A server from its first instruction until it is ready, as one JSON object.

`python -m eval.performance.server_start INDEX`.

Time until `/readyz` says so, CPU time of the process until then, and its memory after one more second: all of it,
and what is its own (not files that any process shares).
"""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

POLL_S = 0.01
LONGEST_S = 120.0


def main() -> None:
    """Starts `footnoted serve` over the index, measures it, ends it. Exits with 1 where it does not get ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    began = time.perf_counter()
    command = [sys.executable, "-m", "footnoted", "serve", "--index", sys.argv[1], "--port", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command, no shell
    try:
        while not _is_ready(port):
            if server.poll() is not None or time.perf_counter() - began > LONGEST_S:
                sys.exit("the server did not get ready; start `footnoted serve` by hand and read what it says")
            time.sleep(POLL_S)
        ready_s = time.perf_counter() - began
        cpu_s = _cpu_s(server.pid)
        time.sleep(1)
        measured = {"ready_ms": ready_s * 1000, "cpu_ms": cpu_s * 1000} | _memory_mb(server.pid)
    finally:
        server.terminate()
        server.wait()
    sys.stdout.write(json.dumps({name: round(value, 1) for name, value in measured.items()}) + "\n")


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> dict[str, float]:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    names = {"rss_mb": "VmRSS", "own_mb": "RssAnon", "peak_rss_mb": "VmHWM"}
    found = {name: re.search(rf"{field}:\s+(\d+) kB", status) for name, field in names.items()}
    return {name: int(one[1]) / 1000 for name, one in found.items() if one is not None}


if __name__ == "__main__":
    main()
