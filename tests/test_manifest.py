"""The manifest: canonical, strict, and a fingerprint of the contents alone."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.encoder import EncoderIdentity
from retriever.errors import IndexCorrupt, IndexMismatch, IndexRefused
from retriever.store.manifest import (
    FORMAT,
    FileEntry,
    Manifest,
    Provenance,
    SplitIdentity,
    decode_manifest,
    encode_manifest,
    seal,
)
from tests.small_generations import CREATED, PROVENANCE

FILES = {"vectors.bin": FileEntry(size=12, sha256="a" * 64), "sub/texts": FileEntry(size=0, sha256="b" * 64)}


def sealed(
    provenance: Provenance = PROVENANCE,
    *,
    generation: str = "gen-000042",
    created: datetime = CREATED,
    files: dict[str, FileEntry] | None = None,
) -> Manifest:
    return seal(provenance, generation=generation, created=created, files=FILES if files is None else files)


def decoded(content: bytes) -> Manifest:
    return decode_manifest(content, generation="gen-000042")


def resealed(**changes: object) -> bytes:
    """The bytes of a manifest with changed or added fields, its digest and form made to fit again."""
    fields = msgspec.json.decode(encode_manifest(sealed()))
    fields.update(changes)
    fields.pop("manifest_sha256")
    digest = hashlib.sha256(msgspec.json.encode(fields, order="sorted")).hexdigest()
    return msgspec.json.encode({**fields, "manifest_sha256": digest}, order="sorted")


def test_a_manifest_comes_back_as_it_was_written() -> None:
    assert decoded(encode_manifest(sealed())) == sealed()


def test_the_written_form_has_sorted_keys_and_no_white_space() -> None:
    content = encode_manifest(sealed())
    fields = msgspec.json.decode(content)
    assert content == msgspec.json.encode(fields, order="sorted")
    assert list(fields) == sorted(fields)
    assert b" " not in content


def test_the_time_of_making_is_written_in_utc() -> None:
    late = datetime(2026, 1, 31, 23, 30, tzinfo=timezone(timedelta(hours=-2)))
    assert sealed(created=late).created == "2026-02-01T01:30:00Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        sealed(created=datetime(2026, 1, 31))  # noqa: DTZ001


def test_the_generation_and_the_time_do_not_change_the_fingerprint() -> None:
    other = sealed(generation="gen-000043", created=datetime(2027, 1, 1, tzinfo=UTC))
    assert other.fingerprint == sealed().fingerprint
    assert other.manifest_sha256 != sealed().manifest_sha256


OTHER_CONTENTS = {
    "the corpus": sealed(replace(PROVENANCE, corpus_sha256="d" * 64)),
    "the model": sealed(replace(PROVENANCE, encoder=replace(PROVENANCE.encoder, model_sha256="d" * 64))),
    "the dimension": sealed(replace(PROVENANCE, encoder=replace(PROVENANCE.encoder, dimension=9))),
    "the query prompt": sealed(replace(PROVENANCE, encoder=replace(PROVENANCE.encoder, query_prompt="query: "))),
    "the split": sealed(replace(PROVENANCE, split=replace(PROVENANCE.split, version=2))),
    "the reading version": sealed(replace(PROVENANCE, reading_version=2)),
    "the format": replace(sealed(), format=2),
    "a file's digest": sealed(files={**FILES, "vectors.bin": FileEntry(size=12, sha256="d" * 64)}),
    "a file's name": sealed(files={"vectors": FILES["vectors.bin"], "sub/texts": FILES["sub/texts"]}),
}


@pytest.mark.parametrize("what", OTHER_CONTENTS)
def test_the_fingerprint_changes_with_the_contents(what: str) -> None:
    assert OTHER_CONTENTS[what].fingerprint != sealed().fingerprint


def test_the_fingerprint_is_a_named_digest() -> None:
    name, _, digest = sealed().fingerprint.partition(":")
    assert (name, len(digest)) == ("sha256", 64)


def test_another_format_is_a_mismatch_that_states_both_values_and_the_fix() -> None:
    with pytest.raises(IndexMismatch, match=r"of format 2, this program reads format 1; upgrade footnoted"):
        decoded(resealed(format=FORMAT + 1))
    with pytest.raises(IndexMismatch, match=r"of format 0, this program reads format 1; run `footnoted ingest`"):
        decoded(resealed(format=FORMAT - 1))


def test_a_future_format_with_other_fields_is_still_called_a_format() -> None:
    with pytest.raises(IndexMismatch, match="format 9"):
        decoded(b'{"format":9,"shards":[]}')


UNSOUND = {
    "an unknown field": resealed(surprise=1),
    "a negative size": resealed(files={"vectors.bin": {"size": -1, "sha256": "a" * 64}}),
    "a digest in capitals": resealed(corpus_sha256="C" * 64),
    "a digest with a line end": resealed(corpus_sha256="c" * 64 + "\n"),
    "a count that is text": resealed(documents="2"),
    "another generation": encode_manifest(sealed(generation="gen-000041")),
    "white space": encode_manifest(sealed()).replace(b",", b", "),
    "a line end": encode_manifest(sealed()) + b"\n",
    "a doubled field": encode_manifest(sealed())[:-1] + b',"format":1}',
    "nothing": b"",
    "no object": b"[]",
    "half": encode_manifest(sealed())[:200],
    "invalid UTF-8": encode_manifest(sealed()).replace(b"hashing", b"hash\xffng", 1),
    "a deep nest": b"[" * 100_000,
}


@pytest.mark.parametrize("what", UNSOUND)
def test_a_manifest_that_is_not_exactly_what_was_written_is_corrupt_by_name(what: str) -> None:
    with pytest.raises(IndexCorrupt, match=r"^gen-000042/MANIFEST\.json .*footnoted index rollback"):
        decoded(UNSOUND[what])


def test_a_changed_field_without_a_new_digest_is_corrupt() -> None:
    forged = encode_manifest(replace(sealed(), passages=6))
    with pytest.raises(IndexCorrupt, match="its digest is"):
        decoded(forged)


@given(st.data())
def test_every_changed_byte_of_a_manifest_is_refused(data: st.DataObject) -> None:
    content = bytearray(encode_manifest(sealed()))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(IndexRefused, match=r"MANIFEST\.json"):
        decoded(bytes(content))


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
count = st.integers(0, 2**40)
digest = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(
    st.builds(
        Provenance,
        corpus_sha256=digest,
        encoder=st.builds(EncoderIdentity, model=text, model_sha256=digest, query_prompt=text, dimension=count),
        split=st.builds(SplitIdentity, splitter=text, version=count, chunk_size=count, max_tokens=count),
        reading_version=count,
        documents=count,
        passages=count,
    ),
    st.dictionaries(text, st.builds(FileEntry, size=count, sha256=digest), max_size=3),
)
def test_any_manifest_survives_writing_and_reading(provenance: Provenance, files: dict[str, FileEntry]) -> None:
    manifest = sealed(provenance, files=files)
    again = decoded(encode_manifest(manifest))
    assert again == manifest
    assert again.fingerprint == manifest.fingerprint
