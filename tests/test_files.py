"""Files of a collection: each file once, in a fixed order, opened without trust."""

import json
import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import FileUnreadable, SkipReason
from ingest.files import document_id_of, find_files
from ingest.reading.source_type import SourceType
from ingest.source_bytes import read_source


def write(path: Path, text: str = "text\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def reasons(root: Path) -> dict[str, SkipReason]:
    return {skipped.source_path: skipped.reason for skipped in find_files([root]).skipped}


def test_files_are_found_in_the_order_of_their_names_whatever_the_order_on_disk(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.md", "a.md", "a/b/c.txt", "B.markdown"):
        write(tmp_path / name)
    found = [candidate.source_path for candidate in find_files([tmp_path]).candidates]
    assert found == ["B.markdown", "a/b/c.txt", "a/z.md", "a.md", "b.md"]


def test_a_path_that_is_a_file_has_its_folder_as_root(tmp_path: Path) -> None:
    file = write(tmp_path / "folder" / "page.txt")
    (candidate,) = find_files([file]).candidates
    assert (candidate.source_path, candidate.source_type) == ("page.txt", SourceType.PLAIN_TEXT)


def test_a_path_that_does_not_exist_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is nothing at"):
        find_files([tmp_path / "absent"])


@pytest.mark.parametrize("path", ["a\0b", ""])
def test_a_path_that_cannot_be_one_is_the_callers_mistake(path: str) -> None:
    with pytest.raises(ValueError, match="empty or holds a NUL"):
        find_files([path])


def test_the_second_of_two_roots_loses_a_page_that_both_hold(tmp_path: Path) -> None:
    write(tmp_path / "one" / "page.md")
    write(tmp_path / "two" / "page.md")
    found = find_files([tmp_path / "one", tmp_path / "two"])
    assert [candidate.path for candidate in found.candidates] == [tmp_path / "one" / "page.md"]
    assert [(skipped.reason, "page.md" in skipped.detail) for skipped in found.skipped] == [
        (SkipReason.DUPLICATE_DOCUMENT_ID, True)
    ]


def test_what_is_not_read_is_listed_with_its_reason(tmp_path: Path) -> None:
    write(tmp_path / "scan.doc")
    write(tmp_path / "Makefile")
    write(tmp_path / ".hidden.md")
    write(tmp_path / ".git" / "notes.md")
    write(tmp_path / "SOURCES.md")
    write(tmp_path / "below" / "SOURCES.md")
    assert reasons(tmp_path) == {
        "scan.doc": SkipReason.UNSUPPORTED_TYPE,
        "Makefile": SkipReason.UNSUPPORTED_TYPE,
        ".hidden.md": SkipReason.HIDDEN,
        ".git": SkipReason.HIDDEN,
        "SOURCES.md": SkipReason.ABOUT_THE_COLLECTION,
    }
    assert [candidate.source_path for candidate in find_files([tmp_path]).candidates] == ["below/SOURCES.md"]


def test_links_are_followed_inside_their_root_only(tmp_path: Path) -> None:
    root = tmp_path / "root"
    inside = write(root / "real" / "page.md")
    secret = write(tmp_path / "secret.md")
    (root / "alias.md").symlink_to(inside)
    (root / "leaving.md").symlink_to(secret)
    (root / "broken.md").symlink_to(root / "nowhere")
    (root / "self.md").symlink_to(root / "self.md")
    (root / "real" / "loop").symlink_to(root, target_is_directory=True)
    found = find_files([root])
    assert [candidate.source_path for candidate in found.candidates] == ["alias.md", "real/page.md"]
    assert reasons(root) == {
        "broken.md": SkipReason.NOT_REGULAR_FILE,
        "leaving.md": SkipReason.NOT_REGULAR_FILE,
        "self.md": SkipReason.NOT_REGULAR_FILE,
        "real/loop": SkipReason.NOT_REGULAR_FILE,
    }
    assert [read_source(candidate.path).content for candidate in found.candidates] == [b"text\n", b"text\n"]


def test_a_folder_swapped_for_a_link_once_it_was_listed_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "outside" / "page.md", "a secret of somebody else")
    folder = write(tmp_path / "root" / "a" / "b" / "page.md").parent
    (candidate,) = find_files([tmp_path / "root"]).candidates
    for swapped in (folder, folder.parent):
        swapped.rename(tmp_path / f"was-{swapped.name}")
        swapped.symlink_to(tmp_path / "outside")
        with pytest.raises(FileUnreadable) as caught:
            read_source(candidate.path)
        assert caught.value.reason is SkipReason.VANISHED


def test_a_page_is_read_below_a_linked_folder_and_a_linked_root(tmp_path: Path) -> None:
    write(tmp_path / "root" / "z" / "page.md")
    (tmp_path / "root" / "a").symlink_to("z")
    (tmp_path / "link").symlink_to("root")
    for root in (tmp_path / "link", Path(os.path.relpath(tmp_path / "link"))):
        found = find_files([root]).candidates
        assert [candidate.source_path for candidate in found] == ["a/page.md", "z/page.md"]
        assert [read_source(candidate.path).content for candidate in found] == [b"text\n", b"text\n"]


def test_pipes_and_sockets_are_skipped_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.md"))
        assert set(reasons(tmp_path).values()) == {SkipReason.NOT_REGULAR_FILE}
        for name in ("pipe.md", "socket.md"):
            with pytest.raises(FileUnreadable) as caught:
                read_source(tmp_path / name)
            assert caught.value.reason is SkipReason.NOT_REGULAR_FILE


def test_a_name_that_is_no_text_is_shown_escaped(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"dos\xe9.md")).write_bytes(b"text")
    (tmp_path / "two\nlines.md").write_bytes(b"text")
    shown = [candidate.source_path for candidate in find_files([tmp_path]).candidates]
    assert shown == ["dos\\xe9.md", "two\\nlines.md"]
    assert json.dumps(shown).encode("utf-8")


def test_a_path_that_is_too_long_for_the_system_is_skipped_and_the_others_are_found(tmp_path: Path) -> None:
    write(tmp_path / "a.md")
    deep = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):  # 4,096 bytes are the most that a path may have
        os.mkdir("d" * 250, dir_fd=deep)
        above, deep = deep, os.open("d" * 250, os.O_RDONLY, dir_fd=deep)
        os.close(above)
    os.close(deep)
    found = find_files([tmp_path])
    assert [candidate.source_path for candidate in found.candidates] == ["a.md"]
    assert [skipped.reason for skipped in found.skipped] == [SkipReason.READ_FAILED]
    assert "File name too long" in found.skipped[0].detail


def test_the_content_comes_with_its_digest(tmp_path: Path) -> None:
    source = read_source(write(tmp_path / "a.md", "abc"))
    assert source.content == b"abc"
    assert source.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_file_at_the_limit_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    file = write(tmp_path / "a.md", "12345")
    assert read_source(file, max_bytes=5).content == b"12345"
    with pytest.raises(FileUnreadable) as caught:
        read_source(file, max_bytes=4)
    assert caught.value.reason is SkipReason.TOO_LARGE


def test_a_file_that_is_gone_or_became_a_folder_or_a_link_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "link.md").symlink_to(write(tmp_path / "a.md"))
    found = {}
    for name in ("gone.md", "folder.md", "link.md"):
        with pytest.raises(FileUnreadable) as caught:
            read_source(tmp_path / name)
        found[name] = caught.value.reason
    assert found == {
        "gone.md": SkipReason.VANISHED,
        "folder.md": SkipReason.NOT_REGULAR_FILE,
        "link.md": SkipReason.NOT_REGULAR_FILE,
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read_is_skipped(tmp_path: Path) -> None:
    file = write(tmp_path / "a.md")
    file.chmod(0)
    with pytest.raises(FileUnreadable) as caught:
        read_source(file)
    assert caught.value.reason is SkipReason.PERMISSION_DENIED


def test_a_file_without_an_honest_size_is_not_taken_for_whole() -> None:
    process_file = Path(f"/proc/{os.getpid()}/status")
    if not process_file.exists():
        pytest.skip("this system has no /proc")
    with pytest.raises(FileUnreadable) as caught:
        read_source(process_file, pause=lambda _: None)
    assert caught.value.reason is SkipReason.CHANGED_DURING_READ


def read_in_the_moment_of_a_save(path: Path, *contents: str, keep_dates: bool = False) -> bytes:
    """What is read of a file that was changed just now, and again in each pause; the dates of the first stay."""
    left, dates = list(contents), path.stat()

    def save(_: float) -> None:
        if not left:
            return
        path.write_text(left.pop(0), encoding="utf-8")
        if keep_dates:
            os.utime(path, ns=(dates.st_atime_ns, dates.st_mtime_ns))

    return read_source(path, clock=lambda: path.stat().st_ctime_ns, pause=save).content


@pytest.mark.parametrize("keep_dates", [False, True])
def test_a_page_that_is_saved_while_it_is_read_is_read_as_it_was_saved(tmp_path: Path, keep_dates: bool) -> None:
    page = write(tmp_path / "a.md", "old")
    assert read_in_the_moment_of_a_save(page, "", "half", "new", keep_dates=keep_dates) == b"new"


def test_a_page_that_is_empty_at_this_moment_is_taken_for_one_that_is_being_saved(tmp_path: Path) -> None:
    page = write(tmp_path / "a.md", "")
    assert read_in_the_moment_of_a_save(page) == b""
    assert read_in_the_moment_of_a_save(page, "new") == b"new"


def test_an_empty_page_whose_date_is_ahead_of_the_clock_is_looked_at_again(tmp_path: Path) -> None:
    """A file server's clock runs ahead of this one, or this one was set back."""
    page = write(tmp_path / "a.md", "")

    def save(_: float) -> None:
        page.write_text("new", encoding="utf-8")

    found = read_source(page, clock=lambda: page.stat().st_ctime_ns - 3_600 * 10**9, pause=save)
    assert found.content == b"new"


def test_a_page_that_never_rests_is_skipped(tmp_path: Path) -> None:
    page = write(tmp_path / "a.md", "0")
    with pytest.raises(FileUnreadable) as caught:
        read_in_the_moment_of_a_save(page, *map(str, range(1, 20)))
    assert caught.value.reason is SkipReason.CHANGED_DURING_READ


def test_an_id_is_the_readable_path_and_eight_digits() -> None:
    # The digest: sha256 of "pdq/Bone cancer.md".
    assert document_id_of("pdq/Bone cancer.md").rpartition("-")[0] == "pdq.Bone-cancer"
    assert document_id_of("a.md") != document_id_of("a.txt")


def test_both_unicode_forms_of_a_name_give_one_id() -> None:
    assert document_id_of("caf\u00e9.md") == document_id_of("cafe\u0301.md")


@given(st.text(min_size=1, max_size=300))
def test_an_id_is_safe_short_and_stable(source_path: str) -> None:
    document_id = document_id_of(source_path)
    assert len(document_id) <= 128
    assert not set(document_id) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
    assert document_id == document_id_of(source_path)
