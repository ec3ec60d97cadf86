"""A calibration: the weights and the threshold by which a collection's answers are judged."""

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import msgspec

from retriever.abstention.evidence import Evidence
from retriever.encoder import EncoderIdentity
from retriever.errors import StorageFailed
from retriever.index import Index
from retriever.store.durable import Disk, LocalDisk, storage_failures

CALIBRATION_FILE = "calibration.json"
FORMAT = 7
SAME_COLLECTION = 0.5
"""The share of all documents, of then and now together, that must be in both for a calibration to hold."""
_DEFAULT = "default_calibration.json"
_Decoded = TypeVar("_Decoded")
_SHORT = 12


class CalibrationState(StrEnum):
    """Where the weights and the threshold in use come from."""

    CALIBRATED = "calibrated"
    """Made for this collection."""
    DEFAULT = "default"
    """None was made for this index; the ones that come with the program are in use."""
    OTHER_COLLECTION = "other_collection"
    """The one in the index directory was made with another encoder or for mostly other documents: not in use."""
    UNREADABLE = "unreadable"
    """The one in the index directory is damaged or of another version of the program: not in use."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over the evidence: the weight of each number, and the intercept."""

    intercept: float
    of: Evidence


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What a threshold means on held-out questions.

    `coverage` is the share of the answerable questions that are answered, `false_answers` the share of the
    unanswerable ones; `risk` is the share of unanswerable questions among those answered, `risk_high` the
    upper end of its 95 % interval; both kinds count alike, whatever their numbers.
    """

    threshold: float
    coverage: float
    false_answers: float
    risk: float
    risk_high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights and threshold, and what they rest on.

    `questions` says which questions they were fitted on, `created` when (ISO 8601 in UTC). `encoder` and
    `documents` say for which collection: digests of the pages' bodies, shortened. The default has neither.
    """

    format: int
    weights: Weights
    threshold: float
    max_risk: float
    answerable: int
    unanswerable: int
    questions: str
    created: str
    curve: tuple[CurvePoint, ...] = ()
    corpus_sha256: str | None = None
    fingerprint: str | None = None
    encoder: EncoderIdentity | None = None
    documents: tuple[str, ...] = ()
    state: CalibrationState = CalibrationState.CALIBRATED


@dataclass(frozen=True, slots=True)
class _Sealed:
    calibration: Calibration
    sha256: str


def default_calibration(state: CalibrationState = CalibrationState.DEFAULT) -> Calibration:
    """The calibration that comes with the program."""
    return replace(_default(), state=state)


def load_calibration(index_dir: Path, index: Index) -> Calibration:
    """The calibration of this index; the default, with the reason as its `state`, where there is none that fits.

    Raises StorageFailed when the file is there and may not be read.
    """
    path = index_dir / CALIBRATION_FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return default_calibration()
    except OSError as error:
        raise StorageFailed(
            f"{path} cannot be read: {error.strerror}; mend the cause or remove the file"
        ) from error
    try:
        found = _unsealed(content)
    except ValueError:
        return default_calibration(CalibrationState.UNREADABLE)
    return found if fits(found, index) else default_calibration(CalibrationState.OTHER_COLLECTION)


def at_risk(calibration: Calibration, max_risk: float) -> Calibration:
    """The same with the lowest threshold that keeps the accepted risk, by its own curve.

    Where no threshold keeps it, the one of the lowest risk. Raises ValueError for a calibration without a curve.
    """
    if not calibration.curve:
        raise ValueError("the calibration has no curve to choose a threshold from")
    kept = [point for point in calibration.curve if point.risk <= max_risk]
    point = min(kept, key=lambda one: one.threshold) if kept else min(calibration.curve, key=lambda one: one.risk)
    return replace(calibration, threshold=point.threshold, max_risk=max_risk)


def write_calibration(index_dir: Path, calibration: Calibration, *, disk: Disk | None = None) -> Path:
    """Puts the calibration into the index directory, in one step; gives the file. Raises StorageFailed."""
    disk = LocalDisk() if disk is None else disk
    path = index_dir / CALIBRATION_FILE
    staged = path.with_suffix(".tmp")
    with storage_failures(index_dir, outcome="the calibration before it is untouched"):
        disk.write(staged, _sealed(calibration))
        disk.sync_file(staged)
        disk.replace(staged, path)
        disk.sync_folder(index_dir)
    return path


def encode_calibration(calibration: Calibration) -> bytes:
    """The calibration as JSON: sorted keys, indented, for a person to read."""
    return msgspec.json.format(msgspec.json.encode(calibration, order="sorted"), indent=1) + b"\n"


def decode_calibration(content: bytes) -> Calibration:
    """The calibration in `content`. Raises ValueError where it is none of this program's format."""
    return _checked(_decoded(content, Calibration))


def _decoded(content: bytes, kind: type[_Decoded]) -> _Decoded:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"not a calibration: {error}") from error


def _checked(found: Calibration) -> Calibration:
    if found.format != FORMAT or not 0 <= found.threshold <= 1:
        raise ValueError(f"the calibration is of format {found.format}, or its threshold is not from 0 to 1")
    return found


def _sealed(calibration: Calibration) -> bytes:
    """What stands in the file of an index: the calibration and a digest of it, since one altered digit of a weight
    would be a weight as well."""
    digest = hashlib.sha256(encode_calibration(calibration)).hexdigest()
    sealed = msgspec.json.encode({"calibration": calibration, "sha256": digest}, order="sorted")
    return msgspec.json.format(sealed, indent=1) + b"\n"


def _unsealed(content: bytes) -> Calibration:
    """The calibration in the file of an index. Raises ValueError unless it is there as it was written."""
    found = _checked(_decoded(content, _Sealed).calibration)
    if _sealed(found) != content:
        raise ValueError("the calibration was altered after it was written")
    return found


def fits(calibration: Calibration, index: Index) -> bool:
    """Whether a calibration was made with the encoder of this index and for at least half of what it holds."""
    if calibration.encoder != index.manifest.encoder:
        return False
    if calibration.corpus_sha256 == index.manifest.corpus_sha256:
        return True
    then, now = frozenset(calibration.documents), frozenset(document_digests(index))
    return len(then & now) >= SAME_COLLECTION * max(len(then | now), 1)


def document_digests(index: Index) -> tuple[str, ...]:
    """The digests of the pages' bodies, shortened, ascending."""
    return tuple(sorted({document.body_sha256[:_SHORT] for document in index.documents}))


@cache
def _default() -> Calibration:
    return decode_calibration(files(__package__).joinpath(_DEFAULT).read_bytes())
