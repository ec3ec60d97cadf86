"""Whether a citation still holds: today, moved, changed, never true."""

from pathlib import Path

import pytest

from retriever.index import Index
from retriever.provenance.verify import Verdict, Verification, verify_citation
from tests.collections_on_disk import DENOSUMAB, run_ingest, write_collection

QUOTE = "It is given as an injection every six months."


@pytest.fixture
def index(tmp_path: Path) -> Index:
    run_ingest(write_collection(tmp_path / "corpus"), tmp_path / "index")
    return Index.open(tmp_path / "index")


def cited(index: Index) -> tuple[str, int, int, str]:
    """A true citation of the page on denosumab: its id, the span of the quote, the digest."""
    document = next(one for one in index.documents if one.source_path == "denosumab.md")
    start = index.reading_text(document.document_id).index(QUOTE)
    return document.document_id, start, start + len(QUOTE), document.sha256


def changed(tmp_path: Path, page: str) -> Index:
    """The index after the page was changed and ingested again."""
    write_collection(tmp_path / "corpus", {"denosumab.md": page})
    run_ingest(tmp_path / "corpus", tmp_path / "index")
    return Index.open(tmp_path / "index")


def test_a_true_citation_matches(index: Index) -> None:
    document_id, start, end, sha256 = cited(index)
    expected = Verification(True, Verdict.MATCH, start, end, None)
    assert verify_citation(index, document_id, start, end, QUOTE) == expected
    assert verify_citation(index, document_id, start, end, QUOTE, document_sha256=sha256) == expected


def test_a_text_that_stands_elsewhere_has_moved(index: Index) -> None:
    document_id, start, end, _ = cited(index)
    found = verify_citation(index, document_id, start + 3, end + 3, QUOTE)
    assert found == Verification(False, Verdict.MOVED, start, end, None)


def test_the_nearest_place_is_given(index: Index) -> None:
    document_id = cited(index)[0]
    text = index.reading_text(document_id)
    places = [place for place in range(len(text)) if text.startswith("in", place)]
    assert len(places) > 2
    for place in places:
        found = verify_citation(index, document_id, place + 1, place + 3, "in")
        assert found.start_char == min(places, key=lambda one: (abs(one - place - 1), one))


def test_one_changed_letter_is_not_a_match(index: Index) -> None:
    document_id, start, end, sha256 = cited(index)
    altered = QUOTE.replace("six", "ten")
    found = verify_citation(index, document_id, start, end, altered, document_sha256=sha256)
    assert found == Verification(False, Verdict.NOT_FOUND, None, None, None)


def test_a_span_that_is_longer_than_its_text_has_moved(index: Index) -> None:
    document_id, start, end, _ = cited(index)
    assert verify_citation(index, document_id, start, end + 1, QUOTE).reason is Verdict.MOVED


def test_an_unknown_document_is_not_found(index: Index) -> None:
    found = verify_citation(index, "nobody", 0, len(QUOTE), QUOTE)
    assert found == Verification(False, Verdict.NOT_FOUND, None, None, None)


def test_a_text_that_a_new_version_no_longer_has_was_in_a_changed_document(index: Index, tmp_path: Path) -> None:
    document_id, start, end, sha256 = cited(index)
    now = changed(tmp_path, DENOSUMAB.replace("every six months", "every four weeks"))
    found = verify_citation(now, document_id, start, end, QUOTE, document_sha256=sha256)
    assert found == Verification(False, Verdict.DOCUMENT_CHANGED, None, None, None)


def test_a_text_that_a_new_version_has_elsewhere_has_moved(index: Index, tmp_path: Path) -> None:
    document_id, start, end, sha256 = cited(index)
    now = changed(tmp_path, DENOSUMAB.replace("Denosumab is an", "Denosumab, a medicine, is an"))
    found = verify_citation(now, document_id, start, end, QUOTE, document_sha256=sha256)
    assert found == Verification(False, Verdict.MOVED, start + 13, end + 13, None)


def test_a_text_that_a_new_version_has_in_the_same_place_matches(index: Index, tmp_path: Path) -> None:
    document_id, start, end, sha256 = cited(index)
    now = changed(tmp_path, DENOSUMAB + "\nMore is known today.\n")
    assert verify_citation(now, document_id, start, end, QUOTE, document_sha256=sha256).valid


def test_an_older_generation_tells_whether_the_citation_was_ever_true(index: Index, tmp_path: Path) -> None:
    document_id, start, end, sha256 = cited(index)
    before = {(document_id, sha256): index.reading_text(document_id)}
    now = changed(tmp_path, DENOSUMAB.replace("every six months", "every four weeks"))

    def verdict(text: str) -> tuple[Verdict, bool | None]:
        found = verify_citation(
            now,
            document_id,
            start,
            end,
            text,
            document_sha256=sha256,
            older=lambda one, digest: before.get((one, digest)),
        )
        return found.reason, found.stood_before

    assert verdict(QUOTE) == (Verdict.DOCUMENT_CHANGED, True)
    assert verdict(QUOTE.replace("six", "ten")) == (Verdict.NOT_FOUND, False)


def test_a_page_that_is_gone_was_changed_if_an_older_generation_had_the_text(index: Index) -> None:
    text, sha256 = f"Gone. {QUOTE}", "9" * 64
    found = verify_citation(index, "gone", 6, len(text), QUOTE, document_sha256=sha256, older=lambda *_: text)
    assert found == Verification(False, Verdict.DOCUMENT_CHANGED, None, None, True)


@pytest.mark.parametrize(("start", "end", "text"), [(0, 4, ""), (4, 4, "It"), (-1, 2, "It"), (5, 2, "It")])
def test_what_is_no_citation_is_refused(index: Index, start: int, end: int, text: str) -> None:
    with pytest.raises(ValueError, match="cited"):
        verify_citation(index, cited(index)[0], start, end, text)
