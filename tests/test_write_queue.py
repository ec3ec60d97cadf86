"""How many changes may wait for their turn: as many as fit, and the next one is told when to come back."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.http.problems import Problem
from api.live_index import LiveIndex
from api.writing.writer import WAITING_LIMIT, CollectionWriter
from tests.fakes_api import FolderOpener


def writer_of(folder: Path) -> CollectionWriter:
    live = LiveIndex(folder, FolderOpener({}), reload_interval_s=1, retry_interval_s=1)
    return CollectionWriter(live, documents_dir=folder, index_dir=folder, timeout_s=1)


def test_a_change_more_than_may_wait_is_refused_at_once_and_there_is_room_again_afterwards(tmp_path: Path) -> None:
    async def test() -> list[int]:
        writer = writer_of(tmp_path)

        async def status() -> int:
            with pytest.raises(Problem) as refused:
                await writer.rollback(None)
            if refused.value.status == 503:
                assert refused.value.headers == {"Retry-After": "5"}
            return refused.value.status

        crowd = await asyncio.gather(*(status() for _ in range(WAITING_LIMIT + 3)))
        return [*crowd, await status()]

    # Nothing was published, so each change that gets its turn finds that there is nothing to go back to.
    assert asyncio.run(test()) == [*[404] * WAITING_LIMIT, *[503] * 3, 404]


def test_documents_that_still_come_in_take_a_place_each(tmp_path: Path) -> None:
    async def test() -> None:
        writer = writer_of(tmp_path)
        with ExitStack() as uploads:
            for _ in range(WAITING_LIMIT):
                uploads.enter_context(writer.uploading())
            with pytest.raises(Problem) as refused, writer.uploading():
                pass
            assert (refused.value.status, refused.value.code) == (503, "overloaded")
            assert refused.value.headers == {"Retry-After": "5", "Connection": "close"}
        with writer.uploading():
            pass

    asyncio.run(test())
