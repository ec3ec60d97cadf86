"""`footnoted lint`: what it finds in files, and how it ends."""

import io
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from footnoted import main
from ingest.files import find_files
from ingest.lint import Finding, LintReport, Severity, lint
from ingest.progress import Progress
from tests.collections_on_disk import DENOSUMAB, FALLS, write_collection

TODAY = date(2026, 11, 22)


def report_on(root: Path) -> LintReport:
    quiet = Progress(Console(file=io.StringIO()), quiet=True)
    return lint(find_files([root]), today=TODAY, progress=quiet)


def findings(root: Path, files: dict[str, str]) -> list[tuple[str, str, tuple[str, ...]]]:
    report = report_on(write_collection(root, files))
    return [(str(one.severity), one.code, one.paths) for one in report.findings]


def complete(**changed: str) -> str:
    """A page whose front matter says everything, and which is well."""
    fields = {
        "title": "Bone loss",
        "url": "https://example.org/bone-loss",
        "source": "NCI",
        "sourceType": "core",
        "citation": "NCI, 2026",
        "license": "public_domain",
        "language": "en",
        "audienceLevel": "patient",
        "status": "active",
        "version": "v1",
        "lastReviewed": "'2026-10-30'",
        "reviewFrequency": "quarterly",
        "tags": "[bone]",
    }
    lines = "\n".join(f"{name}: {value}" for name, value in (fields | changed).items())
    body = "Bones thin with age, in women sooner than in men, and break more easily then."
    return f"---\n{lines}\n---\n\n# Bone loss\n\n{body}\n"


def test_a_page_that_says_everything_and_is_in_time_has_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, {"a.md": complete()}) == []


@pytest.mark.parametrize(
    ("changed", "severity", "code"),
    [
        ({"lastReviewed": "'2026-01-01'"}, "fault", "review_overdue"),
        ({"lastReviewed": "'2026-09-01'"}, "note", "review_due_soon"),
        ({"lastReviewed": "'2062-11-01'"}, "fault", "review_to_come"),
        ({"title": "Access denied"}, "fault", "title_suspect"),
        ({"title": "Bone loss - Health Professional Version"}, "fault", "audience_contradicted"),
        ({"url": "https://example.org/hp/bone-loss"}, "fault", "audience_contradicted"),
        ({"license": "''"}, "note", "metadata_missing"),
    ],
)
def test_what_the_front_matter_shows_is_found(
    changed: dict[str, str], severity: str, code: str, tmp_path: Path
) -> None:
    assert findings(tmp_path, {"a.md": complete(**changed)}) == [(severity, code, ("a.md",))]


def test_a_malformed_date_is_a_fault_of_its_line(tmp_path: Path) -> None:
    report = report_on(write_collection(tmp_path, {"a.md": complete(lastReviewed="'2026-02-30'")}))
    found = next(one for one in report.findings if one.code == "date_invalid")
    assert (found.severity, found.paths, found.line) == (Severity.FAULT, ("a.md",), 12)


def test_files_that_ingest_skips_are_told_apart_by_whose_fault_it_is(tmp_path: Path) -> None:
    files = {"a.md": complete(), "broken.md": "---\ntitle: x\n", "data.csv": "1,2"}
    assert findings(tmp_path, files) == [
        ("fault", "front_matter_unclosed", ("broken.md",)),
        ("note", "unsupported_type", ("data.csv",)),
    ]


def test_files_with_the_same_words_are_named_together(tmp_path: Path) -> None:
    files = {"a.md": complete(), "b.md": complete(title="Bones")}
    assert findings(tmp_path, files) == [("fault", "same_text", ("a.md", "b.md"))]


def test_equal_titles_over_different_words_are_a_note(tmp_path: Path) -> None:
    other = complete(url="https://example.org/other").replace("thin", "break")
    assert findings(tmp_path, {"a.md": complete(), "b.md": other}) == [("note", "same_title", ("a.md", "b.md"))]


def test_files_of_one_address_and_different_words_are_named(tmp_path: Path) -> None:
    other = complete(title="Bones").replace("thin", "break")
    assert findings(tmp_path, {"a.md": complete(), "b.md": other}) == [("fault", "same_address", ("a.md", "b.md"))]


def test_faults_come_first(tmp_path: Path) -> None:
    report = report_on(write_collection(tmp_path, {"a.md": DENOSUMAB, "b.txt": FALLS}))
    assert [one.severity for one in report.findings] == [Severity.FAULT, Severity.NOTE, Severity.NOTE]
    assert report.findings[0] == Finding(
        Severity.FAULT, "review_overdue", ("a.md",), "review was due on 2026-03-30"
    )


def test_the_command_ends_with_1_for_faults_and_names_them(tmp_path: Path) -> None:
    write_collection(tmp_path, {"a.md": complete(title="Access denied")})
    outcome = CliRunner().invoke(main, ["lint", str(tmp_path), "--json"])
    printed = json.loads(outcome.stdout)
    assert outcome.exit_code == 1
    assert (printed["documents"], printed["counts"]["title_suspect"]) == (1, 1)
    shown = CliRunner().invoke(main, ["lint", str(tmp_path)])
    assert shown.exit_code == 1
    assert "title_suspect" in shown.stdout
    assert "a.md" in shown.stdout


def test_a_pipe_gets_each_finding_on_one_line(tmp_path: Path) -> None:
    name = f"a-very-{'long-' * 30}name.md"
    root = write_collection(tmp_path / "pages", {name: complete(lastReviewed="2020-01-31")})
    outcome = CliRunner().invoke(main, ["lint", str(root)])
    assert f"  {name}: review was due on 2020-04-30\n" in outcome.stdout


def test_on_a_terminal_what_is_said_of_many_files_stands_once(tmp_path: Path) -> None:
    root = write_collection(tmp_path, {"a.txt": FALLS, "b.txt": f"{FALLS} Take care."})
    terminal = {"FORCE_COLOR": "1", "COLUMNS": "100"}
    shown = CliRunner().invoke(main, ["lint", str(root)], env=terminal).stdout
    assert ("a.txt" in shown, "b.txt" in shown, shown.count("the front matter does not say")) == (True, True, 1)


def test_fields_that_many_pages_do_not_say_are_told_once(tmp_path: Path) -> None:
    root = write_collection(tmp_path, {f"{number:02}.txt": f"{FALLS} {number}." for number in range(25)})
    missing = [one for one in report_on(root).findings if one.code == "metadata_missing"]
    assert [len(one.paths) for one in missing] == [25]
    shown = CliRunner().invoke(main, ["lint", str(root)]).stdout
    assert (shown.count("the front matter does not say"), "19.txt, and 5 more files: " in shown) == (1, True)


def test_notes_alone_end_with_0(tmp_path: Path) -> None:
    write_collection(tmp_path, {"b.txt": FALLS})
    outcome = CliRunner().invoke(main, ["lint", str(tmp_path)])
    assert outcome.exit_code == 0
    assert outcome.stdout.endswith(": 0 faults, 1 note\n")


def test_a_path_that_is_not_there_is_a_mistake_of_usage(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(main, ["lint", str(tmp_path / "none")])
    assert outcome.exit_code == 2
    assert "Traceback" not in outcome.output
