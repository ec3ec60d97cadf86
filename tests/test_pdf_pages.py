"""PDF: paragraphs, headings and pages of a file, and a reason for every file that cannot be read."""

import zlib
from datetime import date
from pathlib import Path

import pytest

from ingest.errors import DocumentSkipped, DocumentWarningCode, SkipReason
from ingest.processes.parser_process import DEFAULT_LIMITS, parser_process
from ingest.reading.blocks import BlockKind
from ingest.reading.pdf_pages import MAX_PAGES, read_pdf
from ingest.reading.read_text import ReadDocument, read_text
from ingest.reading.source_type import SourceType
from retriever.index import Index
from retriever.provenance.citation import cite
from retriever.provenance.page_links import PageLinks
from tests.collections_on_disk import run_ingest
from tests.pdf_files import ENCRYPTION, LEAFLET, Line, file_of, make_pdf, paragraph, stream

TODAY = date(2026, 11, 22)


def read(content: bytes) -> ReadDocument:
    return read_text(content, "0" * 64, source_type=SourceType.PDF, stem="leaflet")


def blocks(content: bytes) -> list[tuple[BlockKind, str]]:
    extracted = read_pdf(content)
    return [(block.kind, block.text(extracted.text)) for block in extracted.blocks]


def test_lines_become_paragraphs_and_larger_ones_headings() -> None:
    assert blocks(LEAFLET) == [
        (BlockKind.HEADING, "Bone health"),
        (BlockKind.HEADING, "Falls"),
        (
            BlockKind.PARAGRAPH,
            "Good light and firm shoes prevent falls at home. Ask about medicines that make you dizzy, "
            "for osteoporosis needs care.",
        ),
        (BlockKind.HEADING, "Medicines"),
        (BlockKind.PARAGRAPH, "Denosumab is given every six months."),
    ]


def test_headings_become_sections_and_the_file_says_its_title() -> None:
    document = read(LEAFLET)
    assert document.metadata.title == "A leaflet about bones"
    assert [section.headings for section in document.reading_text.sections] == [
        ("Bone health", "Falls"),
        ("Bone health", "Medicines"),
    ]


@pytest.mark.parametrize("title", ["Microsoft Word - leaflet.doc", "untitled", "layout.indd", "  "])
def test_a_title_that_a_program_made_up_is_not_taken(title: str) -> None:
    lines = [Line("Bone health", 780, 20), *paragraph(["Bones need calcium."], top=740)]
    assert read(make_pdf([lines], title=title)).metadata.title == "Bone health"


def test_every_place_of_the_text_knows_its_page() -> None:
    reading = read(LEAFLET).reading_text
    assert len(reading.page_starts) == 2
    first, second = reading.page_starts
    assert first == 0
    assert reading.text[second:].startswith("you dizzy")


def test_a_page_without_text_begins_where_the_next_one_does() -> None:
    pages = [paragraph(["First page."], top=780), [], paragraph(["Third page."], top=780)]
    reading = read(make_pdf(pages)).reading_text
    assert reading.page_starts[1] == reading.page_starts[2] == reading.text.index("Third")


def test_lines_that_repeat_on_the_pages_and_their_numbers_drop_out() -> None:
    pages = [
        [
            Line("Society of Bones 2026", 820, 8),
            *paragraph([f"This is the text of part {word}."], top=700),
            Line(f"Page {number} of 4", 20, 8),
        ]
        for number, word in enumerate(("one", "two", "three", "four"), 1)
    ]
    text = read(make_pdf(pages)).reading_text.text
    assert "Society" not in text
    assert "Page" not in text
    assert "part four." in text


def test_a_list_item_that_is_broken_over_two_lines_stays_whole() -> None:
    lines = paragraph(["Take care of", "1. light in the rooms and", "on the stairs", "2. firm shoes"], top=780)
    assert blocks(make_pdf([lines])) == [
        (BlockKind.PARAGRAPH, "Take care of"),
        (BlockKind.ITEM, "1. light in the rooms and on the stairs"),
        (BlockKind.ITEM, "2. firm shoes"),
    ]


def test_a_bold_line_alone_is_a_heading() -> None:
    lines = [Line("Side effects", 780, 11, "F2"), *paragraph(["Skin infections may occur."], top=760)]
    assert blocks(make_pdf([lines]))[0] == (BlockKind.HEADING, "Side effects")


def _tree_that_bites_its_tail() -> bytes:
    return file_of([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"])


def _bomb() -> bytes:
    content = zlib.compress(b"BT (x) Tj ET " * 500_000, 9)
    packed = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(content) + content + b"\nendstream"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
    return file_of(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, packed]
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (make_pdf([paragraph(["Secret."], top=780)], trailer=ENCRYPTION), SkipReason.PDF_ENCRYPTED),
        (make_pdf([[], []]), SkipReason.PDF_NO_TEXT),
        (make_pdf([]), SkipReason.PDF_DAMAGED),
        (LEAFLET[: len(LEAFLET) // 8], SkipReason.PDF_DAMAGED),
        (b"%PDF-1.7\n" + bytes(2_000), SkipReason.PDF_DAMAGED),
        (b"MZ\x90\x00 a program", SkipReason.WRONG_TYPE),
        (b"<html><body>a page</body></html>", SkipReason.WRONG_TYPE),
        (_tree_that_bites_its_tail(), SkipReason.PDF_DAMAGED),
        (make_pdf([[]] * (MAX_PAGES + 1)), SkipReason.PDF_LIMIT),
        (_bomb(), SkipReason.PDF_NO_TEXT),
    ],
    ids=[
        "encrypted",
        "scanned",
        "no-pages",
        "truncated",
        "zeros",
        "program",
        "html",
        "cyclic",
        "too-many-pages",
        "bomb",
    ],
)
def test_a_file_that_cannot_be_read_has_a_reason(content: bytes, reason: SkipReason) -> None:
    with pytest.raises(DocumentSkipped) as caught:
        read(content)
    assert caught.value.reason is reason


def test_a_damaged_table_of_objects_is_mended() -> None:
    broken = LEAFLET.replace(b"xref\n0", b"xxxx\n0").replace(b"startxref", b"startxxxx")
    assert "Denosumab is given every six months." in read(broken).reading_text.text


def test_a_cut_off_file_is_read_as_far_as_it_goes_or_has_a_reason() -> None:
    for length in range(0, len(LEAFLET), 97):
        try:
            document = read(LEAFLET[:length])
        except DocumentSkipped:
            continue
        assert document.reading_text.text


def test_actions_scripts_and_attachments_are_not_looked_at() -> None:
    dangerous = [
        b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>",
        b"<< /S /Launch /F (calc.exe) >>",
        stream(b"attached secret", declared=b"/Type /EmbeddedFile"),
    ]
    content = make_pdf([paragraph(["Only this is text."], top=780)], extra=dangerous)
    content = content.replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction 7 0 R")
    assert read(content).reading_text.text == "Only this is text."


def test_fonts_that_do_not_say_what_they_show_are_told() -> None:
    document = read(
        make_pdf([[Line("A few letters of text that stand there", 780), Line("\x81\x8d\x8f" * 12, 700)]])
    )
    assert DocumentWarningCode.LOW_TEXT in {warning.code for warning in document.warnings}


def test_properties_of_the_file_are_its_metadata_and_give_links_to_its_pages() -> None:
    properties = "/url (https://example.org/l.pdf) /lastReviewed (2025-01-02) /status (withdrawn) /license (x)"
    metadata = read(make_pdf([paragraph(["Bones."], top=780)], title="T", properties=properties)).metadata
    assert (metadata.url, metadata.status, metadata.license) == ("https://example.org/l.pdf", "withdrawn", "x")
    assert str(metadata.last_reviewed) == "2025-01-02"


def test_a_citation_of_a_pdf_names_its_page_and_links_to_it(tmp_path: Path) -> None:
    pages = [paragraph(["First page on bones."], top=780), paragraph(["Second page on falls."], top=780)]
    (tmp_path / "pages").mkdir()
    content = make_pdf(pages, title="T", properties="/url (https://example.org/l.pdf)")
    (tmp_path / "pages" / "l.pdf").write_bytes(content)
    run_ingest(tmp_path / "pages", tmp_path / "index", chunk_size=20)
    parser_process(DEFAULT_LIMITS).close()
    index = Index.open(tmp_path / "index")
    (document,) = index.documents
    links = PageLinks(index)
    cited = [cite(document, one, links=links, today=TODAY) for one in index.passages_of(document.document_id)]
    assert {(one.page, one.deep_link) for one in cited} == {
        (1, "https://example.org/l.pdf#page=1"),
        (2, "https://example.org/l.pdf#page=2"),
    }
    # The text was taken out of the file: no place in the file's own characters is known.
    assert {(one.source_start_char, one.source_end_char) for one in cited} == {(None, None)}
