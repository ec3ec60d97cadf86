"""`footnoted eval` as it is called: the default command, exit codes, files, a service over HTTP."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from click.testing import CliRunner, Result

from api.app import create_app
from api.settings import Settings
from eval.datasets.dataset import Dataset, Question
from eval.datasets.document_names import DocumentNames, match_names
from eval.datasets.read_dataset import read_dataset
from eval.datasets.source_tokens import SourceTokens
from eval.errors import ComparisonRefused
from eval.eval_command import command
from eval.gate import Setting, read_gate
from eval.measures.evaluate import Depth, evaluate
from eval.opened import refuse_missing
from eval.run_eval import gate_passed
from eval.systems.in_process import InProcess
from eval.systems.over_http import OverHttp
from eval.systems.service import ServiceFailed
from ingest.commands.ingest import command as ingest
from retriever.query import Mode
from tests.small_datasets import STARTER, judged, write_lines

CORPUS = STARTER.parents[1] / "corpus"
GATE = STARTER / "gate.json"


def called(*arguments: str | Path) -> Result:
    """The command's outcome."""
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def run_of(path: Path, *documents: str) -> Path:
    """A TREC run for the question `a`."""
    lines = [f"a Q0 {name} {rank} {1 / rank} tag\n" for rank, name in enumerate(documents, start=1)]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_a_run_of_another_system_is_measured_without_an_index(tmp_path: Path) -> None:
    dataset, run = judged(tmp_path / "small"), run_of(tmp_path / "run.trec", "y.md", "x.md")
    outcome = called(dataset, "--run-file", run, "--json")
    assert outcome.exit_code == 0
    means = {one["measure"]: one["mean"] for one in json.loads(outcome.stdout)["measures"]}
    assert means["RR@10"] == 0.5


def test_options_may_stand_before_the_dataset(tmp_path: Path) -> None:
    dataset, run = judged(tmp_path / "small"), run_of(tmp_path / "run.trec", "x.md")
    assert called("--run-file", run, dataset).exit_code == 0


def test_a_comparison_says_what_changed(tmp_path: Path) -> None:
    dataset, good = judged(tmp_path / "small"), run_of(tmp_path / "good.trec", "x.md")
    bad = run_of(tmp_path / "bad.trec", "y.md", "x.md")
    outcome = called(dataset, "--run-file", good, "--baseline", bad, "--json")
    differences = {one["measure"]: one for one in json.loads(outcome.stdout)["differences"]}
    assert (differences["RR@10"]["difference"], differences["RR@10"]["wins"]) == (0.5, 1)
    assert differences["RR@10"]["verdict"] == "within noise"  # one question decides nothing


def test_the_measures_that_stand_first_are_printed_and_all_on_request(tmp_path: Path) -> None:
    dataset, run = judged(tmp_path / "small"), run_of(tmp_path / "run.trec", "x.md")
    first, everything = called(dataset, "--run-file", run), called(dataset, "--run-file", run, "--all")
    assert "nDCG@10" in first.stdout
    assert "RR@10" not in first.stdout
    assert "--all prints them" in first.stdout
    assert "RR@10" in everything.stdout
    assert "--all" not in everything.stdout


def test_a_log_gets_one_line_for_the_questions_and_no_progress_bar(tmp_path: Path) -> None:
    dataset, run = judged(tmp_path / "small"), run_of(tmp_path / "run.trec", "x.md")
    assert called(dataset, "--run-file", run).stderr == "asking: 1 question\n"


def test_what_cannot_be_compared_is_refused_before_a_question_is_asked(tmp_path: Path) -> None:
    dataset, run = judged(tmp_path / "small"), run_of(tmp_path / "run.trec", "x.md")
    (tmp_path / "no run").mkdir()
    outcome = called(dataset, "--run-file", run, "--baseline", tmp_path / "no run")
    assert outcome.exit_code == 3
    assert "asking" not in outcome.stderr


def test_the_list_of_commands_is_not_cut_short() -> None:
    commands = called("--help").stdout.partition("Commands:")[2]
    assert "..." not in commands


def test_out_and_exports_are_written(tmp_path: Path) -> None:
    dataset, run = judged(tmp_path / "small"), run_of(tmp_path / "run.trec", "x.md")
    out = tmp_path / "out"
    outcome = called(dataset, "--run-file", run, "--out", out, "--export", "ragas", "--export", "trec")
    assert outcome.exit_code == 0
    assert (out / "qrels.trec").read_text(encoding="utf-8") == "a 0 x.md 1\n"
    assert json.loads((out / "ragas.jsonl").read_text(encoding="utf-8"))["user_input"] == "what?"


@pytest.mark.parametrize("flag", ["--out", "--report"])
def test_what_cannot_be_written_is_refused_before_a_question_is_asked(tmp_path: Path, flag: str) -> None:
    dataset, run = judged(tmp_path / "small"), run_of(tmp_path / "run.trec", "x.md")
    outcome = called(dataset, "--run-file", run, flag, run / "in a file" / "results")
    assert outcome.exit_code == 3
    assert "cannot be written (Not a directory)" in outcome.stderr
    assert "asking" not in outcome.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--export", "ragas"),
        ("--update-gate",),
        ("--url", "http://127.0.0.1:1", "--run-file", "."),
        ("--gate", "g.json", "--run-file", "."),
        ("--url", "http://127.0.0.1:1", "--depth", "51"),
    ],
)
def test_options_that_do_not_fit_together_are_a_usage_error(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert called(judged(tmp_path / "small"), *arguments).exit_code == 2


def test_a_wrong_dataset_is_refused_with_its_line(tmp_path: Path) -> None:
    dataset = judged(tmp_path / "small", "a 0 x.md 1\n")
    outcome = called(dataset, "--run-file", run_of(tmp_path / "run.trec", "x.md"))
    assert outcome.exit_code == 3
    assert "qrels.tsv:1" in outcome.stderr


def test_a_missing_index_is_refused_with_what_to_do(tmp_path: Path) -> None:
    outcome = called(judged(tmp_path / "small"), "--index", tmp_path / "none")
    assert outcome.exit_code == 3
    assert "footnoted ingest" in outcome.stderr


def test_judged_documents_that_the_index_lacks_are_counted() -> None:
    qrels = {"a": {"x": 1, "y": 1, "z": 0}}
    dataset = Dataset("small", "0" * 64, (Question("a", "?"),), qrels, {})
    with pytest.raises(ComparisonRefused, match=r"1 of 2 relevant documents are not in the index, .*such as 'y'"):
        refuse_missing(dataset, DocumentNames({}, {}, ("y", "z")), allowed=False)
    refuse_missing(dataset, DocumentNames({}, {}, ("y", "z")), allowed=True)
    with pytest.raises(ComparisonRefused, match="2 of 2"):
        refuse_missing(dataset, DocumentNames({}, {}, ("x", "y")), allowed=True)


@pytest.mark.parametrize("url", ["file:///etc", "127.0.0.1:8000", "http://"])
def test_only_http_addresses_are_asked(url: str) -> None:
    with pytest.raises(ServiceFailed, match="not an http address"):
        OverHttp(url)


def test_a_service_that_is_not_there_is_named_and_not_waited_for() -> None:
    with pytest.raises(ServiceFailed, match="the connection failed"):
        OverHttp("http://127.0.0.1:1")


@pytest.fixture(scope="module")
def starter_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter collection with the real model, as `make ingest` builds it."""
    folder = tmp_path_factory.mktemp("starter")
    outcome = CliRunner().invoke(ingest, [str(CORPUS), "--index", str(folder)])
    assert outcome.exit_code == 0, outcome.output
    return folder


@pytest.mark.model
@pytest.mark.slow
def test_the_committed_gate_passes(starter_index: Path) -> None:
    outcome = called(STARTER, "--index", starter_index, "--corpus", CORPUS, "--gate", GATE)
    assert (outcome.exit_code, "gate: passed" in outcome.stderr) == (0, True), outcome.stderr


@pytest.mark.model
@pytest.mark.slow
def test_the_committed_gate_stops_a_search_by_words_alone(
    starter_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words_alone = InProcess.open(starter_index).variant(
        mode=Mode.LEXICAL
    )  # which gives no answers: they take long
    dataset = read_dataset(STARTER)
    names = match_names(words_alone.source_paths, dataset.judged)
    tokens = SourceTokens(words_alone.index, names)
    evaluation = evaluate(dataset, words_alone, names, tokens=tokens, depth=Depth(50, 20, None, False), seed=0)
    setting = Setting(words_alone.index.manifest.corpus_sha256, 20, None)
    assert not gate_passed(GATE, setting, read_gate(GATE), evaluation, problems=[])
    assert "gate: passage-hit-2@1 is" in capsys.readouterr().err


@pytest.fixture
def service(starter_index: Path) -> Iterator[str]:
    """The real service over the starter collection, on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(create_app(Settings(index_dir=starter_index)), port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not (server.started or not thread.is_alive()):
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.model
@pytest.mark.slow
def test_a_service_scores_what_its_index_scores(starter_index: Path, service: str, tmp_path: Path) -> None:
    common = (STARTER, "--index", starter_index, "--sample", "5", "--out")
    assert called(*common, tmp_path / "here").exit_code == 0
    outcome = called(*common, tmp_path / "there", "--url", service)
    assert outcome.exit_code == 0, outcome.stderr
    written = [(tmp_path / place / "per_query.jsonl").read_bytes() for place in ("here", "there")]
    assert written[0] == written[1]


@pytest.mark.model
@pytest.mark.slow
def test_a_bench_times_every_stage_in_this_process_and_in_a_fresh_one(starter_index: Path) -> None:
    arguments = ("bench", STARTER, "--index", starter_index, "--questions", "5", "--repeats", "1", "--starts", "1")
    outcome = called(*arguments, "--concurrency", "2", "--json")
    assert outcome.exit_code == 0, outcome.stderr
    found = json.loads(outcome.stdout)
    assert [one["name"] for one in found["warm"]] == ["hybrid", "dense", "lexical"]
    assert 0 < found["warm"][0]["stages"]["encode"]["p50"] <= found["warm"][0]["stages"]["total"]["p50"]
    assert found["warm"][0]["stages"]["cpu"]["p50"] > 0
    assert found["throughput"][0]["concurrency"] == 2
    assert found["cold"][0]["first_answer_ms"] > 0


@pytest.mark.model
@pytest.mark.slow
def test_the_report_of_the_starter_collection_is_drawn(starter_index: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    assert called(STARTER, "--index", starter_index, "--report", report, "--sample", "2").exit_code == 0
    assert "What each stage is worth" in report.read_text(encoding="utf-8")


@pytest.mark.model
@pytest.mark.slow
def test_a_document_that_the_dataset_excludes_is_left_out_and_no_other(
    starter_index: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "dataset"
    folder.mkdir()
    write_lines(folder / "questions.jsonl", {"id": "a", "question": "weekly tablets", "answerable": True})
    (folder / "exclude.txt").write_text("medicines/risedronate.md\nnowhere.md\n", encoding="utf-8")
    outcome = called(folder, "--index", starter_index, "--out", tmp_path / "out")
    assert outcome.exit_code == 0, outcome.stderr
    run = (tmp_path / "out" / "passages.jsonl").read_text(encoding="utf-8")
    assert "medicines/risedronate.md" not in run
    assert "medicines" in run
