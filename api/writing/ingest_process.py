"""`footnoted ingest` and `footnoted lint` as child processes: the service itself holds no parser, no splitter."""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from api.http.problems import Problem
from retriever.child_environment import child_environment
from retriever.index import Index

logger = logging.getLogger("footnoted.writing")

LINT_TIMEOUT_S = 60
_REFUSED = 3
_RETRY = {"Retry-After": "5"}


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an ingest did: the generation that is published now, each file's outcome, and warnings by file."""

    generation: str
    outcomes: dict[str, str]
    reasons: dict[str, str]
    warnings: dict[str, tuple[tuple[str, int | None], ...]]


class IngestProcess:
    """Runs one child at a time; `stop` ends it, which harms nothing: what was published stays published."""

    def __init__(self, *, documents_dir: Path, index_dir: Path, timeout_s: float) -> None:
        self._documents_dir = documents_dir
        self._index_dir = index_dir
        self._timeout_s = timeout_s
        self._lock = Lock()
        self._child: subprocess.Popen[str] | None = None
        self._stopped = False

    def refusal_of(self, extension: str, content: bytes) -> str | None:
        """Why ingest would skip a file with these bytes, as its reason code; None where it would not."""
        with TemporaryDirectory(prefix="footnoted-") as folder:
            file = Path(folder) / f"document{extension}"
            file.write_bytes(content)
            _, output, _ = self._run(["lint", str(file), "--json"], timeout_s=LINT_TIMEOUT_S)
        report = _parsed(output)
        if report["documents"]:
            return None
        return next((str(each["code"]) for each in report["findings"]), "unreadable")

    def ingest(self, index: Index | None, *, force: bool) -> Ingested:
        """Makes the index hold the folder, with the model and the split that it was built with.

        Raises Problem where nothing was published.
        """
        # A write that fails is undone, so nothing of it may be served before it is done.
        command = ["ingest", str(self._documents_dir), "--index", str(self._index_dir), "--json", "--no-early"]
        if force:
            command.append("--force")
        if index is not None:
            encoder = index.manifest.encoder
            command += ["--model", encoder.model, "--chunk-size", str(index.manifest.split.chunk_size)]
            command += ["--arithmetic", encoder.arithmetic.removeprefix("openvino-")]
        code, output, errors = self._run(command, timeout_s=self._timeout_s)
        if code != 0:
            said = [line for line in errors.splitlines() if line.startswith("refused: ")]
            logger.warning("an ingest for a write ended with %s: %s", code, (*said, "no reason")[0])
            if code == _REFUSED:
                detail = "the index refused the change (locked, too small then, or the disk); the log says why"
                raise Problem(409, "write_refused", detail)
            raise Problem(503, "write_failed", "the change could not be made; the log says why", headers=_RETRY)
        report = _parsed(output)
        return Ingested(
            generation=report["generation"],
            outcomes={each["path"]: each["outcome"] for each in report["files"]},
            reasons={each["path"]: each["reason"] for each in report["skipped"]},
            warnings={
                path: tuple((each["code"], each["line"]) for each in report["warnings"] if each["path"] == path)
                for path in {each["path"] for each in report["warnings"]}
            },
        )

    def stop(self) -> None:
        """Ends the child that runs, and starts no other."""
        with self._lock:
            self._stopped = True
            if self._child is not None:
                self._child.terminate()

    def _run(self, arguments: list[str], *, timeout_s: float) -> tuple[int, str, str]:
        """Exit code, standard output and standard error. Raises Problem 503 at the time limit, or when stopped."""
        with self._lock:
            if self._stopped:
                raise Problem(503, "stopping", "the service is stopping; nothing was changed", headers=_RETRY)
            child = self._child = subprocess.Popen(  # noqa: S603 - our own module, arguments as a list
                [sys.executable, "-m", "footnoted", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=child_environment(),
            )
        try:
            output, errors = child.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            detail = f"the change was not made within {timeout_s:g} s (`--write-timeout`); nothing was changed"
            raise Problem(503, "write_timeout", detail, headers=_RETRY) from None
        finally:
            with self._lock:
                self._child = None
        return child.returncode, output, errors


def _parsed(output: str) -> Any:
    try:
        return json.loads(output)
    except json.JSONDecodeError:
        raise Problem(503, "write_failed", "the change could not be made; run `footnoted doctor`") from None
