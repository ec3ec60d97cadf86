"""A whole service on a free port, answering real clients, over an index in memory."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.settings import Settings
from retriever.document import Metadata
from tests.fakes_api import PAGES, TODAY, FolderOpener, MemoryIndex, publish, snapshot_of
from tests.waiting import PATIENCE_S


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """The address of an application while it is served."""
    server = uvicorn.Server(
        uvicorn.Config(app, http="h11", ws="none", log_config=None, timeout_graceful_shutdown=2)
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)


@contextmanager
def running_service(folder: Path, pages: Sequence[tuple[Metadata, str]] = PAGES, **settings: Any) -> Iterator[str]:
    """The address of a service over these pages, on the day TODAY."""
    name = publish(folder / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name, pages))})
    chosen = Settings(index_dir=folder / "index", reload_interval_s=0.05, **settings)
    with running(create_app(chosen, opener=opener, today=lambda: TODAY)) as address:
        yield address
