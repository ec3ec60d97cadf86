"""Failures of one process, told to another: the class and the message of our own errors, nothing else."""

from collections.abc import Mapping
from typing import Any

from retriever.errors import (
    EncoderUnavailable,
    FootnotedError,
    IndexCorrupt,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    IndexRefused,
    StorageFailed,
)

_TOLD: tuple[type[FootnotedError], ...] = (
    IndexMissing,
    IndexLocked,
    IndexRefused,
    IndexCorrupt,
    IndexMismatch,
    EncoderUnavailable,
    StorageFailed,
)


def failure_content(error: FootnotedError) -> dict[str, Any]:
    """The message that tells of an error."""
    return {"failure": type(error).__name__, "detail": str(error)}


def failure_of(content: Mapping[str, Any]) -> FootnotedError | None:
    """The error that a message tells of; None where it tells of none."""
    if "failure" not in content:
        return None
    kinds = {kind.__name__: kind for kind in _TOLD}
    return kinds.get(content["failure"], IndexRefused)(content["detail"])
