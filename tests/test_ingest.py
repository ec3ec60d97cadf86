"""Ingest: what changed is taken in, what did not is not embedded again, and an interruption loses nothing."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.checkpoint import CHECKPOINT, Checkpoint
from ingest.embed import WINDOW
from ingest.errors import IngestRefused
from ingest.report import Outcome, Report
from retriever.errors import IndexCorrupt, IndexLocked
from retriever.index import Index
from retriever.store.store import IndexStore
from tests.collections_on_disk import DENOSUMAB, run_ingest, write_collection
from tests.fault_rounds import ingest_slowly
from tests.forked import ended, fresh_processes
from tests.hashing import IDENTITY, HashingEncoder
from tests.waiting import PATIENCE_S


def outcomes(report: Report) -> dict[str, Outcome]:
    """Each file's outcome; fails when a file is listed twice."""
    assert len({file.path for file in report.files}) == len(report.files)
    return {file.path: file.outcome for file in report.files}


def test_a_first_ingest_adds_every_document(tmp_path: Path) -> None:
    report = run_ingest(write_collection(tmp_path / "pages"), tmp_path / "index")
    assert outcomes(report) == {"denosumab.md": Outcome.ADDED, "home/falls.txt": Outcome.ADDED}
    index = Index.open(tmp_path / "index")
    assert [document.source_path for document in index.documents] == ["denosumab.md", "home/falls.txt"]
    assert report.passages_total == report.passages_embedded == index.manifest.passages > 3


def test_every_passage_traces_to_its_reading_text_and_its_source(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages")
    run_ingest(root, tmp_path / "index")
    index = Index.open(tmp_path / "index")
    for document in index.documents:
        text = index.reading_text(document.document_id)
        source = (root / document.source_path).read_text(encoding="utf-8")
        passages = index.passages_of(document.document_id)
        assert len(passages) == index.passage_count(document.document_id)
        for passage in passages:
            assert text[passage.start_char : passage.end_char] == passage.text
            left = iter(source[passage.source_start_char : passage.source_end_char])
            assert all(c in left for c in passage.text if not c.isspace())
            assert passage.tokens <= IDENTITY.max_tokens


def test_a_second_ingest_embeds_and_publishes_nothing(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages")
    first = run_ingest(root, tmp_path / "index")
    encoder = HashingEncoder()
    second = run_ingest(root, tmp_path / "index", encoder)
    assert encoder.encoded == []
    assert set(outcomes(second).values()) == {Outcome.UNCHANGED}
    assert (second.published, second.generation) == (False, first.generation)


UNCHANGED = """
import sys
from pathlib import Path
from tests.collections_on_disk import run_ingest

folder = Path(sys.argv[1])
print(run_ingest(folder / "pages", folder / "index").published)
print([name for name in ("langchain_text_splitters", "bm25s", "scipy", "openvino") if name in sys.modules])
"""


def test_an_ingest_that_changes_nothing_loads_no_library_that_makes_an_index(tmp_path: Path) -> None:
    run_ingest(write_collection(tmp_path / "pages"), tmp_path / "index")
    done = subprocess.run(
        [sys.executable, "-c", UNCHANGED, str(tmp_path)],
        cwd=Path(__file__).parent.parent, capture_output=True, text=True, timeout=PATIENCE_S, check=True,
    )  # fmt: skip
    assert done.stdout == "False\n[]\n"


def test_the_report_says_where_the_time_went(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages")
    first = run_ingest(root, tmp_path / "index", early_from=1)
    assert [stage.name for stage in first.stages] == ["opening", "reading", "words", "publishing", "embedding"]
    assert sum(stage.seconds for stage in first.stages) <= first.seconds
    assert all(0 < stage.peak_rss_mb <= first.peak_rss_mb for stage in first.stages)
    again = run_ingest(root, tmp_path / "index")
    assert [stage.name for stage in again.stages] == ["opening", "reading"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("source: NCI", "source: WHO"), ("title: Denosumab", "title: Another"), ("quarterly", "annual")],
)
def test_a_change_of_front_matter_embeds_nothing_and_is_served(tmp_path: Path, before: str, after: str) -> None:
    root = write_collection(tmp_path / "pages")
    run_ingest(root, tmp_path / "index")
    write_collection(root, {"denosumab.md": DENOSUMAB.replace(before, after, 1)})
    encoder = HashingEncoder()
    report = run_ingest(root, tmp_path / "index", encoder)
    assert encoder.encoded == []
    assert outcomes(report)["denosumab.md"] is Outcome.METADATA_CHANGED
    metadata = Index.open(tmp_path / "index").documents[0].metadata
    assert after.split()[-1] in (metadata.source, metadata.title, metadata.review_frequency)


def test_taking_over_what_did_not_change_gives_the_files_of_a_rebuild(tmp_path: Path) -> None:
    pages = {
        f"{n}.md": f"# Page {n}\n\nThe bone of page {n} is {'as thin' if n % 2 else 'thick'}." for n in range(9)
    }
    root = write_collection(tmp_path / "pages", pages | {"denosumab.md": DENOSUMAB, "is.md": "# It\n\nIt is."})
    run_ingest(root, tmp_path / "index")
    changed = {"4.md": "# Page 4\n\nZoledronate.", "denosumab.md": DENOSUMAB.replace("source: NCI", "source: WHO")}
    write_collection(root, changed | {"another.md": "# First\n\nOf its own words alone."})
    (root / "0.md").unlink()
    encoder = HashingEncoder()
    run_ingest(root, tmp_path / "index", encoder)
    run_ingest(root, tmp_path / "anew")
    taken_over, anew = (Index.open(tmp_path / name).manifest for name in ("index", "anew"))
    assert len(encoder.encoded) < anew.passages
    assert taken_over.files == anew.files


def test_pages_of_one_address_and_different_words_are_warned_of_in_every_ingest(tmp_path: Path) -> None:
    page = "---\nurl: https://example.org/a\n---\nWhat stands here is {}."
    root = write_collection(
        tmp_path / "pages", {"a.md": page.format("old"), "b.md": page.format("new"), "c.md": page.format("old")}
    )
    for _ in range(2):
        warnings = [(one.path, one.detail[:28]) for one in run_ingest(root, tmp_path / "index").warnings
                    if one.code == "same_address"]  # fmt: skip
        assert warnings == [("b.md", "a.md gives the same address ")]


COUNTED = """
import gc, io, sys
from pathlib import Path
from rich.console import Console
from ingest.files import find_files
from ingest.progress import Progress
from ingest.run import IngestOptions, ingest
from retriever.index import Index
from tests.collections_on_disk import DENOSUMAB, NOW, run_ingest, write_collection
from tests.hashing import HashingEncoder

class Counting(Progress):
    def update(self, stage, done, total, unit):
        if (stage, done) == ("publishing", 0):
            gc.collect()
            print(sum(isinstance(found, Index) for found in gc.get_objects()))
        super().update(stage, done, total, unit)

folder = Path(sys.argv[1])
root = write_collection(folder / "pages")
run_ingest(root, folder / "index")
write_collection(root, {"denosumab.md": DENOSUMAB.replace("source: NCI", "source: WHO")})
ingest(
    find_files([root]), index_dir=folder / "index", encoder=HashingEncoder(),
    options=IngestOptions(chunk_size=120), now=lambda: NOW,
    progress=Counting(Console(file=io.StringIO()), quiet=True),
)
"""


def test_the_previous_generation_is_out_of_memory_before_the_new_one_is_opened(tmp_path: Path) -> None:
    # In a process of its own: what other tests left in memory is not counted.
    done = subprocess.run(
        [sys.executable, "-c", COUNTED, str(tmp_path)],
        cwd=Path(__file__).parent.parent, capture_output=True, text=True, timeout=PATIENCE_S, check=True,
    )  # fmt: skip
    assert done.stdout == "0\n"


def test_an_edit_embeds_the_edited_passage_alone(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages")
    run_ingest(root, tmp_path / "index")
    write_collection(root, {"denosumab.md": DENOSUMAB.replace("Skin infections", "Infections of the skin")})
    encoder = HashingEncoder()
    report = run_ingest(root, tmp_path / "index", encoder)
    assert len(encoder.encoded) == report.passages_embedded == 1
    assert "Infections of the skin" in encoder.encoded[0]
    assert outcomes(report)["denosumab.md"] is Outcome.CHANGED


def test_the_same_passage_in_two_documents_is_embedded_once(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages", {"one.md": DENOSUMAB, "two.md": DENOSUMAB})
    encoder = HashingEncoder()
    report = run_ingest(root, tmp_path / "index", encoder)
    assert len(encoder.encoded) == len(set(encoder.encoded))
    assert report.passages_embedded == report.passages_reused == report.passages_total / 2


def test_a_file_that_is_gone_is_gone_from_the_index(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages", {f"{n}.md": f"# Page {n}\n\nText {n}." for n in range(6)})
    run_ingest(root, tmp_path / "index")
    (root / "3.md").unlink()
    report = run_ingest(root, tmp_path / "index")
    assert outcomes(report)["3.md"] is Outcome.REMOVED
    assert "3.md" not in [document.source_path for document in Index.open(tmp_path / "index").documents]


def test_a_collection_that_shrank_is_not_published_without_force(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages", {f"{n}.md": f"# Page {n}\n\nText {n}." for n in range(10)})
    run_ingest(root, tmp_path / "index")
    for n in range(3):
        (root / f"{n}.md").unlink()
    with pytest.raises(IngestRefused, match="--force") as refused:
        run_ingest(root, tmp_path / "index")
    assert len(refused.value.files) == 10
    assert len(Index.open(tmp_path / "index").documents) == 10
    assert run_ingest(root, tmp_path / "index", force=True).published
    assert len(Index.open(tmp_path / "index").documents) == 7


def test_nothing_readable_is_never_published(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages", {"empty.md": "", "picture.png": "x"})
    with pytest.raises(IngestRefused, match="no document"):
        run_ingest(root, tmp_path / "index", force=True)


def test_a_folder_without_files_is_told_apart_from_unreadable_ones(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    with pytest.raises(IngestRefused, match="give a folder that holds pages"):
        run_ingest(tmp_path / "pages", tmp_path / "index")


def test_every_file_has_exactly_one_outcome(tmp_path: Path) -> None:
    files = {
        "a.md": DENOSUMAB,
        "b.pdf": "x",
        "c.md": "---\nunclosed",
        "d/e.txt": "Text.",
        ".hidden": "x",
        "f.md": " ",
    }
    report = run_ingest(write_collection(tmp_path / "pages", files), tmp_path / "index")
    found = outcomes(report)
    assert set(found) == set(files)
    assert {path for path, outcome in found.items() if outcome is Outcome.SKIPPED} == {
        "b.pdf",
        "c.md",
        ".hidden",
        "f.md",
    }
    assert all(file.reason for file in report.files if file.outcome is Outcome.SKIPPED)


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages")
    encoder = HashingEncoder()
    report = run_ingest(root, tmp_path / "index", encoder, dry_run=True)
    assert not (tmp_path / "index").exists()
    assert encoder.encoded == []
    assert (report.generation, report.published) == (None, False)
    assert report.passages_embedded == report.passages_total > 0


def test_a_damaged_generation_is_replaced_by_a_new_ingest(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages")
    first = run_ingest(root, tmp_path / "index")
    (tmp_path / "index" / str(first.generation) / "texts.bin").write_bytes(b"x")
    with pytest.raises(IndexCorrupt, match=r"texts\.bin"):
        Index.open(tmp_path / "index")
    report = run_ingest(root, tmp_path / "index")
    assert report.published
    assert len(Index.open(tmp_path / "index").documents) == 2


def test_another_chunk_size_splits_again(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages")
    run_ingest(root, tmp_path / "index", chunk_size=120)
    small = run_ingest(root, tmp_path / "index", chunk_size=40)
    assert small.published
    assert all(len(p.text) <= 40 for d in Index.open(tmp_path / "index").documents
               for p in Index.open(tmp_path / "index").passages_of(d.document_id))  # fmt: skip


def test_two_ingests_at_once_are_refused(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages")
    with IndexStore(tmp_path / "index").writer(), pytest.raises(IndexLocked, match=str(os.getpid())):
        run_ingest(root, tmp_path / "index")


class _Dies(HashingEncoder):
    """An encoder whose process is gone after so many calls."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._left = after

    def encode_passages(self, texts):  # type: ignore[no-untyped-def]
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        return super().encode_passages(texts)


def many_pages(root: Path) -> Path:
    """A collection of several windows of passages."""
    return write_collection(
        root, {f"{n:03}.md": f"# Page {n}\n\nThis is text number {n}." for n in range(3 * WINDOW)}
    )


def test_an_interrupted_ingest_goes_on_without_embedding_again(tmp_path: Path) -> None:
    root = many_pages(tmp_path / "pages")
    with pytest.raises(KeyboardInterrupt):
        run_ingest(root, tmp_path / "index", _Dies(after=5))  # three windows of headings, two of passages
    assert IndexStore(tmp_path / "index").current() is None
    encoder = HashingEncoder()
    run_ingest(root, tmp_path / "index", encoder)
    assert len(encoder.encoded) == WINDOW
    run_ingest(root, tmp_path / "straight")
    assert Index.open(tmp_path / "index").fingerprint == Index.open(tmp_path / "straight").fingerprint
    assert not (tmp_path / "index" / CHECKPOINT).exists()


def test_a_torn_checkpoint_keeps_its_sound_records(tmp_path: Path) -> None:
    vectors = HashingEncoder().encode_passages(["a", "b", "c"])
    keys = [bytes([n]) * 32 for n in range(3)]
    with Checkpoint(tmp_path, IDENTITY) as checkpoint:
        checkpoint.append(keys, vectors)
    path = tmp_path / CHECKPOINT
    path.write_bytes(path.read_bytes()[:-5])
    with Checkpoint(tmp_path, IDENTITY) as checkpoint:
        assert list(checkpoint.vectors) == keys[:2]
        checkpoint.append(keys[2:], vectors[2:])
    with Checkpoint(tmp_path, IDENTITY) as checkpoint:
        assert list(checkpoint.vectors) == keys


def test_a_checkpoint_with_a_flipped_bit_is_not_believed(tmp_path: Path) -> None:
    with Checkpoint(tmp_path, IDENTITY) as checkpoint:
        checkpoint.append([b"k" * 32], HashingEncoder().encode_passages(["a"]))
    path = tmp_path / CHECKPOINT
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    with Checkpoint(tmp_path, IDENTITY) as checkpoint:
        assert not checkpoint.vectors


def test_a_checkpoint_of_another_encoder_is_not_used(tmp_path: Path) -> None:
    with Checkpoint(tmp_path, IDENTITY) as checkpoint:
        checkpoint.append([b"k" * 32], HashingEncoder().encode_passages(["a"]))
    other = HashingEncoder().identity.__class__(
        **{**{f: getattr(IDENTITY, f) for f in IDENTITY.__dataclass_fields__}, "model": "x"}
    )
    with Checkpoint(tmp_path, other) as checkpoint:
        assert not checkpoint.vectors


def test_twenty_kills_leave_the_old_or_the_new_generation(tmp_path: Path) -> None:
    root, index_dir = many_pages(tmp_path / "pages"), tmp_path / "index"
    run_ingest(root, index_dir)
    processes, published = fresh_processes(), {IndexStore(index_dir).current()}
    for kill in range(20):
        write_collection(root, {"000.md": f"# Page\n\nEdition {kill}."})
        ready, told = processes.Pipe(duplex=False)
        process = processes.Process(target=ingest_slowly, args=(told, root, index_dir))
        process.start()
        told.close()
        assert ready.poll(PATIENCE_S)
        time.sleep(0.03 * kill)
        process.kill()
        ended(process)
        ready.close()
        index = Index.open(index_dir)
        assert len(index.documents) == 3 * WINDOW
        published.add(index.generation)
    final = run_ingest(root, index_dir)
    assert (
        Index.open(index_dir).reading_text(Index.open(index_dir).documents[0].document_id).endswith("Edition 19.")
    )
    assert final.generation is not None
    assert len(list(index_dir.glob("*.tmp"))) == 0
