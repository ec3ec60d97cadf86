"""The manifest of a generation: what it was made from, and the size and digest of every file in it."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from retriever.encoder import EncoderIdentity
from retriever.errors import IndexCorrupt, IndexMismatch

FORMAT = 1
MANIFEST_FILE = "MANIFEST.json"
LARGEST_MANIFEST = 16 << 20
"""Bytes; what is larger is read no further."""
VECTORS = "dense.faiss"
"""The file of the vectors, which a generation that was published for the search by words alone does not have."""
REPAIR = "serve an older one with `footnoted index rollback`, or run `footnoted ingest` again"

Count = Annotated[int, msgspec.Meta(ge=0)]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a generation: its size in bytes and the SHA-256 of its bytes, in lower-case hex."""

    size: Count
    sha256: Sha256


@dataclass(frozen=True, slots=True)
class SplitIdentity:
    """What makes two splits interchangeable: equal identities give equal passages.

    `chunk_size` counts characters of the reading text, `max_tokens` the encoder's word pieces.
    """

    splitter: str
    version: int
    chunk_size: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a generation was made from and how much it holds; the part of a manifest that its writer knows."""

    corpus_sha256: Sha256
    encoder: EncoderIdentity
    split: SplitIdentity
    reading_version: int
    documents: Count
    passages: Count


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation's manifest.

    `created` is ISO 8601 in UTC. `files` maps each file's path below the generation (`/` between folders) to
    its size and digest. `manifest_sha256` is the digest of the canonical JSON of all the other fields.
    """

    format: int
    generation: str
    created: str
    corpus_sha256: Sha256
    encoder: EncoderIdentity
    split: SplitIdentity
    reading_version: int
    documents: Count
    passages: Count
    files: Mapping[str, FileEntry]
    manifest_sha256: Sha256

    @property
    def has_vectors(self) -> bool:
        """Whether every passage has its vector; else none has, and only words can be searched."""
        return VECTORS in self.files

    @property
    def fingerprint(self) -> str:
        """`sha256:` and a digest of all that determines the contents; two ingests of one input give the same.

        The generation's name and the time of its making are left out.
        """
        contents = {
            "format": self.format,
            "corpus_sha256": self.corpus_sha256,
            "encoder": asdict(self.encoder),
            "split": asdict(self.split),
            "reading_version": self.reading_version,
            "files": {name: entry.sha256 for name, entry in self.files.items()},
        }
        return f"sha256:{_digest(contents)}"


def seal(
    provenance: Provenance, *, generation: str, created: datetime, files: Mapping[str, FileEntry]
) -> Manifest:
    """The complete manifest of a generation, its own digest included.

    Raises ValueError when `created` does not say its time zone.
    """
    if created.tzinfo is None:
        raise ValueError("`created` has no time zone; pass an aware datetime")
    unsealed = Manifest(
        format=FORMAT,
        generation=generation,
        created=created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        corpus_sha256=provenance.corpus_sha256,
        encoder=provenance.encoder,
        split=provenance.split,
        reading_version=provenance.reading_version,
        documents=provenance.documents,
        passages=provenance.passages,
        files=dict(files),
        manifest_sha256="",
    )
    return replace(unsealed, manifest_sha256=_own_digest(unsealed))


def encode_manifest(manifest: Manifest) -> bytes:
    """Canonical JSON: UTF-8, keys sorted at every level, no white space."""
    return msgspec.json.encode(manifest, order="sorted")


def decode_manifest(content: bytes, *, generation: str) -> Manifest:
    """The manifest in `content`, which must be exactly the bytes that `encode_manifest` gives.

    Raises IndexMismatch for another format than this program's, IndexCorrupt for anything else: not JSON,
    a field missing, unknown or of the wrong type, a digest that does not fit, another generation's manifest.
    """
    where = f"{generation}/{MANIFEST_FILE}"
    try:
        found = msgspec.json.decode(content, type=_FormatOnly).format
        if found != FORMAT:
            raise IndexMismatch(_other_format(where, found))
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise IndexCorrupt(f"{where} is not a manifest ({error}); {REPAIR}") from error
    if encode_manifest(manifest) != content:
        raise IndexCorrupt(
            f"{where} is altered: it holds an unknown field or is not in the form it was written in; {REPAIR}"
        )
    expected = _own_digest(manifest)
    if manifest.manifest_sha256 != expected:
        raise IndexCorrupt(
            f"{where} is altered: its digest is {expected}, it says {manifest.manifest_sha256}; {REPAIR}"
        )
    if manifest.generation != generation:
        raise IndexCorrupt(f"{where} belongs to {manifest.generation}; {REPAIR}")
    return manifest


class _FormatOnly(msgspec.Struct):
    """The one field that every format has; the rest of another format is not ours to judge."""

    format: int


def _other_format(where: str, found: int) -> str:
    if found > FORMAT:
        advice = "upgrade footnoted, or serve an older generation with `footnoted index rollback`"
    else:
        advice = "run `footnoted ingest` again to write it in this program's format"
    return f"{where} is of format {found}, this program reads format {FORMAT}; {advice}"


def _own_digest(manifest: Manifest) -> str:
    fields = asdict(manifest)
    del fields["manifest_sha256"]
    return _digest(fields)


def _digest(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()
