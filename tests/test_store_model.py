"""A model of the store: whatever is done to it, it serves what a dictionary of generations says."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ingest.errors import IngestRefused
from retriever.errors import IndexMissing, StorageFailed
from retriever.index import Index
from retriever.store.durable import FAILPOINT_VARIABLE, FAILPOINTS
from retriever.store.store import IndexStore
from tests.collections_on_disk import run_ingest

NAMES = st.sampled_from([f"page-{number}.md" for number in range(6)])
WORDS = st.sampled_from(["calcium", "denosumab", "falls", "exercise", "vitamin"])
POINTS = sorted(name for name in FAILPOINTS if not name.startswith("restore."))


class StoreModel(RuleBasedStateMachine):
    """Pages are edited and removed; ingests publish, fail and are repeated; the pointer goes back and forth."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="footnoted-model-"))
        self.pages, self.index_dir = self.folder / "pages", self.folder / "index"
        self.pages.mkdir()
        self.files: dict[str, str] = {}
        self.published: dict[str, dict[str, str]] = {}
        self.current: str | None = None

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @initialize(word=WORDS)
    def begin(self, word: str) -> None:
        self.edit("page-0.md", [word])
        self.ingest()

    @rule(name=NAMES, words=st.lists(WORDS, min_size=1, max_size=3))
    def edit(self, name: str, words: Sequence[str]) -> None:
        text = f"Bones and {' and '.join(words)} in {name.removesuffix('.md')}."
        (self.pages / name).write_text(text, encoding="utf-8")
        self.files[name] = text

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        (self.pages / name).unlink(missing_ok=True)
        self.files.pop(name, None)

    @rule()
    def ingest(self) -> None:
        try:
            report = run_ingest(self.pages, self.index_dir, force=True)
        except IngestRefused:
            assert not self.files
            return
        generation = str(report.generation)
        assert report.published == (self.current is None or self.published[self.current] != self.files)
        self.published[generation] = dict(self.files)
        self.current = generation
        self.forget_pruned()

    @precondition(lambda self: self.files)
    @rule(point=st.sampled_from(POINTS), action=st.sampled_from(["eio", "enospc"]))
    def ingest_on_a_failing_disk(self, point: str, action: str) -> None:
        os.environ[FAILPOINT_VARIABLE] = f"{point}:1:{action}"
        try:
            self.ingest()
        except StorageFailed as failed:
            now = IndexStore(self.index_dir).current()
            assert now is not None
            if now != self.current:  # the message must own up to it
                assert now in str(failed)  # noqa: PT017 - a failure is one outcome of two
                self.published[now], self.current = dict(self.files), now
            self.forget_pruned()
        finally:
            del os.environ[FAILPOINT_VARIABLE]

    @rule()
    def roll_back(self) -> None:
        older = sorted(name for name in self.published if self.current is not None and name < self.current)
        try:
            now = IndexStore(self.index_dir).rollback()
        except IndexMissing:
            assert not older
            return
        assert now == older[-1]
        self.current = now

    @rule()
    def prune(self) -> None:
        IndexStore(self.index_dir).prune(2)
        self.forget_pruned()

    @invariant()
    def what_is_served_is_what_was_published(self) -> None:
        if self.current is None:
            return
        index = Index.open(self.index_dir)
        found = {one.source_path: index.reading_text(one.document_id) for one in index.documents}
        assert (index.generation, found) == (self.current, self.published[self.current])

    def forget_pruned(self) -> None:
        """Older generations may be gone, the one that is served never."""
        there = {info.name for info in IndexStore(self.index_dir).generations()}
        assert self.current in there
        self.published = {name: pages for name, pages in self.published.items() if name in there}


def test_the_store_behaves_as_a_dictionary_of_generations() -> None:
    run_state_machine_as_test(
        StoreModel,
        settings=settings(max_examples=20, stateful_step_count=15, suppress_health_check=list(HealthCheck)),
    )
