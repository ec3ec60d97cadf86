"""Which generation serves: none at first, the next when it is published, never a bad one, never two at once."""

import gc
import threading
import time
import weakref
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.snapshot import Snapshot
from retriever.errors import EncoderUnavailable, FootnotedError, IndexCorrupt, IndexMismatch
from retriever.query import Query
from tests.fakes_api import FolderOpener, MemoryIndex, publish, served, snapshot_of
from tests.waiting import PATIENCE_S, wait_until


def generation(client: TestClient) -> str:
    body = client.get("/readyz").json()
    return str(body.get("generation"))


def two_generations() -> FolderOpener:
    return FolderOpener({name: snapshot_of(MemoryIndex(name)) for name in ("gen-000001", "gen-000002")})


def test_without_an_index_the_service_is_up_but_not_ready(tmp_path: Path) -> None:
    with served(tmp_path / "index", two_generations()) as client:
        assert client.get("/livez").json() == {"status": "ok"}
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["code"]) == (503, "index_missing")
        assert ready.json()["components"]["index"]["code"] == "index_missing"
        assert ready.json()["components"]["encoder"]["state"] == "waiting"
        for refused in (
            client.post("/v1/query", json={"query": "x"}),
            client.get("/v1/index"),
            client.get("/v1/documents"),
        ):
            assert (refused.status_code, refused.json()["code"]) == (503, "index_missing")
            assert int(refused.headers["retry-after"]) > 0


def test_an_index_that_appears_is_picked_up(tmp_path: Path) -> None:
    with served(tmp_path / "index", two_generations()) as client:
        publish(tmp_path / "index", 1)
        wait_until(lambda: client.get("/readyz").status_code == 200)
        assert client.post("/v1/query", json={"query": "denosumab"}).status_code == 200


def test_a_new_generation_takes_over_and_a_rollback_takes_it_back(tmp_path: Path) -> None:
    publish(tmp_path / "index", 1)
    with served(tmp_path / "index", two_generations()) as client:
        for number, name in ((2, "gen-000002"), (1, "gen-000001")):
            publish(tmp_path / "index", number)
            wait_until(lambda name=name: generation(client) == name)  # type: ignore[misc]


def test_what_lasts_is_kept_out_of_the_garbage_collectors_sight(tmp_path: Path) -> None:
    """A full collection would look at every object of an index, each time, while no thread may run."""

    def is_looked_at() -> bool:
        return any(each is snapshot for each in gc.get_objects())

    snapshot = snapshot_of(MemoryIndex("gen-000001"))
    publish(tmp_path / "index", 1)
    try:
        assert is_looked_at()
        with served(tmp_path / "index", FolderOpener({"gen-000001": snapshot})) as client:
            wait_until(lambda: generation(client) == "gen-000001" and not is_looked_at())
    finally:
        gc.unfreeze()


def test_a_generation_that_was_replaced_is_let_go_of(tmp_path: Path) -> None:
    opener = two_generations()
    publish(tmp_path / "index", 1)
    with served(tmp_path / "index", opener) as client:
        wait_until(lambda: generation(client) == "gen-000001")
        circle: list[object] = [index := MemoryIndex("in a circle")]
        circle.append(circle)
        gone = weakref.ref(index)
        gc.freeze()
        del circle, index
        publish(tmp_path / "index", 2)
        wait_until(lambda: generation(client) == "gen-000002" and gone() is None)


def test_an_unchanged_pointer_opens_nothing_again(tmp_path: Path) -> None:
    opener = two_generations()
    publish(tmp_path / "index", 1)
    with served(tmp_path / "index", opener) as client:
        publish(tmp_path / "index", 1)
        time.sleep(0.2)
        assert generation(client) == "gen-000001"
    assert opener.opened == ["gen-000001"]


def test_a_calibration_that_is_written_while_it_serves_is_taken_up(tmp_path: Path) -> None:
    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name))})
    with served(tmp_path / "index", opener) as client:
        wait_until(lambda: generation(client) == name)
        opened = len(opener.opened)
        (tmp_path / "index" / "calibration.json").write_text("{}")
        wait_until(lambda: len(opener.opened) > opened)
        assert generation(client) == name


@pytest.mark.parametrize(
    ("error", "code"), [(IndexCorrupt("bad"), "index_corrupt"), (IndexMismatch("other"), "index_mismatch")]
)
def test_a_refused_generation_leaves_the_old_one_serving(tmp_path: Path, error: FootnotedError, code: str) -> None:
    opener = two_generations()
    opener.generations["gen-000002"] = error
    publish(tmp_path / "index", 1)
    with served(tmp_path / "index", opener) as client:
        assert client.get("/readyz").json()["last_reload_error"] is None
        publish(tmp_path / "index", 2)
        wait_until(lambda: client.get("/readyz").json()["last_reload_error"] is not None)
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["generation"]) == (200, "gen-000001")
        assert ready.json()["last_reload_error"]["code"] == code
        assert client.post("/v1/query", json={"query": "x"}).json()["index"]["generation"] == "gen-000001"
        publish(tmp_path / "index", 1)
        wait_until(lambda: client.get("/readyz").json()["last_reload_error"] is None)
    assert opener.opened == ["gen-000001", "gen-000002"], "a refused generation is not opened at every look"


def test_a_refused_generation_that_was_mended_is_taken_up(tmp_path: Path) -> None:
    opener = two_generations()
    mended = opener.generations["gen-000002"]
    opener.generations["gen-000002"] = EncoderUnavailable("no model")
    publish(tmp_path / "index", 2)
    with served(tmp_path / "index", opener, retry_interval_s=0.05) as client:
        assert client.get("/readyz").status_code == 503
        opener.generations["gen-000002"] = mended
        wait_until(lambda: generation(client) == "gen-000002")


def test_a_pointer_that_vanishes_or_is_altered_leaves_the_old_generation_serving(tmp_path: Path) -> None:
    publish(tmp_path / "index", 1)
    with served(tmp_path / "index", two_generations()) as client:
        (tmp_path / "index" / "CURRENT").write_text("gen-oops")
        wait_until(lambda: client.get("/readyz").json()["last_reload_error"] is not None)
        assert client.get("/readyz").json()["last_reload_error"]["code"] == "index_corrupt"
        (tmp_path / "index" / "CURRENT").unlink()
        wait_until(lambda: client.get("/readyz").json()["last_reload_error"]["code"] == "index_missing")
        assert generation(client) == "gen-000001"


def test_an_opener_that_breaks_does_not_end_the_watch(tmp_path: Path) -> None:
    opener = two_generations()
    del opener.generations["gen-000002"]
    publish(tmp_path / "index", 2)
    with served(tmp_path / "index", opener) as client:
        assert client.get("/readyz").json()["code"] == "index_refused"
        publish(tmp_path / "index", 1)
        wait_until(lambda: generation(client) == "gen-000001")


def test_an_encoder_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    name = publish(tmp_path / "index", 1)
    with served(tmp_path / "index", FolderOpener({name: EncoderUnavailable("no model")})) as client:
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["code"]) == (503, "encoder_unavailable")
        assert ready.json()["components"]["encoder"]["state"] == "failed"


def test_a_question_under_way_ends_in_the_generation_it_began_in(tmp_path: Path) -> None:
    begun, release = threading.Event(), threading.Event()

    def wait(_: Query) -> None:
        begun.set()
        release.wait(PATIENCE_S)

    opener = two_generations()
    opener.generations["gen-000001"] = snapshot_of(MemoryIndex("gen-000001"), before=wait)
    publish(tmp_path / "index", 1)
    answers: list[str] = []
    with served(tmp_path / "index", opener) as client:

        def ask() -> None:
            answers.append(client.post("/v1/query", json={"query": "denosumab"}).json()["index"]["generation"])

        asking = threading.Thread(target=ask)
        asking.start()
        assert begun.wait(PATIENCE_S)
        publish(tmp_path / "index", 2)
        wait_until(lambda: generation(client) == "gen-000002")
        release.set()
        asking.join(PATIENCE_S)
        ask()
    assert answers == ["gen-000001", "gen-000002"]


def test_a_want_of_memory_is_said_and_passes(tmp_path: Path) -> None:
    name = publish(tmp_path / "index", 1)
    is_short = [True]

    def remember(_: Query) -> None:
        if is_short[0]:
            raise MemoryError

    snapshot = snapshot_of(MemoryIndex(name), before=remember)
    with served(tmp_path / "index", FolderOpener({name: snapshot})) as client:
        refused = client.post("/v1/query", json={"query": "denosumab"})
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert refused.headers["retry-after"] == "1"
        is_short[0] = False
        assert client.post("/v1/query", json={"query": "denosumab"}).status_code == 200


def test_an_index_that_does_not_fit_into_memory_leaves_the_old_one_serving(tmp_path: Path) -> None:
    first = publish(tmp_path / "index", 1)

    def open_first_only(index_dir: Path, previous: Snapshot | None) -> Snapshot:  # noqa: ARG001 - the seam's
        if previous is not None:
            raise MemoryError
        return snapshot_of(MemoryIndex(first))

    settings = Settings(index_dir=tmp_path / "index", reload_interval_s=0.01)
    with TestClient(create_app(settings, opener=open_first_only)) as client:
        publish(tmp_path / "index", 2)
        wait_until(lambda: client.get("/readyz").json()["last_reload_error"] is not None)
        ready = client.get("/readyz").json()
        assert (ready["generation"], ready["last_reload_error"]["code"]) == (first, "index_refused")
