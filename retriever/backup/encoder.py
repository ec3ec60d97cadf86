"""The converted encoder inside a backup: its files out of one index and into another, each by its digest."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import msgspec

from retriever.encoder import EncoderIdentity
from retriever.encoding.converted_encoder import DESCRIPTION, ConvertedModel, read_description, read_verified
from retriever.encoding.open_encoder import encoder_folder
from retriever.errors import FootnotedError, IndexCorrupt
from retriever.store.durable import Disk, failpoint, make_folders, remove_tree

LARGEST_DESCRIPTION = 1 << 20
"""Bytes; the bundled model has 716 of them."""


def encoder_files(index_dir: Path, identity: EncoderIdentity) -> Mapping[str, bytes]:
    """The files of the converted encoder with that identity, by name; none where the model runs as it came.

    Raises EncoderUnavailable where one is missing, IndexCorrupt where one is altered.
    """
    if identity.artifact_sha256 is None:
        return {}
    folder = encoder_folder(index_dir, identity.artifact_sha256)
    described, _ = read_description(folder)
    files = {name: read_verified(folder, name, entry) for name, entry in described.files.items()}
    files[DESCRIPTION] = (folder / DESCRIPTION).read_bytes()
    sizes = {name: len(content) for name, content in files.items()}
    return checked_encoder(sizes, files.__getitem__, identity)


def checked_encoder(
    sizes: Mapping[str, int], read: Callable[[str], bytes], identity: EncoderIdentity
) -> Mapping[str, bytes]:
    """The files of the encoder with that identity, each read once, of those that there are with their sizes.

    What they say of themselves is read first: a file that does not belong to them may be larger than the memory.
    Raises IndexCorrupt unless these are all its files, and no other.
    """
    if identity.artifact_sha256 is None and not sizes:
        return {}
    raw = read(DESCRIPTION) if 0 < sizes.get(DESCRIPTION, 0) <= LARGEST_DESCRIPTION else b""
    if hashlib.sha256(raw).hexdigest() != identity.artifact_sha256:
        raise IndexCorrupt("the converted encoder is not the one that built the generation")
    try:
        described = msgspec.json.decode(raw, type=ConvertedModel).files
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise IndexCorrupt("the converted encoder does not say what it is made of") from error
    declared = {name: entry.size for name, entry in described.items()}
    if declared != {name: size for name, size in sizes.items() if name != DESCRIPTION}:
        raise IndexCorrupt("the converted encoder has other files than it names")
    files = {name: read(name) for name in described}
    for name, entry in described.items():
        if PurePosixPath(name).name != name or hashlib.sha256(files[name]).hexdigest() != entry.sha256:
            raise IndexCorrupt(f"the converted encoder's file {name[:80]!a} has another digest")
    return {**files, DESCRIPTION: raw}


def write_restored(disk: Disk, path: Path, content: bytes) -> None:
    """Writes a file of a backup; durable, but for its folder, when this returns. Raises OSError."""
    failpoint("restore.write")
    disk.write(path, content)
    failpoint("restore.sync")
    disk.sync_file(path)


def place_encoder(disk: Disk, index_dir: Path, identity: EncoderIdentity, files: Mapping[str, bytes]) -> None:
    """Puts checked files where the index looks for that encoder, unless it is there and whole. Raises OSError.

    A folder of another name is filled first, so that no reader and no kill meets half an encoder.
    """
    if identity.artifact_sha256 is None:
        return
    try:
        if encoder_files(index_dir, identity) == files:
            return
    except (FootnotedError, OSError):
        pass  # missing or damaged: it is written anew
    folder = encoder_folder(index_dir, identity.artifact_sha256)
    staging = folder.with_name(f".restoring-{folder.name}")
    for rest in (staging, folder):
        if rest.exists():
            remove_tree(disk, rest)
    make_folders(disk, staging)
    for name, content in sorted(files.items()):
        write_restored(disk, staging / name, content)
    disk.sync_folder(staging)
    disk.rename(staging, folder)
    disk.sync_folder(folder.parent)
