"""`footnoted eval peers`: the protocol, the order of turns and the tables, with systems that are no libraries."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from eval.datasets.dataset import Dataset, Question
from eval.errors import ComparisonRefused
from eval.peers.command import NAMES
from eval.peers.environments import install, last_line, missing
from eval.peers.figures import as_markdown, figures_of
from eval.peers.rounds import Failure, Outcome, Run, run_system, surroundings, take_turns, turns
from eval.peers.run_peer import WARM_UP, measure
from eval.peers.systems import OURS, PEERS, REFERENCE, SYSTEMS, PeerSystem
from eval.peers.task import RankingTask
from retriever.index import Index
from retriever.store.contents import embedding_key
from tests.collections_on_disk import run_ingest, write_collection

A, B, C = (PeerSystem(name, name.upper(), is_peer=False) for name in "abc")
RUN = Run(
    versions={"library": "1.0"},
    open_cpu_s=2.0,
    ingest_cpu_s=4.0,
    ingest_wall_s=3.0,
    query_cpu_ms=[10.0, 30.0],
    query_wall_ms=[5.0, 5.0],
    peak_rss_mb=100.0,
    rankings=[[], []],
)


class FakePeer:
    """Ranks by the number of common words, and writes down what it is asked to do."""

    def __init__(self, folders: dict[str, str]) -> None:
        self.calls = [f"open {folders['model']}"]

    def ingest(self, passages: Sequence[tuple[str, str]]) -> None:
        self.calls.append(f"ingest {len(passages)}")
        self.passages = passages

    def search(self, question: str, top_k: int) -> list[str]:
        self.calls.append(f"search {question}")
        words = set(question.split())
        ranked = sorted(self.passages, key=lambda passage: -len(words & set(passage[1].split())))
        return [identifier for identifier, _ in ranked[:top_k]]


@dataclass(frozen=True)
class Written(PeerSystem):
    """A system whose program a test wrote."""

    program: Path = Path()

    @property
    def adapter(self) -> Path:
        return self.program


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("peers")
    run_ingest(write_collection(folder / "pages"), folder / "index")
    return Index.open(folder / "index")


@pytest.fixture
def task(index: Index) -> RankingTask:
    questions = (Question("q", "what is denosumab"), Question("r", "who is at risk of a fall"))
    qrels = {"q": {"denosumab.md": 1}, "r": {"home/falls.txt": 1}}
    return RankingTask(index, Dataset("two", "0" * 64, questions, qrels, {}))


def of_document(task: RankingTask, place: int) -> list[str]:
    """The passages of the first or the second document."""
    documents = list(dict.fromkeys(identifier.split(":")[0] for identifier, _ in task.passages))
    return [identifier for identifier, _ in task.passages if identifier.startswith(f"{documents[place]}:")]


def test_every_round_begins_with_the_next_system() -> None:
    assert turns([A, B, C], 3) == [A, B, C, B, C, A, C, A, B]


def test_a_system_that_fails_gets_no_further_turn_and_the_others_go_on() -> None:
    asked: list[PeerSystem] = []

    def run(system: PeerSystem) -> Run | Failure:
        asked.append(system)
        return Failure("it is not here") if system == B else RUN

    assert take_turns([A, B, C], 3, run, say=lambda _: None) == {
        A: (RUN, RUN, RUN),
        B: Failure("it is not here"),
        C: (RUN, RUN, RUN),
    }
    assert asked.count(B) == 1


def test_a_system_is_opened_then_given_passages_and_a_first_question_then_warmed_up_and_asked() -> None:
    made: list[FakePeer] = []

    class Peer(FakePeer):
        def __init__(self, folders: dict[str, str]) -> None:
            super().__init__(folders)
            made.append(self)

    questions = [f"bones {number}" for number in range(WARM_UP + 2)]
    request = {"folders": {"model": "m"}, "passages": [["x", "falls"], ["y", "bones"]], "questions": questions}
    measured = measure(SimpleNamespace(Peer=Peer, PACKAGES=("click",)), {**request, "top_k": 1})
    asked = [questions[0], *questions[:WARM_UP], *questions]
    assert made[0].calls == ["open m", "ingest 2", *(f"search {question}" for question in asked)]
    run = msgspec.convert(measured, Run)
    assert run.rankings == [["y"]] * len(questions)
    assert len(run.query_cpu_ms) == len(run.query_wall_ms) == len(questions)
    assert set(run.versions) == {"click"}
    assert run.peak_rss_mb > 1


PROGRAM = """
import os
PACKAGES = ("click",)
class Peer:
    def __init__(self, folders):
        if not os.path.isdir(folders["scratch"]) or os.environ["HF_HUB_OFFLINE"] != "1":
            raise SystemError("no scratch folder, or online")
    def ingest(self, passages):
        print("a library that talks does not disturb the result")
        self.ids = [identifier for identifier, _ in passages]
    def search(self, question, top_k):
        return self.ids[::-1][:top_k]
"""


def test_a_turn_runs_in_a_process_of_its_own_and_hands_back_its_figures(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    request = {"folders": {}, "passages": [["x", "one"], ["y", "two"]], "questions": ["q"], "top_k": 2}
    run = run_system(Written("own", "Own", is_peer=False, program=program), request, tmp_path)
    assert isinstance(run, Run)
    assert run.rankings == [["y", "x"]]


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="only Linux keeps the parent's peak")
def test_a_process_does_not_take_its_parents_memory_for_its_own(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    of_parent = bytearray(300_000_000)
    request = {"folders": {}, "passages": [["x", "one"]], "questions": ["q"], "top_k": 1}
    run = run_system(Written("own", "Own", is_peer=False, program=program), request, tmp_path)
    assert isinstance(run, Run)
    assert run.peak_rss_mb * 1e6 < len(of_parent)


def test_a_turn_that_fails_says_why_without_the_folders_of_this_machine(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"raise OSError('no file {tmp_path}/model.bin')\n", encoding="utf-8")
    own = Written("own", "Own", is_peer=False, program=program)
    failure = run_system(own, {"folders": {}, "questions": ["q"]}, tmp_path)
    assert failure == Failure("failed (exit 1): OSError: no file model.bin")


def test_a_peer_sees_nothing_of_our_python_and_no_network() -> None:
    environ = {"PYTHONPATH": "ours", "PYTHONSTARTUP": "ours", "PATH": "bin", "HF_HUB_OFFLINE": "0"}
    found = surroundings(PEERS[0], environ)
    assert found["PATH"] == "bin"
    assert found["HF_HUB_OFFLINE"] == found["TRANSFORMERS_OFFLINE"] == "1"
    assert not [name for name in found if name.startswith("PYTHON")]
    assert surroundings(REFERENCE, environ)["PYTHONPATH"] != "ours"


def test_an_environment_of_other_versions_counts_as_missing(tmp_path: Path) -> None:
    assert "make peers" in (missing(PEERS[0], tmp_path) or "")
    folder = tmp_path / PEERS[0].name
    folder.mkdir()
    (folder / "made-from.sha256").write_text("0" * 64, encoding="ascii")
    assert "other versions" in (missing(PEERS[0], tmp_path) or "")
    assert missing(REFERENCE, tmp_path) is None


def test_why_a_peer_cannot_be_installed_is_kept_for_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "false")
    assert "cannot be installed" in (install(PEERS[0], tmp_path, say=lambda _: None) or "")
    assert "cannot be installed" in (missing(PEERS[0], tmp_path) or "")


def test_the_last_line_of_an_output_keeps_addresses_and_loses_folders() -> None:
    assert last_line("x\nno '/a/b/c.py' at http://host/y/z \n\n") == "no 'c.py' at http://host/y/z"
    assert last_line("\n") == "it said nothing"


def test_costs_are_medians_and_ratios_are_those_of_one_round(task: RankingTask) -> None:
    base = (replace(RUN, ingest_cpu_s=4.0), replace(RUN, ingest_cpu_s=8.0), replace(RUN, ingest_cpu_s=4.0))
    other = (replace(RUN, ingest_cpu_s=2.0), replace(RUN, ingest_cpu_s=2.0), replace(RUN, ingest_cpu_s=3.0))
    found = figures_of({A: base, B: other}, A, task)[B]
    assert not isinstance(found, Failure)
    assert found.ingest_cpu_ms_per_passage == pytest.approx(2_000 / len(task.passages))
    assert str(found.ingest_ratio) == "0.50 (0.25-0.75)"
    assert found.query_cpu_p50_ms == 20
    assert str(found.query_ratio) == "1.00 (1.00-1.00)"


def test_without_the_reference_nothing_is_compared(task: RankingTask) -> None:
    with pytest.raises(ComparisonRefused, match="not here"):
        figures_of({A: Failure("is not here"), B: (RUN,)}, A, task)


def test_the_tables_say_why_a_system_has_no_figures(task: RankingTask) -> None:
    outcomes: dict[PeerSystem, Outcome] = {A: (RUN,), B: Failure("not installed")}
    written = as_markdown(figures_of(outcomes, A, task), task, rounds=1)
    assert "* B has no figures: not installed" in written
    assert "| A | 0.000 | - | - | library 1.0 |" in written
    assert "2 pages, 2 questions of `two`; 1 round in" in written


def test_every_system_is_given_the_text_that_was_embedded(index: Index, task: RankingTask) -> None:
    assert [embedding_key(text) for _, text in task.passages] == [
        index.embedding_key(row) for row in range(len(index.rows))
    ]


def test_rankings_are_measured_on_documents_and_against_the_reference(task: RankingTask) -> None:
    first, second = of_document(task, 0), of_document(task, 1)
    right = task.quality([first, second], [first, second])
    wrong = task.quality([second, [*first, *second]], [first, second])
    swapped = {right.ndcg, task.quality([second, first], [first, second]).ndcg}
    assert swapped == {0.0, 1.0}
    assert right.same == 1
    assert wrong.same == 0.5
    assert right.passage_hit is None


def test_a_passage_that_was_never_given_is_no_result(task: RankingTask) -> None:
    with pytest.raises(ComparisonRefused, match="never given"):
        task.quality([["x:0-1"], []], [[], []])


def canonical(name: str) -> str:
    """A library's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_peers_libraries_are_pinned_and_come_from_no_place_in_particular(peer: PeerSystem) -> None:
    lines = [
        line for line in peer.requirements.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    tree = ast.parse(peer.adapter.read_text(encoding="utf-8"))
    (packages,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PACKAGES"
    ]
    assert {canonical(name) for name in packages} <= {canonical(line.split("==")[0]) for line in lines}


def test_every_system_has_a_program_and_the_command_knows_every_peer() -> None:
    assert tuple(peer.name for peer in PEERS) == NAMES
    assert (REFERENCE, *PEERS, *OURS) == SYSTEMS
    assert [system.name for system in SYSTEMS if not system.adapter.is_file()] == []
