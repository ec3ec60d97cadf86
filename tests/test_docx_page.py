"""DOCX: what Word shows of a document, with headings, lists and tables; nothing else, and nothing hostile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DocumentSkipped, DocumentWarningCode, SkipReason
from ingest.processes.parser_process import ParseLimits, ParserProcess
from ingest.reading import docx_page
from ingest.reading.read_text import ReadDocument, read_text
from ingest.reading.source_type import TYPES, SourceType
from tests.docx_files import W, make_docx, paragraph

TITLE = (
    '<p xmlns="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Visits</dc:title></p>'
)


def read(content: bytes) -> ReadDocument:
    return read_text(content, "0" * 64, source_type=SourceType.DOCX, stem="leaflet")


def text(body: str) -> str:
    return read(make_docx(body)).reading_text.text


def refusal(content: bytes) -> SkipReason:
    with pytest.raises(DocumentSkipped) as caught:
        read(content)
    return caught.value.reason


def test_headings_become_sections_below_the_title() -> None:
    document = read(
        make_docx(
            paragraph("Visiting", style="Title")
            + paragraph("Hours", style="H1")
            + paragraph("From 2 pm.")
            + paragraph("Children", style="Own")
            + paragraph("With an adult.")
        )
    )
    assert document.metadata.title == "Visiting"
    headings = [section.headings for section in document.reading_text.sections]
    assert headings == [("Visiting", "Hours"), ("Visiting", "Children")]


def test_items_are_counted_or_marked_as_the_document_says() -> None:
    body = "".join(paragraph(name, level=level) for name, level in [("a", 0), ("b", 1), ("c", 0), ("d", 1)])
    assert text(body) == "1. a\n  - b\n2. c\n  - d"


def test_a_table_is_read_by_rows() -> None:
    rows = [("Ward", "Hours"), ("Intensive care", "4 pm")]
    cells = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    body = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"
    assert text(body) == "Ward\tHours\nIntensive care\t4 pm"


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        ("<w:r><w:t>2</w:t></w:r><w:r><w:t>5 mg</w:t></w:r>", "25 mg"),
        ("<w:ins><w:r><w:t>5 mg</w:t></w:r></w:ins><w:del><w:r><w:delText>9 mg</w:delText></w:r></w:del>", "5 mg"),
        ("<w:r><w:t>5</w:t><w:noBreakHyphen/><w:t>day</w:t><w:tab/><w:t>course</w:t></w:r>", "5-day course"),
        ("<w:hyperlink><w:r><w:t>Call us</w:t></w:r></w:hyperlink>", "Call us"),
        ("<w:r><w:instrText>DDE cmd</w:instrText><w:t>Call us</w:t></w:r>", "Call us"),
        ("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r>", "a\nb"),
        (
            "<w:r><w:drawing><w:txbxContent><w:p><w:r><w:t>Boxed.</w:t></w:r></w:p></w:txbxContent></w:drawing>"
            "</w:r><w:r><w:t>Text.</w:t></w:r>",
            "Text.\n\nBoxed.",
        ),
    ],
)
def test_a_paragraph_is_what_word_shows(inner: str, shown: str) -> None:
    assert text(f"<w:p>{inner}</w:p>") == shown


def test_hidden_text_is_left_out_and_told() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>SECRET</w:t></w:r>"
    shown = "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>Shown.</w:t></w:r>"
    document = read(make_docx(f"<w:p>{hidden}{shown}</w:p>"))
    assert document.reading_text.text == "Shown."
    assert DocumentWarningCode.HIDDEN_TEXT_REMOVED in {warning.code for warning in document.warnings}


def test_the_title_among_the_properties_serves_where_there_is_no_heading() -> None:
    plain = paragraph("Bring no flowers.")
    assert read(make_docx(plain, parts={"docProps/core.xml": TITLE})).metadata.title == "Visits"
    headed = make_docx(paragraph("Hours", style="H1") + plain, parts={"docProps/core.xml": TITLE})
    assert read(headed).metadata.title == "Hours"


def test_a_style_that_inherits_from_itself_is_text() -> None:
    assert text(paragraph("Round and round.", style="Round")) == "Round and round."


DECLARED = '<!DOCTYPE w:document [<!ENTITY e "SECRET">]>'
ENTITY = f"{DECLARED}<w:document {W}><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:document>"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", SkipReason.EMPTY),
        (b"<html></html>", SkipReason.WRONG_TYPE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 encrypted", SkipReason.DOCX_DAMAGED),
        (b"PK\x03\x04 and no more", SkipReason.DOCX_DAMAGED),
        (make_docx(paragraph("x" * 2_000))[:300], SkipReason.DOCX_DAMAGED),
        (make_docx("<w:p>"), SkipReason.DOCX_DAMAGED),
        (make_docx("", parts={"word/document.xml": ENTITY}), SkipReason.DOCX_DAMAGED),
        (make_docx(paragraph("x"), parts={"word/styles.xml": "no XML"}), SkipReason.DOCX_DAMAGED),
        (make_docx(""), SkipReason.EMPTY),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(content: bytes, reason: SkipReason) -> None:
    assert refusal(content) is reason


def test_another_archive_is_no_word_document() -> None:
    sheet = make_docx("").replace(b"word/document.xml", b"xl/workbook__.xml")
    assert refusal(sheet) is SkipReason.WRONG_TYPE


def test_a_document_that_unpacks_to_more_than_is_read_is_over_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    content = make_docx(paragraph("dose " * 1_000))
    monkeypatch.setattr(docx_page, "MAX_PART_BYTES", 2_000)
    assert refusal(content) is SkipReason.PARSE_LIMIT


@pytest.mark.parametrize("extension", TYPES)
def test_only_text_is_cited_by_its_place_in_the_file(extension: str) -> None:
    document = read(make_docx(paragraph("Bring no flowers."))).document("d", f"Leaflet{extension.upper()}")
    is_text = TYPES[extension] in (SourceType.MARKDOWN, SourceType.PLAIN_TEXT)
    assert document.is_read_as_it_stands is is_text


def test_the_parser_process_reads_the_same() -> None:
    content = make_docx(paragraph("Bring no flowers to intensive care."))
    parser = ParserProcess(ParseLimits())
    try:
        assert parser.read(content, "0" * 64, source_type=SourceType.DOCX, stem="leaflet") == read(content)
    finally:
        parser.close()


@given(st.binary(max_size=300), st.integers(0, 1_500))
def test_no_damage_is_an_error(noise: bytes, at: int) -> None:
    sound = make_docx(paragraph("Title", style="Title") + paragraph("Bring no flowers.", level=0))
    try:
        read(sound[:at] + noise + sound[at + len(noise) :])
    except DocumentSkipped:
        return
