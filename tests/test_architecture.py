"""The house's own rules: layers, names, no dangerous calls, nothing that only one machine has."""

import ast
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("retriever", "ingest", "api", "eval")
MAX_LINES = 300


def sources(*, tests: bool = False) -> Iterator[Path]:
    """Every Python file of the project."""
    yield ROOT / "footnoted.py"
    for folder in (*PACKAGES, *(("tests",) if tests else ())):
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file, which several rules look at."""
    return ast.parse(path.read_text(encoding="utf-8"))


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Every text file that git tracks, but for the lines of the licence."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in names.split("\0"):
        path = ROOT / name
        if name and path.is_file() and path.suffix not in (".png", ".ico", ".woff2", ".npz", ".bin"):
            yield name, path.read_text(encoding="utf-8")


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """What a file imports: the module, and the name taken from it, empty for the whole of it."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def test_a_module_holds_one_idea() -> None:
    assert [path for path in sources() if path.read_text(encoding="utf-8").count("\n") > MAX_LINES] == []


def test_a_module_says_what_it_is() -> None:
    assert [path for path in sources() if not ast.get_docstring(parsed(path))] == []


def test_no_module_takes_the_name_eval_from_the_builtin() -> None:
    # `from eval.x import y` leaves the builtin alone
    whole = {(path, module) for path in sources(tests=True) for module, name in imported(path) if not name}
    assert [path for path, module in whole if module.split(".")[0] == "eval"] == []


def test_nothing_imports_the_front_door() -> None:
    below = [path for path in sources() if path.parent != ROOT]
    assert [path for path in below if "footnoted" in {module for module, _ in imported(path)}] == []


def test_what_several_tests_use_stands_in_a_module_that_says_what_it_is() -> None:
    taken = {(path.name, module) for path in sources(tests=True) for module, _ in imported(path)}
    assert [(name, module) for name, module in taken if module.startswith("tests.test_")] == []


UNPICKLERS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle"}
RUNNERS = {
    *((module, name) for module in ("yaml", "torch") for name in ("load", "full_load", "unsafe_load")),
    *(("os", name) for name in ("popen", "system")),
}
"""Functions that make code or objects of data, and such that start a shell."""
SWITCHES = {"trust_remote_code", "allow_pickle", "shell"}
"""Arguments that let others do so; only `False` is written."""


def dangers(path: Path) -> Iterator[str]:
    """Where a file unpickles, or runs what is not its own code."""
    for module, name in imported(path):
        if {module.split(".")[0], name} & UNPICKLERS or (module, name) in RUNNERS:
            yield f"{path}: import of {module} {name}"
    called = {"eval", "exec", "compile", *(f"{module}.{name}" for module, name in RUNNERS)}
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in called:
            yield f"{path}:{node.lineno}"
        if isinstance(node, ast.keyword) and node.arg in SWITCHES and ast.unparse(node.value) != "False":
            yield f"{path}:{node.value.lineno}"


def test_nothing_is_unpickled_and_no_data_is_run() -> None:
    assert [danger for path in sources() for danger in dangers(path)] == []


CLOCKS_OF_DAYS = {
    "api/today.py": "the day by which reviews are due",
    "api/live_index.py": "when a reload failed, for people",
    "api/chat/envelope.py": "`created` in OpenAI's shape",
    "api/http/identifiers.py": "identifiers that sort by time; they are random beside it",
    "api/observing/tracing.py": "when a span of a trace ended",
    "api/commands/keys.py": "the day on which a key was made, for people",
    "retriever/store/lock.py": "since when a process has been writing, for people",
    "ingest/commands/ingest.py": "when a generation was made, for people",
    "ingest/commands/lint.py": "the day by which dates lie in the future",
    "eval/calibration/command.py": "when a calibration was made, for people",
    "ingest/source_bytes.py": "whether a page was changed just now, and is looked at twice; 20 ms hang on it",
}
"""Where the clock that people set may be read, and what for. It jumps: nothing orders or ends by it."""

READS_CLOCK_OF_DAYS = re.compile(
    r"\b(?:time\.(?:time|time_ns|localtime|gmtime|ctime)|(?:datetime|date)\.(?:now|today|utcnow))\b"
)


def test_the_clock_that_people_set_is_read_only_where_a_jump_does_no_harm() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in sources()
        if READS_CLOCK_OF_DAYS.search(path.read_text(encoding="utf-8"))
        or re.search(r"from time import .*\btime\b", path.read_text(encoding="utf-8"))
    }
    assert found == set(CLOCKS_OF_DAYS)


def test_nothing_is_ordered_by_the_time_of_a_file() -> None:
    # Compared for being the same, never for being older: copies, restores and clocks change it.
    compared = {"api/live_index.py", "api/admission/live_keys.py", "ingest/source_bytes.py"}
    named = {
        path.relative_to(ROOT).as_posix()
        for path in sources()
        if re.search(r"st_[mc]time|getmtime", path.read_text(encoding="utf-8"))
    }
    assert named == compared
    ordered = re.compile(r"st_[mc]time(?:_ns)?\)?\s*[<>-]|[<>-]=?\s*[\w.]+\.st_[mc]time|key=.*st_[mc]time")
    compared.remove("ingest/source_bytes.py")  # as for the clock
    assert not [name for name in compared if ordered.search((ROOT / name).read_text(encoding="utf-8"))]


def test_one_module_flushes_to_the_disk_and_renames() -> None:
    # Without a sync at each step a power loss may bring back half a change; the model of a disk sees these steps.
    changes = re.compile(r"\bos\.(?:fsync|rename|replace)\b|(?<!disk)(?<!LocalDisk\(\))\.rename\(")
    found = {
        path.relative_to(ROOT).as_posix() for path in sources() if changes.search(path.read_text(encoding="utf-8"))
    }
    # An ingest's checkpoint keeps its file open, and appends.
    assert found == {"retriever/store/durable.py", "ingest/checkpoint.py"}


def test_no_test_asserts_how_long_something_took() -> None:
    clocks = {
        "monotonic",
        "perf_counter",
        "process_time",
        "thread_time",
        "time",
        "monotonic_ns",
        "perf_counter_ns",
    }
    found = []
    for path in sorted((ROOT / "tests").glob("test_*.py")):
        for asserted in (node for node in ast.walk(parsed(path)) if isinstance(node, ast.Assert)):
            for compared in (node for node in ast.walk(asserted.test) if isinstance(node, ast.Compare)):
                ordered = any(isinstance(sign, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for sign in compared.ops)
                called = {
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    for node in ast.walk(compared)
                    if isinstance(node, ast.Call)
                }
                if ordered and called & clocks:
                    found.append(f"{path.name}:{asserted.lineno}")
    # A slow or busy machine is no defect: see tests/waiting.py and tests/proportion.py.
    assert found == []


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils.py", "helpers.py", "common.py", "base.py", "manager.py"}
    assert not [path for path in sources(tests=True) if path.name in drawers]


def test_no_committed_file_names_a_place_of_one_machine() -> None:
    found = re.compile(r"(?<![\w.])/(?:work|root|opt|farm)/\w|pythonhosted\.org|/simple/")
    allowed = {"tests/test_architecture.py"}
    assert [name for name, text in tracked_texts() if found.search(text) and name not in allowed] == []


def test_every_decision_is_numbered_once() -> None:
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_every_decision_is_listed_once_by_its_number() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(
        r"^\| \[(\d+) [^]]+\]\((\S+)\) \|", (folder / "README.md").read_text(encoding="utf-8"), re.M
    )
    assert sorted(f"{int(number):04}" for number, _ in listed) == sorted(name[:4] for _, name in listed)
    assert sorted(name for _, name in listed) == sorted(path.name for path in folder.glob("[0-9]*.md"))


def test_help_is_printed_without_the_heavy_libraries() -> None:
    program = (
        "import sys, json, click\n"
        "from click.testing import CliRunner\n"
        "from footnoted import main\n"
        "for command in ('', 'ingest', 'serve', 'mcp', 'ask', 'doctor'):\n"
        "    result = CliRunner().invoke(main, f'{command} --help')\n"
        "    assert result.exit_code == 0, result.output\n"
        "heavy = 'torch transformers sentence_transformers faiss openvino numpy fastapi mcp'.split()\n"
        "print(json.dumps([name for name in heavy if name in sys.modules]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT)
    assert json.loads(done.stdout) == []


def test_python_without_its_checks_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-O", "-m", "footnoted", "index", "list"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 2
    assert "python -O" in done.stderr


@pytest.mark.slow
def test_the_wheel_holds_the_packages_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        check=True, cwd=ROOT, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name.split("/")[0]}
    assert tops == {*PACKAGES, "footnoted.py"}
    assert {
        "ingest/calibration.txt",
        "api/page/index.html",
        "api/evidence/evidence.toml",
        "retriever/questions/routing.toml",
        "retriever/questions/example_vectors.npz",
        "retriever/abstention/errand_direction.npz",
        "eval/report/report.html.jinja",
    } <= set(names)
