"""The process that verifies what is published and copies it into shared memory, then ends.

It is a process of its own so that the supervisor opens no file of an index and holds no numeric library.
"""

import signal
import socket
import sys
from pathlib import Path

from api.workers.failures import failure_content
from api.workers.messages import send
from retriever.errors import FootnotedError
from retriever.search.dense import DenseSearch
from retriever.shared_copy import copy_generation
from retriever.store.store import IndexStore


def main() -> None:
    """Sends the copy, or why there is none, over the socket whose descriptor is the first argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides when this is no longer wanted
    channel, index_dir = socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])
    try:
        generation, copy = IndexStore(index_dir).read(
            lambda opened: (opened, copy_generation(opened, dense_search=DenseSearch(sys.argv[3])))
        )
    except FootnotedError as error:
        send(channel, failure_content(error))
        return
    content = {
        "generation": copy.generation,
        "manifest_sha256": generation.manifest.manifest_sha256,
        "places": copy.places,
    }
    send(channel, content, copy.descriptor)


if __name__ == "__main__":
    main()
