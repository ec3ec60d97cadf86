"""Reading text of real pages: a sample of the collection keeps every promise and no markup."""

import re

import pytest

from ingest.files import find_files
from ingest.processes.read import ReadDocument, read_document, read_text
from ingest.reading.source_type import SourceType
from tests.collections_on_disk import unpack_real_pages
from tests.shared_data import shared

EVERY = 12
"""Which makes 120 pages."""

# A link's middle, an image, a citation mark, a pointer into PubMed, an empty heading, a row of dashes.
LEFTOVERS = re.compile(r"\]\(|!\[|#cit/|\[\[|PUBMED Abstract|^#+$|^\s*---|Placeholder slot$", re.MULTILINE)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, ReadDocument]]:
    """For each page of the sample its source, decoded as the offsets count it, and what was read of it."""
    root = unpack_real_pages(tmp_path_factory.mktemp("collection"), every=EVERY)
    return {
        candidate.source_path: (candidate.path.read_bytes().decode(), read_document(candidate))
        for candidate in find_files([root]).candidates
    }


@pytest.mark.slow
def test_every_slice_of_a_real_page_stands_in_its_source(documents: dict[str, tuple[str, ReadDocument]]) -> None:
    for source, document in documents.values():
        text, source_map = document.reading_text.text, document.reading_text.source_map
        covered = 0
        for start, source_start, length in zip(
            source_map.reading_starts, source_map.source_starts, source_map.lengths, strict=True
        ):
            assert text[start : start + length] == source[source_start : source_start + length]
            assert not text[covered:start].strip()
            covered = start + length
        assert covered == len(text)


@pytest.mark.slow
def test_the_sections_of_a_real_page_tile_it(documents: dict[str, tuple[str, ReadDocument]]) -> None:
    for _, document in documents.values():
        text = document.reading_text.text
        assert "".join(text[s.start_char : s.end_char] for s in document.reading_text.sections) == text


@pytest.mark.slow
def test_no_markup_of_a_real_page_is_left_over(documents: dict[str, tuple[str, ReadDocument]]) -> None:
    left = {path: found for path, (_, d) in documents.items() if (found := LEFTOVERS.findall(d.reading_text.text))}
    assert left == {}


@pytest.mark.slow
def test_the_words_of_a_real_page_stay(documents: dict[str, tuple[str, ReadDocument]]) -> None:
    """What is read holds the words that a rough cut with regular expressions leaves, nearly all of them."""
    for path, (source, document) in documents.items():
        body = source.split("\n---", 1)[1] if source.startswith("---") else source
        rough = re.sub(r"!\[[^\n]*?\]\((?:[^()\n]|\([^()\n]*\))*\)", " ", body)
        rough = re.sub(r"\[?\[PUBMED Abstract\]|\[\[[^\[\]]*\]\(#cit[^)]*\)", " ", rough)
        rough = re.sub(r"\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\s*\)", "]", rough)
        words = set(re.findall(r"[a-z]{4,}", rough.lower()))
        kept = set(re.findall(r"[a-z]{4,}", document.reading_text.text.lower()))
        assert len(words - kept) <= 8 + len(words) // 100, (path, sorted(words - kept)[:20])


@pytest.mark.slow
def test_the_page_that_this_project_began_with_reads_as_it_should() -> None:
    content = shared("seeds/denosumab-nci.md").read_bytes()
    document = read_text(content, "", source_type=SourceType.MARKDOWN, stem="denosumab-nci")
    text = document.reading_text.text
    assert document.metadata.title == "Denosumab - NCI"
    assert text.startswith("Denosumab\n\n(deh-noh-SOO-mab)\n\nThis page contains brief information")
    assert "US Brand Name(s)\n\nProlia\nXgeva\n\nFDA Approved" in text
    assert "- giant cell tumor of the bone that cannot be removed by surgery." in text
    assert "Denosumab is approved to prevent:" in text
    assert [section.headings for section in document.reading_text.sections][1] == ("Denosumab", "Use in Cancer")


@pytest.mark.slow
def test_the_plain_text_that_this_project_began_with_reads_as_it_should() -> None:
    content = shared("seeds/denosumab-osteoporosis.txt").read_bytes()
    document = read_text(content, "", source_type=SourceType.PLAIN_TEXT, stem="denosumab-osteoporosis")
    assert document.metadata.title.startswith("Denosumab is an osteoporosis medication")
    assert "• Low blood calcium levels*, causing:\n  • Numbness or tingling" in document.reading_text.text
    assert [section.headings for section in document.reading_text.sections] == [
        (),
        ("Who should take denosumab?",),
        ("Be informed",),
        ("Getting your injection",),
        ("How long to take it",),
        ("Ending your treatment",),
        ("Possible side effects",),
        ("If you experience side effects",),
        ("Health risks",),
    ]
