"""Small Word documents written by hand, sound and broken, for the tests of what reads them."""

import io
import zipfile
from collections.abc import Mapping

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = f"""<w:styles {W}>
<w:style w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:styleId="Own"><w:name w:val="Blue"/><w:basedOn w:val="H1"/></w:style>
<w:style w:styleId="Round"><w:name w:val="Round"/><w:basedOn w:val="Round"/></w:style>
</w:styles>"""
NUMBERING = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num>
</w:numbering>"""


def paragraph(text: str, *, style: str = "", level: int | None = None) -> str:
    """A paragraph of one run; `level` makes it an item of the list 5."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    item = "" if level is None else f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="5"/></w:numPr>'
    return f"<w:p><w:pPr>{named}{item}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def make_docx(body: str, *, parts: Mapping[str, str] | None = None) -> bytes:
    """A document with this body; `parts` are put in place of its own, or beside them."""
    whole = {
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": STYLES,
        "word/numbering.xml": NUMBERING,
        **(parts or {}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in whole.items():
            archive.writestr(name, text)
    return file.getvalue()
