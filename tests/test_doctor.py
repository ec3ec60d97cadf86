"""What `footnoted doctor` finds, and that it names the remedy of each."""

import json
import socket
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.commands.check_surroundings import (
    Check,
    check_disk,
    check_libraries,
    check_optimisation,
    check_port,
    check_rights,
    check_variables,
    requires_of_the_program,
)
from api.commands.checks import exit_code
from api.commands.doctor import command as doctor

pytestmark = pytest.mark.usefixtures("no_unknown_variables")


def test_a_misspelt_variable_is_named_with_the_one_that_is_meant() -> None:
    (check,) = check_variables({"FOOTNOTED_THREDS": "4", "FOOTNOTED_PORT": "8001", "PATH": "/bin"})
    assert (check.name, check.ok) == ("FOOTNOTED_THREDS", False)
    assert check.fix == "did you mean FOOTNOTED_THREADS?"


def test_a_variable_like_no_other_is_named_with_the_page_that_lists_them() -> None:
    (check,) = check_variables({"FOOTNOTED_QQQQ": "x"})
    assert check.fix is not None
    assert "docs/configuration.md" in check.fix


def test_a_value_that_is_not_accepted_is_not_shown() -> None:
    (check,) = check_variables({"FOOTNOTED_PORT": "secret-99"})
    assert (check.ok, check.fix) == (False, "give 0 to 65,535, or unset it")
    assert "secret" not in f"{check}"


def test_the_variables_that_are_right_are_listed_by_name() -> None:
    (check,) = check_variables({"FOOTNOTED_PORT": "8001", "FOOTNOTED_INDEX": "there", "FOOTNOTED_THREADS": ""})
    assert check.ok
    assert check.detail == "FOOTNOTED_*: FOOTNOTED_INDEX, FOOTNOTED_PORT, FOOTNOTED_THREADS"


def test_the_crash_tests_variable_is_no_setting_for_a_service() -> None:
    (check,) = check_variables({"FOOTNOTED_FAILPOINT": "x:1:kill"})
    assert (check.ok, check.fix) == (False, "unset FOOTNOTED_FAILPOINT")


def test_a_library_that_is_missing_or_too_old_fails_with_the_command_that_helps() -> None:
    check = check_libraries(["click>=999", "no-such-library-here>=1", 'other>=9; sys_platform == "none"'])
    assert not check.ok
    assert ">=999 is needed" in check.detail
    assert "no-such-library-here is missing" in check.detail
    assert "other" not in check.detail
    assert check.fix is not None
    assert "pip install" in check.fix


def test_what_only_ingest_needs_is_a_note_where_it_is_missing() -> None:
    check = check_libraries(["torch>=9999", "click>=8"])
    assert check.ok
    assert check.fix is not None


def test_the_libraries_of_this_environment_fit() -> None:
    check = check_libraries(requires_of_the_program())
    assert check.ok, check.detail


def test_optimised_python_is_refused() -> None:
    assert not check_optimisation(1).ok
    assert check_optimisation(0).ok


def test_a_full_disk_is_seen_before_the_ingest(tmp_path: Path) -> None:
    assert check_disk(tmp_path / "not" / "there" / "yet").ok
    assert not check_disk(tmp_path, needed_bytes=1 << 60).ok


def test_the_rights_of_the_nearest_directory_count(tmp_path: Path) -> None:
    check = check_rights(tmp_path / "not" / "there")
    assert (check.ok, check.fix) == (True, None)
    assert str(tmp_path) in check.detail


def test_a_port_in_use_is_a_note_and_a_free_one_is_fine() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        check = check_port({"FOOTNOTED_PORT": str(taken.getsockname()[1])})
    assert check.ok
    assert check.fix is not None
    assert "--port" in check.fix
    assert check_port({"FOOTNOTED_PORT": "0"}).fix is None


def test_a_note_is_no_failure() -> None:
    note = Check("reviews", ok=True, detail="some are overdue", fix="review them")
    assert exit_code([note]) == 0
    assert exit_code([note, Check("disk", ok=False, detail="full")]) == 1
    assert exit_code([note, Check("index", ok=False, detail="altered", refused=True)]) == 3


def test_without_an_index_every_failure_is_printed_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTED_THREDS", "4")
    arguments = ["--index", str(tmp_path / "none")]
    shown = CliRunner().invoke(doctor, arguments)
    assert shown.exit_code == 1
    assert "FAIL  FOOTNOTED_THREDS" in shown.stdout
    assert "-> did you mean FOOTNOTED_THREADS?" in shown.stdout
    assert "checks failed" in shown.stderr
    report = json.loads(CliRunner().invoke(doctor, [*arguments, "--json"]).stdout)
    failed = {check["name"] for check in report["checks"] if not check["ok"]}
    assert (report["ok"], failed) == (False, {"FOOTNOTED_THREDS", "index"})


def test_the_guide_names_as_many_libraries_as_are_declared() -> None:
    checkout = Path(__file__).parent.parent
    declared = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["dependencies"]
    shown = f"libraries: all {len(declared)} are installed in versions that fit"
    assert shown in (checkout / "docs" / "operations.md").read_text()
