"""What `footnoted doctor` checks around the index: Python, libraries, variables, disk, rights, port, model."""

import os
import platform
import shutil
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import click
from packaging.requirements import Requirement

from api.configuration import PREFIX, accepted, known_variables
from api.settings import Settings, variable_of
from retriever.encoding.model_files import BUNDLED_MODEL, cache_dir, find_model
from retriever.errors import FootnotedError

MIN_FREE_BYTES = 1 << 30
OLDEST_PYTHON = (3, 11)
_FOR_INGEST_ONLY = frozenset({"torch", "sentence-transformers", "nncf"})
"""What converts a model; a server that only reads an index does without."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was found, and what to do about it where there is something to do.

    With `ok` and a `fix` it is a note: nothing is broken. `refused` marks a generation that is not served.
    """

    name: str
    ok: bool
    detail: str
    fix: str | None = None
    refused: bool = False


def check_surroundings(index_dir: Path, environment: Mapping[str, str]) -> list[Check]:
    """The checks that need no index."""
    return [
        _python(),
        check_optimisation(sys.flags.optimize),
        check_libraries(requires_of_the_program()),
        *check_variables(environment),
        check_disk(index_dir),
        check_rights(index_dir),
        check_port(environment),
    ]


def requires_of_the_program() -> list[str] | None:
    """The requirements that the installed program declares; None where it is not installed."""
    try:
        return requires("footnoted") or []
    except PackageNotFoundError:
        return None


def _python() -> Check:
    found = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < OLDEST_PYTHON:
        return Check("python", ok=False, detail=found, fix="install Python 3.11 or newer")
    return Check("python", ok=True, detail=found)


def check_optimisation(level: int) -> Check:
    """Whether Python's own checks, which the index libraries rely on, are there."""
    if level:
        detail = "python -O removes checks that the index libraries rely on"
        return Check("optimisation", ok=False, detail=detail, fix="run python without -O and PYTHONOPTIMIZE")
    return Check("optimisation", ok=True, detail="python runs without -O")


def check_libraries(declared: list[str] | None) -> Check:
    """Whether every library that is declared is installed in a version that was declared."""
    if declared is None:
        return Check(
            "libraries",
            ok=True,
            detail="the program runs from a checkout that is not installed, so versions are not known",
            fix="run `pip install .` in it",
        )
    parsed = [Requirement(line) for line in declared]
    needed = [each for each in parsed if each.marker is None or each.marker.evaluate({"extra": ""})]
    wrong = {each.name: fault for each in needed if (fault := _fault(each)) is not None}
    listed = "; ".join(wrong.values())
    if not wrong:
        return Check("libraries", ok=True, detail=f"all {len(needed)} are installed in versions that fit")
    if wrong.keys() <= _FOR_INGEST_ONLY:
        fix = "install them where models are converted; serving needs none of them"
        return Check("libraries", ok=True, detail=listed, fix=fix)
    return Check("libraries", ok=False, detail=listed, fix="run `pip install -r requirements.lock`")


def _fault(requirement: Requirement) -> str | None:
    try:
        installed = version(requirement.name)
    except PackageNotFoundError:
        return f"{requirement.name} is missing"
    if requirement.specifier.contains(installed, prereleases=True):
        return None
    return f"{requirement.name} {installed} is installed, {requirement.specifier} is needed"


def check_variables(environment: Mapping[str, str]) -> list[Check]:
    """One check for each variable that nothing reads or whose value is refused; one in all where all is well."""
    known = known_variables()
    given = sorted(name for name in environment if name.startswith(PREFIX))
    found = [_unknown(name, known) for name in given if name not in known]
    for each in fields(Settings):
        name, kind = variable_of(each.metadata["flag"]), each.metadata["kind"]
        if value := environment.get(name):
            try:
                kind.convert(value, None, None)
            except click.BadParameter:
                # The value may be a secret, so it is not shown.
                fix = f"give {accepted(kind)}, or unset it"
                found.append(Check(name, ok=False, detail="its value is not accepted", fix=fix))
    if "FOOTNOTED_FAILPOINT" in given:
        fix = "unset FOOTNOTED_FAILPOINT"
        found.append(Check("FOOTNOTED_FAILPOINT", ok=False, detail="it stops publications, for tests", fix=fix))
    names = ", ".join(given) or "none is set"
    return found or [Check("variables", ok=True, detail=f"{PREFIX}*: {names}")]


def _unknown(name: str, known: frozenset[str]) -> Check:
    # The prefix that all share would make any two names look alike.
    near = get_close_matches(name.removeprefix(PREFIX), sorted(each.removeprefix(PREFIX) for each in known), n=1)
    fix = f"did you mean {PREFIX}{near[0]}?" if near else "docs/configuration.md lists those that are read"
    return Check(name, ok=False, detail="it is set, and nothing reads it", fix=fix)


def check_disk(index_dir: Path, *, needed_bytes: int = MIN_FREE_BYTES) -> Check:
    """Whether the next generation finds room."""
    free = shutil.disk_usage(_nearest(index_dir)).free
    found = f"{free / (1 << 30):.1f} GiB free where the index lies"
    if free < needed_bytes:
        needed = f"{needed_bytes / (1 << 30):.0f} GiB"
        return Check("disk", ok=False, detail=found, fix=f"free at least {needed} before the next ingest")
    return Check("disk", ok=True, detail=found)


def check_rights(index_dir: Path) -> Check:
    """Whether this user may publish; serving needs only to read."""
    folder = _nearest(index_dir)
    if os.access(folder, os.W_OK | os.X_OK):
        return Check("rights", ok=True, detail=f"this user may write to {folder}")
    detail = f"this user may not write to {folder}: it can serve from there, and not ingest"
    return Check("rights", ok=True, detail=detail, fix="ingest as the user who owns that directory")


def check_port(environment: Mapping[str, str]) -> Check:
    """Whether `footnoted serve` could listen where the variables, or the defaults, say."""
    settings = {each.name: each for each in fields(Settings)}
    host = environment.get("FOOTNOTED_HOST") or str(settings["host"].default)
    given = environment.get("FOOTNOTED_PORT") or str(settings["port"].default)
    port = int(given) if given.isascii() and given.isdigit() and int(given) < 65_536 else 0
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        return Check(
            "port",
            ok=True,
            detail=f"{host} port {port} cannot be listened on ({error.strerror})",
            fix="that is right while the service runs there; else choose another with --host and --port",
        )
    return Check("port", ok=True, detail=f"{host} port {port} is free")


def check_model_for_ingest() -> Check:
    """Whether the bundled model lies here, and is converted already."""
    try:
        find_model(BUNDLED_MODEL)
    except FootnotedError as error:
        return Check("model", ok=False, detail=str(error))
    kept = cache_dir() / "encoders"
    if any(kept.glob("*/encoder.json")):
        return Check("model", ok=True, detail=f"{BUNDLED_MODEL} is here; a converted model lies in {kept}")
    detail = f"{BUNDLED_MODEL} is here; the first ingest converts it, once, in about twenty seconds"
    return Check("model", ok=True, detail=detail)


def _nearest(index_dir: Path) -> Path:
    """The directory, or the nearest one above it that exists."""
    absolute = index_dir.absolute()
    return next(each for each in (absolute, *absolute.parents) if each.is_dir())
