"""The first ingest of a large collection: its words can be searched while the vectors are made."""

import os
import signal
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from api.app import create_app
from api.commands.checks import run_checks
from api.settings import Settings
from eval.errors import ComparisonRefused
from eval.systems.complete_index import open_complete
from ingest.checkpoint import CHECKPOINT
from ingest.commands.index import index_group
from ingest.commands.ingest import command as ingest_command
from ingest.embed import WINDOW
from ingest.run import EARLY_FROM
from retriever.abstention.answerability import WORDS_ALONE_THRESHOLD, Assessor
from retriever.abstention.calibration import default_calibration
from retriever.backup.archive import backup, restore
from retriever.errors import IndexMissing, VectorsPending
from retriever.index import Index
from retriever.query import Mode, Query
from retriever.retrieve import Retriever
from retriever.store.durable import FAILPOINT_VARIABLE
from retriever.store.generation import VerifiedGeneration
from retriever.store.store import IndexStore
from tests.collections_on_disk import DENOSUMAB, FALLS, run_ingest, write_collection
from tests.fakes_api import TODAY, FolderOpener, MemoryIndex, open_with_hashing, publish, served, snapshot_of
from tests.forked import ended, fresh_processes
from tests.hashing import HashingEncoder

PAGES = {"denosumab.md": DENOSUMAB, "home/falls.txt": FALLS}


class Interrupted(BaseException):
    """The end of a process, as far as an ingest can tell."""


class Watching(HashingEncoder):
    """An encoder that does something before it encodes passages for the n-th time."""

    def __init__(self, act: Callable[[], None], *, before: int = 1) -> None:
        super().__init__()
        self._act = act
        self._left = before

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._left -= 1
        if self._left == 0:
            self._act()
        return super().encode_passages(texts)


def interrupt() -> None:
    raise Interrupted


def generations(index_dir: Path) -> dict[str, bool | None]:
    """The generations by name, and whether each has its vectors."""
    return {info.name: info.has_vectors for info in IndexStore(index_dir).generations(verify=True)}


def leave_early(pages: Path, index_dir: Path, *, before: int = 1) -> None:
    """An ingest that is interrupted while it makes the vectors."""
    with pytest.raises(Interrupted):
        run_ingest(pages, index_dir, Watching(interrupt, before=before), early_from=1)


def test_words_are_served_while_the_vectors_are_made_and_then_everything(tmp_path: Path) -> None:
    pages, index_dir = write_collection(tmp_path / "pages", PAGES), tmp_path / "index"
    seen: list[dict[str, bool | None]] = []
    report = run_ingest(pages, index_dir, Watching(lambda: seen.append(generations(index_dir))), early_from=1)
    assert seen == [{"gen-000001": False}]
    assert report.early is not None
    assert (report.early.generation, report.generation) == ("gen-000001", "gen-000002")
    assert 0 < report.early.seconds <= report.seconds
    assert report.passages_embedded == report.passages_total
    assert generations(index_dir) == {"gen-000002": True}, "the early one is gone"


def test_the_complete_generation_is_the_one_of_an_ingest_without_an_early_one(tmp_path: Path) -> None:
    pages = write_collection(tmp_path / "pages", PAGES)
    assert run_ingest(pages, tmp_path / "early", early_from=1).early is not None
    assert run_ingest(pages, tmp_path / "straight").early is None
    early, straight = (Index.open(tmp_path / name) for name in ("early", "straight"))
    assert early.manifest.files == straight.manifest.files
    assert early.fingerprint == straight.fingerprint


def test_a_small_collection_is_published_once(tmp_path: Path) -> None:
    pages = write_collection(tmp_path / "pages", PAGES)
    passages = run_ingest(pages, tmp_path / "counted").passages_total
    assert run_ingest(pages, tmp_path / "below", early_from=passages + 1).early is None
    assert run_ingest(pages, tmp_path / "at", early_from=passages).early is not None


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_complete_generation_is_never_replaced_by_one_of_words(tmp_path: Path, rebuild: bool) -> None:
    pages, index_dir = write_collection(tmp_path / "pages", PAGES), tmp_path / "index"
    run_ingest(pages, index_dir)
    write_collection(pages, {f"{n}.md": f"# Page {n}\n\nText {n}." for n in range(20)})
    seen: list[dict[str, bool | None]] = []
    encoder = Watching(lambda: seen.append(generations(index_dir)))
    assert run_ingest(pages, index_dir, encoder, early_from=1, rebuild=rebuild).early is None
    assert seen == [{"gen-000001": True}]


def test_an_interrupted_one_serves_words_and_goes_on_without_embedding_again(tmp_path: Path) -> None:
    many = {f"{n:03}.md": f"# Page {n}\n\nThis is text number {n}." for n in range(2 * WINDOW)}
    pages, index_dir = write_collection(tmp_path / "pages", many), tmp_path / "index"
    leave_early(pages, index_dir, before=4)  # two windows of headings and one of passages are done
    assert generations(index_dir) == {"gen-000001": False}
    encoder = HashingEncoder()
    report = run_ingest(pages, index_dir, encoder, early_from=1)
    assert len(encoder.encoded) == WINDOW
    assert report.early is None, "what is served already is not published again"
    assert generations(index_dir) == {report.generation: True}
    assert not (index_dir / CHECKPOINT).exists()
    run_ingest(pages, tmp_path / "straight")
    assert Index.open(index_dir).fingerprint == Index.open(tmp_path / "straight").fingerprint


def test_pages_that_changed_after_an_interruption_are_served_early_again(tmp_path: Path) -> None:
    pages, index_dir = write_collection(tmp_path / "pages", PAGES), tmp_path / "index"
    leave_early(pages, index_dir)
    write_collection(pages, {"denosumab.md": DENOSUMAB.replace("title: Denosumab", "title: Prolia")})
    seen: list[dict[str, bool | None]] = []
    report = run_ingest(pages, index_dir, Watching(lambda: seen.append(generations(index_dir))), early_from=1)
    assert list(seen[0].values()) == [False]
    assert report.early is not None
    run_ingest(pages, tmp_path / "straight")
    assert Index.open(index_dir).manifest.files == Index.open(tmp_path / "straight").manifest.files


def test_complete_generations_are_not_pushed_out(tmp_path: Path) -> None:
    pages, index_dir = write_collection(tmp_path / "pages", PAGES), tmp_path / "index"
    for edition in range(3):
        write_collection(pages, {"more.md": f"# More\n\nEdition {edition}."})
        run_ingest(pages, index_dir)
    (index_dir / "gen-000003" / "dense.faiss").write_bytes(b"damaged")
    seen: list[set[str]] = []
    encoder = Watching(lambda: seen.append({path.name for path in index_dir.glob("gen-*") if path.suffix == ""}))
    assert run_ingest(pages, index_dir, encoder, early_from=1).early is not None
    assert seen == [{"gen-000001", "gen-000002", "gen-000003", "gen-000004"}]
    assert set(generations(index_dir)) == {"gen-000002", "gen-000003", "gen-000005"}


def ingest_at_failpoint(pages: Path, index_dir: Path, failpoint: str) -> None:
    """Ingests in a process of its own, words first, with a failpoint armed."""
    os.environ[FAILPOINT_VARIABLE] = failpoint
    run_ingest(pages, index_dir, early_from=1)


@pytest.mark.parametrize(
    ("failpoint", "has_vectors", "is_encoded"),
    [("begin.made:2", False, False), ("pointer.replace:2", False, True), ("retire.rename:1", True, True)],
)
def test_a_kill_between_the_two_publishes_leaves_the_words_and_the_vectors_that_were_made(
    tmp_path: Path, failpoint: str, has_vectors: bool, is_encoded: bool
) -> None:
    pages, index_dir = write_collection(tmp_path / "pages", PAGES), tmp_path / "index"
    process = fresh_processes().Process(target=ingest_at_failpoint, args=(pages, index_dir, f"{failpoint}:kill"))
    process.start()
    assert ended(process) == -signal.SIGKILL
    left = IndexStore(index_dir).open()
    left.verify()
    assert left.manifest.has_vectors is has_vectors
    with pytest.raises(IndexMissing, match="no older"):
        IndexStore(index_dir).rollback()
    encoder = HashingEncoder()
    run_ingest(pages, index_dir, encoder, early_from=1)
    assert (encoder.encoded == []) is is_encoded
    IndexStore(index_dir).prune(3)
    assert set(generations(index_dir).values()) == {True}
    run_ingest(pages, tmp_path / "straight")
    assert Index.open(index_dir).fingerprint == Index.open(tmp_path / "straight").fingerprint


def test_without_vectors_hybrid_search_is_lexical_and_dense_search_is_refused(tmp_path: Path) -> None:
    pages, index_dir = write_collection(tmp_path / "pages", PAGES), tmp_path / "index"
    leave_early(pages, index_dir)
    words, encoder = Index.open(index_dir), HashingEncoder()
    run_ingest(pages, index_dir, encoder)
    early, complete = Retriever(words, encoder), Retriever(Index.open(index_dir), encoder)
    by_words = complete.retrieve(Query("who is at risk of falls", mode=Mode.LEXICAL)).hits
    assert early.retrieve(Query("who is at risk of falls")).hits == by_words != ()
    assert all(hit.dense is None for hit in by_words)
    with pytest.raises(VectorsPending, match="hybrid or lexical"):
        early.retrieve(Query("who is at risk of falls", mode=Mode.DENSE))


def test_what_was_found_by_words_alone_must_be_surer(tmp_path: Path) -> None:
    run_ingest(write_collection(tmp_path / "pages", PAGES), tmp_path / "index")
    index = Index.open(tmp_path / "index")
    retriever, assessor = Retriever(index, HashingEncoder()), Assessor(index, default_calibration())
    thresholds = {}
    for mode in (Mode.HYBRID, Mode.LEXICAL):
        query = Query("who is at risk of falls", mode=mode)
        thresholds[mode] = assessor.assess(query, retriever.retrieve(query)).threshold
    assert thresholds == {
        Mode.HYBRID: default_calibration().threshold,
        Mode.LEXICAL: max(WORDS_ALONE_THRESHOLD, default_calibration().threshold),
    }


def test_a_service_answers_by_words_and_takes_up_the_vectors_by_itself(tmp_path: Path) -> None:
    pages, index_dir = write_collection(tmp_path / "pages", PAGES), tmp_path / "index"
    settings = Settings(index_dir=index_dir, reload_interval_s=0.01)
    question = {"query": "side effects of denosumab"}
    seen = []

    def ask(client: TestClient) -> None:
        while client.get("/readyz").status_code != 200:
            pass
        seen.append(client.get("/readyz").json()["coverage"])
        seen.append(client.get("/v1/index").json()["coverage"])
        body = client.post("/v1/query", json=question).json()
        assert body["passages"]
        assert {passage["scores"]["dense"] for passage in body["passages"]} == {None}
        seen.append([(warning["code"], warning["passage_rank"]) for warning in body["warnings"]][:1])
        lexical = client.post("/v1/query", json=question | {"mode": "lexical"}).json()
        seen.append("vectors_pending" in [warning["code"] for warning in lexical["warnings"]])
        dense = client.post("/v1/query", json=question | {"mode": "dense"})
        seen.append((dense.status_code, dense.json()["code"], "Retry-After" in dense.headers))

    with TestClient(create_app(settings, opener=open_with_hashing, today=lambda: TODAY)) as client:
        report = run_ingest(pages, index_dir, Watching(partial(ask, client)), early_from=1)
        words = {"dense": 0.0, "lexical": 1.0}
        assert seen == [words, words, [("vectors_pending", None)], False, (503, "vectors_pending", True)]
        while client.get("/readyz").json()["generation"] != report.generation:
            pass
        assert client.get("/readyz").json()["coverage"] == {"dense": 1.0, "lexical": 1.0}
        body = client.post("/v1/query", json=question).json()
        assert "vectors_pending" not in [warning["code"] for warning in body["warnings"]]
        assert None not in {passage["scores"]["dense"] for passage in body["passages"]}


def test_chat_says_that_words_alone_were_searched_and_the_evidence_gate_approves_nothing(tmp_path: Path) -> None:
    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name, has_vectors=False))})
    with served(tmp_path / "index", opener) as client:
        for words in ("denosumab calcium levels", "zzz"):
            body = {"model": "footnoted", "messages": [{"role": "user", "content": words}]}
            said = client.post("/v1/chat/completions", json=body).json()["choices"][0]["message"]["content"]
            assert "by their words alone" in said
        found = client.post("/v1/compat/evidence", json={"query": "denosumab calcium levels"}).json()
        assert (found["status"], found["reasonCode"]) == ("insufficient", "LOW_SCORE")
        assert "vectors" in found["reason"]


def test_the_commands_say_that_only_words_are_searched(tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    leave_early(write_collection(tmp_path / "pages", PAGES), index_dir)
    assert "words only" in CliRunner().invoke(index_group, ["list", "--index", str(index_dir)]).stdout
    [opened] = [check for check in run_checks(index_dir, environment={}, today=TODAY) if check.name == "index"]
    assert opened.ok
    assert "words alone" in opened.detail
    assert "footnoted ingest" in str(opened.fix)
    with pytest.raises(ComparisonRefused, match="still being made"):
        open_complete(index_dir)


def test_the_help_names_the_bound() -> None:
    assert f"{EARLY_FROM:,} passages" in " ".join(CliRunner().invoke(ingest_command, ["--help"]).stdout.split())


def test_a_generation_of_words_can_be_backed_up_and_restored(tmp_path: Path) -> None:
    def opens(generation: VerifiedGeneration) -> None:
        Index(generation)

    leave_early(write_collection(tmp_path / "pages", PAGES), tmp_path / "index")
    backup(tmp_path / "index", tmp_path / "words.tar")
    restore(tmp_path / "elsewhere", tmp_path / "words.tar", self_check=opens)
    assert generations(tmp_path / "elsewhere") == {"gen-000001": False}


def test_a_dry_run_publishes_no_words(tmp_path: Path) -> None:
    pages = write_collection(tmp_path / "pages", PAGES)
    assert run_ingest(pages, tmp_path / "index", dry_run=True, early_from=1).early is None
    with pytest.raises(IndexMissing):
        generations(tmp_path / "index")
