"""The checks of `footnoted doctor`: what the service needs from this machine and from its index."""

import platform
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.snapshot import WARM_UP
from retriever.encoder import EncoderIdentity
from retriever.errors import FootnotedError, IndexMissing, IndexRefused
from retriever.index import Index
from retriever.retrieve import Retriever
from retriever.store import GenerationInfo, GenerationState, IndexStore

MIN_FREE_BYTES = 1 << 30
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `detail` says what was found and what to do; `refused` marks a generation that is not served."""

    name: str
    ok: bool
    detail: str
    refused: bool = False


def run_checks(index_dir: Path) -> list[Check]:
    """All checks, in the order in which a failure of one explains the next."""
    checks = [_python(), _optimised(sys.flags.optimize), _disk(index_dir)]
    generations = _generations(index_dir)
    checks += generations
    index, opened = _open(index_dir)
    checks.append(opened)
    if index is not None:
        checks += _encoder(index, index_dir)
    return checks


def exit_code(checks: Sequence[Check]) -> int:
    """3 when a generation is refused, 1 when another check failed, else 0."""
    if any(check.refused for check in checks):
        return 3
    return 0 if all(check.ok for check in checks) else 1


def _python() -> Check:
    found = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < OLDEST_PYTHON:
        return Check("python", ok=False, detail=f"{found}; install Python 3.11 or newer")
    return Check("python", ok=True, detail=found)


def _optimised(level: int) -> Check:
    if level:
        detail = "python -O removes checks that the index libraries rely on; run python without -O"
        return Check("optimisation", ok=False, detail=detail)
    return Check("optimisation", ok=True, detail="python runs without -O")


def _disk(index_dir: Path) -> Check:
    folder = next(each for each in (index_dir.absolute(), *index_dir.absolute().parents) if each.is_dir())
    free = shutil.disk_usage(folder).free
    found = f"{free / (1 << 30):.1f} GiB free where the index lies"
    if free < MIN_FREE_BYTES:
        return Check("disk", ok=False, detail=f"{found}; free at least 1 GiB before the next ingest")
    return Check("disk", ok=True, detail=found)


def _generations(index_dir: Path) -> list[Check]:
    """One check for each generation below the directory, every file hashed."""
    try:
        found = IndexStore(index_dir).generations(verify=True)
    except IndexMissing:
        return []
    except FootnotedError as error:
        return [Check("generations", ok=False, detail=str(error), refused=isinstance(error, IndexRefused))]
    return [_generation(each) for each in found]


def _generation(found: GenerationInfo) -> Check:
    name = f"{found.name} (current)" if found.current else found.name
    if found.state is GenerationState.REFUSED:
        return Check(name, ok=False, detail=str(found.reason), refused=True)
    return Check(name, ok=True, detail=f"every file verified, {found.bytes / (1 << 20):.1f} MiB")


def _open(index_dir: Path) -> tuple[Index | None, Check]:
    try:
        index = Index.open(index_dir)
    except FootnotedError as error:
        return None, Check("index", ok=False, detail=str(error), refused=isinstance(error, IndexRefused))
    counts = f"{index.manifest.documents:,} documents, {index.manifest.passages:,} passages"
    return index, Check("index", ok=True, detail=f"{index.generation} opens: {counts}")


def _encoder(index: Index, index_dir: Path) -> list[Check]:
    from retriever.open_encoder import open_encoder

    identity = index.manifest.encoder
    checks = [_model_files(identity, index_dir)]
    try:
        encoder = open_encoder(identity, index_dir)
        Retriever(index, encoder).retrieve(WARM_UP)
    except FootnotedError as error:
        checks.append(Check("encoder", ok=False, detail=str(error), refused=isinstance(error, IndexRefused)))
    else:
        found = f"{identity.model} ({identity.arithmetic}) answered a warm-up query"
        checks.append(Check("encoder", ok=True, detail=found))
    return checks


def _model_files(identity: EncoderIdentity, index_dir: Path) -> Check:
    """Whether the model that built the index lies here: beside the index if converted, else among the models."""
    from retriever.model_files import find_model
    from retriever.open_encoder import encoder_folder

    if identity.artifact_sha256 is not None:
        if encoder_folder(index_dir, identity.artifact_sha256).is_dir():
            return Check("model", ok=True, detail=f"{identity.model}, converted, lies beside the index")
        detail = "the converted model is missing beside the index; run `footnoted ingest` again"
        return Check("model", ok=False, detail=detail)
    try:
        files = find_model(identity.model)
    except FootnotedError as error:
        return Check("model", ok=False, detail=str(error))
    if files.sha256 != identity.model_sha256:
        detail = "the model's files are not those that built the index; restore them, or ingest again"
        return Check("model", ok=False, detail=detail, refused=True)
    return Check("model", ok=True, detail=f"{identity.model}: its files are those that built the index")
