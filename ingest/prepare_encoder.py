"""Gets the encoder for an ingest ready: finds a converted model, converts one, or falls back, and says so."""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import msgspec

from ingest.kept_model import is_kept, keep, one_converter, placed
from retriever.child_environment import child_environment
from retriever.encoder import Arithmetic, Encoder
from retriever.encoding.converted_encoder import ConvertedEncoder, read_description
from retriever.encoding.known_models import Prompts, known_model, prompts_of
from retriever.encoding.model_files import ModelFiles, cache_dir, find_model
from retriever.encoding.sentence_model import SentenceTransformerEncoder
from retriever.errors import EncoderUnavailable, StorageFailed
from retriever.openvino_runtime import openvino_runtime
from retriever.store.durable import storage_failures

CONVERSION_TIMEOUT_S = 900
"""A large model on a slow disk; the bundled one takes about twenty seconds."""
CONVERTERS = ("torch", "nncf", "sentence_transformers")
"""What converts a model; ingest with a converted one needs none of them, nor does serving."""


ARITHMETICS: Mapping[str, Arithmetic] = {
    "int8": Arithmetic.OPENVINO_INT8,
    "bfloat16": Arithmetic.OPENVINO_BFLOAT16,
    "float32": Arithmetic.OPENVINO_FLOAT32,
    "torch-float32": Arithmetic.TORCH_FLOAT32,
}
"""What `--arithmetic` takes."""


def default_arithmetic() -> Arithmetic:
    """int8 where the processor has integer dot products, else float32."""
    openvino = openvino_runtime()
    capabilities = openvino.Core().get_property("CPU", openvino.properties.device.capabilities)
    return Arithmetic.OPENVINO_INT8 if "INT8" in capabilities else Arithmetic.OPENVINO_FLOAT32


def prepare_encoder(
    model: str, arithmetic: str | None, *, index_dir: Path | None, say: Callable[[str], None]
) -> Encoder:
    """An encoder that loads its model when it first encodes, its converted files lying under `index_dir`, so that
    they travel with it.

    `arithmetic` is a member of `ARITHMETICS`; None means the fastest that this processor has, and then a model
    that cannot be converted runs as it is, and `say` is told. `index_dir` None leaves the files in the user's
    cache (`FOOTNOTED_CACHE`, else `~/.cache/footnoted`). Raises EncoderUnavailable where the model is not there,
    or where an arithmetic that was asked for cannot be had, StorageFailed where the files cannot be laid down.
    """
    found = find_model(model)
    wanted = default_arithmetic() if arithmetic is None else ARITHMETICS[arithmetic]
    if wanted is Arithmetic.TORCH_FLOAT32:
        return _told(SentenceTransformerEncoder(found), say)
    if index_dir is not None:
        _refuse_unwritable(index_dir)
    try:
        folder = _converted(found, wanted, cache_dir=cache_dir(), say=say)
    except EncoderUnavailable as error:
        if arithmetic is not None or not _can_convert():
            raise
        say(f"{error}; going on with sentence-transformers in float32, which is slower")
        return _told(SentenceTransformerEncoder(found), say)
    if index_dir is not None:
        folder = placed(folder, index_dir)
    return _told(ConvertedEncoder(folder, threads=os.cpu_count() or 1, at_once=False), say)


def _refuse_unwritable(index_dir: Path) -> None:
    """Raises StorageFailed now, and not after the minute that a conversion may take."""
    with storage_failures(index_dir):
        index_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=index_dir):
            pass


def _told(encoder: Encoder, say: Callable[[str], None]) -> Encoder:
    """The encoder; says which words it sees before texts, since wrong ones lose quality without an error."""
    identity = encoder.identity
    if identity.query_prompt or identity.passage_prompt:
        say(
            f"{identity.model} reads {identity.query_prompt!r} before a question and "
            f"{identity.passage_prompt!r} before a passage"
        )
    elif known_model(identity.model) is None:
        say(
            f"{identity.model} states no prompts and is not a known model: where its authors want words before "
            "questions or passages, write them into its config_sentence_transformers.json (docs/models.md)"
        )
    return encoder


def _converted(found: ModelFiles, arithmetic: Arithmetic, *, cache_dir: Path, say: Callable[[str], None]) -> Path:
    """The folder of the converted model in the user's cache; converts where it is not there yet.

    Where nothing can convert, a conversion of the same model that other versions made is taken: an image for
    containers brings one along and leaves the libraries that made it behind.
    """
    kept = cache_dir / "encoders" / _cache_key(found, arithmetic)
    if is_kept(kept):
        return kept
    if not _can_convert():
        return _converted_elsewhere(found, arithmetic, cache_dir=cache_dir)
    with _folder_in(kept.parent) as made, one_converter(kept, say=say):
        if is_kept(kept):  # another process was faster
            return kept
        say(f"converting {found.name} to {arithmetic} (once; about twenty seconds for the bundled model)")
        out_dir = Path(made) / "encoder"
        out_dir.mkdir()
        _run_conversion(str(found.path) if Path(found.name).is_dir() else found.name, arithmetic, out_dir)
        keep(out_dir, kept)
    return kept


def _folder_in(parent: Path) -> "tempfile.TemporaryDirectory[str]":
    """A folder to convert in, removed afterwards. Raises StorageFailed where this user may not make one."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=parent, prefix=".converting-")
    except OSError as error:
        raise StorageFailed(
            f"the converted model cannot be kept in {parent}: {error.strerror}; name a folder that this user may "
            "write with the variable FOOTNOTED_CACHE"
        ) from error


def _can_convert() -> bool:
    return all(find_spec(library) is not None for library in CONVERTERS)


def _converted_elsewhere(found: ModelFiles, arithmetic: Arithmetic, *, cache_dir: Path) -> Path:
    for description in sorted((cache_dir / "encoders").glob("*/encoder.json")):
        if not is_kept(description.parent):
            continue
        described, _ = read_description(description.parent)
        if (described.model_sha256, described.arithmetic) == (found.sha256, arithmetic):
            return description.parent
    raise EncoderUnavailable(
        f"{found.name} is not converted to {arithmetic} here, and {', '.join(CONVERTERS)} are needed to do it; "
        "ingest where they are installed: the index takes the converted model along"
    )


def _run_conversion(model: str, arithmetic: Arithmetic, out_dir: Path) -> None:
    command = [sys.executable, "-m", "ingest.convert_encoder", model, str(arithmetic), str(out_dir)]
    try:
        subprocess.run(  # noqa: S603 - our own module, arguments as a list
            command, check=True, timeout=CONVERSION_TIMEOUT_S, capture_output=True, text=True,
            env=child_environment(),
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise EncoderUnavailable(f"the model was not converted within {CONVERSION_TIMEOUT_S} s") from error
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "").strip().splitlines()[-1:] or ["no message"]
        raise EncoderUnavailable(f"the model cannot be converted to {arithmetic} ({last[0][:300]})") from error


def _cache_key(found: ModelFiles, arithmetic: Arithmetic) -> str:
    """Everything that decides the converted files, without loading what converts them."""
    calibration = hashlib.sha256((Path(__file__).parent / "calibration.txt").read_bytes()).hexdigest()
    converter = hashlib.sha256((Path(__file__).parent / "convert_encoder.py").read_bytes()).hexdigest()
    libraries = {name: _version(name) for name in ("openvino", "nncf", "torch", "transformers")}
    parts: list[object] = [found.name, found.sha256, arithmetic, calibration, converter, libraries]
    prompts = prompts_of(found.name, None)
    if prompts != Prompts("", ""):
        parts.append(prompts)
    key = msgspec.json.encode(parts, order="sorted")
    return hashlib.sha256(key).hexdigest()[:32]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
