"""The service over real indexes: what it cites is there, and no answer mixes two generations."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from tests.collections_on_disk import run_ingest, write_collection
from tests.fakes_api import open_with_hashing

TODAY = date(2026, 11, 22)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "pages", tmp_path / "index"


@pytest.fixture
def client(folders: tuple[Path, Path]) -> Iterator[TestClient]:
    settings = Settings(index_dir=folders[1], reload_interval_s=0.01)
    with TestClient(create_app(settings, opener=open_with_hashing, today=lambda: TODAY)) as client:
        yield client


def test_every_passage_is_the_reading_text_and_the_source_file_at_its_span(folders: tuple[Path, Path]) -> None:
    pages, index_dir = folders
    run_ingest(write_collection(pages), index_dir)
    settings = Settings(index_dir=index_dir)
    with TestClient(create_app(settings, opener=open_with_hashing, today=lambda: TODAY)) as client:
        body = client.post(
            "/v1/query", json={"query": "injections and falls", "top_k": 50, "max_per_document": 50}
        )
        passages = body.json()["passages"]
        assert len(passages) > 3
        for passage in passages:
            citation = passage["citation"]
            document = client.get(f"/v1/documents/{passage['document_id']}").json()
            text = client.get(f"/v1/documents/{passage['document_id']}/text").json()["text"]
            assert text[citation["start_char"] : citation["end_char"]] == passage["text"]
            source = (pages / document["source_path"]).read_bytes().decode()
            span = source[citation["source_start_char"] : citation["source_end_char"]]
            assert passage["text"].split()[0] in span
            assert passage["text"].split()[-1] in span
            assert (citation["freshness"] == "overdue") is (document["title"] == "Denosumab")


def test_no_answer_mixes_two_generations_while_they_are_published(
    folders: tuple[Path, Path], client: TestClient
) -> None:
    pages, index_dir = folders
    versions = 6
    failures: list[str] = []
    seen: list[list[str]] = [[] for _ in range(3)]
    done = threading.Event()

    def publish(version: int) -> None:
        files = {f"{n}.txt": f"Page {n}\n\nThis is version{version} of page {n}." for n in range(4)}
        run_ingest(write_collection(pages, files), index_dir, force=True)

    def ask(generations: list[str]) -> None:
        while not done.is_set():
            body = client.post("/v1/query", json={"query": "version of page", "top_k": 10}).json()
            if "passages" not in body:
                failures.append(body["code"])
                continue
            generations.append(body["index"]["generation"])
            wanted = f"version{int(body['index']['generation'].removeprefix('gen-'))} "
            failures.extend(each["text"] for each in body["passages"] if wanted not in each["text"])

    publish(1)
    while client.get("/readyz").status_code != 200:
        pass
    clients = [threading.Thread(target=ask, args=(generations,)) for generations in seen]
    for each in clients:
        each.start()
    for version in range(2, versions + 1):
        publish(version)
    last = f"gen-{versions:06d}"
    while client.get("/readyz").json()["generation"] != last:
        pass
    done.set()
    for each in clients:
        each.join()
    assert failures == []
    assert all(generations == sorted(generations) for generations in seen), "a client never goes back in time"
    assert len({name for generations in seen for name in generations}) > 1
