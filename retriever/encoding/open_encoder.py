"""Opens the encoder that built an index, and no other."""

from pathlib import Path

from retriever.encoder import Encoder, EncoderIdentity
from retriever.encoding.converted_encoder import DESCRIPTION, ConvertedEncoder, read_description
from retriever.encoding.model_files import find_model
from retriever.encoding.sentence_model import SentenceTransformerEncoder
from retriever.errors import IndexCorrupt, IndexMismatch


def encoder_folder(index_dir: Path, artifact_sha256: str) -> Path:
    """Where the converted encoder of that digest lies below an index."""
    return index_dir / "encoders" / artifact_sha256[:16]


def open_encoder(identity: EncoderIdentity, index_dir: Path, *, threads: int = 1) -> Encoder:
    """The encoder with exactly this identity, ready to encode.

    Raises EncoderUnavailable where its files are missing, IndexCorrupt where they are altered, and
    IndexMismatch where what lies there is another encoder; the message names both.
    """
    encoder: Encoder
    if identity.artifact_sha256 is not None:
        folder = encoder_folder(index_dir, identity.artifact_sha256)
        _, found = read_description(folder)
        if found != identity.artifact_sha256:
            raise IndexCorrupt(f"{folder.name}/{DESCRIPTION} is altered; run `footnoted ingest` again")
        encoder = ConvertedEncoder(folder, threads=threads)
    else:
        encoder = SentenceTransformerEncoder(find_model(identity.model))
    refuse_other_encoder(identity, encoder.identity)
    return encoder


def refuse_other_encoder(built_with: EncoderIdentity, found: EncoderIdentity) -> None:
    """Raises IndexMismatch, naming the first field that differs and both its values."""
    for field in EncoderIdentity.__dataclass_fields__:
        expected, actual = getattr(built_with, field), getattr(found, field)
        if expected != actual:
            raise IndexMismatch(
                f"the index was built with another encoder: {field} is {expected!r} in the index and {actual!r} "
                "here; give the same model, or run `footnoted ingest` again to build the index with this one"
            )
