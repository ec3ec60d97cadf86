"""Small PDF files written by hand, sound and broken, for the tests of what reads them."""

import zlib
from collections.abc import Sequence
from typing import NamedTuple


class Line(NamedTuple):
    """One line of text, `y` points above the foot of its page."""

    text: str
    y: float
    size: float = 11
    font: str = "F1"


def paragraph(lines: Sequence[str], *, top: float, size: float = 11, font: str = "F1") -> list[Line]:
    """Lines one below the other, 14 points apart."""
    return [Line(text, top - 14 * place, size, font) for place, text in enumerate(lines)]


def make_pdf(
    pages: Sequence[Sequence[Line]],
    *,
    title: str | None = None,
    properties: str = "",
    trailer: bytes = b"",
    extra: Sequence[bytes] = (),
) -> bytes:
    """A PDF of these pages; `trailer` is put into the trailer's dictionary, `extra` objects stand at the end."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
    ]
    for number, lines in enumerate(pages):
        shown = "".join(
            f"BT /{line.font} {line.size} Tf 72 {line.y} Td ({_escaped(line.text)}) Tj ET\n" for line in lines
        )
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>".encode()
        )
        objects.append(stream(shown.encode("latin-1")))
    objects += extra
    if title is not None:
        objects.append(f"<< /Title ({_escaped(title)}) {properties} >>".encode("cp1252"))
        trailer += f" /Info {len(objects)} 0 R".encode()
    return file_of(objects, trailer)


def stream(content: bytes, *, declared: bytes = b"") -> bytes:
    """A stream object, compressed."""
    packed = zlib.compress(content)
    head = f"<< /Length {len(packed)} /Filter /FlateDecode ".encode() + declared + b" >>"
    return head + b"\nstream\n" + packed + b"\nendstream"


def file_of(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF file of numbered objects, the first of which is the catalogue."""
    content = b"%PDF-1.7\n"
    offsets = []
    for number, one in enumerate(objects, 1):
        offsets.append(len(content))
        content += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    table = b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    size = len(objects) + 1
    head = f"xref\n0 {size}\n0000000000 65535 f \n".encode()
    tail = f"trailer << /Size {size} /Root 1 0 R ".encode() + trailer + b" >>\n"
    return content + head + table + tail + f"startxref\n{len(content)}\n%%EOF\n".encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


ENCRYPTION = (
    b"/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] "
    b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"11" * 32 + b"> /U <" + b"22" * 32 + b"> >>"
)
"""What the trailer of a file says that asks for a password nobody knows."""

LEAFLET = make_pdf(
    [
        [
            Line("Bone health", 780, 20),
            Line("Falls", 740, 14),
            *paragraph(
                ["Good light and firm shoes prevent falls", "at home. Ask about medicines that make"], top=715
            ),
        ],
        [
            *paragraph(["you dizzy, for osteoporosis needs care."], top=780),
            Line("Medicines", 740, 14),
            *paragraph(["Denosumab is given every six months."], top=715),
        ],
    ],
    title="A leaflet about bones",
)
"""Two pages; a sentence goes on from the first to the second."""
