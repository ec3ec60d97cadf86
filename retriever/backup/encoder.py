"""The converted encoder inside a backup: its files out of one index and into another, each by its digest."""

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import msgspec

from retriever.encoder import EncoderIdentity
from retriever.encoding.converted_encoder import DESCRIPTION, ConvertedModel, read_description, read_verified
from retriever.encoding.open_encoder import encoder_folder
from retriever.errors import FootnotedError, IndexCorrupt
from retriever.store.durable import Disk, failpoint, make_folders, remove_tree


def encoder_files(index_dir: Path, identity: EncoderIdentity) -> dict[str, bytes]:
    """The files of the converted encoder with that identity, by name; none where the model runs as it came.

    Raises EncoderUnavailable where one is missing, IndexCorrupt where one is altered.
    """
    if identity.artifact_sha256 is None:
        return {}
    folder = encoder_folder(index_dir, identity.artifact_sha256)
    described, _ = read_description(folder)
    files = {name: read_verified(folder, name, entry) for name, entry in described.files.items()}
    files[DESCRIPTION] = (folder / DESCRIPTION).read_bytes()
    check_encoder(files, identity)
    return files


def check_encoder(files: Mapping[str, bytes], identity: EncoderIdentity) -> None:
    """Raises IndexCorrupt unless these are all the files of the encoder with that identity, and no other."""
    if identity.artifact_sha256 is None and not files:
        return
    raw = files.get(DESCRIPTION, b"")
    if hashlib.sha256(raw).hexdigest() != identity.artifact_sha256:
        raise IndexCorrupt("the converted encoder is not the one that built the generation")
    described = msgspec.json.decode(raw, type=ConvertedModel)
    if files.keys() - {DESCRIPTION} != described.files.keys():
        raise IndexCorrupt("the converted encoder has other files than it names")
    for name, entry in described.files.items():
        if PurePosixPath(name).name != name or hashlib.sha256(files[name]).hexdigest() != entry.sha256:
            raise IndexCorrupt(f"the converted encoder's file {name[:80]!a} has another digest")


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
