"""A virtual environment for each peer, from its pinned libraries; nothing of ours is in it."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from eval.peers.systems import PeerSystem
from retriever.encoding.model_files import cache_dir

INSTALL_TIMEOUT_S = 3600
_MADE, _FAILED = "made-from.sha256", "failed.txt"
_LONGEST_REASON = 200


def default_folder() -> Path:
    """Where the environments lie unless another folder is given: in the user's cache."""
    return cache_dir() / "peers"


def install(system: PeerSystem, folder: Path, *, say: Callable[[str], None]) -> str | None:
    """Makes the environment anew unless it is there already from the same libraries.

    Returns why it could not be made, else None; the reason is kept for the table.
    """
    environment = folder / system.name
    if missing(system, folder) is None:
        say(f"{system.title}: there already")
        return None
    say(f"{system.title}: installing (torch alone takes 200 MB or more, once for each) ...")
    shutil.rmtree(environment, ignore_errors=True)
    environment.parent.mkdir(parents=True, exist_ok=True)
    pip = [str(python_of(environment)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in (
        [sys.executable, "-m", "venv", str(environment)],
        [*pip, "--requirement", str(system.requirements)],
    ):
        try:
            done = subprocess.run(  # noqa: S603 - our own arguments, no shell
                command, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired:
            return _remember(environment, f"not installed within {INSTALL_TIMEOUT_S} s")
        if done.returncode != 0:
            return _remember(environment, f"cannot be installed: {last_line(done.stderr)}")
    (environment / _MADE).write_text(_digest(system.requirements), encoding="ascii")
    return None


def missing(system: PeerSystem, folder: Path) -> str | None:
    """Why a system cannot be run, else None. What runs in our own environment is never missing."""
    environment = folder / system.name
    if not system.is_peer:
        return None
    if (environment / _FAILED).is_file():
        return (environment / _FAILED).read_text(encoding="utf-8")
    made = environment / _MADE
    if not made.is_file() or made.read_text(encoding="ascii") != _digest(system.requirements):
        return "not installed, or from other versions: run `make peers`"
    return None


def python_of(environment: Path) -> Path:
    """The interpreter of an environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def last_line(output: str) -> str:
    """The last line of what a program said, short, and without the folders of this machine."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["it said nothing"]
    return re.sub(r"(?<![\w.:/])/(?:[^\s/'\"]+/)+", "", lines[-1])[:_LONGEST_REASON]


def _remember(environment: Path, reason: str) -> str:
    environment.mkdir(parents=True, exist_ok=True)
    (environment / _FAILED).write_text(reason, encoding="utf-8")
    return reason


def _digest(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes()).hexdigest()
