"""Writing over HTTP: a document is served once it is answered for, and what fails leaves everything as it was."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click import BadParameter
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st

from api.admission.keys import KeyRing, Scope, change_keys, new_key
from api.app import create_app
from api.http.problems import Problem
from api.settings import Settings
from api.snapshot import SnapshotOpener
from api.writing.document_folder import EXTENSIONS, DocumentFolder
from retriever.store.durable import FAILPOINT_VARIABLE
from retriever.store.lock import writer_lock
from tests.collections_on_disk import DENOSUMAB, FALLS, write_collection
from tests.fakes_api import open_with_hashing
from tests.hashing_program import hashing_program

MARKDOWN = {"Content-Type": "text/markdown"}
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
CANARY = "canary7f3a"
PYTHON = sys.executable
IRON = "# Iron\n\nLentils hold iron.\n"
ZINC = "# Zinc\n\nBeans hold zinc.\n"
CALCIUM = b"# Calcium\n\nMilk and tofu hold calcium.\n"


def about(subject: str, fact: str) -> bytes:
    """A short page."""
    return f"# {subject}\n\n{fact}\n".encode()


class Written:
    """A service that may write, its folder, and a client with a key."""

    def __init__(self, folder: Path, client: TestClient) -> None:
        self.pages = folder / "pages"
        self.index = folder / "index"
        self.client = client

    def put(self, document_id: str, content: bytes, headers: dict[str, str] | None = None) -> Any:
        return self.client.put(f"/v1/documents/{document_id}", content=content, headers=headers or MARKDOWN)

    def generation(self) -> str:
        return str(self.client.get("/v1/index").json()["generation"])

    def document_id(self, source_path: str) -> str:
        documents = self.client.get("/v1/documents").json()["documents"]
        (found,) = [each["document_id"] for each in documents if each["source_path"] == source_path]
        return str(found)

    def files(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.pages)): path.read_bytes() for path in self.pages.rglob("*.*")}

    def passages(self, query: str) -> str:
        found = self.client.post("/v1/query", json={"query": query}).json()["passages"]
        return " ".join(each["text"] for each in found)


def serving(folder: Path, *, opener: SnapshotOpener | None = None, **settings: Any) -> TestClient:
    """A client with a key that may write, of a service over the folder's index."""
    ring, secret = new_key(KeyRing(()), "writer", [Scope.READ, Scope.WRITE], created="2026-11-22")
    change_keys(folder / "keys.json", lambda _: ring)
    chosen = Settings(index_dir=folder / "index", keys_file=folder / "keys.json", **settings)
    return TestClient(create_app(chosen, opener=opener), headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    folder = tmp_path_factory.mktemp("writing")
    pages = {"denosumab.md": DENOSUMAB, "home/falls.txt": FALLS, "iron.md": IRON, "zinc.md": ZINC}
    write_collection(folder / "pages", pages)
    with (
        hashing_program(folder),
        serving(
            folder, opener=open_with_hashing, documents_dir=folder / "pages", document_limit_bytes=2_000
        ) as client,
    ):
        # Nothing is published yet: the first write ingests the folder as it is.
        assert client.get("/v1/index").status_code == 503
        written = Written(folder, client)
        assert written.put("calcium", CALCIUM).status_code == 201
        yield written


def test_a_new_document_is_served_when_its_write_is_answered(service: Written) -> None:
    response = service.put("Vitamin-D", about("Vitamin D", "The skin makes vitamin D in sunlight."))
    assert response.status_code == 201
    body = response.json()
    assert (body["outcome"], body["document"]["title"]) == ("added", "Vitamin D")
    assert body["generation"] == service.generation()
    assert service.client.get(response.headers["location"]).json() == body["document"]
    assert "in sunlight" in service.passages("what makes vitamin D?")


def test_the_same_write_again_changes_nothing_and_another_replaces_the_document(service: Written) -> None:
    generation = service.generation()
    again = service.put("calcium", CALCIUM)
    assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
    assert again.json()["generation"] == service.generation() == generation
    document_id = again.json()["document"]["document_id"]
    replaced = service.put(document_id, about("Calcium", "Kale and tofu hold calcium."))
    assert (replaced.status_code, replaced.json()["outcome"]) == (200, "changed")
    assert replaced.json()["document"]["document_id"] == document_id
    found = service.passages("what holds calcium?")
    assert "Kale" in found
    assert "Milk" not in found


def test_a_document_of_another_type_takes_the_place_of_the_old_one(service: Written) -> None:
    changed = service.put(service.document_id("zinc.md"), b"Zinc\n\nOysters hold zinc.", TEXT)
    assert changed.status_code == 200
    assert changed.json()["document"]["source_path"] == "zinc.txt"
    assert "zinc.md" not in service.files()


def test_a_deleted_document_is_found_no_more(service: Written) -> None:
    document_id = service.document_id("iron.md")
    assert "Lentils" in service.passages("what holds iron?")
    deleted = service.client.delete(f"/v1/documents/{document_id}")
    assert (deleted.status_code, deleted.json()["generation"]) == (200, service.generation())
    assert "Lentils" not in service.passages("what holds iron?")
    assert service.client.get(f"/v1/documents/{document_id}").status_code == 404
    assert service.client.delete(f"/v1/documents/{document_id}").status_code == 404


def test_a_file_that_a_person_put_there_is_replaced_by_its_document_id(service: Written) -> None:
    response = service.put(service.document_id("home/falls.txt"), FALLS.encode() + b"\nCarpets slip.\n", TEXT)
    assert (response.status_code, response.json()["outcome"]) == (200, "changed")
    assert b"Carpets slip" in service.files()["home/falls.txt"]


@pytest.mark.parametrize(
    ("document_id", "content", "headers", "status", "code"),
    [
        ("calcium", b"---\ntitle: x\n\n# no end " + CANARY.encode(), MARKDOWN, 422, "front_matter_unclosed"),
        (CANARY, b"", MARKDOWN, 422, "empty"),
        (CANARY, b"text \x00 " + CANARY.encode(), TEXT, 422, "binary_content"),
        (CANARY, b"\xff\xfe\xfa" + CANARY.encode(), TEXT, 422, None),
        (CANARY, b"x" * 2_001, TEXT, 413, "body_too_large"),
        (CANARY, b"{}", {"Content-Type": "application/json"}, 415, "type_unsupported"),
        (CANARY, b"x", {"Content-Type": "text/plain; charset=latin-1"}, 415, "type_unsupported"),
        (f"{CANARY}%20x", b"x", TEXT, 422, "document_id_invalid"),
        ("x" * 129, b"x", TEXT, 422, "document_id_invalid"),
        (f"..%2F{CANARY}", b"x", TEXT, 404, "document_not_found"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_and_changes_nothing(
    service: Written,
    caplog: pytest.LogCaptureFixture,
    document_id: str,
    content: bytes,
    headers: dict[str, str],
    status: int,
    code: str | None,
) -> None:
    files, generation = service.files(), service.generation()
    caplog.clear()
    response = service.put(document_id, content, headers)
    assert (response.status_code, response.json()["code"]) == (status, code or response.json()["code"])
    assert CANARY not in response.text
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    assert CANARY not in "\n".join(ours)
    assert (service.files(), service.generation()) == (files, generation)


def test_a_write_while_another_process_writes_is_refused_at_once(service: Written) -> None:
    files = service.files()
    with writer_lock(service.index):
        response = service.put("calcium", about("Calcium", "Other."))
    assert (response.status_code, response.json()["code"]) == (503, "index_locked")
    assert service.files() == files


@pytest.mark.slow
@pytest.mark.parametrize(("action", "written"), [("eio", "calcium"), ("kill", "copper")])
def test_an_ingest_that_fails_leaves_files_and_answers_as_they_were(
    service: Written, monkeypatch: pytest.MonkeyPatch, action: str, written: str
) -> None:
    files, generation = service.files(), service.generation()
    monkeypatch.setitem(os.environ, FAILPOINT_VARIABLE, f"publish.rename:1:{action}")
    responses = [
        service.put(written, about("Metals", f"Never served, {action}.")),
        service.client.delete("/v1/documents/calcium"),
    ]
    assert {response.status_code for response in responses} <= {409, 503}
    assert {response.json()["code"] for response in responses} <= {"write_refused", "write_failed"}
    assert (service.files(), service.generation()) == (files, generation)
    assert "tofu" in service.passages("what holds calcium?")


@pytest.mark.slow
def test_writes_that_come_together_are_all_made(service: Written) -> None:
    with ThreadPoolExecutor(2) as threads:
        answers = list(
            threads.map(lambda n: service.put(f"page-{n}", about(f"Page {n}", f"This is fact{n}.")), range(2))
        )
    assert [answer.status_code for answer in answers] == [201, 201]
    titles = {each["title"] for each in service.client.get("/v1/documents").json()["documents"]}
    assert {"Page 0", "Page 1"} <= titles


def test_going_back_serves_the_generation_before_and_the_next_write_all_files(service: Written) -> None:
    before = service.generation()
    service.put("selenium", about("Selenium", "Brazil nuts hold selenium."))
    went = service.client.post("/v1/index/rollback", json={})
    assert (went.status_code, went.json()["generation"]) == (200, before)
    assert "Brazil" not in service.passages("what holds selenium?")
    assert service.client.post("/v1/index/rollback", json={"to": "gen-999999"}).json()["code"] == (
        "generation_not_found"
    )
    assert service.client.post("/v1/index/rollback", json={"to": "../x"}).status_code == 422
    service.put("iodine", about("Iodine", "Seaweed holds iodine."))
    assert "Brazil" in service.passages("what holds selenium?")


def test_reloading_takes_up_what_is_published(service: Written) -> None:
    response = service.client.post("/v1/index/reload", json={})
    assert (response.status_code, response.json()["generation"]) == (200, service.generation())
    assert service.client.post("/v1/index/reload", content=b"").status_code == 415


@pytest.mark.model
@pytest.mark.slow
def test_the_last_document_cannot_be_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # With the bundled model, so that the service and the program that it starts are seen as they are, too.
    monkeypatch.setattr(sys, "executable", PYTHON)
    with serving(tmp_path, documents_dir=tmp_path / "pages") as client:
        written = Written(tmp_path, client)
        assert written.put("only", about("Only", "The only page.")).status_code == 201
        response = client.delete("/v1/documents/only")
        assert (response.status_code, response.json()["code"]) == (409, "write_refused")
        assert "only.md" in written.files()
        assert "only page" in written.passages("what page?")


WRITES = [
    ("PUT", "/v1/documents/x"),
    ("DELETE", "/v1/documents/x"),
    ("POST", "/v1/index/reload"),
    ("POST", "/v1/index/rollback"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_writing_is_off_without_a_folder(tmp_path: Path, method: str, path: str) -> None:
    with serving(tmp_path) as client:
        response = client.request(method, path, json={})
    assert (response.status_code, response.json()["code"]) == (403, "writing_off")


@pytest.mark.parametrize(("index", "pages"), [("a", "a"), ("a", "a/pages"), ("a/index", "a")])
def test_a_folder_of_documents_that_shares_its_place_with_the_index_is_refused(
    tmp_path: Path, index: str, pages: str
) -> None:
    with pytest.raises(BadParameter, match="one in the other"):
        Settings(index_dir=tmp_path / index, documents_dir=tmp_path / pages)


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_writing_is_off_without_a_key_that_may_write(tmp_path: Path, method: str, path: str) -> None:
    settings = Settings(index_dir=tmp_path / "index", documents_dir=tmp_path / "pages")
    with TestClient(create_app(settings)) as client:
        response = client.request(method, path, json={})
    assert (response.status_code, response.json()["code"]) == (403, "writing_off")
    assert not (tmp_path / "pages").exists()


IDS = st.text("ABCabcxyz019._-", min_size=1, max_size=128)


@example(["a" * 128, "a" * 127 + "b"])
@example(["Page", "page"])
@example(["..", "."])
@given(st.lists(IDS, min_size=2, max_size=6, unique=True))
def test_no_two_ids_have_one_file_on_any_file_system(ids: list[str]) -> None:
    folder = DocumentFolder(Path("pages"))
    names = [folder.name_for(document_id, ".md").casefold() for document_id in ids]
    assert len(set(names)) == len(names)
    for name in names:
        assert Path(name).name == name
        assert not name.startswith(".")
        assert len(name) <= 255
        assert name != "SOURCES.md"


@pytest.mark.parametrize("name", ["link.md", "folder.md"])
def test_a_link_or_a_folder_in_the_place_of_a_file_is_left_alone(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("mine")
    folder = DocumentFolder(tmp_path / "pages")
    folder.root.mkdir()
    (folder.root / "link.md").symlink_to(outside)
    (folder.root / "folder.md").mkdir()
    with pytest.raises(Problem, match="not_a_file"):
        folder.replace({name: b"theirs"})
    assert outside.read_text() == "mine"
    assert not folder.holds(name)


def test_what_was_replaced_can_be_put_back(tmp_path: Path) -> None:
    folder = DocumentFolder(tmp_path / "pages")
    folder.replace({"a.md": b"one", "b.md": b"two"})
    before = folder.replace({"a.md": b"three", "b.md": None, "c.md": b"four"})
    folder.replace(before)
    assert {path.name: path.read_bytes() for path in folder.root.iterdir()} == {"a.md": b"one", "b.md": b"two"}


def test_every_type_of_body_has_its_own_ending() -> None:
    assert len(set(EXTENSIONS.values())) == len(EXTENSIONS)
