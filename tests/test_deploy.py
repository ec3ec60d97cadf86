"""The files in deploy/ and the page about them name only what exists."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from api.configuration import known_variables
from tests.waiting import PATIENCE_S

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
UNIT = (DEPLOY / "footnoted.service").read_text(encoding="utf-8")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("page", ["deploy/Containerfile", "deploy/footnoted.service", "docs/operations.md"])
def test_every_variable_that_is_set_is_one_that_is_read(page: str) -> None:
    named = set(re.findall(r"\bFOOTNOTED_[A-Z_]+\b", (ROOT / page).read_text(encoding="utf-8")))
    misspelt_on_purpose = {"FOOTNOTED_THREDS"}
    assert named
    assert named - misspelt_on_purpose <= known_variables()


def test_the_image_leaves_out_only_what_was_installed() -> None:
    removed = re.search(r"pip uninstall --yes (.*?)&&", CONTAINERFILE, re.DOTALL)
    assert removed is not None
    names = removed[1].replace("\\", "").split()
    locked = {normal(line.split("==")[0]) for line in (ROOT / "requirements.lock").read_text().splitlines()}
    assert "torch" in names
    assert {normal(name) for name in names} <= locked


def test_the_image_is_built_from_all_that_the_package_needs() -> None:
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line[1:] for line in ignored if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packaged = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"])
    assert packaged | {"requirements.lock", "pyproject.toml", "README.md", "LICENSE", "corpus"} == sent
    assert all((ROOT / name).exists() for name in sent)


def test_the_image_runs_as_nobody_special_and_says_when_it_is_healthy() -> None:
    last_stage = CONTAINERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001$", last_stage, re.MULTILINE)
    assert "/readyz" in last_stage.partition("HEALTHCHECK")[2]


def test_the_unit_is_one_that_systemd_understands(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("there is no systemd-analyze here")
    program = tmp_path / "footnoted"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "footnoted.service"
    unit.write_text(UNIT.replace("/usr/local/lib/footnoted/bin/footnoted", str(program)))
    done = subprocess.run(
        [analyze, "verify", str(unit)], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
