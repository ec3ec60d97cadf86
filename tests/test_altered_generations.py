"""Whatever is changed in a published generation, by bit, byte or file, is refused by name and never read."""

import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from retriever.errors import IndexCorrupt, IndexMismatch, IndexRefused
from retriever.store.store import IndexStore
from tests.small_generations import check_content

GENERATION = "gen-000002"
VECTORS = f"{GENERATION}/dense.faiss"
TEXTS = f"{GENERATION}/deep/er/texts.txt"
MANIFEST = f"{GENERATION}/MANIFEST.json"
EVERY_FILE = ("CURRENT", MANIFEST, VECTORS, TEXTS, f"{GENERATION}/passages.jsonl")
EXHAUSTIVE_BYTES = 256
RANDOM_FLIPS = 200


def read_all(index_dir: Path) -> None:
    """Opens what is served and reads every file, as the index does; no second look by `verify`."""
    check_content(IndexStore(index_dir).open())


def assert_refused(index_dir: Path, name: str) -> None:
    with pytest.raises(IndexRefused, match=re.escape(name)):
        read_all(index_dir)


def flips(content: bytes, *, seed: int) -> list[int]:
    """The bits to flip: all of the first bytes, and random ones of the rest."""
    chance = random.Random(seed)  # noqa: S311
    first, bits = EXHAUSTIVE_BYTES * 8, len(content) * 8
    return [
        *range(min(bits, first)),
        *(chance.randrange(first, bits) for _ in range(RANDOM_FLIPS) if bits > first),
    ]


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_the_generation_as_published_is_read(index_dir: Path) -> None:
    read_all(index_dir)


@pytest.mark.parametrize("name", EVERY_FILE)
def test_every_flipped_bit_is_refused_and_the_file_named(index_dir: Path, name: str) -> None:
    path = index_dir / name
    content = path.read_bytes()
    missed = []
    for bit in flips(content, seed=len(name)):
        path.write_bytes(flipped(content, bit))
        try:
            read_all(index_dir)
            missed.append(f"bit {bit} was not seen")
        except IndexRefused as error:
            # A digest altered in CURRENT no longer fits the manifest: then the message names both files.
            if name not in str(error):
                missed.append(f"bit {bit}: {error}")
    assert missed == []


@pytest.mark.parametrize("name", EVERY_FILE)
def test_every_truncation_is_refused_and_the_file_named(index_dir: Path, name: str) -> None:
    path = index_dir / name
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert_refused(index_dir, name)


@pytest.mark.parametrize("name", EVERY_FILE)
@pytest.mark.parametrize("junk", [b"\0", b"\n", b" ", b"junk" * 1_000], ids=["zero", "line end", "space", "long"])
def test_appended_junk_is_refused_and_the_file_named(index_dir: Path, name: str, junk: bytes) -> None:
    with (index_dir / name).open("ab") as file:
        file.write(junk)
    assert_refused(index_dir, name)


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_file_half_of_zeros_is_refused_and_named(index_dir: Path, name: str) -> None:
    content = (index_dir / name).read_bytes()
    half = len(content) // 2
    (index_dir / name).write_bytes(content[:half] + bytes(len(content) - half))
    assert_refused(index_dir, name)


def swap_two_files(index_dir: Path) -> str:
    vectors, texts = (index_dir / VECTORS).read_bytes(), (index_dir / TEXTS).read_bytes()
    (index_dir / VECTORS).write_bytes(texts)
    (index_dir / TEXTS).write_bytes(vectors)
    return TEXTS


def take_a_file_of_another_generation(index_dir: Path) -> str:
    shutil.copy(index_dir / "gen-000001" / "dense.faiss", index_dir / VECTORS)
    return VECTORS


def take_the_manifest_of_another_generation(index_dir: Path) -> str:
    shutil.copy(index_dir / "gen-000001" / "MANIFEST.json", index_dir / MANIFEST)
    return MANIFEST


def take_the_whole_of_another_generation(index_dir: Path) -> str:
    shutil.rmtree(index_dir / GENERATION)
    shutil.copytree(index_dir / "gen-000001", index_dir / GENERATION)
    return MANIFEST


def lose_a_file(index_dir: Path) -> str:
    (index_dir / VECTORS).unlink()
    return VECTORS


def lose_a_folder(index_dir: Path) -> str:
    shutil.rmtree(index_dir / GENERATION / "deep")
    return TEXTS


def lose_the_manifest(index_dir: Path) -> str:
    (index_dir / MANIFEST).unlink()
    return MANIFEST


def lose_the_generation(index_dir: Path) -> str:
    shutil.rmtree(index_dir / GENERATION)
    return "CURRENT names gen-000002"


def add_a_file(index_dir: Path) -> str:
    (index_dir / GENERATION / "deep" / "extra.bin").write_bytes(b"")
    return f"{GENERATION}/deep/extra.bin"


def add_an_empty_folder(index_dir: Path) -> str:
    (index_dir / GENERATION / "deep" / "new").mkdir()
    return f"{GENERATION}/deep/new"


def add_a_name_that_is_not_unicode(index_dir: Path) -> str:
    (index_dir / GENERATION / "vec\udcfftors").write_bytes(b"")
    return rf"{GENERATION}/vec\xfftors"


def put_a_link_in_place_of_a_file(index_dir: Path) -> str:
    (index_dir / VECTORS).rename(index_dir / "elsewhere")
    (index_dir / VECTORS).symlink_to(index_dir / "elsewhere")
    return VECTORS


def put_a_link_in_place_of_the_manifest(index_dir: Path) -> str:
    (index_dir / MANIFEST).rename(index_dir / "elsewhere")
    (index_dir / MANIFEST).symlink_to(index_dir / "elsewhere")
    return MANIFEST


def put_a_folder_in_place_of_a_file(index_dir: Path) -> str:
    (index_dir / VECTORS).unlink()
    (index_dir / VECTORS).mkdir()
    return VECTORS


def put_a_pipe_in_place_of_a_file(index_dir: Path) -> str:
    (index_dir / VECTORS).unlink()
    os.mkfifo(index_dir / VECTORS)
    return VECTORS


def put_a_pipe_in_place_of_the_pointer(index_dir: Path) -> str:
    (index_dir / "CURRENT").unlink()
    os.mkfifo(index_dir / "CURRENT")
    return "CURRENT"


def put_a_folder_in_place_of_the_pointer(index_dir: Path) -> str:
    (index_dir / "CURRENT").unlink()
    (index_dir / "CURRENT").mkdir()
    return "CURRENT"


def put_a_link_in_place_of_the_pointer(index_dir: Path) -> str:
    (index_dir / "CURRENT").rename(index_dir / "elsewhere")
    (index_dir / "CURRENT").symlink_to(index_dir / "elsewhere")
    return "CURRENT"


SUBSTITUTIONS = [
    swap_two_files,
    take_a_file_of_another_generation,
    take_the_manifest_of_another_generation,
    take_the_whole_of_another_generation,
    lose_a_file,
    lose_a_folder,
    lose_the_manifest,
    lose_the_generation,
    add_a_file,
    add_an_empty_folder,
    add_a_name_that_is_not_unicode,
    put_a_link_in_place_of_a_file,
    put_a_link_in_place_of_the_manifest,
    put_a_folder_in_place_of_a_file,
    put_a_pipe_in_place_of_a_file,
    put_a_pipe_in_place_of_the_pointer,
    put_a_folder_in_place_of_the_pointer,
    put_a_link_in_place_of_the_pointer,
]


@pytest.mark.parametrize("substitute", SUBSTITUTIONS)
def test_a_substitution_is_refused_and_named(index_dir: Path, substitute: Callable[[Path], str]) -> None:
    assert_refused(index_dir, substitute(index_dir))


DIGEST = "0" * 64
POINTERS = {
    "the name alone": "gen-000002",
    "a path upwards": f"../../x {DIGEST}",
    "an absolute path": f"/etc/passwd {DIGEST}",
    "a path to a generation": f"./gen-000002 {DIGEST}",
    "nothing": "",
    "too few digits": f"gen-2 {DIGEST}",
    "a second name of the same number": f"gen-0000002 {DIGEST}",
    "digits of another script": f"gen-00000२ {DIGEST}",
    "a staging folder": f"gen-000002.tmp {DIGEST}",
    "two spaces": f"gen-000002  {DIGEST}",
    "a line end": f"gen-000002 {DIGEST}\n",
    "two lines": f"gen-000002 {DIGEST}\ngen-000001 {DIGEST}",
    "a wrong digest": f"gen-000002 {DIGEST}",
    "an older generation with a wrong digest": f"gen-000001 {DIGEST}",
    "a generation that is not there": f"gen-000003 {DIGEST}",
    "a very long number": f"gen-{'9' * 60} {DIGEST}",
}


@pytest.mark.parametrize("what", POINTERS)
def test_a_pointer_that_was_not_written_by_us_is_refused(index_dir: Path, what: str) -> None:
    (index_dir / "CURRENT").write_text(POINTERS[what], encoding="utf-8")
    assert_refused(index_dir, "CURRENT")


def test_a_file_that_grew_is_refused_before_it_is_read_into_memory(index_dir: Path) -> None:
    opened = IndexStore(index_dir).open()
    with (index_dir / VECTORS).open("r+b") as file:
        file.truncate(1 << 42)  # four tebibytes, sparse: reading it would not end well
    with pytest.raises(IndexCorrupt, match=f"{VECTORS} is altered: it has {1 << 42} bytes"):
        opened.read("dense.faiss")


def test_a_manifest_that_grew_is_refused_before_it_is_read_into_memory(index_dir: Path) -> None:
    with (index_dir / MANIFEST).open("r+b") as file:
        file.truncate(1 << 42)
    with pytest.raises(IndexCorrupt, match="too large to be a manifest"):
        IndexStore(index_dir).open()


def test_a_file_altered_after_opening_is_refused_when_it_is_read(index_dir: Path) -> None:
    opened = IndexStore(index_dir).open()
    (index_dir / VECTORS).write_bytes(flipped((index_dir / VECTORS).read_bytes(), 100))
    with pytest.raises(IndexCorrupt, match=f"{VECTORS} is altered: its digest is"):
        opened.read("dense.faiss")
    with pytest.raises(IndexCorrupt, match=VECTORS):
        opened.verify()


@pytest.mark.parametrize("substitute", [put_a_link_in_place_of_a_file, put_a_pipe_in_place_of_a_file])
def test_a_file_replaced_after_opening_is_refused_at_once(
    index_dir: Path, substitute: Callable[[Path], str]
) -> None:
    opened = IndexStore(index_dir).open()
    substitute(index_dir)
    with pytest.raises(IndexCorrupt, match=VECTORS):
        opened.read("dense.faiss")
    with pytest.raises(IndexCorrupt, match=VECTORS):
        opened.verify()


def test_another_format_is_a_mismatch_not_damage(index_dir: Path) -> None:
    content = (index_dir / MANIFEST).read_bytes()
    (index_dir / MANIFEST).write_bytes(content.replace(b'"format":1', b'"format":2'))
    with pytest.raises(IndexMismatch, match="format 2, this program reads format 1"):
        IndexStore(index_dir).open()
